"""Signing in: nobody learns who has an account, nothing from before is kept, and what is ended stays ended."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.actions.accounts import set_active
from app.actions.brake import TRIES
from app.domain.permissions import SYSTEM, Role
from app.models import Account, StaffSession
from app.queries.accounts import IDLE
from app.web.auth.next import safe_next
from app.web.context import now
from app.web.network import network_of
from tests.web.pages import PASSWORD, make_account, sign_in, token


@pytest.fixture
def aigul(session: Session) -> Account:
    return make_account(session, Role.MODERATOR)


def opens(client: FlaskClient, path: str = "/account") -> bool:
    return client.get(path).status_code == 200


def test_signing_in_opens_the_account(client: FlaskClient, aigul: Account) -> None:
    answer = sign_in(client)
    assert answer.status_code == 303
    assert opens(client)
    assert aigul.name in client.get("/account").get_data(as_text=True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Origin": "http://localhost"}, 303), ({}, 403), ({"Origin": "http://evil.kz"}, 403)],
)
def test_a_token_of_another_answer_keeps_nobody_out_where_a_header_vouches(
    client: FlaskClient, aigul: Account, headers: dict[str, str], status: int
) -> None:
    """A worker's fetch behind the page brings a cookie of its own, and with it another token."""
    form = {"email": "aigul@example.kz", "password": PASSWORD, "csrf_token": token(client) + "x"}
    assert client.post("/sign-in", data=form, headers=headers).status_code == status
    assert opens(client) == (status == 303)


def test_the_page_asked_for_comes_after_signing_in(client: FlaskClient, aigul: Account) -> None:
    sent = client.get("/ru/account?x=1")
    assert sent.headers["Location"] == "/ru/sign-in?next=/ru/account%3Fx%3D1"
    assert sign_in(client, next="/ru/account?x=1").headers["Location"] == "/ru/account?x=1"


ELSEWHERE = [
    "//e", "/\\e", "/\t/e", "/%09/e", "https:e", "https://e", "javascript:alert(1)", "\\\\e", "///e", "/%5ce", "/%2fe",
    "e", "", "/nowhere", "/account\r\nX: y", "/ru//e", "/sign-in/../..//e", "/account/password",
]  # fmt: skip


@pytest.mark.parametrize("given", ELSEWHERE)
def test_nobody_is_sent_elsewhere(app: Flask, given: str) -> None:
    with app.test_request_context("/sign-in"):
        assert safe_next(given) is None


@pytest.mark.parametrize("given", ["/account", "/ru/account", "/account?x=//e", "/ru/account?next=https://e"])
def test_a_page_of_ours_is_kept(app: Flask, given: str) -> None:
    with app.test_request_context("/sign-in"):
        assert safe_next(given) == given


def test_known_and_unknown_addresses_get_the_same_answer(client: FlaskClient, aigul: Account) -> None:
    known = sign_in(client, password="not the password at all")
    unknown = sign_in(client, email="nobody1@example.kz", password="not the password at all")
    assert known.status_code == unknown.status_code == 401
    normal = [
        answer.get_data(as_text=True).replace(email, "").replace(_token_in(answer), "")
        for answer, email in ((known, "aigul@example.kz"), (unknown, "nobody1@example.kz"))
    ]
    assert normal[0] == normal[1]


def test_a_disabled_account_gets_the_same_answer(client: FlaskClient, session: Session, aigul: Account) -> None:
    set_active(session, by=SYSTEM, account_id=aigul.id, active=False, now=now())
    session.commit()
    assert sign_in(client).status_code == 401


def test_a_failed_form_keeps_the_address_and_not_the_password(client: FlaskClient, aigul: Account) -> None:
    text = sign_in(client, password="some wrong password").get_data(as_text=True)
    assert "aigul@example.kz" in text
    assert "some wrong password" not in text


def test_the_brake_stops_the_right_password_too(client: FlaskClient, aigul: Account) -> None:
    for _ in range(TRIES):
        assert sign_in(client, password="wrong").status_code == 401
    assert sign_in(client).status_code == 429
    assert sign_in(client, email="other@example.kz").status_code == 401


def test_ten_wrong_passwords_from_elsewhere_do_not_keep_a_dispatcher_out(client: FlaskClient, aigul: Account) -> None:
    client.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    for _ in range(TRIES):
        sign_in(client, password="wrong")
    client.environ_base["REMOTE_ADDR"] = "203.0.113.8"  # the same network
    assert sign_in(client).status_code == 429
    client.environ_base["REMOTE_ADDR"] = "198.51.100.1"
    assert sign_in(client).status_code == 303


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        (None, ""),
        ("unix:", ""),
    ],
)
def test_a_network_is_what_one_customer_may_hold(address: str | None, network: str) -> None:
    assert network_of(address) == network


