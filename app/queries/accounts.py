"""Who is signed in, and which accounts and sessions there are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.permissions import Actor
from app.models import Account, Body, SignInTry, StaffSession

IDLE = timedelta(hours=2)


@dataclass(frozen=True)
class SignedIn:
    """Who a session belongs to, and the session itself."""

    actor: Actor
    email: str
    language: str
    token_hash: bytes
    last_seen_at: datetime


def token_hash(token: str) -> bytes:
    """What the database keeps of a token: SHA-256 (256 random bits need no slow hash)."""
    return hashlib.sha256(token.encode()).digest()


def signed_in_by(session: Session, *, token: str, now: datetime) -> SignedIn | None:
    """The owner of a living session of an active account."""
    digest = token_hash(token)
    found = session.execute(
        select(StaffSession, Account)
        .join(Account, Account.id == StaffSession.account_id)
        .where(
            StaffSession.token_hash == digest,
            StaffSession.expires_at > now,
            StaffSession.last_seen_at > now - IDLE,
            Account.active,
        )
    ).first()
    if found is None:
        return None
    kept, account = found
    return SignedIn(account.actor, account.email, account.language, digest, kept.last_seen_at)


def account_by_email(session: Session, email: str) -> Account | None:
    return session.scalar(select(Account).where(Account.email == email.strip().lower()))


def accounts_by_name(session: Session) -> Sequence[tuple[Account, Body | None]]:
    """All accounts with their body, active ones first."""
    rows = session.execute(
        select(Account, Body)
        .outerjoin(Body, Body.id == Account.body_id)
        .order_by(Account.active.desc(), Account.name, Account.id)
    )
    return [(account, body) for account, body in rows]


def living_sessions(session: Session, *, account_id: int, now: datetime) -> Sequence[StaffSession]:
    """The sessions that still let somebody in, the last used one first."""
    return session.scalars(
        select(StaffSession)
        .where(
            StaffSession.account_id == account_id,
            StaffSession.expires_at > now,
            StaffSession.last_seen_at > now - IDLE,
        )
        .order_by(StaffSession.last_seen_at.desc())
    ).all()


def failed_tries(session: Session, *, key: bytes, since: datetime) -> int:
    """How often signing in failed under `key` since then."""
    return session.scalar(select(func.count()).where(SignInTry.key == key, SignInTry.at > since)) or 0
