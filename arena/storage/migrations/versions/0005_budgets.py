"""What an answer cost at the price of its day, and what an event spent on battles that were erased."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("answer", sa.Column("cost_eur", sa.Float(), nullable=True))
    op.create_table(
        "spent",
        sa.Column("event_id", sa.String(32), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("cost_eur", sa.Float(), nullable=False),
        sa.Column("unpriced", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_spent"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_spent_event", ondelete="CASCADE"),
    )


def downgrade() -> None:
    op.drop_table("spent")
    op.drop_column("answer", "cost_eur")
