"""Censuses of battles. ``upgrade`` makes the triggers that note which battles changed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    _make_tables()
    op.create_index("ix_battle_created_at", "battle", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_battle_created_at", "battle")
    for table in ("census_change", "census_place", "census"):
        op.drop_table(table)


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
        sa.Column("battle_id", sa.String(32), nullable=True),
        sa.Column("census_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_census_change"),
        sa.ForeignKeyConstraint(["census_id"], ["census.id"], name="fk_census_change_census", ondelete="CASCADE"),
    )
    op.create_index("ix_census_change_census_id", "census_change", ["census_id"])
    op.create_index("ix_census_change_battle_id", "census_change", ["battle_id"])
