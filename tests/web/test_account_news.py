"""What a person does to the own account is written down, told to its owner, and holds no secret and no address."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.account_news import forget_letters
from app.actions.my_factors import drop_second_factor
from app.db import Databases
from app.domain.account_news import QUIET, News
from app.domain.permissions import Role
from app.gateways.mail import MailDelayed, MailRefused
from app.jobs.tell_account import tell_account
from app.models import Account, AccountLetter, AccountLink, AuditEntry, Passkey
from app.web.context import now
from app.web.labels_accounts import NEWS
from tests.jobs.kit import Outbox, jobs
from tests.web.account_links_kit import NEW, aigul, letters, link_in, post
from tests.web.authenticator import SoftPasskey
from tests.web.pages import PASSWORD, make_account, sign_in
from tests.web.second_factor_kit import passkey, registered

__all__ = ["aigul", "letters", "passkey", "registered"]

Told = Callable[..., Outbox]
OLD, OTHER = "aigul@example.kz", "new@example.kz"


@pytest.fixture
def told(database: Databases, settings, session: Session) -> Told:
    """What the worker sends about accounts, each letter twice over; `trouble` is raised by the mail server first."""

    def send(*trouble: Exception) -> Outbox:
        outbox = Outbox(troubles=list(trouble))
        worker = replace(jobs(database, mailer=outbox, now=now), secret=settings.secret_key.encode())
        session.rollback()
        for letter_id in session.scalars(select(AccountLetter.id).order_by(AccountLetter.id)).all() * 2:
            tell_account(worker, letter_id=letter_id)
        return outbox

    return send


def happened(session: Session) -> list[str]:
    session.rollback()
    lines = session.scalars(select(AuditEntry).where(AuditEntry.noun == "account").order_by(AuditEntry.id)).all()
    return [line.after["happened"] for line in lines if "happened" in line.after]


def ask(client: FlaskClient, email: str = OTHER) -> int:
    return post(client, "/account/email", "/account", email=email, password=PASSWORD).status_code


def add_app(client: FlaskClient) -> None:
    post(client, "/account/second-factor/app", "/account/second-factor", password=PASSWORD)
    page = client.get("/account/second-factor/app/code").text
    secret = page.split("typed-secret", 1)[1].split(">", 1)[1].split("<", 1)[0].replace(" ", "")
    code = pyotp.TOTP(secret).now()
    assert (
        post(client, "/account/second-factor/app/code", "/account/second-factor/app/code", code=code).status_code < 400
    )


def test_each_change_of_the_own_account_is_a_line_and_what_helps_a_thief_a_letter(
    client: FlaskClient, app: Flask, session: Session, aigul: Account, told: Told
) -> None:
    sign_in(client)
    sign_in(app.test_client())
    post(client, "/account/sessions/end", "/account")
    post(client, "/account/password", "/account", current=PASSWORD, new=NEW)
    post(client, "/account/password", "/account", current=NEW, new=PASSWORD)
    add_app(client)
    post(client, "/account/second-factor/codes", "/account/second-factor", password=PASSWORD)
    post(client, "/account/second-factor/app/remove", "/account/second-factor", password=PASSWORD)
    assert happened(session) == ["sessions_ended", "password", "password", "app_on", "codes", "app_off"]
    sent = told().sent
    assert ([mail.to for mail in sent], len({mail.key for mail in sent})) == ([OLD] * 5, 5)
    assert all("/forgot" in mail.text and "/forgot" in mail.html for mail in sent)


def test_a_passkey_is_told_when_it_comes_and_when_it_goes(
    client: FlaskClient, session: Session, registered: SoftPasskey, told: Told
) -> None:
    kept = session.scalars(select(Passkey.id)).one()
    for _ in range(2):  # one that is gone already goes no second time
        post(client, f"/account/passkeys/{kept}/remove", "/account/second-factor", password=PASSWORD)
    assert happened(session) == ["passkey_on", "passkey_off"]
    assert [mail.to for mail in told().sent] == [OLD] * 2


def test_help_of_an_administrator_is_told_to_whoever_was_helped(
    client: FlaskClient, session: Session, aigul: Account, told: Told
) -> None:
    admin = make_account(session, Role.ADMINISTRATOR, email="admin@example.kz")
    drop_second_factor(session, by=admin.actor, account_id=aigul.id, now=now())
    session.commit()
    assert [mail.to for mail in told().sent] == [OLD]
    sign_in(client)
    shown = client.get("/en/account").text
    assert ("The second factor was taken away" in shown, admin.name in shown) == (True, True)


def test_a_reset_by_mail_is_told_too(
    client: FlaskClient, letters, session: Session, aigul: Account, told: Told
) -> None:
    post(client, "/forgot", email=OLD)
    link = link_in(letters())
    assert post(client, link, link, new=NEW).status_code == 200
    assert (happened(session), [mail.to for mail in told().sent]) == (["password_reset"], [OLD])


def test_another_address_is_told_to_the_old_one_before_and_after(
    client: FlaskClient, letters, session: Session, aigul: Account, told: Told
) -> None:
    sign_in(client)
    assert ask(client) == 303
    link = link_in(letters())
    before = told().sent
    assert ([mail.to for mail in before], "/forgot" in before[0].text) == ([OLD], True)
    assert all(OTHER not in part for part in (before[0].text, before[0].html, before[0].subject))
    post(client, link, link)
    (after,) = told().sent
    assert (after.to, "/forgot" in after.text) == (OLD, False)  # it opens nothing any more
    assert happened(session) == ["email_asked", "email"]


def test_a_taken_address_gets_the_same_answer_and_no_letter(
    client: FlaskClient, letters, session: Session, aigul: Account
) -> None:
    make_account(session, Role.MODERATOR, email="b@example.kz")
    sign_in(client)
    answers = []
    for email in ("b@example.kz", OTHER):
        assert ask(client, email) == 303
        answers.append("Жаңа мекенжайға хат жібердік" in client.get("/account").text)
    assert answers == [True, True]
    assert [mail.to for mail in letters().sent] == [OTHER]


def test_letters_to_new_addresses_are_few(client: FlaskClient, app: Flask, session: Session, aigul: Account) -> None:
    """By one account to many addresses, and by many accounts to one."""
    sign_in(client)
    assert [ask(client, f"new{n}@example.kz") for n in range(6)] == [303] * 5 + [429]
    codes = []
    for n in range(6):
        make_account(session, Role.MODERATOR, email=f"c{n}@example.kz")
        theirs = app.test_client()
        sign_in(theirs, f"c{n}@example.kz")
        codes.append(ask(theirs))
    assert codes == [303] * 5 + [429]


def test_nothing_secret_and_no_address_stands_in_the_audit(
    client: FlaskClient, letters, session: Session, aigul: Account
) -> None:
    sign_in(client)
    ask(client)
    post(client, "/account/password", "/account", current=PASSWORD, new=NEW)
    session.rollback()
    for line in session.scalars(select(AuditEntry)):
        assert set(line.after) == {"account_id", "body_id", "happened"}
        assert not any(word in json.dumps([line.before, line.after]) for word in ("@", PASSWORD, NEW, "argon2"))


def test_a_wrong_password_is_no_change(client: FlaskClient, session: Session, aigul: Account, told: Told) -> None:
    sign_in(client)
    post(client, "/account/password", "/account", current="wrong", new=NEW)
    post(client, "/account/second-factor/app/remove", "/account/second-factor", password="wrong")
    assert (happened(session), told().sent) == ([], [])


def test_the_owner_sees_the_last_lines_and_nobody_else_s(
    client: FlaskClient, app: Flask, session: Session, aigul: Account
) -> None:
    sign_in(client)
    for _ in range(22):
        post(client, "/account/sessions/end", "/account")
    post(client, "/account/password", "/account", current=PASSWORD, new=NEW)
    shown = client.get("/en/account").text
    assert (shown.count("All other sessions were ended"), shown.count("The password was changed")) == (19, 1)
    make_account(session, Role.MODERATOR, email="b@example.kz")
    other = app.test_client()
    sign_in(other, "b@example.kz")
    assert "Nothing was changed so far" in other.get("/en/account").text


def test_administrators_and_auditors_read_it_and_auditors_undo_nothing(
    client: FlaskClient, app: Flask, session: Session, aigul: Account
) -> None:
    sign_in(client)
    post(client, "/account/password", "/account", current=PASSWORD, new=NEW)
    for role, email in ((Role.ADMINISTRATOR, "admin@example.kz"), (Role.AUDITOR, "auditor@example.kz")):
        make_account(session, role, email=email)
        theirs = app.test_client()
        sign_in(theirs, email)
        shown = theirs.get("/en/admin/history?noun=account").text
        assert ("The password was changed" in shown, aigul.name in shown, "/undo" in shown) == (True, True, False)
    assert 'href="/en/admin/types"' not in shown
    assert 'href="/en/admin/history"' in theirs.get("/en/account").text
    assert theirs.get("/account/start").location == "/staff/"


def test_a_letter_waits_for_a_mail_server_and_is_given_up_where_it_is_refused(
    client: FlaskClient, session: Session, aigul: Account, told: Told
) -> None:
    sign_in(client)
    post(client, "/account/password", "/account", current=PASSWORD, new=NEW)
    with pytest.raises(MailDelayed):
        told(MailDelayed("later"))
    assert told(MailRefused("no such mailbox")).sent == []
    assert told().sent == []
    session.execute(update(AccountLetter).values(at=now() - timedelta(days=31)))
    forget_letters(session, now=now())
    assert session.scalars(select(AccountLetter)).all() == []
    assert session.scalars(select(AccountLink)).all() == []


def test_each_kind_has_its_words() -> None:
    assert set(NEWS) == set(News)
    assert set(News) > QUIET
