"""Following a hazard: the address is sealed at the door, and a link decides."""

import json
from uuid import uuid4
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.history import append_event
from app.db import Databases
from app.domain.hazard import Status
from app.domain.permissions import SYSTEM
from app.domain.references import receipt_for, receipt_hash, show_reference
from app.models import Follow, Hazard, Notice
from tests.jobs import kit

CANARY = "canary.child@example.org"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def reference(session: Session) -> str:
    """Of a public hazard."""
    kit.add_types(session)
    hazard = kit.add_hazard(session, body_id=kit.add_body(session))
    kit.assigned(session, hazard)
    append_event(
        session, hazard_id=hazard.id, kind="fix", at=kit.NOW, by=SYSTEM, status=Status.ASSIGNED, body_id=hazard.body_id
    )
    session.commit()
    return show_reference(hazard.reference)


def follow(client: FlaskClient, reference: str, email: str = CANARY, where: str = "") -> int:
    return client.post(f"{where}/follow", data={"reference": reference, "email": email, "channel": "email"}).status_code


def the_token(session: Session) -> str:
    session.expire_all()
    return session.scalars(select(Follow.token)).one()


def test_following_is_the_same_answer_twice_and_one_follower(
    client: FlaskClient, session: Session, reference: str
) -> None:
    data = {"reference": reference, "email": CANARY}
    first, second = client.post("/follow", data=data), client.post("/follow", data=data)
    assert first.status_code == second.status_code == 200
    assert first.data == second.data
    assert 'href="/receipt"' in first.text  # and a way on
    assert "Set-Cookie" not in first.headers
    assert len(session.scalars(select(Follow)).all()) == 1


