"""Links by mail to a new password or address: single, short-lived, kept as hashes; addresses stay secret."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.actions.brake import LETTERS
from app.gateways.mail import MailDelayed
from app.models import Account, AccountLink, StaffSession
from app.web.context import now
from tests.web.account_links_kit import NEW, Letters, account, aigul, letters, link_in, post
from tests.web.pages import PASSWORD, sign_in
from tests.web.second_factor_kit import set_up

__all__ = ["aigul", "letters"]


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


@pytest.mark.parametrize("spoken", [("", "Құпиясөз"), ("/ru", "пароль"), ("/en", "password")])
def test_the_letter_speaks_the_language_of_the_account_on_whatever_page_it_was_asked_for(
    client: FlaskClient, letters: Letters, session: Session, aigul: Account, spoken: tuple[str, str]
) -> None:
    prefix, words = spoken
    aigul.language = prefix.strip("/") or "kk"
    session.commit()
    post(client, "/en/forgot", email="aigul@example.kz")
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
