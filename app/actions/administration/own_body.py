"""Who keeps what a body has of its own: the administrator, and the manager of this very body."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from app.domain.errors import UnknownBody, UnknownPerson
from app.domain.permissions import Actor, Permission, ensure
from app.models import Body
from app.queries.crews import workers_of


def keeps(by: Actor, body_id: int | None) -> bool:
    """Whether `by` keeps what is this body's; what belongs to no body is the administrator's."""
    if by.may(Permission.ADMINISTER, anywhere=True):
        return True
    return body_id is not None and by.may(Permission.MANAGE, body_id=body_id)


def ensure_keeps(by: Actor, body_id: int | None) -> None:
    """Raise NotPermitted for anybody else."""
    if not keeps(by, body_id):
        ensure(by, Permission.ADMINISTER if body_id is None else Permission.MANAGE, body_id=body_id)


def ensure_known(session: Session, body_id: int | None) -> None:
    """Raise UnknownBody for a body that is not there; None is no body at all."""
    with session.no_autoflush:
        if body_id is not None and session.get(Body, body_id) is None:
            raise UnknownBody()


def ensure_work_there(session: Session, body_id: int, account_ids: Collection[int]) -> None:
    """Raise UnknownPerson unless all are active people of the body."""
    if not set(account_ids) <= {account.id for account in workers_of(session, body_id)}:
        raise UnknownPerson()
