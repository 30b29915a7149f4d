"""Colleagues let in and out by the manager of their body, in no role beyond it and of no other body."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.permissions import Role
from app.gateways.mail import MailRefused
from app.models import Account, AccountLink, AuditEntry, Body
from tests.jobs.kit import add_body
from tests.web.account_links_kit import NEW, Letters, account, letters, link_in, post
from tests.web.pages import make_account, sign_in

__all__ = ["letters"]


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


def test_a_colleague_chooses_the_password_and_is_in(
    manager: FlaskClient, app: Flask, letters: Letters, session: Session, bodies: tuple[int, int]
) -> None:
    assert invite(manager).status_code == 303
    made = account(session)
    assert (made.body_id, made.roles, made.joined_at) == (bodies[0], ["crew"], None)
    assert session.scalars(select(AccountLink.expires_at - AccountLink.created_at)).one() == timedelta(days=7)
    link = link_in(letters())
    theirs = app.test_client()
    assert post(theirs, link, link, new=NEW).headers["Location"] == "/ru/account/start"  # the body's language
    assert theirs.get("/account").status_code == 200
    assert account(session).joined_at is not None
    assert theirs.get(link).status_code == 404


@pytest.mark.parametrize("choice", [("", "ru"), ("kk", "kk"), ("en", "en")])
def test_an_invitation_speaks_the_body_s_language_or_the_chosen_one_not_the_page_s(
    manager: FlaskClient, letters: Letters, session: Session, bodies: tuple[int, int], choice: tuple[str, str]
) -> None:
    chosen, language = choice
    session.execute(update(Body).where(Body.id == bodies[0]).values(language="ru"))
    session.commit()
    post(manager, f"/en{PAGE}", f"/en{PAGE}", name="Айдос", email="aidos@example.kz", role="crew", language=chosen)
    assert account(session).language == language
    (mail,) = letters().sent
    assert mail.language == language
    made = account(session)
    post(manager, f"/en{PAGE}{made.id}/invite", f"/en{PAGE}")
    assert letters().sent[-1].language == language


def test_a_person_chooses_the_language_of_all_letters(manager: FlaskClient, letters: Letters, session: Session) -> None:
    for language in ("ru", "kk", "en"):
        answer = post(manager, "/account/language", "/account", language=language)
        assert answer.status_code == 303
        assert f'<option selected value="{language}">' in manager.get("/account").get_data(as_text=True)
        assert account(session, "boss@example.kz").language == language
        post(manager, "/ru/forgot", "/ru/forgot", email="boss@example.kz")
        assert letters().sent[-1].language == language
    assert post(manager, "/account/language", "/account", language="xx").status_code == 400


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
