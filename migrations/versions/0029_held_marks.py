"""A mark of what a held report said, so that the same report with something else in it is told from a repeat

The application puts it in and never reads it: its rights on the vault stay as they are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("held", sa.Column("mark", sa.LargeBinary), schema="vault")
    op.create_index("uq_held_mark", "held", ["mark"], unique=True, schema="vault")


def downgrade() -> None:
    op.drop_index("uq_held_mark", "held", schema="vault")
    op.drop_column("held", "mark", schema="vault")
