"""A duplicate of a fixed hazard is proposed by one and confirmed by another: which one it is said to be of"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BEFORE = "proposal IN ('rejection', 'not_found', 'hand_over')"
SINCE = "proposal IN ('rejection', 'not_found', 'hand_over', 'duplicate')"
TOGETHER = "(proposed_into_id IS NOT NULL) = (proposal IS NOT DISTINCT FROM 'duplicate')"


def upgrade() -> None:
    op.add_column("hazard", sa.Column("proposed_into_id", sa.BigInteger, sa.ForeignKey("hazard.id")))
    _proposals(SINCE)
    op.create_check_constraint(op.f("ck_hazard_proposed_into"), "hazard", TOGETHER)


def downgrade() -> None:
    """Proposals that wait are open hazards again, for which nothing is proposed."""
    op.drop_column("hazard", "proposed_into_id")
    op.execute("UPDATE hazard SET proposal = NULL, proposed_by = NULL WHERE proposal = 'duplicate'")
    _proposals(BEFORE)


def _proposals(check: str) -> None:
    op.drop_constraint(op.f("ck_hazard_proposal"), "hazard")
    op.create_check_constraint(op.f("ck_hazard_proposal"), "hazard", check)
