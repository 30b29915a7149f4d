"""Hazards as a country at work has them: 200 bodies, three in ten open, with words, streets, history and marks."""

from __future__ import annotations

from app.cli.bench_stage import Stage
from app.domain.search_text import search_key

BODIES = 200
OVERDUE = 10
"""One hazard in so many runs out when the sweep begins."""
STREETS = 20_000
WORK = f"""
UPDATE hazard h
   SET body_id = b.ids[1 + (h.id / 10) % b.n], basis = 'by_rule', area_id = a.ids[1 + h.id * 13 % a.n],
       status = CASE WHEN h.id % 10 >= 3 THEN 'fixed'
         ELSE (ARRAY['assigned', 'accepted', 'in_progress', 'planned', 'on_hold', 'fix_reported'])[1 + (h.id / 10) % 6]
         END,
       closed_at = CASE WHEN h.id % 10 >= 3 THEN now() - make_interval(mins => (h.id % 400000)::int) END,
       severity = (ARRAY['low', 'medium', 'high', 'critical'])[1 + (h.id / 7) % 4],
       received_at = now() - make_interval(mins => (h.id * 7919 % 500000)::int),
       make_safe_due = now() + make_interval(mins => (h.id * 104729 % 20000)::int + 600),
       fix_due = CASE WHEN h.id % 40 = 2 THEN now() - interval '3 days'
         ELSE now() + make_interval(mins => (h.id * 15485863 % 60000)::int + 600) END,
       overdue = CASE WHEN h.id % 40 = 2 THEN 'fix' END,
       disputed = h.id % 10 < 3 AND h.id % 211 = 0, urgent = h.id % 1009 = 0, owner_unknown = h.id % 101 = 0,
       made_safe_measure = CASE WHEN h.id % 6 = 1 THEN 'grid' END,
       made_safe_at = CASE WHEN h.id % 6 = 1 THEN now() END,
       made_safe_until = CASE WHEN h.id % 6 = 1 THEN now() + make_interval(mins => 30 + (h.id % 4320)::int) END
  FROM (SELECT array_agg(id) AS ids, count(*) AS n FROM (SELECT id FROM body ORDER BY id LIMIT {BODIES}) x) b,
       (SELECT array_agg(id) AS ids, count(*) AS n FROM area) a"""  # noqa: S608 - a constant
_RUN_OUT = f"""
UPDATE hazard SET fix_due = now() - interval '1 hour', fix_paused_at = NULL, overdue = NULL
 WHERE id % {OVERDUE} = 0"""  # noqa: S608 - a constant
_RAN_OUT = "SELECT count(*) FROM hazard WHERE is_open AND overdue IS NULL AND fix_due < now()"
_REPORTS = """
INSERT INTO report (hazard_id, client_id, receipt_hash, channel, language, text, received_at)
SELECT id, gen_random_uuid(), decode(md5(id::text), 'hex'), 'web', 'kk',
       (ARRAY['Қақпағы жоқ', 'Крышка лежит рядом', 'Сым салбырап тұр', 'Балалар мектепке барады'])[1 + id % 4]
       || ' слово' || (id * 31 % 30000) || ' слово' || (id % 200) || ' у дома ' || (id % 90), received_at
  FROM hazard"""
_EVENTS = """
INSERT INTO event (hazard_id, kind, at, actor, status, public, body_id)
SELECT id, 'reported', received_at, 'reporter', 'received', true, body_id FROM hazard"""
_HISTORY = """
INSERT INTO event (hazard_id, kind, at, actor, status, public, body_id)
SELECT id, 'accepted', received_at + make_interval(hours => n), 'system', 'accepted', true, body_id
  FROM hazard, generate_series(1, 7) n WHERE id % 50 = 0"""
_ASSIGNMENTS = """
INSERT INTO assignment (hazard_id, body_id, area_id, basis, confidence, trace, made_at)
SELECT id, body_id, area_id, 'by_rule', 0.9, '[{"why": "rule", "body": "body-1"}]', received_at FROM hazard"""
_PLACES = "place (source, external_id, kind, name_kk, name_ru, name_en, search_key, geom)"


def lay_out(stage: Stage) -> str:
    """Give the stage's hazards their words, streets and history; what there is."""
    for statement in (_REPORTS, _EVENTS, _HISTORY, _ASSIGNMENTS):
        stage.admin.execute(statement)
    _streets(stage)
    for table in ("report", "event", "assignment", "place"):
        stage.admin.execute(f"VACUUM (ANALYZE) {table}")
    row = stage.admin.execute("SELECT count(*), count(DISTINCT body_id) FROM hazard WHERE is_open").fetchone()
    return (
        f"data {stage.number} hazards, {row[0] if row else 0} open, of {row[1] if row else 0} bodies, {STREETS} streets"
    )


def run_out(stage: Stage) -> int:
    """Let one hazard in OVERDUE run out, all of them open; how many did."""
    stage.admin.execute(_RUN_OUT)
    stage.admin.execute("VACUUM (ANALYZE) hazard")
    row = stage.admin.execute(
        "SELECT count(*) FROM hazard WHERE is_open AND overdue IS NULL AND fix_due < now()"
    ).fetchone()
    return int(row[0]) if row else 0


def _streets(stage: Stage) -> None:
    ends = stage.country.in_cities(STREETS)
    with stage.admin.cursor() as cursor, cursor.copy(f"COPY {_PLACES} FROM STDIN") as copy:
        for number, (x, y) in enumerate(ends):
            name = f"улица {number % 900}"
            line = f"SRID=4326;LINESTRING({x} {y},{x + 0.004} {y + 0.001})"
            copy.write_row(("bench", str(number), "street", name, name, name, search_key([name]), line))
