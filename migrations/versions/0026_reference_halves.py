"""Let a hazard be found by the second half of its reference, as it is shown: `R9VQ-9PWC`

The first half is served by the unique index.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX ix_hazard_reference_half ON hazard (substr(reference, 5))")


def downgrade() -> None:
    op.execute("DROP INDEX ix_hazard_reference_half")
