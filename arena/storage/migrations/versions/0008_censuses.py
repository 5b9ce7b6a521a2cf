"""Censuses of battles, and triggers that note which battles changed.

Triggers, because erasure, purge and repair delete rows in many ways, and a census that misses one is wrong for ever.
SQLite drops the triggers of a table that Alembic writes anew: a later migration that does so makes them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

_EVERY = ("INSERT", "UPDATE", "DELETE")
_OF_TURN = "SELECT battle_id FROM turn WHERE id = {row}.turn_id"
_OF_ANSWER = "SELECT turn.battle_id FROM answer JOIN turn ON turn.id = answer.turn_id WHERE answer.id = {row}.answer_id"
_OF_REACTION = "SELECT battle_id FROM reaction WHERE id = {row}.reaction_id"
_OF_BATTLE = "SELECT {row}.battle_id"

# Which battle a row belongs to. Sides and turns are inserted together with battles and answers; rows that go with
# the one they hang on may find it gone already, and then that one has told.
_SOURCES = {
    "battle": ("SELECT {row}.id", _EVERY),
    "battle_side": (_OF_BATTLE, ("UPDATE",)),
    "turn": (_OF_BATTLE, ("UPDATE", "DELETE")),
    "answer": (_OF_TURN, _EVERY),
    "vote": (_OF_BATTLE, _EVERY),
    "bet": (_OF_BATTLE, _EVERY),
    "second_choice": (_OF_BATTLE, _EVERY),
    "need": (_OF_BATTLE, _EVERY),
    "reaction": (_OF_BATTLE, _EVERY),
    "reaction_quality": (_OF_REACTION, _EVERY),
    "rematch": (_OF_BATTLE, _EVERY),
    "footprint_result": (_OF_ANSWER, _EVERY),
    "footprint_figure": (_OF_ANSWER, ("UPDATE", "DELETE")),
}


def upgrade() -> None:
    _make_tables()
    op.create_index("ix_battle_created_at", "battle", ["created_at"])
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for table, (battle, moments) in _SOURCES.items():
        for moment in moments:
            _note_changes(
                table, moment, battle.format(row="OLD" if moment == "DELETE" else "NEW"), on_postgres=on_postgres
            )
    op.execute("INSERT INTO census_change (battle_id) SELECT id FROM battle")


def downgrade() -> None:
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for table, (_, moments) in _SOURCES.items():
        for moment in moments:
            name = _name(table, moment)
            op.execute(f"DROP FUNCTION {name} CASCADE" if on_postgres else f"DROP TRIGGER {name}")
    op.drop_index("ix_battle_created_at", "battle")
    for table in ("census_change", "census_place", "census"):
        op.drop_table(table)


def _name(table: str, moment: str) -> str:
    return f"tell_{table}_{moment.lower()}"


def _note_changes(table: str, moment: str, battle: str, *, on_postgres: bool) -> None:
    note = f"INSERT INTO census_change (battle_id) {battle};"
    name = _name(table, moment)
    if on_postgres:
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {note} RETURN NULL; END $$")
        op.execute(f"CREATE TRIGGER {name} AFTER {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    else:
        op.execute(f"CREATE TRIGGER {name} AFTER {moment} ON {table} BEGIN {note} END")


def _make_tables() -> None:
    op.create_table(
        "census",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(32), nullable=True),
        sa.Column("battles", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("content", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_census"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_census_event", ondelete="CASCADE"),
    )
    op.create_index("ix_census_event_id_version", "census", ["event_id", "version"])
    op.create_table(
        "census_place",
        sa.Column("battle_id", sa.String(32), nullable=False),
        sa.Column("census_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("battle_id", name="pk_census_place"),
        sa.ForeignKeyConstraint(["census_id"], ["census.id"], name="fk_census_place_census", ondelete="CASCADE"),
    )
    op.create_index("ix_census_place_census_id", "census_place", ["census_id"])
    op.create_table(
        "census_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("battle_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_census_change"),
    )
    op.create_index("ix_census_change_battle_id", "census_change", ["battle_id"])
