"""Deputies and shifts of a body, notes from one shift to the next, and what was done to many hazards at once"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.roles import SEARCH, VAULT, grant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True)


def _account(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger, sa.ForeignKey("account.id"), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "deputy",
        _id(),
        _account("account_id"),
        _account("deputy_id"),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.CheckConstraint("account_id <> deputy_id", name=op.f("ck_deputy_two_people")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_deputy_period")),
    )
    op.create_index("ix_deputy_account_id_ends_on", "deputy", ["account_id", "ends_on"])
    op.create_index("ix_deputy_deputy_id_ends_on", "deputy", ["deputy_id", "ends_on"])
    op.create_table(
        "shift",
        _id(),
        sa.Column("body_id", sa.Integer, sa.ForeignKey("body.id"), nullable=False),
        sa.Column("weekday", sa.SmallInteger, nullable=False),
        sa.Column("starts", sa.SmallInteger, nullable=False),
        sa.Column("ends", sa.SmallInteger, nullable=False),
        _account("account_id", nullable=True),
        sa.Column("crew_id", sa.BigInteger, sa.ForeignKey("crew.id"), nullable=True),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_shift_weekday")),
        sa.CheckConstraint("starts BETWEEN 0 AND 1439 AND ends BETWEEN 0 AND 1439", name=op.f("ck_shift_minutes")),
        sa.CheckConstraint("(account_id IS NULL) <> (crew_id IS NULL)", name=op.f("ck_shift_person_or_crew")),
    )
    op.create_index("ix_shift_body_id", "shift", ["body_id", "weekday", "starts", "id"])
    op.create_table(
        "shift_note",
        _id(),
        sa.Column("body_id", sa.Integer, sa.ForeignKey("body.id"), nullable=False),
        _moment("at"),
        _account("by_account"),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("hazards", JSONB, nullable=False, server_default="[]"),
        _moment("read_at", nullable=True),
        _account("read_by", nullable=True),
        sa.CheckConstraint("(read_at IS NULL) = (read_by IS NULL)", name=op.f("ck_shift_note_read_together")),
    )
    op.create_index("ix_shift_note_body_id_at", "shift_note", ["body_id", "at", "id"])
    op.create_table(
        "bulk_run",
        sa.Column("key", sa.Text, primary_key=True),
        _account("account_id"),
        _moment("at"),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("rows", JSONB, nullable=False),
    )
    op.create_index("ix_bulk_run_account_id", "bulk_run", ["account_id"])
    grant(op.get_bind(), VAULT + SEARCH)


def downgrade() -> None:
    for table in ("bulk_run", "shift_note", "shift", "deputy"):
        op.drop_table(table)
