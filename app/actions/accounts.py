"""Accounts: made, signed in, signed out, disabled, given another password.

`sign_in` and `change_password` answer None for wrong words instead of raising, because a raise would roll back the
failed try that they have just counted. Numbers and their reasons: `web/auth/__init__.py`.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.errors import EmailTaken, NeedsBody, NotPermitted, TooManyTries, UnknownAccount, WeakPassword
from app.domain.permissions import BODY_ROLES, Actor, Permission, Role, ensure
from app.models import Account, SignInTry, StaffSession
from app.queries.accounts import account_by_email, failed_tries, token_hash

SESSION_LASTS = timedelta(hours=12)
TRIES = 10
TRIES_WITHIN = timedelta(minutes=15)
PASSWORD_MIN, PASSWORD_MAX = 12, 200
WELL_KNOWN = ("password", "qwerty", "123456", "administrator", "парол", "йцукен", "құпиясөз", "almaty", "kazakhstan")

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@dataclass(frozen=True)
class NewSession:
    """`token` goes into the browser's cookie and nowhere else."""

    token: str
    until: datetime
    account_id: int


def create_account(
    session: Session,
    *,
    by: Actor,
    email: str,
    name: str,
    roles: Collection[Role],
    body_id: int | None,
    language: str,
    password: str,
    now: datetime,
) -> Account:
    """A new account. Raises EmailTaken, NeedsBody, WeakPassword, NotPermitted."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    if BODY_ROLES & set(roles) and body_id is None:
        raise NeedsBody()
    check_password(password, email=email)
    if account_by_email(session, email):
        raise EmailTaken()
    account = Account(
        email=email.strip().lower(),
        name=name.strip(),
        roles=sorted(roles),
        body_id=body_id,
        language=language,
        password_hash=_hasher.hash(password),
        created_at=now,
    )
    session.add(account)
    session.flush()
    return account


def sign_in(session: Session, *, email: str, password: str, key: bytes, now: datetime) -> NewSession | None:
    """A new session, or None for a wrong address or password: which of them, nobody learns, not even by the clock.

    `key` makes the hash under which failures are counted. Raises TooManyTries.
    """
    brake = _brake(email, key)
    _check_brake(session, brake, now)
    account = account_by_email(session, email)
    right = _matches(account.password_hash if account else _dummy_hash(), password)
    if account is None or not right or not account.active:
        session.add(SignInTry(key=brake, at=now))
        return None
    session.execute(delete(SignInTry).where(SignInTry.key == brake))
    if _hasher.check_needs_rehash(account.password_hash):
        account.password_hash = _hasher.hash(password)
    return _open_session(session, account.id, now)


def sign_out(session: Session, *, session_hash: bytes) -> None:
    """End one session."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == session_hash))


def end_sessions(session: Session, *, account_id: int, but: bytes | None = None) -> None:
    """End all sessions of an account, except the one with the hash `but`."""
    those = delete(StaffSession).where(StaffSession.account_id == account_id)
    session.execute(those if but is None else those.where(StaffSession.token_hash != but))


def change_password(
    session: Session, *, by: Actor, current: str, new: str, key: bytes, now: datetime
) -> NewSession | None:
    """End all sessions, set the password, open a new session; None when `current` is wrong.

    Raises WeakPassword and TooManyTries.
    """
    account = _locked(session, by.account_id)
    brake = _brake(account.email, key)
    _check_brake(session, brake, now)
    if not _matches(account.password_hash, current):
        session.add(SignInTry(key=brake, at=now))
        return None
    check_password(new, email=account.email)
    account.password_hash = _hasher.hash(new)
    end_sessions(session, account_id=account.id)
    return _open_session(session, account.id, now)


def set_active(session: Session, *, by: Actor, account_id: int, active: bool) -> Account:
    """Disable an account, which ends its sessions at once, or let it in again. Nobody disables themselves."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    if by.account_id == account_id:
        raise NotPermitted(permission=Permission.ADMINISTER.value)
    account = _locked(session, account_id)
    account.active = active
    if not active:
        end_sessions(session, account_id=account_id)
    return account


def check_password(password: str, *, email: str) -> None:
    """Raise WeakPassword for a short, endless or easily guessed one."""
    folded, address = password.casefold(), email.strip().casefold()
    guessable = folded in {address, address.split("@", maxsplit=1)[0]} or len(set(folded)) < 5
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX or guessable or _is_well_known(folded):
        raise WeakPassword(minimum=PASSWORD_MIN)


def new_password() -> str:
    """A random password of 96 bits, in four groups that can be read out."""
    return "-".join(secrets.token_hex(3) for _ in range(4))


def _is_well_known(folded: str) -> bool:
    """Well-known words with little of one's own around them."""
    rest = folded
    for word in WELL_KNOWN:
        rest = rest.replace(word, "")
    return rest != folded and len(rest) < PASSWORD_MIN // 2


def _brake(email: str, key: bytes) -> bytes:
    return hmac.digest(key, b"sign-in:" + email.strip().lower().encode("utf-8", "replace"), "sha256")


def _check_brake(session: Session, brake: bytes, now: datetime) -> None:
    if failed_tries(session, key=brake, since=now - TRIES_WITHIN) >= TRIES:
        raise TooManyTries()


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password[: PASSWORD_MAX + 1])
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))


def _open_session(session: Session, account_id: int, now: datetime) -> NewSession:
    token = secrets.token_urlsafe(32)
    until = now + SESSION_LASTS
    session.add(
        StaffSession(
            token_hash=token_hash(token), account_id=account_id, created_at=now, last_seen_at=now, expires_at=until
        )
    )
    return NewSession(token, until, account_id)


def _locked(session: Session, account_id: int | None) -> Account:
    account = session.scalar(select(Account).where(Account.id == account_id).with_for_update())
    if account is None:
        raise UnknownAccount()
    return account
