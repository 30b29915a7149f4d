"""Call who is on duty once where many hazards that threaten lives come at once: an import, new borders, a new season.

Decision: they are written down and called by the sweep, as soon as no more have come for a minute: up to `FEW` of a
body one by one, of more one call, about the gravest, which says how many there are. Who knows of that one knows of all;
where it is closed, made safe or passed on before anybody knows, the next one is called about. Turned down: a call for
each, after which nobody looks at the telephone; and none, by which a night passes over all of them.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.hazard import Severity
from app.outbox import JobName, enqueue

FEW = 3
SETTLES = timedelta(minutes=1)
"""So long after the last one the call goes out."""
AT_MOST = timedelta(minutes=5)
"""And so long after the first one, whatever still comes."""
_NEEDS = f"h.is_open AND NOT h.held AND (h.urgent OR h.severity = '{Severity.CRITICAL}' AND h.made_safe_at IS NULL)"
"""`needs_duty` of the domain in SQL."""
_WAIT = text(f"""
INSERT INTO duty_waiting (hazard_id, body_id, since)
SELECT h.id, h.body_id, :now FROM hazard h
 WHERE h.id = ANY(:ids) AND {_NEEDS} AND (:anew OR NOT EXISTS (SELECT FROM duty_call c WHERE c.hazard_id = h.id))
    ON CONFLICT (hazard_id) DO UPDATE
   SET body_id = EXCLUDED.body_id, since = EXCLUDED.since, lead_id = NULL, known_at = NULL WHERE :anew
""")  # noqa: S608 - constants of this file
_LEAD_GONE = text(f"""
UPDATE duty_waiting w SET lead_id = NULL FROM hazard h
 WHERE w.known_at IS NULL AND w.lead_id = h.id AND (h.body_id IS DISTINCT FROM w.body_id OR NOT ({_NEEDS}))
""")  # noqa: S608 - a constant of this file
_OVER = text(f"""
DELETE FROM duty_waiting w USING hazard h
 WHERE w.lead_id IS NULL AND h.id = w.hazard_id AND (h.body_id IS DISTINCT FROM w.body_id OR NOT ({_NEEDS}))
""")  # noqa: S608 - a constant of this file
_READY = text("""
SELECT body_id FROM duty_waiting WHERE lead_id IS NULL
 GROUP BY body_id HAVING max(since) <= :settled OR min(since) <= :long_ago
""")
_GRAVEST = text("""
SELECT w.hazard_id FROM duty_waiting w JOIN hazard h ON h.id = w.hazard_id
 WHERE w.lead_id IS NULL AND w.body_id IS NOT DISTINCT FROM :body_id
 ORDER BY h.urgent DESC, h.id LIMIT :few FOR UPDATE OF w
""")
_DROP = text("DELETE FROM duty_waiting WHERE hazard_id = ANY(:ids)")
_LEAD = text("""
UPDATE duty_waiting SET lead_id = :lead_id WHERE lead_id IS NULL AND body_id IS NOT DISTINCT FROM :body_id
""")
_KNOWN = text("UPDATE duty_waiting SET known_at = :now WHERE lead_id = :lead_id AND known_at IS NULL")
_LINES = text("""
INSERT INTO event (hazard_id, kind, at, actor, body_id, status, public)
SELECT h.id, :kind, :now, 'system', h.body_id, h.status, false
  FROM duty_waiting w JOIN hazard h ON h.id = w.hazard_id
 WHERE w.lead_id = :lead_id AND w.hazard_id <> :lead_id AND w.known_at IS NULL
""")


def wait_for_call(session: Session, hazard_ids: Collection[int], *, now: datetime, anew: bool = False) -> None:
    """Those of the hazards to which somebody is to be called. `anew`: whoever was called before:
    another body's now, or dangerous again after it was made safe.
    """
    if hazard_ids:
        session.flush()
        session.execute(_WAIT, {"ids": list(hazard_ids), "now": now, "anew": anew})


def call_waiting(session: Session, *, now: datetime) -> int:
    """The calls that are due; how many bodies."""
    session.execute(_LEAD_GONE)
    session.execute(_OVER)
    bodies = session.scalars(_READY, {"settled": now - SETTLES, "long_ago": now - AT_MOST}).all()
    for body_id in bodies:
        _call(session, body_id, now)
    return len(bodies)


def all_known(session: Session, *, lead_id: int, now: datetime) -> None:
    """Who knows of this one was told of the others with it."""
    session.execute(_LINES, {"lead_id": lead_id, "kind": "duty_acknowledged", "now": now})
    session.execute(_KNOWN, {"lead_id": lead_id, "now": now})


def _call(session: Session, body_id: int | None, now: datetime) -> None:
    gravest = session.scalars(_GRAVEST, {"body_id": body_id, "few": FEW + 1}).all()
    if len(gravest) <= FEW:
        session.execute(_DROP, {"ids": gravest})
        for hazard_id in gravest:
            enqueue(session, JobName.CALL_DUTY, hazard_id=hazard_id)
        return
    lead_id = gravest[0]
    session.execute(_LEAD, {"lead_id": lead_id, "body_id": body_id})
    session.execute(_LINES, {"lead_id": lead_id, "kind": "duty_told_with", "now": now})
    enqueue(session, JobName.CALL_DUTY, hazard_id=lead_id)
