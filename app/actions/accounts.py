"""Accounts: made, signed in, disabled, given another password or role.

`sign_in` and `change_password` answer None for wrong words instead of raising, because a raise would roll back the
failed try that they have just counted (`brake.py`). Sessions are in `sessions.py`, second factors in `second_factor.py`
and `passkeys.py`, invitations and forgotten passwords in `account_links.py`.

Who may change an account: an administrator any but the own; a manager those of the own body that have no role beyond
it (who is also a moderator is the administrator's), again but the own. An account of another body does not exist for a
manager. So a body keeps a manager: nobody takes the role or the key from themselves, and of two who try to take it
from each other at once the second comes too late (the rows of a body's managers are locked in turn).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, null, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.actions import passwords
from app.actions.account_news import tell_news
from app.actions.audit_note import note_audit
from app.actions.brake import Sender, check_brake, count_failure, password_brake, release
from app.actions.passwords import check_password
from app.actions.second_factor import has_factor
from app.actions.sessions import NewSession, end_everywhere, end_sessions, open_session
from app.actions.steps import NewStep, new_step
from app.domain.account_news import News
from app.domain.errors import EmailTaken, LastManager, NeedsBody, NotPermitted, UnknownAccount
from app.domain.permissions import BODY_ROLES, Actor, Permission, Role, ensure
from app.models import Account, AccountLink, Body, StepPurpose
from app.queries.accounts import account_by_email, other_managers


@dataclass(frozen=True)
class Person:
    """Whoever gets an account."""

    email: str
    name: str
    roles: frozenset[Role]
    body_id: int | None
    language: str


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
    """A new account with a password. Raises EmailTaken, NeedsBody, WeakPassword, NotPermitted."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    check_password(password, email=email)
    who = Person(email, name, frozenset(roles), body_id, language)
    return add_account(session, by=by, who=who, password_hash=passwords.hashed(password), joined_at=now, now=now)


def add_account(
    session: Session, *, by: Actor, who: Person, password_hash: str, joined_at: datetime | None, now: datetime
) -> Account:
    """The row, with who made it; whoever calls has asked whether it may be made. Raises EmailTaken and NeedsBody."""
    if BODY_ROLES & who.roles and who.body_id is None:
        raise NeedsBody()
    if account_by_email(session, who.email):
        raise EmailTaken()
    account = Account(
        email=who.email.strip().lower(),
        name=who.name.strip(),
        roles=sorted(who.roles),
        body_id=who.body_id,
        language=who.language,
        password_hash=password_hash,
        created_at=now,
        invited_by=by.account_id,
        joined_at=joined_at or null(),  # else the column's default would say: now
    )
    session.add(account)
    flush_email(session)
    return account


def sign_in(
    session: Session, *, email: str, password: str, network: str, key: bytes, now: datetime, device: str = ""
) -> NewSession | NewStep | None:
    """A new session, or the second step where the account has a second factor.

    None for a wrong address or password: which of them, nobody learns, not even by the clock. `network`: where it comes
    from; `key` makes the hashes under which failures are counted. Raises TooManyTries.
    """
    sender = Sender(network, key, device)
    brake = password_brake(email, network, key)
    check_brake(session, brake, now)
    account = account_by_email(session, email)
    right = passwords.matches(account.password_hash if account else None, password)
    if account is None or not right or not account.active:
        count_failure(session, brake, now)
        return None
    release(session, brake)
    if passwords.is_outdated(account.password_hash):
        account.password_hash = passwords.hashed(password)
    if has_factor(session, account_id=account.id):
        return new_step(session, purpose=StepPurpose.SECOND, account_id=account.id, now=now)
    return open_session(session, account=account, sender=sender, now=now)


def confirm_password(session: Session, *, by: Actor, password: str, sender: Sender, now: datetime) -> Account | None:
    """The own account, locked, where `password` is its own; else None, and the failure counts. Raises TooManyTries.

    Asked for before an act by which a stolen session could be kept: another password, address or second factor.
    """
    account = locked(session, by.account_id)
    brake = password_brake(account.email, sender.network, sender.key)
    check_brake(session, brake, now)
    if not passwords.matches(account.password_hash, password):
        count_failure(session, brake, now)
        return None
    return account


