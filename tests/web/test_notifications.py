"""Everybody chooses what they are told on one page that needs no script; the browser's address is sealed."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db import Databases
from app.domain.permissions import Role
from app.models import StaffChoice, StaffPush, StaffSetting
from tests.web.pages import make_account, sign_in, token

PAGE = "/account/notifications"
BROWSER = f"{PAGE}/browser"
KEYS = {"p256dh": "B" * 87, "auth": "a" * 22}
ENDPOINT = "https://fcm.googleapis.com/fcm/send/secret"


@pytest.fixture
def account(session: Session, client: FlaskClient) -> int:
    made = make_account(session, Role.COORDINATOR)
    sign_in(client)
    return made.id


def save(client: FlaskClient, want: list[str], **more: str):
    form = {"phone": "", "quiet_from": "", "quiet_until": "", "digest": "", **more}
    return client.post(PAGE, data={"csrf_token": token(client, PAGE), "want": want, **form})


def test_only_what_differs_from_the_table_is_kept(client: FlaskClient, session: Session, account: int) -> None:
    answer = save(client, ["urgent:email", "urgent:push", "mention:sms"], phone="8 (701) 000-00-01", digest="9")
    assert answer.status_code == 303
    kept = {(c.kind, c.channel): c.wanted for c in session.scalars(select(StaffChoice))}
    assert kept["urgent", "sms"] is False
    assert kept["mention", "sms"] is True
    assert kept["mention", "email"] is False
    assert ("urgent", "email") not in kept
    setting = session.get_one(StaffSetting, account)
    assert (setting.phone, setting.digest_hour, setting.quiet_from) == ("+77010000001", 9, None)
    page = client.get(PAGE).get_data(as_text=True)
    assert 'value="mention:sms" aria-label' in page
    assert "+77010000001" in page


@pytest.mark.parametrize(
    ("more", "code"), [({"phone": "12"}, 422), ({"quiet_from": "22:00"}, 422), ({"digest": "77"}, 422)]
)
def test_nonsense_is_refused_beside_its_field_and_the_ticks_stay(
    client: FlaskClient, session: Session, account: int, more: dict[str, str], code: int
) -> None:
    answer = save(client, ["mention:sms"], **more)
    assert answer.status_code == code
    row = answer.get_data(as_text=True).split('value="mention:sms"', 1)[1].split(">", 1)[0]
    assert "checked" in row
    assert session.scalars(select(StaffChoice)).all() == []


def test_a_kind_that_is_not_of_the_role_is_not_kept(client: FlaskClient, session: Session, account: int) -> None:
    save(client, ["assigned:sms", "nonsense:sms", "urgent:fax"])
    kinds = set(session.scalars(select(StaffChoice.kind)))
    assert not kinds & {"assigned", "nonsense"}


def test_a_browser_is_sealed_belongs_to_who_asked_last_and_can_be_forgotten(
    client: FlaskClient, app: Flask, session: Session, database: Databases, account: int
) -> None:
    sent = {"subscription": {"endpoint": ENDPOINT, "keys": KEYS}}
    headers = {"X-CSRFToken": token(client, PAGE), "Sec-Fetch-Site": "same-origin"}
    for _ in range(2):
        assert client.post(f"{PAGE}/browser", json=sent, headers=headers).status_code == 200
    [number] = session.scalars(select(StaffPush.id))
    with database.desk.connect() as desk:
        assert b"secret" not in bytes(desk.scalar(text("SELECT sealed FROM vault.staff_push")))
    other = app.test_client()
    make_account(session, Role.COORDINATOR, email="other@example.kz")
    sign_in(other, "other@example.kz")
    form = {"csrf_token": token(other, PAGE)}
    assert other.post(f"{PAGE}/browser/{number}/forget", data=form).status_code == 404
    given = {"X-CSRFToken": token(other, PAGE), "Sec-Fetch-Site": "same-origin"}
    assert other.post(f"{PAGE}/browser", json=sent, headers=given).status_code == 200
    [(number, owner)] = session.execute(select(StaffPush.id, StaffPush.account_id)).all()
    assert owner != account
    assert other.post(f"{PAGE}/browser/{number}/forget", data=form).status_code == 303


@pytest.mark.parametrize("endpoint", ["https://127.0.0.1/x", "https://evil.kz/x", "http://fcm.googleapis.com/x"])
def test_no_other_service_is_ever_called(client: FlaskClient, account: int, endpoint: str) -> None:
    headers = {"X-CSRFToken": token(client, PAGE), "Sec-Fetch-Site": "same-origin"}
    body = json.dumps({"subscription": {"endpoint": endpoint, "keys": KEYS}})
    answer = client.post(f"{PAGE}/browser", data=body, content_type="application/json", headers=headers)
    assert answer.status_code in {422, 400}


def test_a_strange_page_subscribes_nobody(client: FlaskClient, account: int) -> None:
    sent = {"subscription": {"endpoint": ENDPOINT, "keys": KEYS}}
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert client.post(f"{PAGE}/browser", json=sent, headers=headers).status_code == 403


def test_signing_out_ends_the_messages_of_this_browser_and_of_no_other(
    client: FlaskClient, session: Session, account: int
) -> None:
    other = ENDPOINT + "2"
    for endpoint in (ENDPOINT, other):
        subscription = {"endpoint": endpoint, "keys": KEYS}
        given = {"X-CSRFToken": token(client, PAGE), "Sec-Fetch-Site": "same-origin"}
        sent = client.post(BROWSER, json={"subscription": subscription}, headers=given)
        assert sent.status_code == 200
    (_this, that) = session.scalars(select(StaffPush.id).order_by(StaffPush.id)).all()
    client.post("/sign-out", data={"csrf_token": token(client, PAGE), "endpoint": ENDPOINT})
    session.rollback()
    assert session.scalars(select(StaffPush.id)).all() == [that]
    make_account(session, Role.COORDINATOR, email="dana@example.kz")
    sign_in(client, "dana@example.kz")
    client.post("/sign-out", data={"csrf_token": token(client, PAGE), "endpoint": other})
    assert client.get(PAGE).status_code == 302
    session.rollback()
    assert session.scalars(select(StaffPush.id)).all() == [that], "somebody else's browser"


@pytest.mark.parametrize(("named", "left"), [(ENDPOINT, 1), ("", 0)])
def test_signing_out_everywhere_else_ends_the_messages_of_all_other_browsers(
    client: FlaskClient, session: Session, account: int, named: str, left: int
) -> None:
    for endpoint in (ENDPOINT, ENDPOINT + "2"):
        given = {"X-CSRFToken": token(client, PAGE), "Sec-Fetch-Site": "same-origin"}
        client.post(BROWSER, json={"subscription": {"endpoint": endpoint, "keys": KEYS}}, headers=given)
    first = session.scalars(select(StaffPush.id).order_by(StaffPush.id)).first()
    client.post("/account/sessions/end", data={"csrf_token": token(client, PAGE), "endpoint": named})
    session.rollback()
    assert session.scalars(select(StaffPush.id)).all() == [first][:left]
