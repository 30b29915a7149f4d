"""Hazards by id with all that a list, a file or a sheet of paper says of them: of those alone that the actor may see.

Decision: one statement for the bulk act, the export and the day sheet, which asks again for each row whether it is the
actor's: a list of ids is never a right to read. Held ones are left out for everybody.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.permissions import Actor, Permission
from app.models import Hazard, Report
from app.queries.names import NAMES

Rows = Sequence[Any]
CHUNK = 1000
_NOBODY = -1
_ROWS = """
SELECT h.id, h.reference, h.version, h.hazard_type, t.{name} AS title, t.type_group, h.status, h.severity, h.is_open,
       h.received_at, h.make_safe_due, h.fix_due, h.fix_paused_at, h.next_due, h.overdue, h.urgent, h.disputed,
       h.owner_unknown, h.made_safe_measure, h.made_safe_at, h.made_safe_until, h.planned_for, h.closed_at, h.reports,
       h.inspect_due, h.rejection_reason, h.body_id, h.area_id, h.crew_id, h.assignee_id,
       a.{name} AS area, b.{name} AS body, c.name AS crew, p.name AS assignee,
       ST_X(h.label) AS lon, ST_Y(h.label) AS lat, ST_AsBinary(h.geom) AS shape,
       (SELECT s.{name} FROM place s
         WHERE s.kind IN ('street', 'quarter', 'settlement') AND s.geom && ST_Expand(h.label, 0.004)
         ORDER BY s.geom <-> h.label LIMIT 1) AS near
  FROM unnest(CAST(:ids AS bigint[])) WITH ORDINALITY AS w(id, place)
  JOIN hazard h ON h.id = w.id
  JOIN hazard_type t ON t.code = h.hazard_type
  LEFT JOIN area a ON a.id = h.area_id
  LEFT JOIN body b ON b.id = h.body_id
  LEFT JOIN crew c ON c.id = h.crew_id
  LEFT JOIN account p ON p.id = h.assignee_id
 WHERE NOT h.held AND (:all OR h.body_id = :body_id)
 ORDER BY w.place
"""


def listed(session: Session, *, actor: Actor, ids: Sequence[int], language: str) -> Iterator[Any]:
    """The rows of `ids` in their order, in pieces; what the actor may not see is left out."""
    statement = text(_ROWS.format(name=NAMES[language]))
    sees_all = actor.may(Permission.SEE_ALL_HAZARDS)
    seen = {"all": sees_all, "body_id": _body(actor)}
    for start in range(0, len(ids), CHUNK):
        yield from session.execute(statement, {"ids": list(ids[start : start + CHUNK]), **seen})


def ids_of(session: Session, *, actor: Actor, references: Sequence[str]) -> dict[str, int]:
    """Ids by reference of those that the actor may see."""
    found = select(Hazard.reference, Hazard.id).where(Hazard.reference.in_(references), ~Hazard.held)
    if not actor.may(Permission.SEE_ALL_HAZARDS):
        found = found.where(Hazard.body_id == _body(actor))
    return {row.reference: row.id for row in session.execute(found)}


def report_words(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    """What reporters wrote, by hazard, the first one first. For ids that were asked for with `listed`."""
    rows = session.execute(
        select(Report.hazard_id, Report.text)
        .where(Report.hazard_id.in_(ids), Report.text != "")
        .order_by(Report.received_at, Report.id)
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.hazard_id, []).append(row.text)
    return found


def _body(actor: Actor) -> int:
    """The body whose hazards the actor sees, or none that is."""
    own = actor.body_id
    return own if own is not None and actor.may(Permission.SEE_BODY_HAZARDS, body_id=own) else _NOBODY
