"""Who looks at a hazard just now, and whether it is still as it was when the page was opened."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.permissions import ROLE_PERMISSIONS, Actor, Permission
from app.models import Account, Event, Presence
from app.queries.own_matters import internal_of_others

LOOKS_FOR = timedelta(seconds=45)
"""So long after its last sign a page counts as open: two signs of it may be lost."""
ARBITERS = [role.value for role, has in ROLE_PERMISSIONS.items() if Permission.ARBITRATE in has]


def others_looking(session: Session, actor: Actor, hazard_id: int, *, now: datetime) -> Sequence[str]:
    """Names of colleagues of the actor's body and of arbiters; of everybody where the role sees all."""
    found = (
        select(Account.name)
        .join(Presence, Presence.account_id == Account.id)
        .where(Presence.hazard_id == hazard_id, Presence.seen_at > now - LOOKS_FOR)
        .where(Account.active, Account.id != (actor.account_id or 0))
        .order_by(Account.name)
    )
    if not actor.may(Permission.SEE_ALL_HAZARDS):
        found = found.where(or_(Account.body_id == actor.body_id, Account.roles.overlap(ARBITERS)))
    return session.scalars(found).all()


def last_line(session: Session, actor: Actor, hazard_id: int) -> int:
    """The newest line of the history that the actor may see: an id, 0 for none."""
    found = select(func.max(Event.id)).where(Event.hazard_id == hazard_id, ~internal_of_others(actor))
    return session.scalar(found) or 0
