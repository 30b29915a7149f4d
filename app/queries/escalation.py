"""The schedule of the escalation as it stands, and whom a new step would concern at once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, DateTime, and_, exists, extract, func, literal, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.escalation import Audience, Schedule, Step
from app.domain.hazard import Clock, Severity
from app.models import DutyRule, Escalation, EscalationStep, Hazard

ACKNOWLEDGE = timedelta(minutes=15)
"""Where nothing was loaded yet."""


def schedule(session: Session) -> Schedule:
    """Severity -> steps, in the order in which they are reached."""
    found: dict[Severity, list[Step]] = defaultdict(list)
    for row in session.scalars(select(EscalationStep)):
        found[Severity(row.severity)].append(step_of(row))
    return {severity: tuple(sorted(steps, key=Step.order)) for severity, steps in found.items()}


def steps_of(session: Session, severity: str) -> Sequence[EscalationStep]:
    return session.scalars(select(EscalationStep).where(EscalationStep.severity == severity)).all()


def step_of(row: EscalationStep) -> Step:
    clock = Clock(row.clock) if row.clock else None
    return Step(row.code, tuple(Audience(each) for each in row.tell), row.hours or 0.0, row.share, clock)


def acknowledge_within(session: Session) -> timedelta:
    """How long whoever is on duty has to say "I know"."""
    minutes = session.scalar(select(DutyRule.minutes))
    return ACKNOWLEDGE if minutes is None else timedelta(minutes=minutes)


def already_past(session: Session, *, severity: str, step: Step, now: datetime) -> int:
    """How many open hazards have come so far already and were not told of `step`: the next sweep tells of them all."""
    late = [
        and_(when, ~exists().where(_told(clock, step)))
        for clock, when in _past(step, now)
        if step.clock in (None, clock)
    ]
    open_ones = select(func.count()).where(Hazard.is_open, ~Hazard.held, Hazard.severity == severity, or_(*late))
    return session.scalar(open_ones) or 0


def _past(step: Step, now: datetime) -> list[tuple[Clock, ColumnElement[bool]]]:
    """Of each clock: whether it runs, and the step's moment is over."""
    ends = (
        (Clock.MAKE_SAFE, Hazard.make_safe_due, Hazard.made_safe_at),
        (Clock.FIX, Hazard.fix_due, Hazard.fix_paused_at),
    )
    return [(clock, and_(due.is_not(None), stopped.is_(None), _over(step, due, now))) for clock, due, stopped in ends]


def _over(step: Step, due: InstrumentedAttribute[datetime | None], now: datetime) -> ColumnElement[bool]:
    """A step before the end is told of no clock that has ended."""
    runs = due > now if step.before_due else true()
    if step.share is None:
        return and_(runs, Hazard.received_at <= now, due <= now - timedelta(hours=step.hours))
    passed = extract("epoch", literal(now, DateTime(timezone=True)) - Hazard.received_at)
    return and_(runs, passed >= step.share * extract("epoch", due - Hazard.received_at))


def _told(clock: Clock, step: Step) -> ColumnElement[bool]:
    return and_(Escalation.hazard_id == Hazard.id, Escalation.clock == clock.value, Escalation.step == step.code)
