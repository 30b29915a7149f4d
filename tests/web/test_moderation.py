"""The moderator's queue and the operator's desk."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Event, Hazard, Photo
from tests.jobs.kit import add_area, add_body, add_hazard, add_report, add_types, assigned
from tests.web.pages import make_account, sign_in, token


@pytest.fixture
def hazard(session: Session) -> Hazard:
    add_types(session)
    made = add_hazard(session, body_id=add_body(session), area_id=add_area(session))
    assigned(session, made)
    add_report(session, made, "Deep pit, call Aigul 87001234567")
    session.add(
        Photo(public_id="p" * 22, hazard_id=made.id, kind="report", content_key="a" * 64, width=1, height=1,
              added_at=made.received_at)
    )  # fmt: skip
    session.commit()
    return made


@pytest.fixture
def moderator(hazard: Hazard, session: Session, client: FlaskClient) -> FlaskClient:
    make_account(session, Role.MODERATOR)
    sign_in(client)
    return client


def decide(client: FlaskClient, path: str, **fields: str):
    return client.post(f"/en/staff/moderation/{path}", data={"csrf_token": token(client, "/account"), **fields})


def fresh(session: Session, hazard: Hazard) -> Hazard:
    session.rollback()
    session.expire_all()
    return session.get_one(Hazard, hazard.id)


def test_a_moderator_lands_on_the_queue(moderator: FlaskClient) -> None:
    assert moderator.get("/account/start").location == "/staff/moderation/"
    assert "Deep pit" in moderator.get("/staff/moderation/").get_data(as_text=True)


def test_the_text_is_published_as_the_moderator_wrote_it(
    moderator: FlaskClient, session: Session, hazard: Hazard
) -> None:
    answer = decide(moderator, f"text/{hazard.reference}", choice="clear", public_text="Deep pit")
    assert answer.status_code == 303
    assert (fresh(session, hazard).moderation, hazard.public_text) == ("cleared", "Deep pit")


def test_it_can_be_published_without_words(moderator: FlaskClient, session: Session, hazard: Hazard) -> None:
    decide(moderator, f"text/{hazard.reference}", choice="without_text", public_text="Deep pit")
    assert (fresh(session, hazard).moderation, hazard.public_text) == ("cleared", None)


def test_hiding_needs_a_reason_and_keeps_what_was_typed(
    moderator: FlaskClient, session: Session, hazard: Hazard
) -> None:
    answer = decide(moderator, f"text/{hazard.reference}", choice="hide", public_text="half edited")
    assert answer.status_code == 422
    assert "half edited" in answer.get_data(as_text=True)
    decide(moderator, f"text/{hazard.reference}", choice="hide", reason="A prank")
    assert fresh(session, hazard).moderation == "refused"
    assert moderator.get(f"/en/staff/h/{show_reference(hazard.reference)}").status_code == 200


@pytest.mark.parametrize("way", ["text", "rejection"])
def test_a_reason_that_tells_of_violence_reaches_no_body_and_the_desk_is_named(
    moderator: FlaskClient, session: Session, hazard: Hazard, way: str
) -> None:
    said = "папа бьёт ребёнка, ребёнок просит помощи"
    proposer = make_account(session, Role.DISPATCHER, email="d@example.kz", body_id=hazard.body_id)
    hazard.rejection_reason, hazard.rejection_by = "abuse", proposer.id
    session.commit()
    choice = {"text": "hide", "rejection": "decline"}[way]
    answer = decide(moderator, f"{way}/{hazard.reference}", choice=choice, version=str(hazard.version), reason=said)
    assert answer.status_code == 400
    assert "give the hazard to the desk" in answer.text
    assert "/staff/moderation/hold/" in answer.text
    notes = session.scalars(select(Event.note).where(Event.hazard_id == hazard.id)).all()
    assert (fresh(session, hazard).moderation, [note for note in notes if said in note]) == ("pending", [])


def test_a_decided_text_is_not_decided_again(moderator: FlaskClient, hazard: Hazard) -> None:
    decide(moderator, f"text/{hazard.reference}", choice="without_text")
    assert decide(moderator, f"text/{hazard.reference}", choice="without_text").status_code == 409


def test_a_photo_is_cleared(moderator: FlaskClient, session: Session, hazard: Hazard) -> None:
    assert decide(moderator, f"photo/{'p' * 22}", choice="clear").status_code == 303
    session.rollback()
    assert session.query(Photo).one().moderation == "cleared"


@pytest.mark.parametrize(("choice", "status"), [("confirm", "rejected"), ("decline", "assigned")])
def test_a_proposed_rejection_is_decided(
    moderator: FlaskClient, session: Session, hazard: Hazard, choice: str, status: str
) -> None:
    proposer = make_account(session, Role.DISPATCHER, email="d@example.kz", body_id=hazard.body_id)
    hazard.rejection_reason, hazard.rejection_by = "abuse", proposer.id
    session.commit()
    answer = decide(
        moderator, f"rejection/{hazard.reference}", choice=choice, version=str(hazard.version), reason="Looked"
    )
    assert answer.status_code == 303
    assert fresh(session, hazard).status == status
    assert hazard.rejection_reason is None or status == "rejected"


def test_a_dispatcher_does_not_moderate(client: FlaskClient, session: Session, hazard: Hazard) -> None:
    make_account(session, Role.DISPATCHER, body_id=hazard.body_id)
    sign_in(client)
    assert client.get("/staff/moderation/").status_code == 403


def test_an_operator_gets_a_receipt_to_read_aloud(client: FlaskClient, session: Session, hazard: Hazard) -> None:
    make_account(session, Role.OPERATOR)
    sign_in(client)
    assert client.get("/account/start").location == "/desk/held"  # what waits there waits for minutes
    assert "112" in client.get("/en/desk/").get_data(as_text=True)
    form = {"csrf_token": token(client, "/desk/"), "client_id": str(uuid4()), "hazard_type": "MANHOLE_OPEN",
            "lat": "43.25", "lon": "76.92", "description": "Caller saw a pit"}  # fmt: skip
    answer = client.post("/en/desk/", data=form)
    assert answer.status_code == 200
    assert "Secret receipt" in answer.get_data(as_text=True)
    assert client.get("/staff/").status_code == 403


def test_the_queue_has_further_pages_and_shows_proposals_first(session: Session, client: FlaskClient) -> None:
    add_types(session)
    body = add_body(session)
    for _ in range(21):
        add_hazard(session)
    who = make_account(session, Role.MODERATOR)
    proposed = add_hazard(session, body_id=body, moderation="cleared", rejection_reason="abuse", rejection_by=who.id)
    session.commit()
    sign_in(client)
    first = client.get("/en/staff/moderation/").text
    assert show_reference(proposed.reference) in first
    assert first.count("<article") == 20
    last = client.get("/en/staff/moderation/?page=1").text
    assert (last.count("<article"), 'name="page" value="1"' in last) == (2, True)
    assert client.get("/en/staff/moderation/?page=99").text.count("<article") == 2
    sent = {"choice": "decline", "reason": "It is one", "version": str(proposed.version), "page": "1"}
    assert decide(client, f"rejection/{proposed.reference}", **sent).location.endswith("?page=1")


def test_what_was_cleared_can_be_hidden_from_the_hazard_s_own_page(session: Session, client: FlaskClient) -> None:
    add_types(session)
    hazard = add_hazard(session, moderation="cleared", public_text="Aliya, flat 7")
    make_account(session, Role.MODERATOR)
    sign_in(client)
    page = f"/en/staff/moderation/h/{show_reference(hazard.reference)}"
    assert "Aliya, flat 7" in client.get(page).text
    form = {"csrf_token": token(client, page), "again": "1", "choice": "hide", "reason": "a name"}
    answer = client.post(f"/en/staff/moderation/text/{show_reference(hazard.reference)}", data=form)
    assert answer.status_code == 303
    assert client.get(f"/en/h/{show_reference(hazard.reference)}").status_code == 404
