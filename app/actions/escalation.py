"""Tell those above when a clock runs out: each step of the schedule once for each hazard and clock.

Decision: `hazard.escalate_at` says when a hazard is to be looked at next, so that a sweep reads what is due and nothing
else; the database empties it when a clock, the severity or the body changes (a trigger, since re-routing writes rows
without us). A step that an administrator changed empties it too, by the next sweep, in batches: never in the
administrator's own request, which would hold the rows of all open hazards. The step, its line of history and its
messages are one transaction: a worker killed in between does it again, and nobody hears of it twice. Turned down:
reckoning all steps of all open hazards every minute. The version stays, for the reason of `deadlines.py`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, text, update
from sqlalchemy.orm import Session

from app.actions.history import append_event
from app.actions.notify_staff import tell_body, tell_role
from app.domain.escalation import Audience, Clocks, Reached, Schedule, reached
from app.domain.hazard import Severity, Status
from app.domain.permissions import SYSTEM, Role
from app.domain.staff_notices import StaffKind
from app.models import Escalation, EscalationStep, Hazard
from app.outbox import JobName, enqueue
from app.queries.staff_notices import staff_of_body

BATCH = 500
LOOK_BATCH = 2_000
"""Of rows that are written and nothing more."""
AT_LEAST_EVERY = timedelta(days=1)
"""Each open hazard is looked at, whatever was forgotten."""
_COLUMNS = (
    Hazard.id,
    Hazard.status,
    Hazard.severity,
    Hazard.body_id,
    Hazard.received_at,
    Hazard.make_safe_due,
    Hazard.fix_due,
    Hazard.made_safe_at,
    Hazard.fix_paused_at,
)
_LOOK_AGAIN = text("""
UPDATE hazard h SET escalate_at = look.later
  FROM unnest(CAST(:ids AS bigint[]), CAST(:later AS timestamptz[])) AS look (id, later) WHERE h.id = look.id
