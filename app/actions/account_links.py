"""Links by mail: an invitation, a forgotten password, a new address (`models/account_link.py`). Each works once.

Numbers: an invitation lasts a week, a reset half an hour (OWASP's cheat sheet: as short as the mail allows), a new
address a day. A token is 256 bits; the database keeps its hash and the seed that makes it again with the server's
key. A reset ends all sessions and the messages of all browsers, and does not switch off the second factor: whoever
reads somebody's mail has one factor.

Decision: the same statements run for an address that has no account as for one that has: a row, and a job that finds
nobody to write to. Turned down: answering first and looking the address up in the job, which would put the address into
the queue.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.actions import passwords
from app.actions.account_news import tell_news
from app.actions.accounts import Person, add_account, editable, flush_email, locked, note_account, set_password
from app.actions.brake import Sender, check_brake, count_failure, letter_brake, new_email_brake
from app.actions.sessions import NewSession, end_everywhere, open_session
from app.actions.steps import lock_account
from app.domain.account_news import News
from app.domain.errors import AlreadyJoined, BadLink
from app.domain.permissions import BODY_ROLES, Actor, Permission, Role, ensure
from app.models import Account, AccountLink, Body, LinkPurpose
from app.outbox import JobName, enqueue
from app.queries.accounts import account_by_email, token_hash

LASTS = {
    LinkPurpose.INVITE: timedelta(days=7),
    LinkPurpose.RESET: timedelta(minutes=30),
    LinkPurpose.EMAIL: timedelta(days=1),
}


@dataclass(frozen=True)
class Letters:
    """What a link needs beside the account: the server's secret, of which its token is made, and a language."""

    secret: bytes = field(repr=False)
    language: str


def link_token(seed: bytes, secret: bytes) -> str:
    """The token in the link: 256 bits, the same each time."""
    key = hmac.digest(secret, b"account link", "sha256")
    return base64.urlsafe_b64encode(hmac.digest(key, seed, "sha256")).rstrip(b"=").decode()


def invite(
    session: Session,
    *,
    by: Actor,
    email: str,
    name: str,
    role: Role,
    body_id: int | None,
    letters: Letters,
    now: datetime,
    language: str = "",
) -> Account:
    """An account that nobody can sign in to until its owner has chosen a password by the link in their letter.

    `language`: of the account and its letters; "": the body's, or where there is none the page's. A manager invites to
    the own body, for its roles. Raises EmailTaken, NeedsBody, NotPermitted.
    """
    if role in BODY_ROLES and by.may(Permission.MANAGE, body_id=body_id):
        ensure(by, Permission.MANAGE, body_id=body_id)
    else:
        ensure(by, Permission.ADMINISTER, anywhere=True)
    body = session.get(Body, body_id) if body_id else None
    letters = replace(letters, language=language or (body.language if body else letters.language))
    who = Person(email, name, frozenset({role}), body_id, letters.language)
    account = add_account(session, by=by, who=who, password_hash=passwords.no_password(), joined_at=None, now=now)
    note_account(session, account, by=by, was=None, is_now={"roles": [role.value]}, now=now)
    _write(session, account_id=account.id, purpose=LinkPurpose.INVITE, letters=letters, now=now)
    return account


def invite_again(session: Session, *, by: Actor, account_id: int, letters: Letters, now: datetime) -> Account:
    """One more letter, in the account's language; the link of the one before is void. Raises AlreadyJoined."""
    account = _invited(session, by, account_id)
    account.active = True
    letters = replace(letters, language=account.language)
    _write(session, account_id=account.id, purpose=LinkPurpose.INVITE, letters=letters, now=now)
    return account


def revoke_invitation(session: Session, *, by: Actor, account_id: int) -> Account:
    """Make the link void; the account stays, disabled, and can be invited again. Raises AlreadyJoined."""
    account = _invited(session, by, account_id)
    account.active = False
    _forget(session, account_id, LinkPurpose.INVITE)
    return account


def join(session: Session, *, token: str, password: str, sender: Sender, now: datetime) -> NewSession:
    """Choose the first password, and be signed in. Raises BadLink and WeakPassword."""
    _, account = opened_link(session, token=token, purpose=LinkPurpose.INVITE, now=now)
    set_password(session, account=account, password=password)
    account.joined_at = now
    return open_session(session, account=account, sender=sender, now=now)


