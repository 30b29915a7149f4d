"""Duplicates merged and undone, repeats of a spot"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from migrations.roles import REPEATS, SEARCH, VAULT, grant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Written out once more, as in 0004, 0006 and 0008: what a view says must not change with another file's future.
VISIBLE = """NOT h.held AND h.moderation <> 'refused'
           AND ((t.publish = 'pin_at_once' AND NOT h.review_first)
                OR (t.publish IN ('pin_at_once', 'after_review') AND h.moderation = 'cleared'))"""
VIEW = f"""CREATE VIEW public_data.public_repeat AS
        SELECT h.reference, e.reference AS earlier, e.received_day, local_day(e.closed_at) AS closed_day
          FROM hazard h
          JOIN hazard_type t ON t.code = h.hazard_type
          JOIN hazard e ON (e.id = h.spot_id OR e.spot_id = h.spot_id) AND e.received_at < h.received_at
                       AND e.status = 'fixed'
          JOIN hazard_type et ON et.code = e.hazard_type
         WHERE h.spot_id IS NOT NULL AND {VISIBLE} AND {VISIBLE.replace("h.", "e.").replace("t.", "et.")}"""
STATES = "'proposed', 'accepted', 'done', 'declined'"


def upgrade() -> None:
    _spots()
    _merges()
    _root_causes()
    op.execute(VIEW)
    grant(op.get_bind(), VAULT + SEARCH + REPEATS)


def _spots() -> None:
    for column in ("repeat_of_id", "spot_id"):
        op.add_column("hazard", sa.Column(column, sa.BigInteger, sa.ForeignKey("hazard.id")))
    op.add_column("hazard", sa.Column("repeats", sa.Integer, nullable=False, server_default="0"))
    op.create_index("ix_hazard_spot_id", "hazard", ["spot_id"], postgresql_where=sa.text("spot_id IS NOT NULL"))
    op.create_check_constraint("spot_together", "hazard", "(repeat_of_id IS NULL) = (spot_id IS NULL)")


def _merges() -> None:
    op.create_table(
        "merge",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), nullable=False),
        sa.Column("into_id", sa.BigInteger, sa.ForeignKey("hazard.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_account", sa.BigInteger, sa.ForeignKey("account.id")),
        sa.Column("report_ids", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("photo_ids", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("follow_ids", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("question_ids", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("confirmed_ids", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("before", JSONB, nullable=False),
        sa.Column("given", JSONB, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("undone_by", sa.BigInteger, sa.ForeignKey("account.id")),
        sa.CheckConstraint("hazard_id <> into_id", name="two"),
        sa.CheckConstraint("undone_by IS NULL OR undone_at IS NOT NULL", name="undone"),
    )
    standing = sa.text("undone_at IS NULL")
    op.create_index("uq_merge_standing", "merge", ["hazard_id"], unique=True, postgresql_where=standing)
    op.create_index("ix_merge_into_id", "merge", ["into_id"])
    op.create_table(
        "not_same",
        sa.Column("first_id", sa.BigInteger, sa.ForeignKey("hazard.id"), primary_key=True),
        sa.Column("second_id", sa.BigInteger, sa.ForeignKey("hazard.id"), primary_key=True),
        sa.Column("by_account", sa.BigInteger, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_id < second_id", name="in_order"),
    )


def _root_causes() -> None:
    op.create_table(
        "root_cause",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("spot_id", sa.BigInteger, sa.ForeignKey("hazard.id"), nullable=False),
        sa.Column("body_id", sa.Integer, sa.ForeignKey("body.id"), nullable=False),
        sa.Column("hazard_type", sa.Text, sa.ForeignKey("hazard_type.code"), nullable=False),
        sa.Column("hazard_ids", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="proposed"),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan", sa.Text, nullable=False, server_default=""),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("accepted_by", sa.BigInteger, sa.ForeignKey("account.id")),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.BigInteger, sa.ForeignKey("account.id")),
        sa.CheckConstraint(f"state IN ({STATES})", name="state"),
        sa.CheckConstraint("(ended_at IS NULL) = (state IN ('proposed', 'accepted'))", name="ended"),
        sa.CheckConstraint("(accepted_at IS NULL) = (accepted_by IS NULL)", name="accepted_together"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_together"),
    )
    unsettled = sa.text("ended_at IS NULL")
    op.create_index("uq_root_cause_spot_id", "root_cause", ["spot_id"], unique=True, postgresql_where=unsettled)
    op.create_index("ix_root_cause_body_id_state", "root_cause", ["body_id", "state", "id"])


def downgrade() -> None:
    op.execute("DROP VIEW public_data.public_repeat")
    for table in ("root_cause", "not_same", "merge"):
        op.drop_table(table)
    op.drop_constraint("spot_together", "hazard", type_="check")
    op.drop_index("ix_hazard_spot_id", "hazard")
    for column in ("repeats", "spot_id", "repeat_of_id"):
        op.drop_column("hazard", column)
