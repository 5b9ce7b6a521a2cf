"""Reflections on footprints, rematches, and what a counter of this machine read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

_TABLES = ("bet", "second_choice", "need", "rematch", "meter_reading")


def upgrade() -> None:
    outcomes = "outcome IN ('a', 'both_good', 'both_bad', 'b')"
    _make_reflection("bet", _text("side", nullable=True), sa.Column("factor", sa.Integer(), nullable=False), *_bet())
    _make_reflection(
        "second_choice",
        _text("outcome", nullable=True),
        sa.CheckConstraint(outcomes, name=op.f("ck_second_choice_outcome")),
    )
    answers = "answer IN ('yes', 'no', 'unknown')"
    _make_reflection("need", _text("answer"), sa.CheckConstraint(answers, name=op.f("ck_need_answer")))
    _make_rematches()
    _make_meter_readings()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _bet() -> tuple[sa.CheckConstraint, ...]:
    return (
        sa.CheckConstraint("side IN ('a', 'b')", name=op.f("ck_bet_side")),
        sa.CheckConstraint("factor IN (1, 3, 10, 30, 100)", name=op.f("ck_bet_factor")),
        sa.CheckConstraint("(factor = 1) = (side IS NULL)", name=op.f("ck_bet_side_of_factor")),
    )


def _make_reflection(table: str, *columns: sa.Column[str] | sa.Column[int] | sa.CheckConstraint) -> None:
    """What one visitor says of one battle, once."""
    op.create_table(
        table,
        sa.Column("battle_id", sa.String(32), nullable=False),
        _text("visitor_id"),
        *columns,
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("battle_id", "visitor_id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["battle_id"], ["battle.id"], name=f"fk_{table}_battle", ondelete="CASCADE"),
    )


def _make_rematches() -> None:
    op.create_table(
        "rematch",
        sa.Column("battle_id", sa.String(32), nullable=False),
        sa.Column("origin_id", sa.String(32), nullable=True),
        _text("kind"),
        _text("kept_side"),
        sa.PrimaryKeyConstraint("battle_id", name="pk_rematch"),
        sa.ForeignKeyConstraint(["battle_id"], ["battle.id"], name="fk_rematch_battle", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["origin_id"], ["battle.id"], name="fk_rematch_battle_origin", ondelete="SET NULL"),
        sa.CheckConstraint("kind IN ('smaller', 'shorter')", name=op.f("ck_rematch_kind")),
        sa.CheckConstraint("kept_side IN ('a', 'b')", name=op.f("ck_rematch_kept_side")),
    )
    op.create_index("ix_rematch_origin_id", "rematch", ["origin_id"])


def _make_meter_readings() -> None:
    numbers = [sa.Column(name, sa.Float(), nullable=False) for name in ("gross_wh", "idle_w", "net_wh", "window_s")]
    op.create_table(
        "meter_reading",
        sa.Column("answer_id", sa.Integer(), nullable=False, autoincrement=False),
        _text("meter"),
        *numbers,
        sa.PrimaryKeyConstraint("answer_id", name="pk_meter_reading"),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name="fk_meter_reading_answer", ondelete="CASCADE"),
    )