""")


def escalate(session: Session, *, schedule: Schedule, now: datetime, batch: int = BATCH) -> int:
    """Do the steps that up to `batch` open hazards have reached; how many hazards were looked at."""
    hazards = _waiting(session, Hazard.escalate_at.is_(None), batch)
    hazards += _waiting(session, Hazard.escalate_at <= now, batch - len(hazards))
    done = _done(session, hazards)
    looks: dict[int, datetime] = {}
    for hazard in hazards:
        look = reached(schedule, _clocks(hazard), done=done[hazard.id], now=now)
        looks[hazard.id] = min(look.later, now + AT_LEAST_EVERY)
        for step in look.overtaken:
            _write(session, hazard, step, now, told=())
        for step in look.told:
            _take(session, hazard, step, now)
    if looks:
        session.execute(_LOOK_AGAIN, {"ids": list(looks), "later": list(looks.values())})
    return len(hazards)


def look_anew(session: Session, *, now: datetime, batch: int = LOOK_BATCH) -> bool:
    """Let up to `batch` open hazards of severities whose steps were changed be looked at; whether all of them are.

    A step that was only taken away changes nothing here: a look that finds nothing is cheap.
    """
    fresh = session.scalars(select(EscalationStep).where(EscalationStep.fresh).with_for_update()).all()
    if fresh and _empty(session, {step.severity for step in fresh}, now, batch) == batch:
        return False
    for step in fresh:
        step.fresh = False
    return True


def _empty(session: Session, severities: Collection[str], now: datetime, batch: int) -> int:
    later = select(Hazard.id).where(Hazard.is_open, Hazard.severity.in_(severities), Hazard.escalate_at > now)
    some = later.order_by(Hazard.escalate_at, Hazard.id).limit(batch).with_for_update()
    ids = session.scalars(some).all()
    session.execute(update(Hazard).where(Hazard.id.in_(ids)).values(escalate_at=None))
    return len(ids)


def _waiting(session: Session, when: ColumnElement[bool], limit: int) -> list[Row[Any]]:
    """Locked, those first that have waited longest; in two parts, since each then is one walk along the index."""
    asked = select(*_COLUMNS).where(Hazard.is_open, ~Hazard.held, when)
    asked = asked.order_by(Hazard.escalate_at, Hazard.id).limit(limit).with_for_update(skip_locked=True)
    found: Any = session.execute(asked).all() if limit > 0 else ()
    return list(found)


def _done(session: Session, hazards: Sequence[Row[Any]]) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    taken = select(Escalation.hazard_id, Escalation.clock, Escalation.step)
    for row in session.execute(taken.where(Escalation.hazard_id.in_([hazard.id for hazard in hazards]))):
        found[row.hazard_id].add((row.clock, row.step))
    return found


def _clocks(hazard: Row[Any]) -> Clocks:
    return Clocks(
        Severity(hazard.severity),
        hazard.received_at,
        hazard.make_safe_due,
        hazard.fix_due,
        safe=hazard.made_safe_at is not None,
        fix_paused=hazard.fix_paused_at is not None,
    )


def _take(session: Session, hazard: Row[Any], step: Reached, now: datetime) -> None:
    """One step: written down, and whoever is told."""
    tell = step[1].tell if hazard.body_id is not None else (Audience.COORDINATOR,)
    event_id = _write(session, hazard, step, now, told=tell)
    for audience in tell:
        _TELL[audience](session, hazard, event_id, now)


def _write(session: Session, hazard: Row[Any], step: Reached, now: datetime, *, told: Sequence[Audience]) -> int:
    """Its line of history, and that it is done; the id of the line. `told` empty: it was overtaken."""
    clock, what = step
    event_id = append_event(
        session,
        hazard_id=hazard.id,
        kind="escalated",
        at=now,
        by=SYSTEM,
        status=Status(hazard.status),
        body_id=hazard.body_id,
        public=False,
        clock=clock.value,
        step=what.code,
        share=what.share,
        hours=None if what.share is not None else what.hours,
        told=[each.value for each in told],
    )
    values = {"hazard_id": hazard.id, "clock": clock.value, "step": what.code, "at": now, "event_id": event_id}
    session.execute(insert(Escalation).values(values))
    return event_id


def _tell_body(
    session: Session, hazard: Row[Any], event_id: int, now: datetime, *, role: Role, kind: StaffKind
) -> None:
    assert hazard.body_id is not None  # noqa: S101 - those without one go to the coordinator
    tell_body(
        session,
        kind=kind.value,
        hazard_id=hazard.id,
        event_id=event_id,
        body_id=hazard.body_id,
        roles={role},
        now=now,
        critical=hazard.severity == Severity.CRITICAL,
    )


def _tell_head(session: Session, hazard: Row[Any], event_id: int, now: datetime) -> None:
    """Its managers; the mailbox of a body that has none."""
    assert hazard.body_id is not None  # noqa: S101 - those without one go to the coordinator
    if staff_of_body(session, hazard.body_id, {Role.MANAGER}, now=now):
        _tell_body(session, hazard, event_id, now, role=Role.MANAGER, kind=StaffKind.DUE)
    else:
        enqueue(session, JobName.TELL_HEAD, hazard_id=hazard.id, event_id=event_id)


def _tell_above(session: Session, hazard: Row[Any], event_id: int, now: datetime) -> None:
    """The mailbox of the body above, whose people see nothing internal of this one."""
    enqueue(session, JobName.TELL_ABOVE, hazard_id=hazard.id, event_id=event_id)


def _tell_coordinator(session: Session, hazard: Row[Any], event_id: int, now: datetime) -> None:
    tell_role(
        session,
        role=Role.COORDINATOR,
        kind=StaffKind.OVERDUE_UP.value,
        hazard_id=hazard.id,
        event_id=event_id,
        now=now,
        critical=hazard.severity == Severity.CRITICAL,
    )


_TELL: dict[Audience, Callable[[Session, Row[Any], int, datetime], None]] = {
    Audience.DISPATCHER: partial(_tell_body, role=Role.DISPATCHER, kind=StaffKind.REMINDER),
    Audience.HEAD: _tell_head,
    Audience.ABOVE: _tell_above,
    Audience.COORDINATOR: _tell_coordinator,
}
