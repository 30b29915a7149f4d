"""Whoever ends a session on purpose has perhaps lost the device: nothing more is told there, and the page says so."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.accounts import set_active, set_role
from app.actions.my_factors import drop_second_factor
from app.actions.purge import purge
from app.domain.permissions import SYSTEM, Role
from app.models import Account, StaffPush, StaffSession
from app.web.context import now
from tests.web.account_links_kit import NEW, Letters, letters, link_in
from tests.web.pages import PASSWORD, make_account, sign_in, token
from tests.web.second_factor_kit import FACTOR, aigul, opens, other, post, set_up

__all__ = ["aigul", "letters", "other"]
BROWSER = "/account/notifications/browser"
HERE, LOST = (f"https://fcm.googleapis.com/fcm/send/{name}" for name in ("here", "lost"))
SAID = "Басқа браузерлеріңізге де хабар енді келмейді."


def allow(client: FlaskClient, endpoint: str) -> None:
    sent = {"subscription": {"endpoint": endpoint, "keys": {"p256dh": "B" * 87, "auth": "a" * 22}}}
    headers = {"X-CSRFToken": token(client, "/account/notifications"), "Sec-Fetch-Site": "same-origin"}
    assert client.post(BROWSER, json=sent, headers=headers).status_code == 200


def told(session: Session, email: str = "aigul@example.kz") -> int:
    session.rollback()
    mine = select(StaffPush.id).join(Account, Account.id == StaffPush.account_id).where(Account.email == email)
    return len(session.scalars(mine).all())


@pytest.fixture
def two(client: FlaskClient, other: FlaskClient, app: Flask, session: Session, aigul: Account) -> Account:
    """Told here and on a device that is lost, as somebody else is on theirs."""
    make_account(session, Role.MODERATOR, email="b@example.kz")
    theirs = app.test_client()
    sign_in(theirs, "b@example.kz")
    allow(theirs, HERE + "-b")
    for browser, endpoint in ((other, LOST), (client, HERE)):
        sign_in(browser)
        allow(browser, endpoint)
    return aigul


def end_one(client: FlaskClient, **named: str) -> None:
    [address] = re.findall(r'action="(/account/sessions/[0-9a-f]{16}/end)"', client.get("/account").text)
    assert post(client, address, "/account", **named).status_code == 303


def end_all(client: FlaskClient, **named: str) -> None:
    assert post(client, "/account/sessions/end", "/account", **named).status_code == 302


def change_password(client: FlaskClient, **named: str) -> None:
    assert post(client, "/account/password", "/account", current=PASSWORD, new=NEW, **named).status_code == 303


def new_codes(client: FlaskClient, **named: str) -> None:
    set_up(client)
    for endpoint in (LOST, HERE):
        allow(client, endpoint)
    assert post(client, f"{FACTOR}/codes", FACTOR, password=PASSWORD, **named).status_code == 200


@pytest.mark.parametrize("act", [end_one, end_all, change_password, new_codes])
@pytest.mark.parametrize("left", [1, 0])
def test_what_ends_other_sessions_ends_the_messages_everywhere_but_here(
    client: FlaskClient, session: Session, two: Account, act: Callable[..., None], left: int
) -> None:
    """Where the page's script names this browser, and where it does not."""
    act(client, **({"endpoint": HERE} if left else {}))
    assert (told(session), told(session, "b@example.kz")) == (left, 1)
    assert SAID in client.get("/account").text
    post(client, "/sign-out", "/account", endpoint=HERE)
    assert told(session) == 0, "what was left is this browser"


def test_nothing_is_said_where_no_other_browser_was_told(client: FlaskClient, session: Session, aigul: Account) -> None:
    sign_in(client)
    allow(client, HERE)
    change_password(client, endpoint=HERE)
    assert SAID not in client.get("/account").text
    assert told(session) == 1


def test_a_wrong_password_and_a_strange_session_end_nothing(
    client: FlaskClient, session: Session, two: Account
) -> None:
    assert post(client, "/account/password", "/account", current="wrong wrong wrong", new=NEW).status_code == 400
    assert post(client, f"/account/sessions/{'0' * 16}/end", "/account").status_code == 404
    assert told(session) == 2


def test_the_own_session_ended_by_its_address_leaves_no_messages_here(
    client: FlaskClient, session: Session, aigul: Account
) -> None:
    sign_in(client)
    allow(client, HERE)
    start = session.scalars(select(StaffSession.token_hash)).one()[:8].hex()
    post(client, f"/account/sessions/{start}/end", "/account", endpoint=HERE)
    assert not opens(client)
    assert told(session) == 0


def test_a_reset_by_mail_ends_the_messages_everywhere(
    app: Flask, session: Session, letters: Letters, two: Account
) -> None:
    stranger = app.test_client()
    post(stranger, "/forgot", email="aigul@example.kz")
    link = link_in(letters())
    assert post(stranger, link, link, new="short").status_code == 400
    assert told(session) == 2
    answer = stranger.post(f"/en{link}", data={"csrf_token": token(stranger, link), "new": NEW})
    assert "Messages of the browser" in answer.text
    assert (told(session), told(session, "b@example.kz")) == (0, 1)


@pytest.mark.parametrize("help_", [set_active, drop_second_factor])
def test_who_was_switched_off_or_has_lost_everything_is_told_nothing_even_when_let_in_again(
    session: Session, two: Account, help_: Callable[..., object]
) -> None:
    more = {"active": False} if help_ is set_active else {}
    help_(session, by=SYSTEM, account_id=two.id, now=now(), **more)
    set_active(session, by=SYSTEM, account_id=two.id, active=True, now=now())
    session.commit()
    assert (told(session), told(session, "b@example.kz")) == (0, 1)


def test_a_session_that_ran_out_and_another_role_leave_the_messages(session: Session, two: Account) -> None:
    """Whoever is on duty is told in the night too."""
    session.execute(update(StaffSession).values(expires_at=StaffSession.created_at))
    purge(session, now=now())
    set_role(session, by=SYSTEM, account_id=two.id, role=Role.COORDINATOR, now=now())
    session.commit()
    assert session.scalars(select(StaffSession)).all() == []
    assert told(session) == 2


def test_the_lost_device_is_silenced_where_its_session_is_no_longer_in_the_list(
    client: FlaskClient, session: Session, two: Account
) -> None:
    lost = session.scalars(select(StaffSession.token_hash).where(StaffSession.account_id == two.id)).first()
    session.execute(
        update(StaffSession).where(StaffSession.token_hash == lost).values(expires_at=StaffSession.created_at)
    )
    session.commit()
    assert 'action="/account/sessions/end"' in client.get("/account").text
    end_all(client, endpoint=HERE)
    assert told(session) == 1
