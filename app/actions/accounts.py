"""Accounts: made, signed in, signed out, disabled, given another password.

`sign_in` and `change_password` answer None for wrong words instead of raising, because a raise would roll back the
failed try that they have just counted. Numbers and their reasons: `web/auth/__init__.py`.

Decision on the brake: failures are counted for an address together with the network they come from, and, with a much
higher limit, for the address alone. Turned down: the address alone with the low limit, by which anybody who knows a
dispatcher's address keeps the dispatcher out of the duty desk with ten wrong words. What this costs: from ten networks
one may try a hundred passwords an hour instead of forty, and, with as many networks, still pause the address for up to
an hour; and who shares a network with the guesser is paused with them. Passwords are long enough for the first.
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
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.errors import EmailTaken, NeedsBody, NotPermitted, TooManyTries, UnknownAccount, WeakPassword
from app.domain.permissions import BODY_ROLES, Actor, Permission, Role, ensure
from app.models import Account, SignInTry, StaffSession
from app.queries.accounts import SignedIn, account_by_email, failed_tries, signed_in_by, token_hash

SESSION_LASTS = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
TRIES = 10
TRIES_WITHIN = timedelta(minutes=15)
TRIES_EVERYWHERE = 100
TRIES_EVERYWHERE_WITHIN = timedelta(hours=1)
"""OWASP ASVS 4.0, 2.2.1: at most a hundred failures an hour on one account."""
PASSWORD_MIN, PASSWORD_MAX = 12, 200
WELL_KNOWN = ("password", "qwerty", "123456", "administrator", "парол", "йцукен", "құпиясөз", "almaty", "kazakhstan")

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@dataclass(frozen=True)
class NewSession:
    """`token` goes into the browser's cookie and nowhere else."""

    token: str
    until: datetime
    account_id: int


@dataclass(frozen=True)
class Brake:
    """The keys under which failures are counted: keyed hashes, so that neither address nor network is kept."""

    near: bytes
    everywhere: bytes


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
    _flush_new(session)
    return account


def sign_in(
    session: Session, *, email: str, password: str, network: str, key: bytes, now: datetime
) -> NewSession | None:
    """A new session, or None for a wrong address or password: which of them, nobody learns, not even by the clock.

    `network`: where it comes from; `key` makes the hashes under which failures are counted. Raises TooManyTries.
    """
    brake = _brake(email, network, key)
    _check_brake(session, brake, now)
    account = account_by_email(session, email)
    right = _matches(account.password_hash if account else _dummy_hash(), password)
    if account is None or not right or not account.active:
        _count_failure(session, brake, now)
        return None
    session.execute(delete(SignInTry).where(SignInTry.key == brake.near))
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
    session: Session, *, by: Actor, current: str, new: str, network: str, key: bytes, now: datetime
) -> NewSession | None:
    """End all sessions, set the password, open a new session; None when `current` is wrong.

    Raises WeakPassword and TooManyTries.
    """
    account = _locked(session, by.account_id)
    brake = _brake(account.email, network, key)
    _check_brake(session, brake, now)
    if not _matches(account.password_hash, current):
        _count_failure(session, brake, now)
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


def _flush_new(session: Session) -> None:
    """Two administrators may make the same account at once: the database lets one of them."""
    try:
        session.flush()
    except IntegrityError as clash:
        if "uq_account_email" in str(clash.orig):
            raise EmailTaken() from clash
        raise


def _brake(email: str, network: str, key: bytes) -> Brake:
    address = email.strip().lower().encode("utf-8", "replace")
    whole = hmac.digest(key, b"sign-in:" + address, "sha256")
    return Brake(near=hmac.digest(whole, network.encode(), "sha256"), everywhere=whole)


def _check_brake(session: Session, brake: Brake, now: datetime) -> None:
    near = failed_tries(session, key=brake.near, since=now - TRIES_WITHIN)
    everywhere = failed_tries(session, key=brake.everywhere, since=now - TRIES_EVERYWHERE_WITHIN)
    if near >= TRIES or everywhere >= TRIES_EVERYWHERE:
        raise TooManyTries()


def _count_failure(session: Session, brake: Brake, now: datetime) -> None:
    session.add_all([SignInTry(key=brake.near, at=now), SignInTry(key=brake.everywhere, at=now)])


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


def use_session(session: Session, *, token: str, now: datetime) -> SignedIn | None:
    """Who a token belongs to; that it was used is noted at most once a minute. None where it opens nothing."""
    found = signed_in_by(session, token=token, now=now)
    if found is not None and found.last_seen_at < now - SEEN_EVERY:
        mine = StaffSession.token_hash == found.token_hash
        session.execute(update(StaffSession).where(mine).values(last_seen_at=now))
    return found
