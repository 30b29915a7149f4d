"""Who is signed in, and which accounts and sessions there are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.domain.permissions import Actor, Role
from app.models import Account, Body, OneTimeCode, Passkey, RecoveryCode, SignInTry, StaffSession

IDLE = timedelta(hours=2)


@dataclass(frozen=True)
class SignedIn:
    """Who a session belongs to, and the session itself. `second_factor`: whether the account has one."""

    actor: Actor
    email: str
    language: str
    token_hash: bytes
    last_seen_at: datetime
    second_factor: bool = False


def has_second_factor() -> ColumnElement[bool]:
    """Of the account of the statement: an app that was proved, or a passkey."""
    app = select(OneTimeCode).where(OneTimeCode.account_id == Account.id, OneTimeCode.confirmed_at.is_not(None))
    return or_(app.exists(), select(Passkey).where(Passkey.account_id == Account.id).exists())


def token_hash(token: str) -> bytes:
    """What the database keeps of a token: SHA-256 (256 random bits need no slow hash)."""
    return hashlib.sha256(token.encode()).digest()


def signed_in_by(session: Session, *, token: str, now: datetime) -> SignedIn | None:
    """The owner of a living session of an active account."""
    digest = token_hash(token)
    found = session.execute(
        select(StaffSession, Account, has_second_factor())
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
    kept, account, second = found
    return SignedIn(account.actor, account.email, account.language, digest, kept.last_seen_at, second)


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


def other_managers(session: Session, *, account: Account) -> Sequence[int]:
    """Managers of the same body who can sign in, but for this one."""
    return session.scalars(
        select(Account.id).where(
            Account.body_id == account.body_id,
            Account.id != account.id,
            Account.active,
            Account.joined_at.is_not(None),
            Account.roles.contains([Role.MANAGER.value]),
        )
    ).all()


def passkeys_of(session: Session, *, account_id: int) -> Sequence[Passkey]:
    """The oldest first."""
    return session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)).all()


@dataclass(frozen=True)
class Factors:
    """What an account signs in with beside its password; `codes_left`: recovery codes that were not used yet."""

    app_since: datetime | None
    passkeys: Sequence[Passkey]
    codes_left: int

    def __bool__(self) -> bool:
        return self.app_since is not None or bool(self.passkeys)


def language_of(session: Session, *, account_id: int) -> str:
    """Of the letters to this account."""
    return session.execute(select(Account.language).where(Account.id == account_id)).scalar_one()


def factors_of(session: Session, *, account_id: int) -> Factors:
    """For the page of the account."""
    app = select(OneTimeCode.confirmed_at).where(OneTimeCode.account_id == account_id)
    left = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    keys = passkeys_of(session, account_id=account_id)
    return Factors(session.scalar(app), keys, session.scalar(left) or 0)
