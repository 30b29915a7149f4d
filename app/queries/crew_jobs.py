"""The jobs of somebody who works outside: open hazards of their body, given to them or to a crew they are in."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.hazard import Severity
from app.domain.permissions import Actor
from app.queries.crews import crew_ids_of
from app.queries.names import NAMES
from app.queries.shifts import acts_for

MOST_JOBS = 120
BY_DANGER = sorted(Severity, key=lambda level: -level.rank)

_JOBS = """
SELECT h.id, h.reference, h.status, h.severity, h.is_open, h.label, h.make_safe_due, h.fix_due, h.fix_paused_at,
       h.made_safe_at, h.made_safe_until, h.inspect_due, h.overdue, h.urgent, h.disputed, h.crew_id, h.assignee_id,
       h.version, c.name AS crew, t.{name} AS title, t.type_group, ST_Y(h.label) AS lat, ST_X(h.label) AS lon,
       (SELECT s.{name} FROM place s
         WHERE s.kind IN ('street', 'quarter', 'settlement') AND s.geom && ST_Expand(h.label, 0.004)
         ORDER BY s.geom <-> h.label LIMIT 1) AS near
  FROM hazard h JOIN hazard_type t ON t.code = h.hazard_type LEFT JOIN crew c ON c.id = h.crew_id
 WHERE h.is_open AND NOT h.held AND h.body_id = :body_id
   AND (h.crew_id = ANY(:crews) OR h.assignee_id = ANY(:people))
 ORDER BY h.made_safe_at IS NULL DESC, h.urgent DESC, array_position(:levels, h.severity), h.next_due NULLS LAST, h.id
 LIMIT :limit
"""


def my_jobs(session: Session, *, actor: Actor, language: str, day: date | None = None) -> Sequence[Any]:
    """What is not safe yet first, by danger, then by what is due first. Of a crew of another body nothing, whoever is
    in it. `day`: also the jobs of those for whom the actor stands in on it.
    """
    people = acts_for(session, actor.account_id, day)
    given = {
        "body_id": actor.body_id,
        "crews": sorted({crew for person in people for crew in crew_ids_of(session, person)}),
        "people": people,
        "levels": [level.value for level in BY_DANGER],
        "limit": MOST_JOBS,
    }
    return session.execute(text(_JOBS.format(name=NAMES[language])), given).all()
