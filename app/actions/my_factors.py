"""What a person does about their own second factor, and the second step of signing in.

Every change asks for the password again, ends all other sessions and the messages of other browsers, and gives this
session a new key: a stolen one can neither be kept by it nor lock the owner out. None answers a wrong password or code,
which has been counted (`brake.py`). The pieces are in `second_factor.py` and `passkeys.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.actions import passkeys, second_factor
from app.actions.account_news import tell_news, write_letter
from app.actions.accounts import confirm_password, editable, locked, note_account
from app.actions.brake import Sender, check_brake, count_failure, release, second_brake
from app.actions.passkeys import Begun, Site
from app.actions.sealing import Seal
from app.actions.sessions import NewSession, end_everywhere, open_session
from app.actions.steps import living_step
from app.domain.account_news import News
from app.domain.errors import NotPermitted, StepExpired
from app.domain.permissions import Actor, Permission
from app.models import Account, StepPurpose


@dataclass(frozen=True)
class Changed:
    """The new session, and the recovery codes where new ones were made: shown in this answer and never again."""

    session: NewSession
    codes: tuple[str, ...] = ()


def start_app(session: Session, *, by: Actor, password: str, seal: Seal, sender: Sender, now: datetime) -> str | None:
    """The secret for an app, which counts after `finish_app`. Raises HasAppAlready and TooManyTries."""
    account = confirm_password(session, by=by, password=password, sender=sender, now=now)
    return second_factor.begin_app(session, account=account, seal=seal, now=now) if account else None


def finish_app(session: Session, *, by: Actor, code: str, seal: Seal, sender: Sender, now: datetime) -> Changed | None:
    """The first code of the new app. Raises NoSecondFactor where none was begun, and TooManyTries."""
    account = locked(session, by.account_id)
    brake = second_brake(account.email, sender)
    check_brake(session, brake, now)
    first = not second_factor.has_factor(session, account_id=account.id)
    if not second_factor.confirm_app(session, account=account, code=code, seal=seal, now=now):
        count_failure(session, brake, now)
        return None
    tell_news(session, account, News.APP_ON, now=now)
    return _changed(session, account, sender, now, codes=first)


def stop_app(session: Session, *, by: Actor, password: str, sender: Sender, now: datetime) -> Changed | None:
    """No more codes of the app."""
    account = confirm_password(session, by=by, password=password, sender=sender, now=now)
    if account is None:
        return None
    second_factor.drop_app(session, account_id=account.id)
    tell_news(session, account, News.APP_OFF, now=now)
    return _changed(session, account, sender, now)


def start_passkey(
    session: Session, *, by: Actor, password: str, site: Site, sender: Sender, now: datetime
) -> Begun | None:
    """What the browser needs to make a passkey. Raises TooManyTries."""
    account = confirm_password(session, by=by, password=password, sender=sender, now=now)
    return passkeys.begin_registration(session, account=account, site=site, now=now) if account else None


def finish_passkey(
    session: Session, *, by: Actor, token: str, name: str, credential: str, site: Site, sender: Sender, now: datetime
) -> Changed | None:
    """Keep the new passkey. Raises StepExpired."""
    account = locked(session, by.account_id)
    first = not second_factor.has_factor(session, account_id=account.id)
    if not passkeys.register(
        session, account=account, token=token, name=name, credential=credential, site=site, now=now
    ):
        return None
    tell_news(session, account, News.PASSKEY_ON, now=now)
    return _changed(session, account, sender, now, codes=first)


def stop_passkey(
    session: Session, *, by: Actor, passkey_id: int, password: str, sender: Sender, now: datetime
) -> Changed | None:
    """Take one of the own passkeys away; one that is gone already stays so."""
    account = confirm_password(session, by=by, password=password, sender=sender, now=now)
    if account is None:
        return None
    if passkeys.remove(session, account_id=account.id, passkey_id=passkey_id):
        tell_news(session, account, News.PASSKEY_OFF, now=now)
    return _changed(session, account, sender, now)


def new_codes(session: Session, *, by: Actor, password: str, sender: Sender, now: datetime) -> Changed | None:
    """Ten new recovery codes; the old ones are void. Raises NotPermitted without a second factor."""
    account = confirm_password(session, by=by, password=password, sender=sender, now=now)
    if account is None:
        return None
    if not second_factor.has_factor(session, account_id=account.id):
        raise NotPermitted(permission="second factor")
    tell_news(session, account, News.CODES, now=now)
    return _changed(session, account, sender, now, codes=True)


def finish_sign_in(
    session: Session, *, token: str, code: str, seal: Seal, sender: Sender, now: datetime
) -> NewSession | None:
    """The second step, with a code of the app or a recovery code. Raises StepExpired and TooManyTries."""
    step = living_step(session, token=token, purpose=StepPurpose.SECOND, now=now)
    account = locked(session, step.account_id)
    if not account.active:
        raise StepExpired()
    brake = second_brake(account.email, sender)
    check_brake(session, brake, now)
    if not second_factor.take_code(session, account_id=account.id, code=code, seal=seal, now=now):
        count_failure(session, brake, now)
        return None
    release(session, brake)
    session.delete(step)
    return open_session(session, account=account, sender=sender, now=now)


def drop_second_factor(session: Session, *, by: Actor, account_id: int, now: datetime) -> Account:
    """An administrator's help for somebody who has lost everything: the password alone opens again. Sessions end."""
    if not by.may(Permission.ADMINISTER, anywhere=True):
        raise NotPermitted(permission=Permission.ADMINISTER.value)
    account = editable(session, by=by, account_id=account_id)
    second_factor.drop_all(session, account_id=account_id)
    had, has = {"second_factor": True}, {"second_factor": False}
    note_account(session, account, by=by, was=had, is_now=has, now=now)
    write_letter(session, account, News.FACTORS_DROPPED, now=now)
    end_everywhere(session, account_id=account_id)
    return account


def _changed(session: Session, account: Account, sender: Sender, now: datetime, *, codes: bool = False) -> Changed:
    silenced = end_everywhere(session, account_id=account.id, browser=sender.browser)
    made = second_factor.new_recovery_codes(session, account_id=account.id) if codes else []
    opened = open_session(session, account=account, sender=sender, now=now, silenced=silenced)
    return Changed(opened, tuple(made))
