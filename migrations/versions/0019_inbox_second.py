"""The inbox: what waits for a second person. After 0012, which says what can be proposed"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SECOND = "status = 'fix_reported' OR rejection_reason IS NOT NULL OR proposal IS NOT NULL"


def upgrade() -> None:
    where = sa.text(f"is_open AND ({SECOND})")
    op.create_index("ix_hazard_inbox_second", "hazard", ["body_id", "work_order", "id"], postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_hazard_inbox_second", "hazard")
