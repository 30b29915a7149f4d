"""Whose is it? Bodies that say "not ours", the akimat that makes safe meanwhile, the arbiter who decides.

A body never closes as "not ours": it forwards, or says that the owner is not known. After two such refusals, or when
the arbiter's time has passed, the akimat of the smallest area gets it, whoever owns it (domain notes §1.1). The clocks
run on through all of this.
"""

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.actions.alarms import raise_alarm
from app.actions.history import append_event
from app.actions.moving import give, owner_wanted
from app.actions.routing import decide, record_decision
from app.domain.hazard import Basis, Status
from app.domain.lifecycle import MAX_REFUSALS
from app.domain.permissions import SYSTEM, Actor
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


def send_to_akimat(session: Session, hazard: Hazard, *, policy: Policy, now: datetime) -> int | None:
    """Let the akimat of the smallest area make it safe; the event's id, or None where there is no akimat."""
    triage = decide(session, shape=hazard.geom, hazard_type=_NO_TYPE, hints={}, policy=policy, day=policy.day(now))
    if triage.body_id is None:
        owner_wanted(hazard, policy=policy, now=now)
        return None
    body_before = hazard.body_id
    give(hazard, triage.body_id, Basis.DEFAULT_TRIAGE, owner_unknown=True, policy=policy, now=now)
    record_decision(session, hazard_id=hazard.id, decision=triage, now=now)
    return append_event(
        session,
        hazard_id=hazard.id,
        kind="triaged",
        at=now,
        by=SYSTEM,
        status=Status(hazard.status),
        body_id=hazard.body_id,
        from_body=body_before,
    )


def escalate_owners(session: Session, *, policy: Policy, now: datetime, batch: int = BATCH) -> int:
    """What the arbiter has not settled in time goes to the akimat, and an alarm says so; how many."""
    told = exists().where(
        Alarm.kind == OWNER_OVERDUE, Alarm.hazard_id == Hazard.id, Alarm.raised_at >= Hazard.owner_due
    )
    late = select(Hazard).where(Hazard.is_open, Hazard.owner_unknown, ~Hazard.held, Hazard.owner_due < now, ~told)
    late = late.order_by(Hazard.owner_due, Hazard.id).limit(batch)
    hazards = session.scalars(late.with_for_update(skip_locked=True)).all()
    for hazard in hazards:
        if _may_be_taken(hazard):
            event_id = send_to_akimat(session, hazard, policy=policy, now=now)
            if event_id is not None:
                enqueue(session, JobName.NOTIFY_BODY, hazard_id=hazard.id, event_id=event_id)
        key = f"owner:{hazard.id}:{hazard.owner_due:%Y%m%d%H%M}"
        raise_alarm(session, key=key, kind=OWNER_OVERDUE, now=now, body_id=hazard.body_id, hazard_id=hazard.id)
    session.flush()
    return len(hazards)


def settle_owner_alarm(session: Session, hazard: Hazard, *, by: Actor, now: datetime) -> None:
    """The arbiter has decided: what rang for it is seen to."""
    rang = update(Alarm).where(Alarm.hazard_id == hazard.id, Alarm.kind == OWNER_OVERDUE, Alarm.settled_at.is_(None))
    session.execute(rang.values(settled_at=now, settled_by=by.account_id))


def _may_be_taken(hazard: Hazard) -> bool:
    """Whether the akimat gets it now: not what it has already, and not what is reported as fixed."""
    return hazard.body_id is not None and hazard.basis != Basis.DEFAULT_TRIAGE and hazard.status != Status.FIX_REPORTED
