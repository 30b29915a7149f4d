"""Sessions of people who are signed in: opened, used, ended. Numbers and their reasons: `web/auth/__init__.py`.

Messages of a browser outlive a session that only ran out: whoever is on duty is told in the night too. Where sessions
are ended on purpose, since a device may be lost, the messages end with them, on every device but the one that asks; a
subscription knows no session. Turned down: binding the two, which a session that ran out and was opened anew on the
same device would break, and keep a stolen telephone told.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, update
from sqlalchemy.orm import Session

from app.actions.brake import Sender
from app.models import Account, SignInStep, StaffPush, StaffSession
from app.queries.accounts import SignedIn, signed_in_by, token_hash

SESSION_LASTS = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class NewSession:
    """`token` goes into the browser's cookie and nowhere else. `silenced`: other browsers are told nothing any more."""

    token: str
    until: datetime
    account_id: int
    silenced: bool = False


def open_session(
    session: Session, *, account: Account, sender: Sender, now: datetime, silenced: bool = False
) -> NewSession:
    """A session under a token of its own, whatever was sent before. Half-done sign-ins of the account end."""
    token = secrets.token_urlsafe(32)
    until = now + SESSION_LASTS
    session.execute(delete(SignInStep).where(SignInStep.account_id == account.id))
    session.add(
        StaffSession(
            token_hash=token_hash(token),
            account_id=account.id,
            created_at=now,
            last_seen_at=now,
            expires_at=until,
            device=sender.device,
            network=sender.network,
        )
    )
    account.last_seen_at = now
    return NewSession(token, until, account.id, silenced)


def use_session(session: Session, *, token: str, now: datetime) -> SignedIn | None:
    """Who a token belongs to; that it was used is noted at most once a minute. None where it opens nothing."""
    found = signed_in_by(session, token=token, now=now)
    if found is not None and found.last_seen_at < now - SEEN_EVERY:
        mine = StaffSession.token_hash == found.token_hash
        session.execute(update(StaffSession).where(mine).values(last_seen_at=now))
        session.execute(update(Account).where(Account.id == found.actor.account_id).values(last_seen_at=now))
    return found


def sign_out(session: Session, *, session_hash: bytes) -> None:
    """End one session."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == session_hash))


def end_one(session: Session, *, account_id: int, starts: bytes) -> bool:
    """End the account's session whose hash begins with `starts` (a page shows no whole hash); whether there was one."""
    that = func.substr(StaffSession.token_hash, 1, len(starts)) == starts
    gone = delete(StaffSession).where(StaffSession.account_id == account_id, that).returning(StaffSession.token_hash)
    return bool(session.scalars(gone).all())


def end_sessions(session: Session, *, account_id: int, but: bytes | None = None) -> None:
    """End all sessions of an account and its half-done sign-ins, except the session with the hash `but`."""
    session.execute(delete(SignInStep).where(SignInStep.account_id == account_id))
    those = delete(StaffSession).where(StaffSession.account_id == account_id)
    session.execute(those if but is None else those.where(StaffSession.token_hash != but))


def end_everywhere(
    session: Session, *, account_id: int, but: bytes | None = None, browser: bytes | None = None
) -> bool:
    """`end_sessions`, and no more messages to browsers but the one with the key `browser`; whether any was told."""
    end_sessions(session, account_id=account_id, but=but)
    return silence(session, account_id=account_id, but=browser)


def silence(session: Session, *, account_id: int, but: bytes | None = None) -> bool:
    """Nothing more to this person in any browser but the one with the key `but`; whether another one was told."""
    those = delete(StaffPush).where(StaffPush.account_id == account_id)
    gone = those if but is None else those.where(StaffPush.endpoint_key != but)
    return bool(session.scalars(gone.returning(StaffPush.id)).all())
