"""How an organisation is reached, as its own manager may change it; what it is and where it stands, only an
administrator changes (`bodies.py`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.actions.administration.bodies import BODY, SHORT_MAX, email_or_none, phone_or_none
from app.actions.administration.own_body import ensure_keeps
from app.actions.administration.record import Change, edit
from app.domain.errors import UnknownBody
from app.domain.permissions import Actor
from app.domain.text import clean
from app.models import Body


@dataclass(frozen=True)
class ReachFacts:
    """`language`: of the letters that are sent to it."""

    email: str | None
    phone: str | None
    working_hours: str
    language: str


def edit_reach(
    session: Session, *, by: Actor, body_id: int, facts: ReachFacts, now: datetime, seen: str | None = None
) -> Body:
    """Raises UnknownBody, BadEmail, BadPublicPhone, BadChoice, NothingChanged, StaleVersion."""
    ensure_keeps(by, body_id)
    body = session.get(Body, body_id, with_for_update=True)
    if body is None:
        raise UnknownBody()
    values = asdict(facts) | {
        "email": email_or_none(facts.email),
        "phone": phone_or_none(facts.phone),
        "working_hours": clean(facts.working_hours, limit=SHORT_MAX),
    }
    edited: Body = edit(session, BODY, body, values, change=Change(by, now), seen=seen)
    return edited
