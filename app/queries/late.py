"""What a letter says of a hazard whose time has run out: to its body's mailbox, or to that of the body above."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.hazard import Clock, Moderation, Severity
from app.domain.privacy import is_public
from app.models import Body, Event, Hazard, HazardType
from app.queries.mail import place_lines


@dataclass(frozen=True)
class LateMail:
    """For one body, in its language. `lines`: the place in words; `own`: the hazard is this body's, who may open it."""

    body_id: int
    body_name: str
    to: str | None
    language: str
    reference: str
    type_name: str
    severity: Severity
    lines: tuple[str, ...]
    responsible: str
    clock: Clock
    due: datetime | None
    own: bool
    public: bool


def late_mail(session: Session, *, hazard_id: int, event_id: int, above: bool) -> LateMail | None:
    """None where there is nobody to tell, or nothing any longer: closed, held, passed on, or the clock stopped."""
    hazard, event = session.get_one(Hazard, hazard_id), session.get_one(Event, event_id)
    body = session.get(Body, hazard.body_id) if hazard.body_id is not None else None
    if body is None or hazard.held or not hazard.is_open or event.body_id != body.id:
        return None
    clock = Clock(event.data["clock"])
    told = session.get(Body, body.parent_id) if above and body.parent_id is not None else None if above else body
    if told is None or not told.active or _stands_still(hazard, clock):
        return None
    return _told(session, hazard, body, told, clock)


def _stands_still(hazard: Hazard, clock: Clock) -> bool:
    return (hazard.made_safe_at if clock is Clock.MAKE_SAFE else hazard.fix_paused_at) is not None


def _told(session: Session, hazard: Hazard, body: Body, told: Body, clock: Clock) -> LateMail:
    kind = session.scalars(select(HazardType).where(HazardType.code == hazard.hazard_type)).one()
    return LateMail(
        body_id=told.id,
        body_name=told.name(told.language),
        to=told.email or None,
        language=told.language,
        reference=hazard.reference,
        type_name=kind.name(told.language),
        severity=Severity(hazard.severity),
        lines=place_lines(session, hazard, told.language),
        responsible=body.name(told.language),
        clock=clock,
        due=hazard.make_safe_due if clock is Clock.MAKE_SAFE else hazard.fix_due,
        own=told.id == body.id,
        public=is_public(
            kind.publish_rule, Moderation(hazard.moderation), held=hazard.held, review_first=hazard.review_first
        ),
    )
