"""Hazards that came at once and of which who is on duty is told in one call"""

import sqlalchemy as sa
from alembic import op

from migrations.roles import SEARCH, VAULT, grant

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "duty_waiting",
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), primary_key=True, autoincrement=False),
        sa.Column("body_id", sa.Integer, sa.ForeignKey("body.id")),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("lead_id", sa.BigInteger, sa.ForeignKey("hazard.id")),
        sa.Column("known_at", MOMENT),
    )
    op.create_index(
        "ix_duty_waiting_body_id_since", "duty_waiting", ["body_id", "since"], postgresql_where="lead_id IS NULL"
    )
    op.create_index("ix_duty_waiting_lead_id", "duty_waiting", ["lead_id"], postgresql_where="known_at IS NULL")
    grant(op.get_bind(), VAULT + SEARCH)


def downgrade() -> None:
    op.drop_table("duty_waiting")
