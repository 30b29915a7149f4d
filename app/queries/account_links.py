"""The letter of a link: to whom it goes, and what makes its token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Account, AccountLink, Body, LinkPurpose


@dataclass(frozen=True)
class LinkLetter:
    """`body`: the name of the organisation somebody is invited to, in the letter's language."""

    to: str
    name: str
    body: str | None
    purpose: LinkPurpose
    language: str
    seed: bytes
    token_hash: bytes
    until: datetime


def letter_of(session: Session, *, link_id: int, now: datetime) -> LinkLetter | None:
    """None where nobody is to be written to: no account, a disabled one, a link that is over, a letter sent."""
    found = session.execute(
        select(AccountLink, Account, Body)
        .join(Account, Account.id == AccountLink.account_id)
        .outerjoin(Body, Body.id == Account.body_id)
        .where(
            AccountLink.id == link_id,
            AccountLink.sent_at.is_(None),
            AccountLink.refused_at.is_(None),
            AccountLink.expires_at > now,
            Account.active,
        )
    ).first()
    if found is None:
        return None
    link, account, body = found
    return LinkLetter(
        to=link.email or account.email,
        name=account.name,
        body=body.name(link.language) if body else None,
        purpose=LinkPurpose(link.purpose),
        language=link.language,
        seed=link.seed,
        token_hash=link.token_hash,
        until=link.expires_at,
    )
