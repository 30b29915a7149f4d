"""A sign-in that is half done (`models/sign_in_step.py`): begun, found again by its token, its challenge taken once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.errors import StepExpired
from app.models import Account, SignInStep, StepPurpose
from app.queries.accounts import token_hash

STEP_LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class NewStep:
    """`token` goes into a cookie of its own and opens nothing but the next step."""

    token: str
    until: datetime


def new_step(
    session: Session, *, purpose: StepPurpose, account_id: int | None, now: datetime, challenge: bytes | None = None
) -> NewStep:
    """Begin one; those that are over are forgotten meanwhile."""
    token, until = secrets.token_urlsafe(32), now + STEP_LASTS
    session.execute(delete(SignInStep).where(SignInStep.expires_at < now))
    session.add(
        SignInStep(
            token_hash=token_hash(token), account_id=account_id, purpose=purpose, challenge=challenge, expires_at=until
        )
    )
    return NewStep(token, until)


def living_step(session: Session, *, token: str, purpose: StepPurpose, now: datetime) -> SignInStep:
    """The step of a token, locked after its account, as everywhere: two browsers at once do not wait for each other.

    Raises StepExpired.
    """
    that = (
        SignInStep.token_hash == token_hash(token),
        SignInStep.purpose == purpose.value,
        SignInStep.expires_at > now,
    )
    lock_account(session, session.scalar(select(SignInStep.account_id).where(*that)))
    found = session.scalar(select(SignInStep).where(*that).with_for_update())
    if found is None:
        raise StepExpired()
    return found


def lock_account(session: Session, account_id: int | None) -> None:
    """Hold the account's row before anything that hangs on it; the same statement where there is none."""
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())


def take_challenge(step: SignInStep) -> bytes:
    """The challenge, which is gone from then on. Raises StepExpired where there is none."""
    challenge, step.challenge = step.challenge, None
    if challenge is None:
        raise StepExpired()
    return challenge