def ask_reset(session: Session, *, email: str, letters: Letters, sender: Sender, now: datetime) -> None:
    """A letter to whoever forgot the password, where the address has an account; nobody learns whether. Raises

    TooManyTries: each letter counts, for one address and network, and for the address.
    """
    brake = letter_brake(email, sender)
    check_brake(session, brake, now)
    count_failure(session, brake, now)
    mine = select(Account.id, Account.language).where(Account.email == email.strip().lower())
    found = session.execute(mine.where(Account.active, Account.joined_at.is_not(None))).first()
    account_id, language = found or (None, letters.language)
    _write(
        session,
        account_id=account_id,
        purpose=LinkPurpose.RESET,
        letters=replace(letters, language=language),
        now=now,
    )


def reset_password(session: Session, *, token: str, password: str, now: datetime) -> None:
    """Set the password; all sessions and messages end, the second factor stays. Raises BadLink and WeakPassword."""
    _, account = opened_link(session, token=token, purpose=LinkPurpose.RESET, now=now)
    set_password(session, account=account, password=password)
    tell_news(session, account, News.PASSWORD_RESET, now=now)


def ask_new_email(
    session: Session, *, account: Account, email: str, letters: Letters, sender: Sender, now: datetime
) -> None:
    """A letter to the new address; the account keeps the old one, which is warned, until its link is opened.

    `account`: the own one, whose password was asked for just before. Where another account has the address, nobody is
    written to there, and nobody learns it: a colleague's session is no way to ask who works here. Raises TooManyTries:
    each letter counts, for the account and for the new address.
    """
    for brake in (new_email_brake(str(account.id), sender), new_email_brake(email, sender)):
        check_brake(session, brake, now)
        count_failure(session, brake, now)
    free = account_by_email(session, email) is None
    _write(
        session,
        account_id=account.id if free else None,
        purpose=LinkPurpose.EMAIL,
        letters=replace(letters, language=account.language),
        now=now,
        email=email.strip().lower(),
    )
    tell_news(session, account, News.EMAIL_ASKED, now=now)


def take_new_email(session: Session, *, token: str, now: datetime) -> None:
    """Sign in with the new address from now on; all sessions and messages end. Raises BadLink and EmailTaken."""
    link, account = opened_link(session, token=token, purpose=LinkPurpose.EMAIL, now=now)
    old = account.email
    account.email = link.email or account.email
    flush_email(session)
    tell_news(session, account, News.EMAIL, now=now, old_email=old)
    end_everywhere(session, account_id=account.id)
    for purpose in LinkPurpose:
        _forget(session, account.id, purpose)


def opened_link(session: Session, *, token: str, purpose: LinkPurpose, now: datetime) -> tuple[AccountLink, Account]:
    """A link that still works, and its account, both locked: the account first, as everywhere. Raises BadLink."""
    that = (
        AccountLink.token_hash == token_hash(token),
        AccountLink.purpose == purpose.value,
        AccountLink.expires_at > now,
    )
    account_id = session.scalar(select(AccountLink.account_id).where(*that))
    if account_id is None:
        raise BadLink()
    account = locked(session, account_id)
    link = session.scalar(select(AccountLink).where(*that).with_for_update())
    if link is None or not account.active:
        raise BadLink()
    return link, account


def mark_link(session: Session, *, link_id: int, now: datetime, refused: bool = False) -> None:
    """Keep what became of the letter."""
    done = {"refused_at": now} if refused else {"sent_at": now}
    session.execute(update(AccountLink).where(AccountLink.id == link_id).values(**done))


def forget_links(session: Session, *, now: datetime) -> None:
    """Delete those that are over."""
    session.execute(delete(AccountLink).where(AccountLink.expires_at < now))


def _invited(session: Session, by: Actor, account_id: int) -> Account:
    account = editable(session, by=by, account_id=account_id)
    if account.joined_at is not None:
        raise AlreadyJoined()
    return account


def _write(
    session: Session,
    *,
    account_id: int | None,
    purpose: LinkPurpose,
    letters: Letters,
    now: datetime,
    email: str | None = None,
) -> None:
    lock_account(session, account_id)
    _forget(session, account_id, purpose)
    seed = secrets.token_bytes(32)
    link = AccountLink(
        account_id=account_id,
        purpose=purpose,
        language=letters.language,
        seed=seed,
        token_hash=token_hash(link_token(seed, letters.secret)),
        email=email,
        created_at=now,
        expires_at=now + LASTS[purpose],
    )
    session.add(link)
    session.flush()
    enqueue(session, JobName.SEND_LINK, link_id=link.id)


def _forget(session: Session, account_id: int | None, purpose: LinkPurpose) -> None:
    session.execute(
        delete(AccountLink).where(AccountLink.account_id == account_id, AccountLink.purpose == purpose.value)
    )
