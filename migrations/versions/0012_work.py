"""Work: escalation, proofs with place and time, second persons"""

import sqlalchemy as sa
from alembic import op

from migrations.roles import SEARCH, VAULT, grant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = "kind IN ('report', 'made_safe', 'fixed', 'site'{more})"
CHECKS = {
    "proposal": "proposal IN ('rejection', 'not_found', 'hand_over')",
    "proposal_of_somebody": "proposed_by IS NULL OR proposal IS NOT NULL",
    "one_proposal": "proposal IS NULL OR rejection_reason IS NULL",
    "hold_reason": "hold_reason IN ('reporter_answer', 'other_body', 'weather', 'spare_parts', 'permit', 'no_access',"
    " 'money')",
    "held_up_for_a_reason": "hold_reason IS NULL OR status = 'on_hold'",
    "inspect_together": "(inspect_due IS NULL) = (inspect_measure IS NULL)",
}
LOOK_AGAIN = """
CREATE FUNCTION escalate_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.escalate_at := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER hazard_escalate_anew BEFORE UPDATE ON hazard FOR EACH ROW
  WHEN (ROW(OLD.status, OLD.severity, OLD.body_id, OLD.make_safe_due, OLD.fix_due, OLD.made_safe_at, OLD.fix_paused_at)
        IS DISTINCT FROM
        ROW(NEW.status, NEW.severity, NEW.body_id, NEW.make_safe_due, NEW.fix_due, NEW.made_safe_at, NEW.fix_paused_at))
  EXECUTE FUNCTION escalate_anew();
"""


def upgrade() -> None:
    _hazard()
    _photo()
    _duty()
    op.create_table(
        "escalation",
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), primary_key=True),
        sa.Column("clock", sa.Text, primary_key=True),
        sa.Column("step", sa.Text, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("event_id", sa.BigInteger, sa.ForeignKey("event.id"), nullable=False),
    )
    grant(op.get_bind(), VAULT + SEARCH)


def downgrade() -> None:
    op.drop_table("escalation")
    op.drop_column("duty_call", "claimed_at")
    op.execute("DELETE FROM duty_call WHERE contact_id IN (SELECT id FROM duty_contact WHERE body_id IS NULL)")
    op.execute("DELETE FROM duty_contact WHERE body_id IS NULL")
    op.alter_column("duty_contact", "body_id", nullable=False)
    for column in ("weekdays", "starts", "ends"):
        op.drop_column("duty_contact", column)
    op.execute("UPDATE photo SET kind = 'site' WHERE kind = 'before'")
    _kinds("")
    for column in ("taken_at", "distance_m", "placed_by"):
        op.drop_column("photo", column)
    op.execute("DROP TRIGGER hazard_escalate_anew ON hazard; DROP FUNCTION escalate_anew()")
    for column in ("escalate_at", "inspect_measure", "inspect_due", "hold_reason", "proposed_by", "proposal"):
        op.drop_column("hazard", column)


def _hazard() -> None:
    op.add_column("hazard", sa.Column("proposal", sa.Text))
    op.add_column("hazard", sa.Column("proposed_by", sa.BigInteger, sa.ForeignKey("account.id")))
    op.add_column("hazard", sa.Column("hold_reason", sa.Text))
    op.add_column("hazard", sa.Column("inspect_due", MOMENT))
    op.add_column("hazard", sa.Column("inspect_measure", sa.Text))
    op.add_column("hazard", sa.Column("escalate_at", MOMENT))
    for name, check in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_hazard_{name}"), "hazard", check)
    op.create_index("ix_hazard_escalate_at", "hazard", ["escalate_at", "id"], postgresql_where=sa.text("is_open"))
    op.execute(LOOK_AGAIN)


def _photo() -> None:
    op.add_column("photo", sa.Column("taken_at", MOMENT))
    op.add_column("photo", sa.Column("distance_m", sa.Integer))
    op.add_column("photo", sa.Column("placed_by", sa.Text))
    op.create_check_constraint(op.f("ck_photo_placed_by"), "photo", "placed_by IN ('camera', 'device')")
    _kinds(", 'before'")


def _kinds(more: str) -> None:
    op.drop_constraint(op.f("ck_photo_kind"), "photo")
    op.create_check_constraint(op.f("ck_photo_kind"), "photo", KINDS.format(more=more))


def _duty() -> None:
    """Hours of those on duty; a contact without a body is the coordinator's."""
    op.alter_column("duty_contact", "body_id", nullable=True)
    everyday = sa.text("'{1,2,3,4,5,6,7}'")
    op.add_column(
        "duty_contact",
        sa.Column("weekdays", sa.dialects.postgresql.ARRAY(sa.SmallInteger), nullable=False, server_default=everyday),
    )
    op.add_column("duty_contact", sa.Column("starts", sa.SmallInteger))
    op.add_column("duty_contact", sa.Column("ends", sa.SmallInteger))
    op.add_column("duty_call", sa.Column("claimed_at", MOMENT))
    hours = "(starts IS NULL) = (ends IS NULL) AND starts BETWEEN 0 AND 1439 AND ends BETWEEN 0 AND 1439"
    op.create_check_constraint(op.f("ck_duty_contact_hours"), "duty_contact", hours)
    days = "cardinality(weekdays) > 0 AND weekdays <@ '{1,2,3,4,5,6,7}'::smallint[]"
    op.create_check_constraint(op.f("ck_duty_contact_weekdays"), "duty_contact", days)
