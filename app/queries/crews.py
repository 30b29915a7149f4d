"""Crews and people of a body who may be given work."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.lifecycle import Given
from app.domain.permissions import BODY_ROLES
from app.models import Account, Crew, CrewMember, Hazard


def crews_of(session: Session, body_id: int) -> Sequence[Crew]:
    """Active crews of a body, by name."""
    return session.scalars(select(Crew).where(Crew.body_id == body_id, Crew.active).order_by(Crew.name, Crew.id)).all()


def workers_of(session: Session, body_id: int) -> Sequence[Account]:
    """Active people of a body whose role lets them work, by name."""
    roles = Account.roles.overlap([role.value for role in sorted(BODY_ROLES)])
    found = select(Account).where(Account.body_id == body_id, Account.active, roles)
    return session.scalars(found.order_by(Account.name, Account.id)).all()


def crew_ids_of(session: Session, account_id: int) -> set[int]:
    """The active crews that somebody is in."""
    mine = select(Crew.id).join(CrewMember, CrewMember.crew_id == Crew.id)
    return set(session.scalars(mine.where(CrewMember.account_id == account_id, Crew.active)))


def who_may_work(session: Session, hazard: Hazard, given: Given) -> bool:
    """Whether the crew and the person named belong to the body that answers for the hazard, and are active."""
    if hazard.body_id is None:
        return False
    crews = {crew.id for crew in crews_of(session, hazard.body_id)}
    people = {account.id for account in workers_of(session, hazard.body_id)}
    return given.crew_id in {None, *crews} and given.assignee_id in {None, *people}


def all_crews_of(session: Session, body_id: int) -> Sequence[Crew]:
    """Crews of a body, closed ones last."""
    found = select(Crew).where(Crew.body_id == body_id)
    return session.scalars(found.order_by(Crew.active.desc(), Crew.name, Crew.id)).all()


def members_of(session: Session, crew_id: int) -> Sequence[Account]:
    """Active people who go out with a crew and are of its body still, by name."""
    found = select(Account).join(CrewMember, CrewMember.account_id == Account.id)
    found = found.join(Crew, (Crew.id == CrewMember.crew_id) & (Crew.body_id == Account.body_id))
    return session.scalars(found.where(Crew.id == crew_id, Account.active).order_by(Account.name, Account.id)).all()