def change_password(
    session: Session, *, by: Actor, current: str, new: str, sender: Sender, now: datetime
) -> NewSession | None:
    """End all sessions and the messages of other browsers, set the password, open a new session; None when `current`
    is wrong. Raises WeakPassword and TooManyTries.
    """
    account = confirm_password(session, by=by, password=current, sender=sender, now=now)
    if account is None:
        return None
    silenced = set_password(session, account=account, password=new, browser=sender.browser)
    tell_news(session, account, News.PASSWORD, now=now)
    return open_session(session, account=account, sender=sender, now=now, silenced=silenced)


def set_password(session: Session, *, account: Account, password: str, browser: bytes | None = None) -> bool:
    """Set the password of a locked account, end all its sessions and make every link of it void: whoever knew the old
    one may have asked for a letter to another address. Whether messages in browsers but `browser` ended. Raises
    WeakPassword.
    """
    check_password(password, email=account.email)
    account.password_hash = passwords.hashed(password)
    session.execute(delete(AccountLink).where(AccountLink.account_id == account.id))
    return end_everywhere(session, account_id=account.id, browser=browser)


def set_active(session: Session, *, by: Actor, account_id: int, active: bool, now: datetime) -> Account:
    """Disable an account, which ends its sessions and messages at once, or let it in again. Nobody disables
    themselves.
    """
    account = editable(session, by=by, account_id=account_id)
    if not active:
        _keep_a_manager(session, by, account)
        end_everywhere(session, account_id=account_id)
    if account.active != active:
        note_account(session, account, by=by, was={"signs_in": account.active}, is_now={"signs_in": active}, now=now)
    account.active = active
    return account


def set_role(session: Session, *, by: Actor, account_id: int, role: Role, now: datetime) -> Account:
    """Give an account another role, and that only; its sessions end, and its browsers are told what the new role may
    know. A manager gives the roles of the body.
    """
    account = editable(session, by=by, account_id=account_id)
    if role not in BODY_ROLES:
        ensure(by, Permission.ADMINISTER, anywhere=True)
    elif account.body_id is None:
        raise NeedsBody()
    if account.roles == [role]:
        return account
    if role is not Role.MANAGER:
        _keep_a_manager(session, by, account)
    note_account(session, account, by=by, was={"roles": account.roles}, is_now={"roles": [role.value]}, now=now)
    account.roles = [role]
    end_sessions(session, account_id=account_id)
    return account


def note_account(
    session: Session,
    account: Account,
    *,
    by: Actor,
    was: dict[str, Any] | None,
    is_now: dict[str, Any],
    now: datetime,
) -> None:
    """Write down who let whom in, as what: two people are asked for where one could make up the other."""
    session.flush()
    who = {"account_id": account.id, "body_id": account.body_id}
    before = None if was is None else who | was
    note_audit(session, by=by, noun="account", key=str(account.id), before=before, after=who | is_now, now=now)


def editable(session: Session, *, by: Actor, account_id: int) -> Account:
    """The locked account, where `by` may change it (see above). Raises UnknownAccount and NotPermitted."""
    account = locked(session, account_id)
    if not by.may(Permission.ADMINISTER, anywhere=True):
        if account.body_id is None or account.body_id != by.body_id:
            raise UnknownAccount()
        ensure(by, Permission.MANAGE, body_id=account.body_id)
        if set(account.roles) - BODY_ROLES:
            raise NotPermitted(permission=Permission.MANAGE.value)
    if by.account_id == account_id:
        raise NotPermitted(permission=Permission.MANAGE.value)
    return account


def flush_email(session: Session) -> None:
    """Two people may give the same address at once: the database lets one of them. Raises EmailTaken."""
    try:
        session.flush()
    except IntegrityError as clash:
        if "uq_account_email" in str(clash.orig):
            raise EmailTaken() from clash
        raise


def locked(session: Session, account_id: int | None) -> Account:
    """The account's row, until the end of the transaction. Raises UnknownAccount."""
    query = select(Account).where(Account.id == account_id).with_for_update().execution_options(populate_existing=True)
    account = session.scalar(query)
    if account is None:
        raise UnknownAccount()
    return account


def _keep_a_manager(session: Session, by: Actor, account: Account) -> None:
    """Raise LastManager where a manager would leave the body without one; an administrator may."""
    if by.may(Permission.ADMINISTER, anywhere=True) or Role.MANAGER not in account.roles:
        return
    session.execute(select(Body.id).where(Body.id == account.body_id).with_for_update())
    if not other_managers(session, account=account):
        raise LastManager()
