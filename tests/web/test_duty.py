"""Who is on duty: the administrator's list, and the link by which they answer."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.duty import call_next, pass_on_unanswered
from app.models import AuditEntry, Body, DutyCall, DutyContact, Hazard
from tests.jobs import kit
from tests.web.test_administration import HERE, admin, body, fields

__all__ = ["admin", "body"]
PERSON = {"name": "Диспетчер", "email": "first@vodokanal.example", "phone": "109", "language": "ru", "active": "y"}


def add(admin: FlaskClient, body: Body, **more: str) -> int:
    page = admin.get(f"/admin/duty/{body.code}")
    sent = fields(page) | PERSON | more
    return admin.post(f"/admin/duty/{body.code}", data=sent, headers=HERE).status_code


def names(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(DutyContact.name).order_by(DutyContact.position)))


def test_contacts_are_added_ordered_and_taken_away_with_an_entry_each(
    admin: FlaskClient, session: Session, body: Body
) -> None:
    assert add(admin, body) == 303
    assert add(admin, body, name="Second", email="second@vodokanal.example") == 303
    second = session.scalars(select(DutyContact).where(DutyContact.name == "Second")).one()
    token = fields(admin.get(f"/admin/duty/{body.code}"))["csrf_token"]
    data = {"csrf_token": token}
    assert admin.post(f"/admin/duty-contact/{second.id}/earlier", data=data, headers=HERE).status_code == 303
    assert names(session) == ["Second", "Диспетчер"]
    assert admin.post(f"/admin/duty-contact/{second.id}/remove", data=data, headers=HERE).status_code == 303
    assert names(session) == ["Диспетчер"]
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.noun == "duty_contact")).all()) == 5
    assert admin.get("/ru/admin/history").status_code == 200


@pytest.mark.parametrize("wrong", [{"email": "no address"}, {"name": " "}])
def test_what_was_typed_wrongly_is_kept(
    admin: FlaskClient, session: Session, body: Body, wrong: dict[str, str]
) -> None:
    assert add(admin, body, **wrong) == 422
    assert names(session) == []


def test_a_contact_is_changed(admin: FlaskClient, session: Session, body: Body) -> None:
    add(admin, body)
    contact = session.scalars(select(DutyContact)).one()
    sent = fields(admin.get(f"/en/admin/duty-contact/{contact.id}")) | {"name": "Night shift"}
    assert admin.post(f"/en/admin/duty-contact/{contact.id}", data=sent, headers=HERE).status_code == 303
    assert names(session) == ["Night shift"]


@pytest.mark.parametrize("where", ["", "/ru", "/en"])
def test_the_link_shows_and_a_post_says_i_know(client: FlaskClient, session: Session, where: str) -> None:
    kit.add_types(session)
    number = kit.add_body(session)
    session.add(DutyContact(body_id=number, position=1, name="Н", email="n@x.example", language="ru"))
    hazard = kit.add_hazard(session, body_id=number, urgent=True)
    call = call_next(session, hazard_id=hazard.id, zone=kit.POLICY.timezone, now=kit.NOW)
    session.commit()
    assert call is not None
    page = client.get(f"{where}/duty/{call.token}")
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    session.expire_all()
    assert session.scalars(select(DutyCall)).one().acknowledged_at is None
    assert client.post(f"{where}/duty/{call.token}").status_code == 200
    assert client.post(f"{where}/duty/{call.token}").status_code == 200
    session.expire_all()
    assert session.scalars(select(DutyCall)).one().acknowledged_at is not None
    session.get_one(Hazard, hazard.id).held = True
    session.commit()
    gone, unknown = client.get(f"{where}/duty/{call.token}"), client.get(f"{where}/duty/nothing")
    assert gone.status_code == unknown.status_code == 404
    assert gone.data.replace(call.token.encode(), b"nothing") == unknown.data


def test_whoever_comes_late_reads_that_another_one_knows(client: FlaskClient, session: Session) -> None:
    kit.add_types(session)
    number = kit.add_body(session)
    for name in ("first", "second"):
        session.add(DutyContact(body_id=number, position=1, name=name, email=f"{name}@x.example", language="ru"))
    hazard = kit.add_hazard(session, body_id=number, urgent=True)
    calls = []
    for _ in range(2):
        call = call_next(session, hazard_id=hazard.id, zone=kit.POLICY.timezone, now=kit.NOW)
        assert call is not None
        calls.append(call)
        pass_on_unanswered(session, after=timedelta(0), now=kit.NOW)
    session.commit()
    late, answers = (f"/en/duty/{call.token}" for call in calls)
    assert "Somebody else on duty knows" not in client.get(late).get_data(as_text=True)
    client.post(answers)
    page = client.get(late).get_data(as_text=True)
    assert "Somebody else on duty knows" in page
    assert "<button" not in page[page.index("<main") : page.index("</main")]


def test_hours_over_midnight_and_days_are_kept_and_shown(admin: FlaskClient, session: Session, body: Body) -> None:
    days = {"weekdays": ["5", "6"], "starts": "20:00", "ends": "08:00"}
    assert add(admin, body, **days) == 303
    contact = session.scalars(select(DutyContact)).one()
    assert (contact.weekdays, contact.starts, contact.ends) == ([5, 6], 20 * 60, 8 * 60)
    assert "20:00–08:00" in admin.get(f"/en/admin/duty/{body.code}").get_data(as_text=True)
    page = admin.get(f"/en/admin/duty-contact/{contact.id}").get_data(as_text=True)
    assert 'value="20:00"' in page
    assert admin.get("/en/admin/history").status_code == 200


@pytest.mark.parametrize("wrong", [{"starts": "20:00", "ends": ""}, {"weekdays": []}, {"weekdays": ["9"]}])
def test_half_hours_no_day_and_a_day_that_is_none_are_refused(
    admin: FlaskClient, session: Session, body: Body, wrong: dict[str, object]
) -> None:
    assert add(admin, body, **wrong) == 422
    assert names(session) == []


def test_the_coordinator_has_a_list_of_its_own(admin: FlaskClient, session: Session, body: Body) -> None:
    page = admin.get("/en/admin/duty/_coordinator")
    assert "where an organisation has nobody on duty" in page.get_data(as_text=True)
    sent = fields(page) | PERSON
    assert admin.post("/en/admin/duty/_coordinator", data=sent, headers=HERE).status_code == 303
    contact = session.scalars(select(DutyContact)).one()
    assert contact.body_id is None
    assert admin.get(f"/en/admin/duty-contact/{contact.id}").status_code == 200
    assert "Диспетчер" not in admin.get(f"/en/admin/duty/{body.code}").get_data(as_text=True)


def test_what_was_refused_says_why_on_the_page(admin: FlaskClient, body: Body) -> None:
    where = f"/en/admin/duty/{body.code}"
    answer = admin.post(where, data=fields(admin.get(where)) | PERSON | {"starts": "20:00"}, headers=HERE)
    assert answer.status_code == 422
    assert "Give both times, from and to, or none." in answer.get_data(as_text=True)
