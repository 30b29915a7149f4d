"""Who is on duty, what they must be told, and who has been called to a hazard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.duty import needs_duty
from app.models import DutyCall, DutyContact, DutyWaiting, Hazard, HazardType
from app.queries.mail import place_lines


@dataclass(frozen=True)
class DutyFacts:
    """What a call says; `lines`: the place in words, `lat` and `lon` exact; `more`: of how many others it tells.
    `expired`: what made it safe has run out, and nobody has looked since.
    """

    reference: str
    type_name: str
    someone_hurt: bool
    lines: tuple[str, ...]
    lat: float
    lon: float
    advice: str
    more: int = 0
    expired: bool = False


@dataclass(frozen=True)
class WaitingCall:
    """Of a link: what it is about, whether it was answered, and whether another one on duty has answered."""

    contact: str
    facts: DutyFacts
    acknowledged_at: datetime | None
    another_at: datetime | None


def duty_facts(session: Session, *, hazard_id: int, language: str) -> DutyFacts:
    hazard = session.get_one(Hazard, hazard_id)
    kind = session.get_one(HazardType, hazard.hazard_type)
    return DutyFacts(
        reference=hazard.reference,
        type_name=kind.name(language),
        someone_hurt=any(part["reason"] == "someone_hurt" for part in hazard.severity_why),
        lines=place_lines(session, hazard, language),
        lat=hazard.label.y,
        lon=hazard.label.x,
        advice=kind.advice(language),
        more=_told_with(session, hazard_id),
        expired=hazard.inspect_due is not None,
    )


def calls_duty(session: Session, hazard_id: int) -> bool:
    """Whether those on duty are to be called."""
    return is_called_to(session.get_one(Hazard, hazard_id))


def is_called_to(hazard: Hazard) -> bool:
    """The same of one that was read: what is closed or held calls nobody."""
    needs = needs_duty(urgent=hazard.urgent, severity=hazard.severity, safe=hazard.made_safe_at is not None)
    return hazard.is_open and not hazard.held and needs


def _told_with(session: Session, lead_id: int) -> int:
    others = select(func.count()).where(DutyWaiting.lead_id == lead_id, DutyWaiting.hazard_id != lead_id)
    return session.scalar(others.where(DutyWaiting.known_at.is_(None))) or 0


def call_of_token(session: Session, token: str, language: str) -> WaitingCall | None:
    """None for a token that is unknown, whose hazard is closed, held or another body's by now, or whose contact is no
    longer on duty: all alike.
    """
    found = session.execute(
        select(DutyCall, DutyContact.name, Hazard.id)
        .join(DutyContact, DutyContact.id == DutyCall.contact_id)
        .join(Hazard, Hazard.id == DutyCall.hazard_id)
        .where(DutyCall.token == token, Hazard.is_open, ~Hazard.held)
        .where(DutyContact.active, or_(DutyContact.body_id == Hazard.body_id, DutyContact.body_id.is_(None)))
    ).first()
    if found is None:
        return None
    call, name, hazard_id = found
    facts = duty_facts(session, hazard_id=hazard_id, language=language)
    others = select(func.min(DutyCall.acknowledged_at)).where(DutyCall.hazard_id == hazard_id, DutyCall.id != call.id)
    return WaitingCall(name, facts, call.acknowledged_at, session.scalar(others))


def contacts_of(session: Session, body_id: int | None) -> Sequence[DutyContact]:
    """All of a body (None: of the coordinator), in the order in which they are called."""
    asked = select(DutyContact).where(DutyContact.body_id == body_id)
    return session.scalars(asked.order_by(DutyContact.position, DutyContact.id)).all()
