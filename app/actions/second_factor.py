"""Codes of an app (RFC 6238, pyotp) and recovery codes: set up, checked, taken away.

Numbers: six digits, thirty seconds, and one step before or after for clocks that differ (RFC 6238, 5.2). The step of
the last code is kept, and only a later one is right, so that a code works once, also when two browsers send it together
(the row is locked). Ten recovery codes of 80 bits; each works once.
Decision: the first second factor brings the recovery codes, and the last one that goes takes them along.
Turned down: codes by SMS (a number can be taken over, and the sender costs money) and by mail (that is the way to reset
the password: one mailbox would be both factors).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.actions.sealing import Seal
from app.domain.errors import HasAppAlready, NoSecondFactor
from app.models import Account, OneTimeCode, Passkey, RecoveryCode
from app.queries.accounts import has_second_factor

STEP_S = 30
AROUND = (-1, 0, 1)
CODES = 10
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
CODE_LENGTH, GROUP = 16, 4
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def begin_app(session: Session, *, account: Account, seal: Seal, now: datetime) -> str:
    """A new secret in base 32, for an app; it counts after `confirm_app`. Raises HasAppAlready."""
    kept = _app(session, account.id)
    if kept is not None and kept.confirmed_at is not None:
        raise HasAppAlready()
    if kept is not None:
        session.delete(kept)
        session.flush()
    secret = pyotp.random_base32()
    session.add(OneTimeCode(account_id=account.id, secret=seal.seal(secret.encode()), created_at=now))
    return secret


def begun_app(session: Session, *, account_id: int, seal: Seal) -> str | None:
    """The secret that waits for its first code."""
    kept = _app(session, account_id)
    opened = seal.open(kept.secret) if kept is not None and kept.confirmed_at is None else None
    return opened.decode() if opened else None


def confirm_app(session: Session, *, account: Account, code: str, seal: Seal, now: datetime) -> bool:
    """Whether `code` is of the new secret: then it counts from now on. Raises NoSecondFactor where none was begun."""
    kept = _app(session, account.id)
    if kept is None or kept.confirmed_at is not None:
        raise NoSecondFactor()
    if not _take_code(kept, code, seal, now):
        return False
    kept.confirmed_at = now
    return True


def take_code(session: Session, *, account_id: int, code: str, seal: Seal, now: datetime) -> bool:
    """Whether `code` is right, from the app or a recovery code; it never is a second time."""
    if len(_digits(code)) == 6 and not any(sign.isalpha() for sign in code):
        kept = _app(session, account_id)
        return kept is not None and kept.confirmed_at is not None and _take_code(kept, code, seal, now)
    return _take_recovery(session, account_id, code, now)


def new_recovery_codes(session: Session, *, account_id: int) -> list[str]:
    """Ten new ones, shown once; those from before are void."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = ["".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    session.add_all(RecoveryCode(code_hash=_hash(code), account_id=account_id) for code in codes)
    return ["-".join(code[at : at + GROUP] for at in range(0, CODE_LENGTH, GROUP)) for code in codes]


def drop_app(session: Session, *, account_id: int) -> None:
    """Take the app away."""
    session.execute(delete(OneTimeCode).where(OneTimeCode.account_id == account_id))
    forget_recovery(session, account_id=account_id)


def drop_all(session: Session, *, account_id: int) -> None:
    """Take every second factor away."""
    session.execute(delete(Passkey).where(Passkey.account_id == account_id))
    drop_app(session, account_id=account_id)


def forget_recovery(session: Session, *, account_id: int) -> None:
    """Recovery codes stand for a second factor: without one they go too."""
    session.flush()
    if not has_factor(session, account_id=account_id):
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def has_factor(session: Session, *, account_id: int) -> bool:
    """Whether signing in takes a second step."""
    return bool(session.scalar(select(has_second_factor()).select_from(Account).where(Account.id == account_id)))


def _app(session: Session, account_id: int) -> OneTimeCode | None:
    query = select(OneTimeCode).where(OneTimeCode.account_id == account_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def _take_code(kept: OneTimeCode, code: str, seal: Seal, now: datetime) -> bool:
    secret = seal.open(kept.secret)
    step = _step_of(secret.decode(), _digits(code), kept.last_step, now) if secret else None
    if secret is None or step is None:
        return False
    kept.last_step = step
    if not seal.is_new(kept.secret):
        kept.secret = seal.seal(secret)
    return True


def _step_of(secret: str, code: str, last: int, now: datetime) -> int | None:
    """The step whose code it is, where it is near and later than the last one."""
    here, made = int(now.timestamp()) // STEP_S, pyotp.TOTP(secret)
    right = [each for each in AROUND if hmac.compare_digest(made.generate_otp(here + each), code)]
    return next((here + each for each in right if here + each > last), None)


def _take_recovery(session: Session, account_id: int, code: str, now: datetime) -> bool:
    mine = update(RecoveryCode).where(
        RecoveryCode.account_id == account_id, RecoveryCode.code_hash == _hash(code), RecoveryCode.used_at.is_(None)
    )
    return bool(session.scalars(mine.values(used_at=now).returning(RecoveryCode.account_id)).all())


def _digits(code: str) -> str:
    return "".join(sign for sign in code if sign in "0123456789")


def _hash(code: str) -> bytes:
    plain = "".join(sign for sign in code.upper().translate(READ_AS) if sign in LETTERS)
    return hashlib.sha256(plain.encode()).digest()
