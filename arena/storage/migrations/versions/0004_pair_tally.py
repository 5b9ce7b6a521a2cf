"""The tally of pairs, and the indices that a ranking reads. ``upgrade`` makes the triggers and counts the votes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

_KEY = ("kind", "locale", "mode", "model_a", "model_b", "outcome")


def upgrade() -> None:
    kinds = "kind IN ('ranked', 'named', 'demo', 'rematch')"
    outcomes = "outcome IN ('a', 'both_good', 'both_bad', 'b')"
    op.create_table(
        "pair_tally",
        *(sa.Column(name, sa.String(), nullable=False) for name in _KEY),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*_KEY, name="pk_pair_tally"),
        sa.CheckConstraint(kinds, name=op.f("ck_pair_tally_kind")),
        sa.CheckConstraint(outcomes, name=op.f("ck_pair_tally_outcome")),
    )
    op.create_index("ix_vote_visitor_id_battle_id_outcome", "vote", ["visitor_id", "battle_id", "outcome"])
    op.create_index(
        "ix_answer_self_named",
        "answer",
        ["turn_id"],
        sqlite_where=sa.text("self_named = 1"),
        postgresql_where=sa.text("self_named"),
    )
    op.create_index(
        "ix_turn_hidden",
        "turn",
        ["battle_id"],
        sqlite_where=sa.text("hidden_at IS NOT NULL"),
        postgresql_where=sa.text("hidden_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_turn_hidden", "turn")
    op.drop_index("ix_answer_self_named", "answer")
    op.drop_index("ix_vote_visitor_id_battle_id_outcome", "vote")
    op.drop_table("pair_tally")
