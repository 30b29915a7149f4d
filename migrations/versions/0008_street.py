"""Reporting from the street: the vault for held reports and contacts, followers, duty calls, limits, joined reports"""

import sqlalchemy as sa
from alembic import op

from migrations.roles import VAULT, grant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RUN_STATES = ("preview", "running", "stopped", "done")
REPORT_KINDS = "kind IN ('new', 'seen_too', 'addition', 'still_dangerous', 'safe_now')"
# Written out once more, as in 0004 and 0006: what a view says must not change with another file's future.
VISIBLE = """NOT h.held AND h.moderation <> 'refused'
           AND ((t.publish = 'pin_at_once' AND NOT h.review_first)
                OR (t.publish IN ('pin_at_once', 'after_review') AND h.moderation = 'cleared'))"""
VISIBLE_BEFORE = """NOT h.held AND h.moderation <> 'refused'
           AND (t.publish = 'pin_at_once' OR (t.publish = 'after_review' AND h.moderation = 'cleared'))"""


def _hazard_view(visible: str, more: str = "") -> str:
    return f"""CREATE OR REPLACE VIEW public_data.public_hazard AS
        SELECT h.reference, h.hazard_type, t.type_group, h.status, public_state(h.status, h.made_safe_at) AS state,
               h.severity, h.public_place AS place, a.code AS area_code, b.code AS body_code, h.basis,
               h.received_day, local_day(h.make_safe_due) AS make_safe_due_day, local_day(h.fix_due) AS fix_due_day,
               CASE WHEN h.is_open THEN h.overdue END AS overdue,
               h.made_safe_measure, local_day(h.made_safe_at) AS made_safe_day,
               local_day(h.made_safe_until) AS made_safe_until_day, h.planned_for, local_day(h.closed_at) AS closed_day,
               h.disputed, h.owner_unknown, h.public_text AS text,
               (SELECT d.reference FROM hazard d JOIN hazard_type dt ON dt.code = d.hazard_type
                 WHERE d.id = h.duplicate_of_id
                   AND {visible.replace("h.", "d.").replace("t.", "dt.")}) AS duplicate_of{more}
          FROM hazard h
          JOIN hazard_type t ON t.code = h.hazard_type
          LEFT JOIN area a ON a.id = h.area_id
          LEFT JOIN body b ON b.id = h.body_id
         WHERE {visible}"""  # noqa: S608 - constants of this file


def _event_view(visible: str) -> str:
    return f"""CREATE OR REPLACE VIEW public_data.public_event AS
        SELECT h.reference, row_number() OVER (PARTITION BY h.reference ORDER BY e.at, e.id) AS position,
               e.kind, local_day(e.at) AS day, e.status, CASE WHEN e.data ? 'shown' THEN e.note ELSE '' END AS note,
               b.code AS body_code,
               e.data ->> 'measure' AS measure, e.data ->> 'reason_code' AS reason_code,
               e.data ->> 'clock' AS clock, e.data ->> 'planned_for' AS planned_for
          FROM event e
          JOIN hazard h ON h.id = e.hazard_id
          JOIN hazard_type t ON t.code = h.hazard_type
          LEFT JOIN body b ON b.id = e.body_id
         WHERE e.public AND {visible}"""  # noqa: S608 - constants of this file


def _photo_view(visible: str) -> str:
    return f"""CREATE OR REPLACE VIEW public_data.public_photo AS
        SELECT p.public_id, h.reference, p.kind, p.content_key, p.width, p.height, local_day(p.added_at) AS day
          FROM photo p JOIN hazard h ON h.id = p.hazard_id JOIN hazard_type t ON t.code = h.hazard_type
         WHERE p.moderation = 'cleared' AND {visible}"""  # noqa: S608 - constants of this file


TYPE_VIEW = """CREATE OR REPLACE VIEW public_data.public_type AS
        SELECT code, type_group, name_kk, name_ru, name_en, advice_kk, advice_ru, advice_en, geometry, severity,
               make_safe_hours, fix_value, fix_unit, emergency_mode, dial, publish, season, reportable, position{more}
          FROM hazard_type"""