def test_no_table_and_no_queue_holds_the_address(
    client: FlaskClient, database: Databases, reference: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert follow(client, reference) == 200
    assert CANARY not in caplog.text
    with database.desk.connect() as desk, database.app.connect() as connection:
        tables = connection.execute(text("SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'public'"))
        for schema, table in tables.all():
            rows = connection.scalar(text(f'SELECT string_agg(t::text, chr(10)) FROM "{schema}"."{table}" t'))
            assert "canary" not in (rows or ""), table
        sealed = desk.scalar(text("SELECT sealed FROM vault.contact"))
        assert sealed is not None
        assert b"canary" not in bytes(sealed)


def test_the_link_shows_first_and_only_a_post_confirms(client: FlaskClient, session: Session, reference: str) -> None:
    follow(client, reference)
    token = the_token(session)
    shown = client.get(f"/follow/{token}")
    assert shown.status_code == 200
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    session.expire_all()
    assert session.scalars(select(Follow)).one().confirmed_at is None
    assert client.post(f"/follow/{token}", data={"act": "confirm"}).status_code == 200
    session.expire_all()
    assert session.scalars(select(Follow)).one().confirmed_at is not None


def test_one_click_of_a_mail_program_stops_and_erases(
    client: FlaskClient, session: Session, database: Databases, reference: str
) -> None:
    follow(client, reference)
    token = the_token(session)
    assert client.post(f"/follow/{token}", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    session.expire_all()
    assert not session.scalars(select(Follow)).all()
    with database.desk.connect() as desk:
        assert desk.scalar(text("SELECT count(*) FROM vault.contact")) == 0
    assert client.get(f"/follow/{token}").status_code == client.get("/follow/nothing").status_code == 404


def test_an_address_gets_three_letters_an_hour_at_most(client: FlaskClient, session: Session, reference: str) -> None:
    kit_answers = {follow(client, reference) for _ in range(8)}
    assert kit_answers == {200}
    assert len(session.scalars(select(Notice)).all()) <= 3


@pytest.mark.parametrize("email", ["", "no address", "a@b", "a@b.example\r\nBcc: c@d.example"])
def test_a_bad_address_is_refused_in_words(client: FlaskClient, reference: str, email: str) -> None:
    assert 400 <= follow(client, reference, email) < 500


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example/x",
        "http://127.0.0.1:80/x",
        "https://127.0.0.1/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://fcm.googleapis.com:22/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://[::1]/x",
        "ftp://fcm.googleapis.com/x",
        "https://evil.example\\.notify.windows.com/x",
        "https://evil.example%2f.notify.windows.com/x",
        "https://a.notify.windows.com/\nx",
    ],
)
def test_push_goes_to_known_services_only(client: FlaskClient, session: Session, reference: str, endpoint: str) -> None:
    sent = {"reference": reference, "channel": "push"}
    sent["subscription"] = {"endpoint": endpoint, "keys": {"p256dh": "p", "auth": "a"}}
    answer = client.post("/follow", json=sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code in {400, 422}
    assert not session.scalars(select(Follow)).all()


def test_a_push_subscription_is_confirmed_by_being_made(client: FlaskClient, session: Session, reference: str) -> None:
    sent = {"reference": reference, "channel": "push"}
    sent["subscription"] = {
        "endpoint": "https://fcm.googleapis.com/fcm/send/abc",
        "keys": {"p256dh": "p", "auth": "a"},
    }
    answer = client.post("/follow", json=sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert json.loads(answer.data) == {"following": True}
    assert session.scalars(select(Follow)).one().confirmed_at is not None
    assert len(client.get("/follow/push-key").get_json()["key"]) == 87


def test_a_hazard_that_is_not_public_cannot_be_followed(client: FlaskClient, session: Session) -> None:
    kit.add_types(session)
    hazard = kit.add_hazard(session, hazard_type="ROPE")
    session.commit()
    assert follow(client, show_reference(hazard.reference)) == 404


@pytest.mark.parametrize("where", ["", "/ru", "/en"])
def test_the_feed_is_atom_with_days_only(client: FlaskClient, reference: str, where: str) -> None:
    answer = client.get(f"{where}/h/{reference}/feed.atom")
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    assert feed.tag == f"{ATOM}feed"
    for part in (feed, *feed.findall(f"{ATOM}entry")):
        assert all(_text(part, name) for name in ("id", "title", "updated"))
        assert "T00:00:00" in _text(part, "updated")
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    assert len({_text(entry, "id") for entry in feed.findall(f"{ATOM}entry")}) == 2
    assert "feed.atom" in client.get(f"{where}/h/{reference}").text


def _text(part: Element, name: str) -> str:
    found = part.find(f"{ATOM}{name}")
    return found.text or "" if found is not None else ""


def test_the_receipt_takes_the_address_back(client: FlaskClient, session: Session, reference: str) -> None:
    receipt = receipt_for(uuid4(), b"key")
    hazard = session.scalars(select(Hazard)).one()
    kit.add_report(session, hazard, "x").receipt_hash = receipt_hash(receipt)
    session.commit()
    assert client.post("/follow", data={"receipt": receipt, "email": CANARY}).status_code == 200
    assert session.scalars(select(Follow.report_id)).one() is not None
    assert client.post("/receipt/withdraw-contact", data={"receipt": receipt}).status_code == 200
    session.expire_all()
    assert not session.scalars(select(Follow)).all()


def test_a_receipt_does_not_tell_whether_somebody_elses_address_follows(
    client: FlaskClient, session: Session, reference: str
) -> None:
    receipt = receipt_for(uuid4(), b"key")
    kit.add_report(session, session.scalars(select(Hazard)).one(), "x").receipt_hash = receipt_hash(receipt)
    session.commit()
    assert follow(client, reference) == 200
    pages = []
    for address in (CANARY, "somebody.new@example.org"):
        assert client.post("/follow", data={"receipt": receipt, "email": address}).status_code == 200
        pages.append("/receipt/withdraw-contact" in client.post("/receipt", data={"receipt": receipt}).text)
        assert client.post("/receipt/withdraw-contact", data={"receipt": receipt}).status_code == 200
    assert pages == [True, True]
    assert session.scalars(select(Follow.report_id)).all() == [None]


def test_one_mailbox_under_many_names_gets_three_letters_an_hour_too(
    client: FlaskClient, session: Session, reference: str
) -> None:
    assert {follow(client, reference, f"canary.child+{n}@example.org") for n in range(6)} == {200}
    assert len(session.scalars(select(Notice)).all()) == 3
