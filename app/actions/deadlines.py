"""What time alone does to a hazard: its due time passes, or what made it safe may not be trusted any longer.

Decision: both are written as changes with events, in batches that skip rows somebody else has locked; the next sweep
meets those. Turned down: deciding "overdue" at each reading, which no index, map or history could then know.
Marks and their lines of history are one statement for a whole batch: a bad night makes a hundred thousand of them.
Turned down: rows read, sorted out here and written back, which costs more than the writing.
The overdue mark leaves the version alone: it must not refuse a form that a dispatcher is filling in. The end of made
safe raises it, since such a form may rely on it.
"""

from datetime import datetime

from sqlalchemy import TextClause, select, text
from sqlalchemy.orm import Session

from app.actions.duty_many import wait_for_call
from app.actions.history import append_event, tell_of
from app.actions.notify_staff import tell_body
from app.domain.hazard import Clock, Status
from app.domain.permissions import SYSTEM, Role
from app.domain.staff_notices import StaffKind
from app.models import Hazard

BATCH = 500
AT_ONCE = 2_000
"""Overdue marks of one statement: what waits for one of these hazards waits for a fraction of a second."""
_CLOCK = f"""CASE WHEN fix_due < :now AND fix_paused_at IS NULL THEN '{Clock.FIX}'
            WHEN make_safe_due < :now AND made_safe_at IS NULL THEN '{Clock.MAKE_SAFE}' END"""
"""`overdue_clock` of the domain in SQL; a test holds the one to the other."""
_MARK = """
WITH late AS MATERIALIZED (
  SELECT id, {clock} AS clock FROM hazard
   WHERE is_open AND {which} AND overdue IS DISTINCT FROM {clock}
   LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED),
marked AS (
  UPDATE hazard h SET overdue = late.clock FROM late WHERE h.id = late.id
  RETURNING h.id, h.body_id, h.status, h.overdue),
told AS (
  INSERT INTO event (hazard_id, kind, at, actor, body_id, status, public, data)
  SELECT id, 'overdue', :now, 'system', body_id, status, true, jsonb_build_object('clock', overdue)
    FROM marked WHERE overdue IS NOT NULL
  RETURNING id, hazard_id, body_id)
SELECT n.marked, t.id, t.hazard_id, t.body_id
  FROM (SELECT count(*) AS marked FROM marked) n
  LEFT JOIN told t ON EXISTS (SELECT FROM follow f WHERE f.hazard_id = t.hazard_id)
                   OR EXISTS (SELECT FROM webhook w WHERE w.body_id = t.body_id)"""
_NEW = text(_MARK.format(clock=_CLOCK, which="overdue IS NULL AND next_due < :now"))
_OLD = text(_MARK.format(clock=_CLOCK, which="overdue IS NOT NULL"))


def mark_overdue(session: Session, *, now: datetime, batch: int = AT_ONCE) -> int:
    """Set, raise or take away the overdue mark of up to `batch` open hazards; how many were changed.

    Those that have just run out come first, along an index that they leave; the ones that are marked already are
    looked through only when there is room left, not once for each batch.
    """
    marked = 0
    for statement in (_NEW, _OLD):
        if marked < batch:
            marked += _mark(session, statement, now, batch - marked)
    return marked


def _mark(session: Session, statement: TextClause, now: datetime, batch: int) -> int:
    """Marks and their lines of history in one statement, which hands back the lines that somebody may wait for."""
    rows = session.execute(statement, {"now": now, "batch": batch}).all()
    told = [row for row in rows if row.id is not None]
    lines = [
        {"kind": "overdue", "public": True, "at": now, "hazard_id": row.hazard_id, "body_id": row.body_id}
        for row in told
    ]
    tell_of(session, lines, [row.id for row in told])
    return int(rows[0].marked)


def end_made_safe(session: Session, *, now: datetime, batch: int = BATCH) -> int:
    """Take away made safe from up to `batch` open hazards whose time for it has passed, and ask for an inspection of
    each: a mark, a line of history, a notice to its dispatchers, and where it threatens lives a call to who is on duty,
    whoever was called before; how many.
    """
    expired = select(Hazard).where(Hazard.is_open, Hazard.made_safe_until < now).limit(batch)
    hazards = session.scalars(expired.with_for_update(skip_locked=True)).all()
    for hazard in hazards:
        assert hazard.made_safe_until is not None  # noqa: S101 - asked for
        trust_no_longer(session, hazard, since=hazard.made_safe_until, now=now)
    session.flush()
    wait_for_call(session, [hazard.id for hazard in hazards], now=now, anew=True)
    return len(hazards)


def trust_no_longer(session: Session, hazard: Hazard, *, since: datetime, now: datetime) -> None:
    """Take made safe away and ask for an inspection: a mark, a line of history, a notice. Calls nobody.

    `since`: when the measure ceased to be trusted.
    """
    measure = hazard.made_safe_measure
    hazard.inspect_due, hazard.inspect_measure = since, measure
    hazard.made_safe_measure = hazard.made_safe_at = hazard.made_safe_until = None
    event_id = append_event(
        session,
        hazard_id=hazard.id,
        kind="made_safe_expired",
        at=now,
        by=SYSTEM,
        status=Status(hazard.status),
        body_id=hazard.body_id,
        measure=measure,
    )
    _ask_to_inspect(session, hazard, event_id, now)


def _ask_to_inspect(session: Session, hazard: Hazard, event_id: int, now: datetime) -> None:
    if hazard.body_id is not None and not hazard.held:
        roles = {Role.DISPATCHER, Role.MANAGER}
        kind = StaffKind.MADE_SAFE_EXPIRED.value
        tell_body(
            session, kind=kind, hazard_id=hazard.id, event_id=event_id, body_id=hazard.body_id, roles=roles, now=now
        )
