"""What a body must be told when a run has passed many hazards to it: how many, why, and which are the most pressing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.domain.hazard import Severity
from app.models import Body, Event, Hazard, HazardType, RerouteMove, RerouteRun

MOST_LISTED = 30


@dataclass(frozen=True)
class Passed:
    """One hazard of the list."""

    reference: str
    type_name: str
    severity: Severity
    due: datetime | None


@dataclass(frozen=True)
class ReroutedMail:
    """For one body, in its language. `number`: how many open hazards the run has passed to it so far."""

    body_id: int
    body_name: str
    to: str | None
    language: str
    reason: str
    number: int
    listed: tuple[Passed, ...]


def rerouted_mail(session: Session, *, event_id: int) -> ReroutedMail | None:
    """None where the body is to be told of nothing any longer. `event_id`: of one hazard that the run passed to it."""
    event = session.get_one(Event, event_id)
    run, body = session.get(RerouteRun, event.data["run"]), session.get(Body, event.body_id)
    if run is None or body is None:
        return None
    number = passed_to(session, run_id=run.id, body_id=body.id)
    if not number:
        return None
    listed = _listed(session, run.id, body)
    return ReroutedMail(
        body.id, body.name(body.language), body.email or None, body.language, run.reason, number, listed
    )


def passed_to(session: Session, *, run_id: int, body_id: int) -> int:
    """How many open hazards that a run has passed to a body are still its own."""
    return session.scalar(_still_there(run_id, body_id).with_only_columns(func.count())) or 0


def one_of_them(session: Session, *, run_id: int, body_id: int) -> int | None:
    """The id of one of them, for what must name one."""
    return session.scalar(_still_there(run_id, body_id).with_only_columns(Hazard.id).order_by(Hazard.id).limit(1))


def _still_there(run_id: int, body_id: int) -> Select[Hazard]:
    return (
        select(Hazard)
        .join(RerouteMove, RerouteMove.hazard_id == Hazard.id)
        .where(RerouteMove.run_id == run_id, RerouteMove.outcome == "moved", RerouteMove.to_body_id == body_id)
        .where(Hazard.body_id == body_id, Hazard.is_open, ~Hazard.held)
    )


def _listed(session: Session, run_id: int, body: Body) -> tuple[Passed, ...]:
    rows = session.execute(
        _still_there(run_id, body.id)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .with_only_columns(Hazard.reference, HazardType, Hazard.severity, Hazard.next_due)
        .order_by(Hazard.next_due.nulls_last(), Hazard.id)
        .limit(MOST_LISTED)
    )
    return tuple(Passed(ref, kind.name(body.language), Severity(severity), due) for ref, kind, severity, due in rows)
