"""The accounts of a body, or of all, with what a manager or an administrator decides by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Account, AccountLink, Body, LinkPurpose
from app.queries.accounts import has_second_factor


@dataclass(frozen=True)
class Colleague:
    """`invited_until`: of the link that still works; `letter_refused`: the mail server would not take it."""

    account: Account
    body: Body | None
    second_factor: bool
    invited_until: datetime | None
    letter_refused: bool


def accounts_with_state(session: Session, *, now: datetime, body_id: int | None = None) -> Sequence[Colleague]:
    """Active ones first, then by name; of one body where `body_id` is given."""
    link = (
        select(AccountLink.account_id, func.max(AccountLink.expires_at), func.max(AccountLink.refused_at))
        .where(AccountLink.purpose == LinkPurpose.INVITE.value, AccountLink.expires_at > now)
        .group_by(AccountLink.account_id)
        .subquery()
    )
    query = (
        select(Account, Body, has_second_factor(), link.c[1], link.c[2].is_not(None))
        .outerjoin(Body, Body.id == Account.body_id)
        .outerjoin(link, link.c.account_id == Account.id)
        .order_by(Account.active.desc(), Account.name, Account.id)
    )
    rows = session.execute(query if body_id is None else query.where(Account.body_id == body_id))
    return [Colleague(*row) for row in rows]
