"""Crews of a body, and who of it does the work on a hazard"""

import sqlalchemy as sa
from alembic import op

from migrations.roles import SEARCH, VAULT, grant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crew",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("body_id", sa.Integer, sa.ForeignKey("body.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    )
    op.create_index("uq_crew_body_id_name", "crew", ["body_id", "name"], unique=True)
    op.create_table(
        "crew_member",
        sa.Column("crew_id", sa.BigInteger, sa.ForeignKey("crew.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_index("ix_crew_member_account_id", "crew_member", ["account_id"])
    op.add_column("hazard", sa.Column("crew_id", sa.BigInteger, sa.ForeignKey("crew.id")))
    op.add_column("hazard", sa.Column("assignee_id", sa.BigInteger, sa.ForeignKey("account.id")))
    open_only = sa.text("is_open")
    for column in ("crew_id", "assignee_id"):
        op.create_index(f"ix_hazard_{column}", "hazard", [column, "next_due", "id"], postgresql_where=open_only)
    grant(op.get_bind(), VAULT + SEARCH)


def downgrade() -> None:
    op.drop_column("hazard", "assignee_id")
    op.drop_column("hazard", "crew_id")
    op.drop_table("crew_member")
    op.drop_table("crew")
