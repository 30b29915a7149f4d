"""The routing engine: hints, the arbiter's deadline, what was changed by whom, and runs that move hazards"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.roles import grant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RULE = ["body_id", "area_code", "hazard_type", "type_group"]
NOW = {"type_": sa.DateTime(timezone=True), "nullable": False}


# Written out once more, as in 0004: a view that a later migration changes must not change with this file's future.
VISIBLE = """NOT h.held AND h.moderation <> 'refused'
           AND (t.publish = 'pin_at_once' OR (t.publish = 'after_review' AND h.moderation = 'cleared'))"""
# A duplicate's other hazard is named only where it is public itself; words of staff only where they were meant for all.
PUBLIC_HAZARD = f"""CREATE VIEW public_data.public_hazard AS
        SELECT h.reference, h.hazard_type, t.type_group, h.status, public_state(h.status, h.made_safe_at) AS state,
               h.severity, h.public_place AS place, a.code AS area_code, b.code AS body_code, h.basis,
               h.received_day, local_day(h.make_safe_due) AS make_safe_due_day, local_day(h.fix_due) AS fix_due_day,
               CASE WHEN h.is_open THEN h.overdue END AS overdue,
               h.made_safe_measure, local_day(h.made_safe_at) AS made_safe_day,
               local_day(h.made_safe_until) AS made_safe_until_day, h.planned_for, local_day(h.closed_at) AS closed_day,
               h.disputed, h.owner_unknown, h.public_text AS text,
               (SELECT d.reference FROM hazard d JOIN hazard_type dt ON dt.code = d.hazard_type
                 WHERE d.id = h.duplicate_of_id
                   AND {VISIBLE.replace("h.", "d.").replace("t.", "dt.")}) AS duplicate_of
          FROM hazard h
          JOIN hazard_type t ON t.code = h.hazard_type
          LEFT JOIN area a ON a.id = h.area_id
          LEFT JOIN body b ON b.id = h.body_id
         WHERE {VISIBLE}"""  # noqa: S608 - constants of this file
PUBLIC_EVENT = f"""CREATE VIEW public_data.public_event AS
        SELECT h.reference, row_number() OVER (PARTITION BY h.reference ORDER BY e.at, e.id) AS position,
               e.kind, local_day(e.at) AS day, e.status, CASE WHEN e.data ? 'shown' THEN e.note ELSE '' END AS note,
               b.code AS body_code,
               e.data ->> 'measure' AS measure, e.data ->> 'reason_code' AS reason_code,
               e.data ->> 'clock' AS clock, e.data ->> 'planned_for' AS planned_for
          FROM event e
          JOIN hazard h ON h.id = e.hazard_id
          JOIN hazard_type t ON t.code = h.hazard_type
          LEFT JOIN body b ON b.id = e.body_id
         WHERE e.public AND {VISIBLE}"""  # noqa: S608 - constants of this file

# As 0004 made them: what a downgrade goes back to.
HAZARD_BEFORE = f"""CREATE VIEW public_data.public_hazard AS
        SELECT h.reference, h.hazard_type, t.type_group, h.status, public_state(h.status, h.made_safe_at) AS state,
               h.severity, h.public_place AS place, a.code AS area_code, b.code AS body_code, h.basis,
               h.received_day, local_day(h.make_safe_due) AS make_safe_due_day, local_day(h.fix_due) AS fix_due_day,
               CASE WHEN h.is_open THEN h.overdue END AS overdue,
               h.made_safe_measure, local_day(h.made_safe_at) AS made_safe_day,
               local_day(h.made_safe_until) AS made_safe_until_day, h.planned_for, local_day(h.closed_at) AS closed_day,
               h.disputed, h.owner_unknown, h.public_text AS text, d.reference AS duplicate_of
          FROM hazard h
          JOIN hazard_type t ON t.code = h.hazard_type
          LEFT JOIN area a ON a.id = h.area_id
          LEFT JOIN body b ON b.id = h.body_id
          LEFT JOIN hazard d ON d.id = h.duplicate_of_id
         WHERE {VISIBLE}"""  # noqa: S608 - constants of this file
EVENT_BEFORE = f"""CREATE VIEW public_data.public_event AS
        SELECT h.reference, row_number() OVER (PARTITION BY h.reference ORDER BY e.at, e.id) AS position,
               e.kind, local_day(e.at) AS day, e.status, e.note, b.code AS body_code,
               e.data ->> 'measure' AS measure, e.data ->> 'reason_code' AS reason_code,
               e.data ->> 'clock' AS clock, e.data ->> 'planned_for' AS planned_for
          FROM event e
          JOIN hazard h ON h.id = e.hazard_id
          JOIN hazard_type t ON t.code = h.hazard_type
          LEFT JOIN body b ON b.id = e.body_id
         WHERE e.public AND {VISIBLE}"""  # noqa: S608 - constants of this file


def upgrade() -> None:
    op.add_column("hazard", sa.Column("hints", JSONB, nullable=False, server_default="{}"))
    op.add_column("hazard", sa.Column("refusals", sa.SmallInteger, nullable=False, server_default="0"))
    op.add_column("hazard", sa.Column("settled", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("hazard", sa.Column("owner_due", sa.DateTime(timezone=True)))
    op.execute("UPDATE hazard SET owner_due = received_at + interval '72 hours' WHERE owner_unknown AND is_open")
    op.create_index(
        "ix_hazard_owner_due", "hazard", ["owner_due"], postgresql_where="is_open AND owner_unknown"
    )
    op.add_column("body", sa.Column("working_hours", sa.Text, nullable=False, server_default=""))
    op.create_check_constraint("targets", "hazard_type", "make_safe_hours > 0 AND fix_value > 0")
    _views(PUBLIC_HAZARD, PUBLIC_EVENT)
    _hints()
    _audit()
    _runs()
    grant(op.get_bind())


def _views(*statements: str) -> None:
    for statement in ("DROP VIEW public_data.public_event", "DROP VIEW public_data.public_hazard", *statements):
        op.execute(sa.text(statement.replace(":", "\\:")))


def _hints() -> None:
    op.create_table(
        "hint_kind",
        sa.Column("hint", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        sa.Column("body_kind", sa.Text, sa.ForeignKey("body_kind.code"), nullable=False),
    )
    op.add_column("responsibility", sa.Column("hint", sa.Text))
    op.add_column("responsibility", sa.Column("hint_value", sa.Text))
    op.create_check_constraint("hint_pair", "responsibility", "(hint IS NULL) = (hint_value IS NULL)")
    op.drop_index("uq_responsibility_rule", "responsibility")
    _unique([*RULE, "hint", "hint_value", "valid_from"])


def _unique(columns: list[str]) -> None:
    op.create_index(
        "uq_responsibility_rule", "responsibility", columns, unique=True, postgresql_nulls_not_distinct=True
    )


def _audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("at", **NOW),
        sa.Column("by_account", sa.BigInteger, sa.ForeignKey("account.id")),
        sa.Column("noun", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("before", JSONB),
        sa.Column("after", JSONB),
        sa.Column("undoes_id", sa.BigInteger, sa.ForeignKey("audit_entry.id"), unique=True),
    )
    op.create_index("ix_audit_entry_noun_key", "audit_entry", ["noun", "key", "id"])
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_entry"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _runs() -> None:
    op.create_table(
        "reroute_run",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("made_at", **NOW),
        sa.Column("made_by", sa.BigInteger, sa.ForeignKey("account.id")),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("forced", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("looked_at", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('preview', 'running', 'stopped', 'done')", name="state"),
    )
    op.create_table(
        "reroute_move",
        sa.Column("run_id", sa.BigInteger, sa.ForeignKey("reroute_run.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), primary_key=True),
        sa.Column("from_body_id", sa.Integer, sa.ForeignKey("body.id")),
        sa.Column("to_body_id", sa.Integer, sa.ForeignKey("body.id")),
        sa.Column("area_id", sa.BigInteger, sa.ForeignKey("area.id")),
        sa.Column("basis", sa.Text),
        sa.Column("confidence", sa.Numeric(3, 2), nullable=False),
        sa.Column("trace", JSONB, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.CheckConstraint("outcome IN ('moved', 'passed')", name="outcome"),
    )
    waiting = "outcome IS NULL"
    op.create_index("ix_reroute_move_waiting", "reroute_move", ["run_id", "hazard_id"], postgresql_where=waiting)


def downgrade() -> None:
    op.drop_table("reroute_move")
    op.drop_table("reroute_run")
    op.drop_table("audit_entry")
    op.drop_index("uq_responsibility_rule", "responsibility")
    op.execute("DELETE FROM responsibility WHERE hint IS NOT NULL")
    op.drop_constraint("hint_pair", "responsibility", type_="check")
    op.drop_column("responsibility", "hint_value")
    op.drop_column("responsibility", "hint")
    _unique([*RULE, "valid_from"])
    op.drop_table("hint_kind")
    op.drop_constraint("targets", "hazard_type", type_="check")
    op.drop_column("body", "working_hours")
    op.drop_index("ix_hazard_owner_due", "hazard")
    for column in ("owner_due", "settled", "refusals", "hints"):
        op.drop_column("hazard", column)
    _views(HAZARD_BEFORE, EVENT_BEFORE)
    grant(op.get_bind())
