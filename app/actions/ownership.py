"""Whose is it? Bodies that say "not ours", the akimat that makes safe meanwhile, the arbiter who decides.

A body never closes as "not ours": it forwards, or says that the owner is not known. After two such refusals, or when
the arbiter's time has passed, the akimat of the smallest area gets it, whoever owns it (domain notes §1.1). The clocks
run on through all of this.
"""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.actions.alarms import raise_alarm
from app.actions.history import append_event
from app.actions.routing import decide, record_decision
from app.domain.hazard import Basis, Status
from app.domain.lifecycle import MAX_REFUSALS
from app.domain.permissions import SYSTEM
from app.domain.policy import Policy
from app.domain.routing import TypeKey
from app.models import Alarm, Hazard
from app.outbox import JobName, enqueue

BATCH = 200
OWNER_OVERDUE = "owner_overdue"
_NO_TYPE = TypeKey("", "", ())


def refuse(session: Session, hazard: Hazard, *, policy: Policy, now: datetime) -> int | None:
    """Count a body's "not ours"; the last one sends it to the akimat: the id of that event, else None."""
    hazard.refusals += 1
    if hazard.refusals < MAX_REFUSALS:
        return None
    return send_to_akimat(session, hazard, policy=policy, now=now)


def owner_wanted(hazard: Hazard, *, policy: Policy, now: datetime) -> None:
    """Mark that nobody owns up to it; the arbiter's time runs from the first such moment."""
    hazard.owner_unknown = True
    hazard.owner_due = hazard.owner_due or now + policy.owner_within


def owner_found(hazard: Hazard) -> None:
    """Take the mark away."""
    hazard.owner_unknown = False
    hazard.owner_due = None


def send_to_akimat(session: Session, hazard: Hazard, *, policy: Policy, now: datetime) -> int | None:
    """Let the akimat of the smallest area make it safe; the event's id, or None where there is no akimat."""
    owner_wanted(hazard, policy=policy, now=now)
    triage = decide(session, shape=hazard.geom, hazard_type=_NO_TYPE, hints={}, policy=policy, day=policy.day(now))
    if triage.body_id is None:
        return None
    moved = triage.body_id != hazard.body_id
    hazard.body_id, hazard.basis = triage.body_id, Basis.DEFAULT_TRIAGE.value
    if moved:
        hazard.status = Status.ASSIGNED.value
        hazard.rejection_reason = hazard.rejection_by = None
    record_decision(session, hazard_id=hazard.id, decision=triage, now=now)
    return append_event(
        session,
        hazard_id=hazard.id,
        kind="triaged",
        at=now,
        by=SYSTEM,
        status=Status(hazard.status),
        body_id=hazard.body_id,
    )


def escalate_owners(session: Session, *, policy: Policy, now: datetime, batch: int = BATCH) -> int:
    """What the arbiter has not settled in time goes to the akimat, and an alarm says so; how many."""
    told = exists().where(
        Alarm.kind == OWNER_OVERDUE, Alarm.hazard_id == Hazard.id, Alarm.raised_at >= Hazard.owner_due
    )
    late = select(Hazard).where(Hazard.is_open, Hazard.owner_unknown, Hazard.owner_due < now, ~told)
    hazards = session.scalars(late.limit(batch).with_for_update(skip_locked=True)).all()
    for hazard in hazards:
        if hazard.body_id is not None and hazard.basis != Basis.DEFAULT_TRIAGE:
            event_id = send_to_akimat(session, hazard, policy=policy, now=now)
            if event_id is not None:
                enqueue(session, JobName.NOTIFY_BODY, hazard_id=hazard.id, event_id=event_id)
        raise_alarm(
            session, key=f"owner:{hazard.id}", kind=OWNER_OVERDUE, now=now, body_id=hazard.body_id, hazard_id=hazard.id
        )
    session.flush()
    return len(hazards)