MAP_CHANGE = """
CREATE OR REPLACE FUNCTION note_map_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
DECLARE
  was boolean := false;
  is_now boolean := is_public(NEW.hazard_type, NEW.moderation, NEW.held{new});
BEGIN
  IF TG_OP = 'UPDATE' THEN
    was := is_public(OLD.hazard_type, OLD.moderation, OLD.held{old});
    IF was AND is_now AND OLD.hazard_type = NEW.hazard_type AND OLD.public_place ~= NEW.public_place
       AND public_state(OLD.status, OLD.made_safe_at) = public_state(NEW.status, NEW.made_safe_at) THEN
      RETURN NULL;
    END IF;
    IF was THEN
      INSERT INTO public_data.map_change (delta, hazard_type, state, x, y) VALUES
        (-1, OLD.hazard_type, public_state(OLD.status, OLD.made_safe_at),
         mercator_x(OLD.public_place), mercator_y(OLD.public_place));
    END IF;
  END IF;
  IF is_now THEN
    INSERT INTO public_data.map_change (delta, hazard_type, state, x, y) VALUES
      (1, NEW.hazard_type, public_state(NEW.status, NEW.made_safe_at),
       mercator_x(NEW.public_place), mercator_y(NEW.public_place));
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER hazard_map_change
  AFTER INSERT OR UPDATE OF hazard_type, status, made_safe_at, public_place, moderation, held{column} ON hazard
  FOR EACH ROW EXECUTE FUNCTION note_map_change();
"""
IS_PUBLIC = """
CREATE FUNCTION is_public(type_code text, moderation text, held boolean, review_first boolean) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT NOT held AND moderation <> 'refused'
     AND ((t.publish = 'pin_at_once' AND NOT review_first)
          OR (t.publish IN ('pin_at_once', 'after_review') AND moderation = 'cleared'))
    FROM public.hazard_type t WHERE t.code = type_code
$$;
"""
IS_PUBLIC_BEFORE = """
CREATE FUNCTION is_public(type_code text, moderation text, held boolean) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT held AND moderation <> 'refused'
     AND (t.publish = 'pin_at_once' OR (t.publish = 'after_review' AND moderation = 'cleared'))
    FROM public.hazard_type t WHERE t.code = type_code
$$;
"""