def test_unknown_addresses_are_braked_alike(client: FlaskClient) -> None:
    answers = [sign_in(client, email="no@example.kz", password="wrong").status_code for _ in range(TRIES + 1)]
    assert answers == [401] * TRIES + [429]


def test_a_key_from_before_is_not_kept(client: FlaskClient, session: Session, aigul: Account) -> None:
    planted = "A" * 43
    client.set_cookie("qauip_session", planted)
    before = token(client)
    sign_in(client)
    now_held = client.get_cookie("qauip_session")
    assert now_held is not None
    assert now_held.value != planted
    assert token(client, "/account") != before
    assert session.scalar(select(func.count()).select_from(StaffSession)) == 1


def test_the_database_keeps_no_token(client: FlaskClient, session: Session, aigul: Account) -> None:
    answer = sign_in(client)
    held = client.get_cookie("qauip_session")
    kept = session.scalars(select(StaffSession.token_hash)).one()
    assert held is not None
    assert len(kept) == 32
    assert held.value.encode() not in kept
    assert "HttpOnly" in str(answer.headers.getlist("Set-Cookie"))


def test_signing_out_ends_the_session_on_the_server(client: FlaskClient, app: Flask, aigul: Account) -> None:
    sign_in(client)
    stolen = client.get_cookie("qauip_session")
    assert stolen is not None
    assert client.post("/sign-out", data={"csrf_token": token(client, "/account")}).status_code == 302
    thief = app.test_client()
    thief.set_cookie("qauip_session", stolen.value)
    assert not opens(thief)


def test_a_disabled_person_is_out_at_the_next_request(client: FlaskClient, session: Session, aigul: Account) -> None:
    sign_in(client)
    set_active(session, by=SYSTEM, account_id=aigul.id, active=False, now=now())
    session.commit()
    assert not opens(client)
    assert client.get("/account", headers={"Accept": "application/json"}).status_code == 401


def test_a_new_password_signs_out_the_second_browser(client: FlaskClient, app: Flask, aigul: Account) -> None:
    second = app.test_client()
    sign_in(client)
    sign_in(second)
    form = {"current": PASSWORD, "new": "four other words here", "csrf_token": token(client, "/account")}
    assert client.post("/account/password", data=form).status_code == 303
    assert opens(client)
    assert not opens(second)
    assert sign_in(second).status_code == 401
    assert sign_in(second, password="four other words here").status_code == 303


@pytest.mark.parametrize("new", ["short", "aigul@example.kz", "password1234", "aaaaaaaaaaaa", "x" * 201])
def test_a_weak_password_is_refused(client: FlaskClient, aigul: Account, new: str) -> None:
    sign_in(client)
    form = {"current": PASSWORD, "new": new, "csrf_token": token(client, "/account")}
    assert client.post("/account/password", data=form).status_code == 400
    assert opens(client)


def test_the_old_password_is_asked_for(client: FlaskClient, aigul: Account) -> None:
    sign_in(client)
    form = {"current": "wrong", "new": "four other words here", "csrf_token": token(client, "/account")}
    assert client.post("/account/password", data=form).status_code == 400
    assert opens(client)


def test_the_other_sessions_can_be_ended(client: FlaskClient, app: Flask, aigul: Account) -> None:
    second = app.test_client()
    sign_in(client)
    sign_in(second)
    client.post("/account/sessions/end", data={"csrf_token": token(client, "/account")})
    assert opens(client)
    assert not opens(second)


@pytest.mark.parametrize("column", ["last_seen_at", "expires_at"])
def test_a_session_runs_out(client: FlaskClient, session: Session, aigul: Account, column: str) -> None:
    sign_in(client)
    past = func.now() - IDLE - timedelta(minutes=1)
    session.execute(update(StaffSession).values({column: past}))
    session.commit()
    assert not opens(client)


def test_pages_of_a_person_are_kept_by_no_cache(client: FlaskClient, aigul: Account) -> None:
    sign_in(client)
    assert client.get("/account").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("email", ["x" * 300 + "@a.kz", "\x01\x02", "ә" * 100, " "])
def test_junk_in_the_form_gets_an_answer(client: FlaskClient, email: str) -> None:
    assert sign_in(client, email=email, password="ż" * 5000).status_code in {400, 401}


def _token_in(answer: object) -> str:
    text = answer.get_data(as_text=True)  # type: ignore[attr-defined]
    return str(text.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0])
