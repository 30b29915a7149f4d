"""What happened to an account: a line of the audit, and a letter to its owner.

Decision: each change of one's own password, address, factors and sessions is a line by the person themselves, without
an address, a device or a secret, and the owner gets a letter for whatever would help a thief. A change of address is
told to the old one, both when it is asked for (then the owner can still stop it) and when it holds.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.actions.audit_note import note_audit
from app.domain.account_news import QUIET, News
from app.domain.permissions import Actor
from app.models import Account, AccountLetter
from app.outbox import JobName, enqueue

KEPT = timedelta(days=30)


def tell_news(session: Session, account: Account, what: News, *, now: datetime, old_email: str | None = None) -> None:
    """A line by the owner, and the letter. `old_email`: where the account's address is another one already."""
    who = {"account_id": account.id, "body_id": account.body_id}
    after = who | {"happened": what.value}
    note_audit(session, by=account.actor, noun="account", key=str(account.id), before=who, after=after, now=now)
    if what not in QUIET:
        write_letter(session, account, what, now=now, old_email=old_email)


def note_by(session: Session, by: Actor, what: News, *, now: datetime) -> None:
    """A line about the own account where nobody holds its row."""
    who = {"account_id": by.account_id, "body_id": by.body_id}
    after = who | {"happened": what.value}
    note_audit(session, by=by, noun="account", key=str(by.account_id), before=who, after=after, now=now)


def write_letter(
    session: Session, account: Account, what: News, *, now: datetime, old_email: str | None = None
) -> None:
    """A letter alone: the line of the audit is somebody else's."""
    letter = AccountLetter(account_id=account.id, what=what.value, email=old_email or account.email, at=now)
    session.add(letter)
    session.flush()
    enqueue(session, JobName.TELL_ACCOUNT, letter_id=letter.id)


def mark_letter(session: Session, *, letter_id: int, now: datetime, refused: bool) -> None:
    """Keep what became of it."""
    done = {"refused_at": now} if refused else {"sent_at": now}
    session.execute(update(AccountLetter).where(AccountLetter.id == letter_id).values(**done))


def forget_letters(session: Session, *, now: datetime) -> None:
    """Delete those that are a month old."""
    session.execute(delete(AccountLetter).where(AccountLetter.at < now - KEPT))
