"""A mark of each part of a report as it was sent, so that a repeat tells what is new"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report", sa.Column("sent", ARRAY(sa.LargeBinary)))


def downgrade() -> None:
    op.drop_column("report", "sent")
