"""Invitations, forgotten passwords, new addresses: nobody learns who has an account, and a link works once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.actions.brake import LETTERS
from app.db import Databases
from app.domain.permissions import Role
from app.gateways.mail import MailDelayed, MailRefused
from app.jobs.send_link import send_link
from app.models import Account, AccountLink, AuditEntry, StaffSession
from app.web.context import now
from tests.jobs.kit import Outbox, add_body, jobs
from tests.web.pages import PASSWORD, make_account, sign_in, token
from tests.web.second_factor_kit import set_up

NEW = "four other words here"


@pytest.fixture
def aigul(session: Session) -> Account:
    return make_account(session, Role.MODERATOR)


def post(client: FlaskClient, address: str, page: str = "/forgot", **data: str) -> TestResponse:
    return client.post(address, data=data | {"csrf_token": token(client, page)})


Letters = Callable[..., Outbox]


@pytest.fixture
def letters(database: Databases, settings, session: Session) -> Letters:
    """What the worker sends of all links; `trouble` is raised by the mail server first."""

    def send(*trouble: Exception) -> Outbox:
        outbox = Outbox(troubles=list(trouble))
        worker = replace(jobs(database, mailer=outbox, now=now), secret=settings.secret_key.encode())
        session.rollback()
        for link_id in session.scalars(select(AccountLink.id).order_by(AccountLink.id)).all():
            send_link(worker, link_id=link_id)
        return outbox

    return send


def link_in(outbox: Outbox) -> str:
    found = re.search(r"https://qauip\.example(/\S+)", outbox.sent[-1].text)
    assert found
    assert found[1] in outbox.sent[-1].html
    return found[1]


def test_known_and_unknown_addresses_get_the_same_answer(client: FlaskClient, session: Session, aigul: Account) -> None:
    known = post(client, "/forgot", email="aigul@example.kz")
    unknown = post(client, "/forgot", email="nobody@example.kz")
    assert known.status_code == unknown.status_code == 200
    assert known.get_data(as_text=True) == unknown.get_data(as_text=True).replace("nobody@", "aigul@")
    queued = session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_link'"))
    assert queued == 2  # the same work is done for both


def test_only_the_known_one_is_written_to(
    client: FlaskClient, letters: Letters, session: Session, aigul: Account
) -> None:
    post(client, "/forgot", email="Aigul@Example.kz ")
    post(client, "/forgot", email="nobody@example.kz")
    outbox = letters()
    assert [mail.to for mail in outbox.sent] == ["aigul@example.kz"]


@pytest.mark.parametrize(("prefix", "words"), [("", "Құпиясөз"), ("/ru", "пароль"), ("/en", "password")])
def test_the_letter_speaks_the_language_of_the_page(
    client: FlaskClient, letters: Letters, aigul: Account, prefix: str, words: str
) -> None:
    post(client, f"{prefix}/forgot", email="aigul@example.kz")
    mail = letters().sent[0]
    assert words.lower() in mail.text.lower()
    assert f"https://qauip.example{prefix}/reset/" in mail.text


def test_a_reset_works_once_and_ends_all_sessions_and_keeps_the_second_factor(
    client: FlaskClient, app: Flask, letters: Letters, session: Session, aigul: Account
) -> None:
    set_up(client)
    stranger = app.test_client()
    post(stranger, "/forgot", email="aigul@example.kz")
    link = link_in(letters())
    assert stranger.get(link).status_code == 200
    assert stranger.get(link).status_code == 200  # opening it does nothing: mail programs open links
    assert post(stranger, link, link, new="short").status_code == 400
    assert post(stranger, link, link, new=NEW).status_code == 200
    assert client.get("/account").status_code == 302
    assert stranger.get(link).status_code == 404
    assert post(stranger, link, new=NEW + " again").status_code == 404
    assert sign_in(stranger, password=PASSWORD).status_code == 401
    assert "/sign-in/second" in sign_in(stranger, password=NEW).headers["Location"]


def test_a_reset_is_over_after_half_an_hour(
    client: FlaskClient, letters: Letters, session: Session, aigul: Account
) -> None:
    post(client, "/forgot", email="aigul@example.kz")
    link = link_in(letters())
    lasts = session.scalars(select(AccountLink.expires_at - AccountLink.created_at)).one()
    assert lasts == timedelta(minutes=30)
    session.execute(update(AccountLink).values(expires_at=now()))
    session.commit()
    assert client.get(link).status_code == 404


def test_the_second_letter_voids_the_first(
    client: FlaskClient, letters: Letters, session: Session, aigul: Account
) -> None:
    post(client, "/forgot", email="aigul@example.kz")
    first = link_in(letters())
    post(client, "/forgot", email="aigul@example.kz")
    assert client.get(first).status_code == 404
    assert client.get(link_in(letters())).status_code == 200


def test_nobody_floods_a_mailbox(client: FlaskClient, aigul: Account) -> None:
    for email in ("aigul@example.kz", "nobody@example.kz"):
        answers = [post(client, "/forgot", email=email).status_code for _ in range(LETTERS + 1)]
        assert answers == [200] * LETTERS + [429], email


def test_the_database_keeps_no_token(client: FlaskClient, letters: Letters, session: Session, aigul: Account) -> None:
    post(client, "/forgot", email="aigul@example.kz")
    link = link_in(letters()).rsplit("/", 1)[1]
    kept = session.execute(select(AccountLink.seed, AccountLink.token_hash)).one()
    assert len(link) == 43
    assert not any(link.encode() in value for value in kept)


def test_a_letter_is_sent_once_and_again_the_same_after_a_delay(
    client: FlaskClient, letters: Letters, session: Session, aigul: Account
) -> None:
    post(client, "/forgot", email="aigul@example.kz")
    with pytest.raises(MailDelayed):
        letters(MailDelayed("later"))
    outbox = letters()
    assert len(outbox.sent) == 1
    assert letters().sent == []


# Invitations


@pytest.fixture
def bodies(session: Session) -> tuple[int, int]:
    return add_body(session), add_body(session)


@pytest.fixture
def manager(client: FlaskClient, session: Session, bodies: tuple[int, int]) -> FlaskClient:
    make_account(session, Role.MANAGER, email="boss@example.kz", body_id=bodies[0])
    sign_in(client, "boss@example.kz")
    return client


PAGE = "/staff/colleagues/"


def invite(manager: FlaskClient, **more: str) -> TestResponse:
    return post(manager, PAGE, PAGE, **{"name": "Айдос", "email": "aidos@example.kz", "role": "crew"} | more)


def account(session: Session, email: str = "aidos@example.kz") -> Account:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Account).where(Account.email == email)).one()


def test_a_colleague_chooses_the_password_and_is_in(
    manager: FlaskClient, app: Flask, letters: Letters, session: Session, bodies: tuple[int, int]
) -> None:
    assert invite(manager).status_code == 303
    made = account(session)
    assert (made.body_id, made.roles, made.joined_at) == (bodies[0], ["crew"], None)
    assert session.scalars(select(AccountLink.expires_at - AccountLink.created_at)).one() == timedelta(days=7)
    link = link_in(letters())
    theirs = app.test_client()
    assert post(theirs, link, link, new=NEW).headers["Location"] == "/account/start"
    assert theirs.get("/account").status_code == 200
    assert account(session).joined_at is not None
    assert theirs.get(link).status_code == 404


@pytest.mark.parametrize("role", ["moderator", "administrator", "coordinator", "operator", "auditor", "king", ""])
def test_a_manager_gives_no_role_beyond_the_body(manager: FlaskClient, session: Session, role: str) -> None:
    assert invite(manager, role=role).status_code == 422
    assert session.scalar(select(func.count()).select_from(Account)) == 1


def test_an_invitation_is_taken_back_and_sent_again(
    manager: FlaskClient, app: Flask, letters: Letters, session: Session
) -> None:
    invite(manager)
    first = link_in(letters())
    made = account(session)
    post(manager, f"{PAGE}{made.id}/revoke", PAGE)
    assert app.test_client().get(first).status_code == 404
    post(manager, f"{PAGE}{made.id}/invite", PAGE)
    assert app.test_client().get(first).status_code == 404
    assert app.test_client().get(link_in(letters())).status_code == 200


def test_a_letter_that_is_refused_is_told_to_the_manager(
    manager: FlaskClient, letters: Letters, session: Session
) -> None:
    invite(manager)
    letters(MailRefused("no such mailbox"))
    page = manager.get("/en" + PAGE).get_data(as_text=True)
    assert "could not be delivered" in page


def test_another_body_s_people_do_not_exist(manager: FlaskClient, session: Session, bodies: tuple[int, int]) -> None:
    foreign = make_account(session, Role.DISPATCHER, email="far@example.kz", body_id=bodies[1])
    assert "far@example.kz" not in manager.get(PAGE).get_data(as_text=True)
    for path, form in (("disable", {}), ("role", {"role": "crew"}), ("invite", {}), ("revoke", {})):
        assert post(manager, f"{PAGE}{foreign.id}/{path}", PAGE, **form).status_code == 404, path
        assert post(manager, f"{PAGE}999999/{path}", PAGE, **form).status_code == 404, path
    assert account(session, "far@example.kz").active


def test_who_is_also_a_moderator_is_the_administrator_s(
    manager: FlaskClient, session: Session, bodies: tuple[int, int]
) -> None:
    both = make_account(session, Role.CREW, Role.MODERATOR, email="both@example.kz", body_id=bodies[0])
    assert "both@example.kz" in manager.get(PAGE).get_data(as_text=True)
    post(manager, f"{PAGE}{both.id}/disable", PAGE)
    post(manager, f"{PAGE}{both.id}/role", PAGE, role="crew")
    found = account(session, "both@example.kz")
    assert (found.active, found.roles) == (True, ["crew", "moderator"])


def test_nobody_takes_the_key_or_the_role_from_themselves(manager: FlaskClient, session: Session) -> None:
    me = account(session, "boss@example.kz")
    post(manager, f"{PAGE}{me.id}/disable", PAGE)
    post(manager, f"{PAGE}{me.id}/role", PAGE, role="crew")
    found = account(session, "boss@example.kz")
    assert (found.active, found.roles) == (True, ["manager"])


@pytest.mark.parametrize(("path", "form"), [("disable", {}), ("role", {"role": "dispatcher"})])
def test_a_colleague_is_out_at_once(
    manager: FlaskClient, session: Session, bodies: tuple[int, int], path: str, form: dict[str, str]
) -> None:
    made = make_account(session, Role.CREW, email="aidos@example.kz", body_id=bodies[0])
    theirs = manager.application.test_client()
    sign_in(theirs, "aidos@example.kz")
    assert post(manager, f"{PAGE}{made.id}/{path}", PAGE, **form).status_code == 303
    assert theirs.get("/account").status_code == 302


def test_who_let_whom_in_as_what_is_written_down(
    manager: FlaskClient, session: Session, bodies: tuple[int, int]
) -> None:
    """Two people are asked for where somebody could make up the second one."""
    boss = account(session, "boss@example.kz").id
    post(manager, PAGE, PAGE, name="Aidos", email="aidos@example.kz", role="crew")
    made = account(session, "aidos@example.kz").id
    post(manager, f"{PAGE}{made}/role", PAGE, role="dispatcher")
    post(manager, f"{PAGE}{made}/disable", PAGE)
    post(manager, f"{PAGE}{made}/disable", PAGE)
    session.rollback()
    lines = session.scalars(select(AuditEntry).where(AuditEntry.noun == "account").order_by(AuditEntry.id)).all()
    who = {"account_id": made, "body_id": bodies[0]}
    assert {(line.by_account, line.key) for line in lines} == {(boss, str(made))}
    assert [(line.before, line.after) for line in lines] == [
        (None, who | {"roles": ["crew"]}),
        (who | {"roles": ["crew"]}, who | {"roles": ["dispatcher"]}),
        (who | {"signs_in": True}, who | {"signs_in": False}),
    ]
    admin = manager.application.test_client()
    make_account(session, Role.ADMINISTRATOR, email="admin@example.kz")
    sign_in(admin, "admin@example.kz")
    shown = admin.get("/en/admin/history").get_data(as_text=True)
    assert all(word in shown for word in ("Account of a person", "Aidos", "Dispatcher", "May sign in"))


# A new address


def test_a_new_address_is_proved_before_it_is_taken(
    client: FlaskClient, app: Flask, letters: Letters, session: Session, aigul: Account
) -> None:
    sign_in(client)
    wrong = post(client, "/account/email", "/account", email="new@example.kz", password="wrong")
    assert wrong.status_code == 400
    assert post(client, "/account/email", "/account", email="new@example.kz", password=PASSWORD).status_code == 303
    outbox = letters()
    assert [mail.to for mail in outbox.sent] == ["new@example.kz"]
    assert sign_in(app.test_client()).status_code == 303
    link = link_in(outbox)
    stranger = app.test_client()
    stranger.get(link)
    assert account(session, "aigul@example.kz").id == aigul.id
    assert post(stranger, link, link).status_code == 200
    assert account(session, "new@example.kz").id == aigul.id
    assert session.scalar(select(func.count()).select_from(StaffSession)) == 0
    assert sign_in(app.test_client(), "new@example.kz").status_code == 303


@pytest.mark.parametrize("way", ["change", "reset"])
def test_a_new_password_voids_the_letter_to_another_address(
    client: FlaskClient, app: Flask, letters: Letters, aigul: Account, way: str
) -> None:
    """Whoever knew the old password may have asked for it, to take the account over later."""
    sign_in(client)
    post(client, "/account/email", "/account", email="thief@example.kz", password=PASSWORD)
    thief = link_in(letters())
    if way == "change":
        post(client, "/account/password", "/account", current=PASSWORD, new=NEW)
    else:
        post(client, "/forgot", email="aigul@example.kz")
        link = link_in(letters())
        assert post(client, link, link, new=NEW).status_code == 200
    assert sign_in(app.test_client(), password=NEW).status_code == 303
    assert app.test_client().get(thief).status_code == 404