def upgrade() -> None:
    op.add_column("hazard", sa.Column("review_first", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("hazard", sa.Column("reports", sa.Integer, nullable=False, server_default="1"))
    op.add_column("hazard", sa.Column("flags", sa.Integer, nullable=False, server_default="0"))
    _reports()
    _run(IS_PUBLIC)
    _run(MAP_CHANGE.format(new=", NEW.review_first", old=", OLD.review_first", column=", review_first"))
    _run("DROP FUNCTION is_public(text, text, boolean)")
    for view in (_hazard_view(VISIBLE, ", h.reports"), _event_view(VISIBLE), _photo_view(VISIBLE)):
        _run(view)
    _run(TYPE_VIEW.format(more=", duplicate_radius_m"))
    _followers()
    _duty()
    _vault()
    _limits()
    op.add_column("reroute_run", sa.Column("borders", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("reroute_run", sa.Column("audited", sa.BigInteger, nullable=False, server_default="0"))
    _reroute_states("looking", *RUN_STATES)
    grant(op.get_bind(), VAULT)


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def _reports() -> None:
    op.add_column("report", sa.Column("kind", sa.Text, nullable=False, server_default="new"))
    op.add_column("report", sa.Column("parent_id", sa.BigInteger, sa.ForeignKey("report.id")))
    op.add_column("report", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
    op.create_check_constraint("kind", "report", REPORT_KINDS)
    op.create_index("ix_report_parent_id", "report", ["parent_id"])


def _followers() -> None:
    op.drop_table("contact", schema="vault")
    op.create_table(
        "follow",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), nullable=False),
        sa.Column("report_id", sa.BigInteger, sa.ForeignKey("report.id")),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("address_key", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("channel IN ('email', 'push')", name="channel"),
    )
    op.create_index("uq_follow_token", "follow", ["token"], unique=True)
    op.create_index("uq_follow_hazard_id_address_key", "follow", ["hazard_id", "address_key"], unique=True)
    op.create_index("ix_follow_report_id", "follow", ["report_id"])
    op.create_table(
        "contact",
        sa.Column("follow_id", sa.BigInteger, sa.ForeignKey("follow.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("delete_after", sa.DateTime(timezone=True)),
        schema="vault",
    )
    op.create_index("ix_contact_delete_after", "contact", ["delete_after"], schema="vault")
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("follow_id", sa.BigInteger, sa.ForeignKey("follow.id", ondelete="CASCADE"), nullable=False),
        sa.Column("event_id", sa.BigInteger, sa.ForeignKey("event.id")),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="queued"),
        sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('queued', 'sent', 'refused')", name="state"),
        sa.CheckConstraint("(sent_at IS NULL) = (state <> 'sent')", name="sent_at"),
    )
    op.create_index("uq_notice_key", "notice", ["key"], unique=True)
    op.create_index("ix_notice_follow_id", "notice", ["follow_id"])


def _duty() -> None:
    op.create_table(
        "duty_contact",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("body_id", sa.Integer, sa.ForeignKey("body.id"), nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("phone", sa.Text),
        sa.Column("language", sa.Text, nullable=False, server_default="kk"),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    )
    op.create_index("ix_duty_contact_body_id_position", "duty_contact", ["body_id", "position", "id"])
    op.create_table(
        "duty_call",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), nullable=False),
        sa.Column("contact_id", sa.BigInteger, sa.ForeignKey("duty_contact.id"), nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True)),
        sa.Column("passed_on_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("uq_duty_call_token", "duty_call", ["token"], unique=True)
    op.create_index("uq_duty_call_hazard_id_contact_id", "duty_call", ["hazard_id", "contact_id"], unique=True)
    op.create_index(
        "ix_duty_call_waiting", "duty_call", ["made_at"],
        postgresql_where="acknowledged_at IS NULL AND passed_on_at IS NULL",
    )


def _vault() -> None:
    op.create_table(
        "held",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.BigInteger, sa.ForeignKey("account.id")),
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id")),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("why IN ('words', 'moderator')", name="why"),
        sa.CheckConstraint("state IN ('waiting', 'hazard', 'nothing', 'kept')", name="state"),
        sa.CheckConstraint("(decided_at IS NULL) = (state = 'waiting')", name="decided"),
        schema="vault",
    )
    for column in ("reference", "client_id", "receipt_hash"):
        op.create_index(f"uq_held_{column}", "held", [column], unique=True, schema="vault")
    op.create_index(
        "ix_held_waiting", "held", ["received_at"], schema="vault", postgresql_where="state = 'waiting'"
    )
    op.create_index("ix_held_hazard_id", "held", ["hazard_id"], schema="vault")
    op.create_table(
        "held_photo",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("held_id", sa.BigInteger, sa.ForeignKey("vault.held.id", ondelete="CASCADE"), nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        schema="vault",
    )
    op.create_index("ix_held_photo_held_id", "held_photo", ["held_id"], schema="vault")
    op.create_table(
        "look",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("held_id", sa.BigInteger, sa.ForeignKey("vault.held.id"), nullable=False),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        schema="vault",
    )
    op.create_index("ix_look_held_id", "look", ["held_id"], schema="vault")
    op.execute(
        "CREATE TRIGGER look_append_only BEFORE UPDATE OR DELETE ON vault.look"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _reroute_states(*states: str) -> None:
    op.drop_constraint("state", "reroute_run", type_="check")
    op.create_check_constraint("state", "reroute_run", f"state IN ({', '.join(repr(state) for state in states)})")


def _limits() -> None:
    op.create_table(
        "day_key",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("key", sa.LargeBinary, nullable=False),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "intake_count",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("hour", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_intake_count_hour", "intake_count", ["hour"])


def downgrade() -> None:
    op.execute("DELETE FROM reroute_run WHERE state = 'looking'")
    _reroute_states(*RUN_STATES)
    op.drop_column("reroute_run", "audited")
    op.drop_column("reroute_run", "borders")
    for table in ("intake_count", "day_key"):
        op.drop_table(table)
    for table in ("look", "held_photo", "held"):
        op.drop_table(table, schema="vault")
    for table in ("duty_call", "duty_contact", "notice"):
        op.drop_table(table)
    op.drop_table("contact", schema="vault")
    op.drop_table("follow")
    op.create_table(
        "contact",
        sa.Column("report_id", sa.BigInteger, sa.ForeignKey("report.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("delete_after", sa.DateTime(timezone=True)),
        schema="vault",
    )
    op.create_index("ix_contact_delete_after", "contact", ["delete_after"], schema="vault")
    _run("DROP VIEW public_data.public_hazard, public_data.public_type")
    _run(TYPE_VIEW.format(more=""))
    for view in (_hazard_view(VISIBLE_BEFORE), _event_view(VISIBLE_BEFORE), _photo_view(VISIBLE_BEFORE)):
        _run(view)
    _run(IS_PUBLIC_BEFORE)
    _run(MAP_CHANGE.format(new="", old="", column=""))
    _run("DROP FUNCTION is_public(text, text, boolean, boolean)")
    op.drop_index("ix_report_parent_id", "report")
    op.drop_constraint("kind", "report", type_="check")
    op.execute("DELETE FROM report WHERE kind <> 'new' AND NOT EXISTS (SELECT FROM photo WHERE report_id = report.id)")
    for column in ("withdrawn_at", "parent_id", "kind"):
        op.drop_column("report", column)
    for column in ("flags", "reports", "review_first"):
        op.drop_column("hazard", column)
    grant(op.get_bind())
