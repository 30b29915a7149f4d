"""Colleagues who may be named in an internal note, and where somebody was named.

Decision: people of the body that works on the hazard, and coordinators, whom everybody may call: they see the hazard
anyway, and the arbiter is whom one calls. Nobody of another body, whatever is sent.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.permissions import BODY_ROLES, Actor, Permission, Role
from app.models import Account, Body, Event, Hazard, HazardType, Mention
from app.queries.names import NAMES

PAGE = 50


def who_may_be_mentioned(session: Session, body_id: int | None, *, but: int | None) -> Sequence[Account]:
    """Active people by name; `but`: nobody calls themselves."""
    roles = Account.roles.overlap([role.value for role in sorted(BODY_ROLES)])
    own = (Account.body_id == body_id) & roles if body_id is not None else Account.id.is_(None)
    found = select(Account).where(Account.active, or_(own, Account.roles.contains([Role.COORDINATOR.value])))
    return session.scalars(found.where(Account.id != (but or 0)).order_by(Account.name, Account.id)).all()


def unread_mentions(session: Session, actor: Actor) -> int:
    """How many the actor has not read, of hazards that they may see."""
    found = _mine(select(func.count()).select_from(Mention), actor).where(Mention.read_at.is_(None))
    return session.scalar(found) or 0


def mentions_of(session: Session, actor: Actor, language: str, *, before: int | None = None) -> Sequence[Any]:
    """Up to PAGE + 1 notes that name the actor, the newest first, of hazards that they may see.

    `before`: only lines older than this event.
    """
    found = _mine(
        select(
            Event.id, Event.at, Event.note, Mention.read_at, Hazard.reference, Account.name.label("who"),
            getattr(HazardType, NAMES[language]).label("title"), getattr(Body, NAMES[language]).label("body"),
        ).select_from(Mention),
        actor,
    )  # fmt: skip
    found = found.join(Event, Event.id == Mention.event_id).join(HazardType, HazardType.code == Hazard.hazard_type)
    found = found.outerjoin(Account, Account.id == Event.account_id).outerjoin(Body, Body.id == Hazard.body_id)
    if before is not None:
        found = found.where(Event.id < before)
    return session.execute(found.order_by(Event.id.desc()).limit(PAGE + 1)).all()


def named_in(session: Session, events: Sequence[int]) -> dict[int, list[str]]:
    """Names of those who were called, by the line of the history."""
    named: dict[int, list[str]] = {}
    found = select(Mention.event_id, Account.name).join(Account, Account.id == Mention.account_id)
    for event_id, name in session.execute(found.where(Mention.event_id.in_(events)).order_by(Account.name)):
        named.setdefault(event_id, []).append(name)
    return named


def _mine(found: Any, actor: Actor) -> Any:
    """A hazard that was passed on since is nobody's here, and neither is a held one."""
    found = found.join(Hazard, Hazard.id == Mention.hazard_id).where(Mention.account_id == actor.account_id)
    if not actor.may(Permission.MODERATE):
        found = found.where(~Hazard.held)
    return found if actor.may(Permission.SEE_ALL_HAZARDS) else found.where(Hazard.body_id == actor.body_id)
