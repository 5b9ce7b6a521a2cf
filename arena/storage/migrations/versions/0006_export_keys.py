"""The secret of each event under which the ids in its exports are made."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "export_key",
        sa.Column("event_id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_export_key"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_export_key_event", ondelete="CASCADE"),
    )


def downgrade() -> None:
    op.drop_table("export_key")
