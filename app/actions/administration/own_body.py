"""Who keeps what a body has of its own: the administrator, and the manager of this very body."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from app.domain.errors import UnknownPerson
from app.domain.permissions import Actor, Permission, ensure
from app.queries.crews import workers_of


def ensure_keeps(by: Actor, body_id: int | None) -> None:
    """Raise NotPermitted for anybody else; what belongs to no body is the administrator's."""
    if not by.may(Permission.ADMINISTER, anywhere=True):
        ensure(by, Permission.MANAGE, body_id=body_id)


def ensure_work_there(session: Session, body_id: int, account_ids: Collection[int]) -> None:
    """Raise UnknownPerson unless all are active people of the body."""
    if not set(account_ids) <= {account.id for account in workers_of(session, body_id)}:
        raise UnknownPerson()
