"""Passkeys (WebAuthn level 2, by the library `webauthn`): made, used after a password or instead of one, taken away.

Decisions: no attestation is asked for (any maker's key is good); the key is discoverable, so that no address need be
typed; instead of a password it must ask its owner for a finger, a face or a PIN (user verification), after
a password touching it is enough. The challenge is a random one kept on the server and taken once, whatever comes of it.
A counter that does not grow is a copied key and is refused; keys that do not count send 0 for ever, as the standard
allows. `Site.rp_id` is the host of the base URL; browsers refuse an IP address, and so there are none on one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.parse_authentication_credential_json import parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.actions.brake import Sender, check_brake, count_failure, passkey_brake
from app.actions.second_factor import forget_recovery
from app.actions.sessions import NewSession, open_session
from app.actions.steps import NewStep, living_step, new_step, take_challenge
from app.domain.errors import StepExpired
from app.models import Account, Passkey, SignInStep, StepPurpose
from app.queries.accounts import passkeys_of

NAME_LENGTH = 60
CREDENTIAL_LENGTH = 20_000


@dataclass(frozen=True)
class Site:
    """What a passkey is bound to."""

    rp_id: str
    origin: str
    name: str


@dataclass(frozen=True)
class Begun:
    """`options`: JSON for the browser; `step`: None where the sign-in had begun before."""

    options: str
    step: NewStep | None = None


def begin_registration(session: Session, *, account: Account, site: Site, now: datetime) -> Begun:
    """What the browser needs to make a passkey for the account, whose password was asked for just before."""
    options = generate_registration_options(
        rp_id=site.rp_id,
        rp_name=site.name,
        user_id=account.handle.bytes,
        user_name=account.email,
        user_display_name=account.name,
        challenge=secrets.token_bytes(32),
        exclude_credentials=_described(passkeys_of(session, account_id=account.id)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    step = new_step(session, purpose=StepPurpose.REGISTER, account_id=account.id, challenge=options.challenge, now=now)
    return Begun(options_to_json(options), step)


def register(
    session: Session, *, account: Account, token: str, name: str, credential: str, site: Site, now: datetime
) -> bool:
    """Keep a new passkey; False where its answer is not right. Raises StepExpired."""
    step = living_step(session, token=token, purpose=StepPurpose.REGISTER, now=now)
    challenge = take_challenge(step)
    if step.account_id != account.id:
        raise StepExpired()
    session.delete(step)
    try:
        made = verify_registration_response(
            credential=credential[:CREDENTIAL_LENGTH],
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return False
    if _by_id(session, made.credential_id) is not None:
        return False
    session.add(
        Passkey(
            account_id=account.id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name.strip()[:NAME_LENGTH],
            created_at=now,
        )
    )
    session.flush()
    return True


def begin_second(session: Session, *, token: str, site: Site, now: datetime) -> Begun:
    """What the browser needs to show a passkey after the password. Raises StepExpired."""
    step = living_step(session, token=token, purpose=StepPurpose.SECOND, now=now)
    options = generate_authentication_options(
        rp_id=site.rp_id,
        challenge=secrets.token_bytes(32),
        allow_credentials=_described(passkeys_of(session, account_id=step.account_id or 0)),
        user_verification=UserVerificationRequirement.DISCOURAGED,
    )
    step.challenge = options.challenge
    return Begun(options_to_json(options))


def begin_passwordless(session: Session, *, site: Site, sender: Sender, now: datetime) -> Begun:
    """The same for everybody: which keys there are, the browser's owner knows. Raises TooManyTries."""
    brake = passkey_brake(sender)
    check_brake(session, brake, now)
    count_failure(session, brake, now)
    options = generate_authentication_options(
        rp_id=site.rp_id,
        challenge=secrets.token_bytes(32),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    step = new_step(session, purpose=StepPurpose.PASSKEY, account_id=None, challenge=options.challenge, now=now)
    return Begun(options_to_json(options), step)


def finish(
    session: Session, *, token: str, purpose: StepPurpose, credential: str, site: Site, sender: Sender, now: datetime
) -> NewSession | None:
    """A new session, or None where the answer is not right; the challenge is gone either way. Raises StepExpired."""
    step = living_step(session, token=token, purpose=purpose, now=now)
    challenge = take_challenge(step)
    given = _parsed(credential)
    found = _living_key(session, given, step) if given is not None else None
    if given is None or found is None:
        return None
    key, account = found
    if not _is_right(key, given, challenge, site, verified=purpose is StepPurpose.PASSKEY, now=now):
        return None
    session.delete(step)
    return open_session(session, account=account, sender=sender, now=now)


def remove(session: Session, *, account_id: int, passkey_id: int) -> bool:
    """Take one of the account's passkeys away; whether it had it."""
    mine = delete(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == account_id)
    gone = session.scalars(mine.returning(Passkey.id)).all()
    forget_recovery(session, account_id=account_id)
    return bool(gone)


def _is_right(
    key: Passkey, given: AuthenticationCredential, challenge: bytes, site: Site, *, verified: bool, now: datetime
) -> bool:
    try:
        made = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=verified,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return False
    key.sign_count, key.last_used_at = made.new_sign_count, now
    return True


def _parsed(credential: str) -> AuthenticationCredential | None:
    try:
        return parse_authentication_credential_json(credential[:CREDENTIAL_LENGTH])
    except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError):
        return None


def _living_key(session: Session, given: AuthenticationCredential, step: SignInStep) -> tuple[Passkey, Account] | None:
    """The passkey and its owner, who may sign in, and is the one who began, where somebody did."""
    owner = session.scalar(select(Passkey.account_id).where(Passkey.credential_id == given.raw_id))
    account = session.get(Account, owner, with_for_update=True) if owner is not None else None
    key = _by_id(session, given.raw_id)
    if key is None or account is None or account.id != key.account_id or not account.active:
        return None
    if step.account_id is None:
        return (key, account) if given.response.user_handle == account.handle.bytes else None
    return (key, account) if account.id == step.account_id else None


def _by_id(session: Session, credential_id: bytes) -> Passkey | None:
    return session.scalar(select(Passkey).where(Passkey.credential_id == credential_id).with_for_update())


def _described(keys: object) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=key.credential_id) for key in keys]  # type: ignore[attr-defined]  # rows
