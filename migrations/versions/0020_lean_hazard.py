"""Indexes of hazards hold only what is asked of them: a crew, a person or another system's number that is there

Each new version of a hazard is written to all indexes that it belongs to, and most hazards have none of the three.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WHO = ("crew_id", "assignee_id")


def upgrade() -> None:
    for column in WHO:
        _again(column, f"is_open AND {column} IS NOT NULL")
    op.drop_index("uq_hazard_external", "hazard")
    there = sa.text("external_source IS NOT NULL")
    names = ["external_source", "external_id"]
    op.create_index("uq_hazard_external", "hazard", names, unique=True, postgresql_where=there)


def downgrade() -> None:
    op.drop_index("uq_hazard_external", "hazard")
    op.create_index("uq_hazard_external", "hazard", ["external_source", "external_id"], unique=True)
    for column in WHO:
        _again(column, "is_open")


def _again(column: str, where: str) -> None:
    name = f"ix_hazard_{column}"
    op.drop_index(name, "hazard")
    op.create_index(name, "hazard", [column, "next_due", "id"], postgresql_where=sa.text(where))
