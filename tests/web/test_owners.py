"""The arbiter's queue, and the click that makes a decision a rule."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Alarm, Hazard, Responsibility
from tests.jobs.kit import NOW, add_area, add_body, add_hazard, add_types, assigned
from tests.web.pages import make_account, sign_in, token


def test_who_may_not_arbitrate_sees_no_queue(session: Session, client: FlaskClient) -> None:
    make_account(session, Role.DISPATCHER, body_id=add_body(session))
    sign_in(client)
    assert client.get("/en/staff/owners/").status_code == 403


def test_the_queue_names_who_makes_it_safe_and_the_decision_ends_it(session: Session, client: FlaskClient) -> None:
    add_types(session)
    body, other = add_body(session), add_body(session)
    hazard = add_hazard(
        session, body_id=body, area_id=add_area(session), owner_unknown=True, owner_due=NOW - timedelta(days=9)
    )
    assigned(session, hazard)
    held = add_hazard(session, body_id=body, owner_unknown=True, owner_due=NOW, held=True)
    make_account(session, Role.COORDINATOR)
    sign_in(client)
    code = show_reference(hazard.reference)
    queue = client.get("/en/staff/owners/").text
    assert code in queue
    assert show_reference(held.reference) not in queue
    assert "overdue" in queue
    form = {"csrf_token": token(client, "/account"), "version": "1", "body_id": str(other), "reason": "their pipe"}
    assert client.post(f"/en/staff/h/{code}/arbitrate", data=form).status_code == 303
    assert code not in client.get("/en/staff/owners/").text
    assert "Make this decision a rule" in client.get(f"/en/staff/h/{code}").text
    for _ in range(2):
        answer = client.post(f"/en/staff/owners/{code}/rule", data=form, follow_redirects=True)
        assert answer.status_code == 200
    rules = session.scalars(select(Responsibility)).all()
    assert [(rule.body_id, rule.area_code, rule.hazard_type) for rule in rules] == [
        (other, "751110000", "MANHOLE_OPEN")
    ]
    session.expire_all()
    session.rollback()
    assert session.scalars(select(Hazard.settled).where(Hazard.id == hazard.id)).one()


def test_who_decides_lands_on_what_waits_and_never_on_an_empty_page(session: Session, client: FlaskClient) -> None:
    add_types(session)
    body = add_body(session)
    make_account(session, Role.COORDINATOR)
    sign_in(client)
    assert client.get("/en/account/start").location == "/en/staff/"
    session.add(Alarm(kind="no_contact", body_id=body, raised_at=NOW, key="k"))
    session.commit()
    assert client.get("/account/start").location == "/staff/alarms"
    add_hazard(session, body_id=body, owner_unknown=True, owner_due=NOW)
    session.commit()
    assert client.get("/account/start").location == "/staff/owners/"
