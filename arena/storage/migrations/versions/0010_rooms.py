"""Rooms with their rounds, ballots from raised hands, recorded battles, bets on the gap alone, schools."""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None

STEPS = "waiting prompt bet answers vote closed footprints second_choice names debate"
BALLOTS = ("vote", "second_choice")
KINDS = ("ranked", "named", "demo", "rematch")
VOTES_OF_A_VISITOR = ("visitor_id", "battle_id", "outcome")


def upgrade() -> None:
    _make_rounds()
    _make_rooms()
    _make_proposals()
    op.add_column("battle", _moment("recorded_at", nullable=True))
    for table in BALLOTS:
        with op.batch_alter_table(table) as ballots:
            ballots.add_column(sa.Column("source", sa.String(), nullable=False, server_default="phone"))
            ballots.create_check_constraint(op.f(f"ck_{table}_source"), _among("source", ["phone", "hands"]))
        with op.batch_alter_table(table) as ballots:
            ballots.alter_column("source", server_default=None)
    _replace_check("bet", "side_of_factor", "factor <> 1 OR side IS NULL")
    _replace_check("event", "moderation", _among("moderation", ["free", "suggestions", "school"]))
    _replace_check("pair_tally", "kind", _among("kind", [*KINDS, "hands"]))
    _replace_index(with_source=True)


def downgrade() -> None:
    _replace_index(with_source=False)
    op.execute("DELETE FROM pair_tally WHERE kind = 'hands'")
    _replace_check("pair_tally", "kind", _among("kind", KINDS))
    op.execute("UPDATE event SET moderation = 'suggestions' WHERE moderation = 'school'")
    op.execute("DELETE FROM bet WHERE factor <> 1 AND side IS NULL")
    for table in BALLOTS:
        op.execute(f"DELETE FROM {table} WHERE source = 'hands'")
    _replace_check("event", "moderation", _among("moderation", ["free", "suggestions"]))
    _replace_check("bet", "side_of_factor", "(factor = 1) = (side IS NULL)")
    for table in BALLOTS:
        with op.batch_alter_table(table) as ballots:
            ballots.drop_constraint(op.f(f"ck_{table}_source"), type_="check")
            ballots.drop_column("source")
    with op.batch_alter_table("battle") as battle:
        battle.drop_column("recorded_at")
    for table in ("proposal", "room", "seat", "round_step", "round"):
        op.drop_table(table)


def _among(column: str, words: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def _replace_check(table: str, name: str, condition: str) -> None:
    with op.batch_alter_table(table) as changed:
        changed.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        changed.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)


def _replace_index(*, with_source: bool) -> None:
    """Whether a vote is a raised hand is read together with it."""
    short, long = VOTES_OF_A_VISITOR, (*VOTES_OF_A_VISITOR, "source")
    old, new = (short, long) if with_source else (long, short)
    op.drop_index(f"ix_vote_{'_'.join(old)}", "vote")
    op.create_index(f"ix_vote_{'_'.join(new)}", "vote", list(new))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of(table: str, other: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=f"fk_{table}_{other}", ondelete="CASCADE")
    return sa.Column(f"{other}_id", sa.String(32), nullable=False), key


def _step(table: str) -> tuple[sa.Column[str], sa.CheckConstraint]:
    return _text("step"), sa.CheckConstraint(_among("step", STEPS.split()), name=op.f(f"ck_{table}_step"))


def _make_rounds() -> None:
    op.create_table(
        "round",
        sa.Column("id", sa.String(32), nullable=False),
        *_of("round", "event"),
        *_of("round", "battle"),
        _number("number"),
        *_step("round"),
        _moment("created_at"),
        *map(_flag, ("has_bet", "is_streamed", "skips_names")),
        _text("shown"),
        sa.PrimaryKeyConstraint("id", name="pk_round"),
        sa.UniqueConstraint("battle_id", name="uq_round_battle_id"),
        sa.UniqueConstraint("event_id", "number", name="uq_round_event_id_number"),
        sa.CheckConstraint(_among("shown", ["blind", "footprints", "names"]), name=op.f("ck_round_shown")),
    )
    op.create_table(
        "round_step",
        *_of("round_step", "round"),
        _number("number"),
        *_step("round_step"),
        _moment("at"),
        _flag("is_undone"),
        sa.PrimaryKeyConstraint("round_id", "number", name="pk_round_step"),
    )
    op.create_table(
        "seat",
        *_of("seat", "round"),
        _text("visitor_id"),
        _text("first_side"),
        sa.PrimaryKeyConstraint("round_id", "visitor_id", name="pk_seat"),
        sa.CheckConstraint(_among("first_side", "ab"), name=op.f("ck_seat_first_side")),
    )


def _make_rooms() -> None:
    op.create_table(
        "room",
        *_of("room", "event"),
        _number("version"),
        _flag("is_open"),
        sa.Column("round_id", sa.String(32), nullable=True),
        _text("base_url"),
        *map(_flag, ("is_black", "hides_counts", "hides_results", "takes_proposals")),
        _number("page"),
        _text("sheet_id"),
        _moment("sheet_began_at", nullable=True),
        _number("extra_s"),
        sa.PrimaryKeyConstraint("event_id", name="pk_room"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_room_round", ondelete="SET NULL"),
        sa.CheckConstraint("page >= 0", name=op.f("ck_room_page")),
    )


def _make_proposals() -> None:
    states = ["pending", "approved", "later", "rejected", "asked"]
    op.create_table(
        "proposal",
        sa.Column("id", sa.String(32), nullable=False),
        *_of("proposal", "event"),
        _text("visitor_id"),
        _text("text"),
        _text("state"),
        _moment("created_at"),
        _moment("decided_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
        sa.CheckConstraint(_among("state", states), name=op.f("ck_proposal_state")),
    )
    op.create_index("ix_proposal_event_id_created_at", "proposal", ["event_id", "created_at"])
    op.create_index("ix_proposal_visitor_id", "proposal", ["visitor_id"])
