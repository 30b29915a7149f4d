"""Who invited an account; what a correction changed and what a photo does not show stand in the public history"""

import sqlalchemy as sa
from alembic import op

from migrations.roles import REPEATS, SEARCH, VAULT, grant

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# Written out once more, as in 0008: what a view says must not change with another file's future.
VISIBLE = """NOT h.held AND h.moderation <> 'refused'
           AND ((t.publish = 'pin_at_once' AND NOT h.review_first)
                OR (t.publish IN ('pin_at_once', 'after_review') AND h.moderation = 'cleared'))"""
BEFORE = f"""CREATE VIEW public_data.public_event AS
        SELECT h.reference, row_number() OVER (PARTITION BY h.reference ORDER BY e.at, e.id) AS position,
               e.kind, local_day(e.at) AS day, e.status, CASE WHEN e.data ? 'shown' THEN e.note ELSE '' END AS note,
               b.code AS body_code,
               e.data ->> 'measure' AS measure, e.data ->> 'reason_code' AS reason_code,
               e.data ->> 'clock' AS clock, e.data ->> 'planned_for' AS planned_for{{more}}
          FROM event e
          JOIN hazard h ON h.id = e.hazard_id
          JOIN hazard_type t ON t.code = h.hazard_type
          LEFT JOIN body b ON b.id = e.body_id{{joins}}
         WHERE e.public AND {VISIBLE}"""  # noqa: S608 - constants of this file
# A kind that is never public is not named here either; the place is told in steps, never where it was.
MORE = """,
               e.data ->> 'unproven' AS unproven,
               ft.code AS from_type, CASE WHEN ft.code IS NOT NULL THEN tt.code END AS to_type,
               e.data ->> 'from_severity' AS from_severity, e.data ->> 'to_severity' AS to_severity,
               nullif(50 * round(CAST(e.data ->> 'moved_m' AS numeric) / 50), 0) AS moved_m,
               CASE WHEN e.kind = 'correct' THEN fb.code END AS from_body_code"""
JOINS = """
          LEFT JOIN hazard_type ft ON ft.code = e.data ->> 'from_type' AND ft.publish <> 'never'
          LEFT JOIN hazard_type tt ON tt.code = e.data ->> 'to_type' AND tt.publish <> 'never'
          LEFT JOIN body fb ON fb.id = CAST(e.data ->> 'from_body' AS integer)"""
INVITERS = """
UPDATE account SET invited_by = (
  SELECT e.by_account FROM audit_entry e
   WHERE e.noun = 'account' AND e.key = account.id::text AND coalesce(e.before, 'null') = 'null'
   ORDER BY e.id LIMIT 1)"""


def upgrade() -> None:
    op.add_column("account", sa.Column("invited_by", sa.BigInteger, sa.ForeignKey("account.id")))
    op.execute(INVITERS)
    _event_view(more=MORE, joins=JOINS)


def downgrade() -> None:
    _event_view(more="", joins="")
    op.drop_column("account", "invited_by")


def _event_view(**parts: str) -> None:
    op.execute("DROP VIEW public_data.public_event")
    op.get_bind().exec_driver_sql(BEFORE.format(**parts).replace("%", "%%"))
    grant(op.get_bind(), VAULT + SEARCH + REPEATS)
