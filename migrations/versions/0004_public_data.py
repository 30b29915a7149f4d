"""What the public may read, as one schema of views; roles and grants"""

from alembic import op

from migrations.roles import grant, revoke

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Written out, not a call of is_public(): a function in a view runs with the reader's rights, a table with the owner's.
VISIBLE = """NOT h.held AND h.moderation <> 'refused'
           AND (t.publish = 'pin_at_once' OR (t.publish = 'after_review' AND h.moderation = 'cleared'))"""

VIEWS = {
    "public_type": """
        SELECT code, type_group, name_kk, name_ru, name_en, advice_kk, advice_ru, advice_en, geometry, severity,
               make_safe_hours, fix_value, fix_unit, emergency_mode, dial, publish, season, reportable, position
          FROM hazard_type""",
    "public_body": """
        SELECT b.code, b.kind, b.name_kk, b.name_ru, b.name_en, b.phone,
               k.name_kk AS kind_kk, k.name_ru AS kind_ru, k.name_en AS kind_en
          FROM body b JOIN body_kind k ON k.code = b.kind WHERE b.active""",
    "public_area": """
        SELECT code, kind, rank, parent_code, name_kk, name_ru, name_en, demo, source, geom
          FROM area
         WHERE daterange(valid_from, valid_until) @> local_day(now())""",
    "public_place": """
        SELECT kind, name_kk, name_ru, name_en, search_key, geom FROM place""",
    "public_hazard": """
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
         WHERE """
    + VISIBLE,
    "public_event": """
        SELECT h.reference, row_number() OVER (PARTITION BY h.reference ORDER BY e.at, e.id) AS position,
               e.kind, local_day(e.at) AS day, e.status, e.note, b.code AS body_code,
               e.data ->> 'measure' AS measure, e.data ->> 'reason_code' AS reason_code,
               e.data ->> 'clock' AS clock, e.data ->> 'planned_for' AS planned_for
          FROM event e
          JOIN hazard h ON h.id = e.hazard_id
          JOIN hazard_type t ON t.code = h.hazard_type
          LEFT JOIN body b ON b.id = e.body_id
         WHERE e.public AND """
    + VISIBLE,
    "public_photo": """
        SELECT p.public_id, h.reference, p.kind, p.content_key, p.width, p.height, local_day(p.added_at) AS day
          FROM photo p JOIN hazard h ON h.id = p.hazard_id JOIN hazard_type t ON t.code = h.hazard_type
         WHERE p.moderation = 'cleared' AND """
    + VISIBLE,
}


def upgrade() -> None:
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW public_data.{name} AS {query}")
    grant(op.get_bind())


def downgrade() -> None:
    revoke(op.get_bind())
    for name in reversed(VIEWS):
        op.execute(f"DROP VIEW public_data.{name}")
