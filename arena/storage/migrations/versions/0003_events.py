"""Events, their organisers and participants; which event and theme a battle belongs to; hidden and purged texts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    _make_events()
    _make_people()
    # In SQL, since Alembic knows no way to add a foreign key to a table of SQLite but to write it anew.
    op.execute(
        "ALTER TABLE battle ADD COLUMN event_id VARCHAR(32) "
        "CONSTRAINT fk_battle_event REFERENCES event (id) ON DELETE CASCADE"
    )
    op.add_column("battle", _text("theme", nullable=True))
    op.add_column("battle", _moment("purged_at", nullable=True))
    op.create_index("ix_battle_event_id_created_at", "battle", ["event_id", "created_at"])
    op.add_column("turn", _moment("hidden_at", nullable=True))


def downgrade() -> None:
    op.drop_column("turn", "hidden_at")
    op.drop_index("ix_battle_event_id_created_at", "battle")
    with op.batch_alter_table("battle") as battle:
        for column in ("purged_at", "theme", "event_id"):
            battle.drop_column(column)
    for table in ("participant", "organiser_link", "event_model", "event"):
        op.drop_table(table)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _integer(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _of_event(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=f"fk_{table}_event", ondelete="CASCADE")
    return sa.Column("event_id", sa.String(32), nullable=False), key


def _make_events() -> None:
    modes = "mode IN ('random', 'small_vs_big', 'small_only', 'choose')"
    op.create_table(
        "event",
        sa.Column("id", sa.String(32), nullable=False),
        _text("code"),
        _text("state"),
        _text("title"),
        sa.Column("held_on", sa.Date(), nullable=False),
        _text("place"),
        _text("locale"),
        _text("mode"),
        _integer("max_answer_tokens"),
        _text("moderation"),
        _integer("retention_days"),
        _integer("max_answers", nullable=True),
        sa.Column("max_cost_eur", sa.Float(), nullable=True),
        _moment("created_at"),
        _integer("version"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("code", name="uq_event_code"),
        sa.CheckConstraint("state IN ('draft', 'open', 'closed')", name=op.f("ck_event_state")),
        sa.CheckConstraint(modes, name=op.f("ck_event_mode")),
        sa.CheckConstraint("moderation IN ('free', 'suggestions')", name=op.f("ck_event_moderation")),
        sa.CheckConstraint("max_answer_tokens > 0", name=op.f("ck_event_max_answer_tokens")),
        sa.CheckConstraint("retention_days >= 0", name=op.f("ck_event_retention_days")),
    )
    op.create_table(
        "event_model",
        *_of_event("event_model"),
        _text("model_id"),
        sa.PrimaryKeyConstraint("event_id", "model_id", name="pk_event_model"),
    )


def _make_people() -> None:
    op.create_table(
        "organiser_link",
        sa.Column("id", sa.String(32), nullable=False),
        *_of_event("organiser_link"),
        _text("digest"),
        _text("label"),
        _moment("created_at"),
        _moment("expires_at", nullable=True),
        _moment("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_organiser_link"),
        sa.UniqueConstraint("digest", name="uq_organiser_link_digest"),
    )
    op.create_index("ix_organiser_link_event_id", "organiser_link", ["event_id"])
    op.create_table(
        "participant",
        *_of_event("participant"),
        _text("visitor_id"),
        _moment("joined_at"),
        sa.PrimaryKeyConstraint("event_id", "visitor_id", name="pk_participant"),
    )
    op.create_index("ix_participant_visitor_id_joined_at", "participant", ["visitor_id", "joined_at"])
