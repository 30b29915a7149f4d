"""What the sweep of due times asks every minute: open hazards not yet marked, by due time, and those that are marked"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_hazard_next_due", "hazard", ["next_due"], postgresql_where="is_open AND overdue IS NULL")
    op.create_index("ix_hazard_overdue", "hazard", ["id"], postgresql_where="is_open AND overdue IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_hazard_overdue", "hazard")
    op.drop_index("ix_hazard_next_due", "hazard")
