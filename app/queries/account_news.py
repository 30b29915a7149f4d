"""The letter about a change of an account, and the last lines of the audit about one account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.domain.account_news import News
from app.models import Account, AccountLetter, AuditEntry

SHOWN = 20


@dataclass(frozen=True)
class NewsLetter:
    to: str
    name: str
    language: str
    what: News
    at: datetime


def letter_of(session: Session, *, letter_id: int) -> NewsLetter | None:
    """None for one that is gone, sent or refused. A disabled account is told too: somebody may have taken it over."""
    found = session.execute(
        select(AccountLetter, Account)
        .join(Account, Account.id == AccountLetter.account_id)
        .where(AccountLetter.id == letter_id, AccountLetter.sent_at.is_(None), AccountLetter.refused_at.is_(None))
    ).first()
    if found is None:
        return None
    letter, account = found
    return NewsLetter(letter.email, account.name, account.language, News(letter.what), letter.at)


def account_history(session: Session, *, account_id: int) -> Sequence[Any]:
    """(AuditEntry, name of who did it or None), the newest first, at most SHOWN."""
    doer = aliased(Account)
    lines = (
        select(AuditEntry, doer.name)
        .outerjoin(doer, doer.id == AuditEntry.by_account)
        .where(AuditEntry.noun == "account", AuditEntry.key == str(account_id))
        .order_by(AuditEntry.id.desc())
        .limit(SHOWN)
    )
    return session.execute(lines).all()
