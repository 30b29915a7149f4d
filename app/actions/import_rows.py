"""Finished hazards of an import on their way into the tables: staged by COPY, then one INSERT ... SELECT a table.

What many rows share (who answers and why, clocks) is staged once and joined. Triggers, checks and identities are the
tables' own. A reference that is taken, by chance or by an intake at this very moment, is drawn anew.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.queries.import_places import raw

_TABLES = text("""
CREATE TEMPORARY TABLE import_row (
  n integer, decision integer, reference text, external_id text, place geometry, public_place geometry, severity text,
  severity_why jsonb, client_id uuid, receipt_hash bytea, language text, said text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE import_decision (
  decision integer PRIMARY KEY, hazard_type text, status text, area_id bigint, body_id integer, basis text,
  confidence double precision, trace jsonb, owner_unknown boolean, owner_due timestamptz, make_safe_due timestamptz,
  fix_due timestamptz, urgent boolean
) ON COMMIT DROP;
CREATE TEMPORARY TABLE import_made (hazard_id bigint, reference text) ON COMMIT DROP
""")
_HAZARDS = text("""
WITH made AS (
  INSERT INTO hazard (reference, hazard_type, geom, label, public_place, status, severity, severity_why,
                      received_at, received_day, make_safe_due, fix_due, area_id, body_id, basis, owner_unknown,
                      owner_due, urgent, external_source, external_id)
  SELECT r.reference, d.hazard_type, r.place, r.place, r.public_place, d.status, r.severity, r.severity_why,
         :now, :day, d.make_safe_due, d.fix_due, d.area_id, d.body_id, d.basis, d.owner_unknown,
         d.owner_due, d.urgent, :source, r.external_id
    FROM import_row r JOIN import_decision d USING (decision)
   WHERE r.reference NOT IN (SELECT reference FROM import_made)
  ON CONFLICT (reference) DO NOTHING
  RETURNING id, reference
)
INSERT INTO import_made SELECT id, reference FROM made
""")
_TAKEN = text("""
SELECT r.n FROM import_row r
 WHERE NOT EXISTS (SELECT FROM hazard h JOIN import_made m ON m.hazard_id = h.id
                    WHERE m.reference = r.reference AND h.external_id = r.external_id)
""")
_REDRAW = text("UPDATE import_row SET reference = :reference WHERE n = :n")
_OF_MADE = "import_made m JOIN import_row r USING (reference) JOIN import_decision d USING (decision)"
_ASSIGNMENTS = text(f"""
INSERT INTO assignment (hazard_id, body_id, area_id, basis, confidence, trace, made_at)
SELECT m.hazard_id, d.body_id, d.area_id, d.basis, d.confidence, d.trace, :now FROM {_OF_MADE}
""")  # noqa: S608 - constants of this file
_GRAVE = text(f"SELECT m.hazard_id FROM {_OF_MADE} WHERE d.urgent OR r.severity = 'critical'")  # noqa: S608 - a constant
_REPORTS = text("""
INSERT INTO report (hazard_id, client_id, receipt_hash, channel, language, text, received_at, by_account)
SELECT m.hazard_id, r.client_id, r.receipt_hash, :channel, r.language, r.said, :now, :account_id
  FROM import_made m JOIN import_row r USING (reference)
""")
_EVENTS = text(f"""
INSERT INTO event (hazard_id, kind, at, actor, account_id, body_id, status, public, data)
SELECT m.hazard_id, e.kind, :now, e.actor, e.account_id, e.body_id, e.status, true, e.data
  FROM {_OF_MADE}
 CROSS JOIN LATERAL (VALUES
   (1, 'reported', CAST(:actor AS text), CAST(:account_id AS bigint), NULL, 'received',
    (SELECT jsonb_build_object('channel', CAST(:channel AS text)))),
   (2, 'assigned', 'system', NULL, d.body_id, d.status, jsonb_build_object('basis', d.basis))
 ) AS e (step, kind, actor, account_id, body_id, status, data)
 WHERE e.step = 1 OR d.body_id IS NOT NULL
 ORDER BY m.hazard_id, e.step
""")  # noqa: S608 - constants of this file


def stage_rows(session: Session, *, rows: Iterable[tuple[Any, ...]], decisions: Iterable[tuple[Any, ...]]) -> None:
    """Rows as in the temporary tables, cells as COPY reads them; `decisions` may grow while `rows` are read."""
    session.execute(text("DROP TABLE IF EXISTS import_row, import_decision, import_made"))
    session.execute(_TABLES)
    for table, lines in (("import_row", rows), ("import_decision", decisions)):
        with raw(session).cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for line in lines:
                copy.write_row(line)
    session.execute(text("ANALYZE import_decision (decision)"))
    session.execute(text("ANALYZE import_row (n, decision, reference)"))


def insert_rows(session: Session, values: Mapping[str, Any], *, new_reference: Callable[[], str]) -> Sequence[int]:
    """All that was staged; ids of what is urgent or critical of it.

    `values`: now, day, source, channel, actor and account_id of whoever brings it in.
    """
    left = session.scalar(text("SELECT count(*) FROM import_row"))
    while left := left - session.execute(_HAZARDS, values).rowcount:  # type: ignore[attr-defined] # rows of an INSERT
        taken = session.scalars(_TAKEN).all()
        session.execute(_REDRAW, [{"n": n, "reference": new_reference()} for n in taken])
    session.execute(text("ANALYZE import_made"))
    for statement in (_ASSIGNMENTS, _REPORTS, _EVENTS):
        session.execute(statement, values)
    return session.scalars(_GRAVE).all()
