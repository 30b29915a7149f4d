"""What a manager keeps of the own body, deputies, shifts and the hand-over: nothing foreign, each change noted."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.history import append_event
from app.domain.hazard import Status
from app.domain.permissions import SYSTEM, Role
from app.domain.references import show_reference
from app.i18n import ALMATY
from app.models import (
    Account,
    AuditEntry,
    Body,
    Crew,
    CrewMember,
    Deputy,
    DutyContact,
    Hazard,
    Shift,
    ShiftNote,
    Webhook,
    WebhookDelivery,
)
from app.queries.shifts import on_shift, with_deputies
from app.web.context import now
from tests.jobs.kit import add_area, add_body, add_hazard, add_types
from tests.web.pages import make_account, sign_in, token


@dataclass
class World:
    session: Session
    app: Flask
    client: FlaskClient
    ours: int
    theirs: int
    manager: Account
    worker: Account
    foreigner: Account

    def post(self, path: str, client: FlaskClient | None = None, **fields: object):
        client = client or self.client
        return client.post(f"/en/staff{path}", data={"csrf_token": token(client, "/account"), **fields})

    def as_(self, who: Account) -> FlaskClient:
        client = self.app.test_client()
        sign_in(client, who.email)
        return client

    def all(self, model):
        self.session.rollback()
        self.session.expire_all()
        return list(self.session.scalars(select(model)))

    def nouns(self) -> list[str]:
        return [each.noun for each in self.all(AuditEntry)]


@pytest.fixture
def world(session: Session, app: Flask, client: FlaskClient) -> World:
    add_types(session)
    add_area(session)
    ours, theirs = add_body(session), add_body(session)
    session.commit()
    manager = make_account(session, Role.MANAGER, body_id=ours, email="manager@example.kz")
    worker = make_account(session, Role.CREW, body_id=ours, email="worker@example.kz")
    foreigner = make_account(session, Role.MANAGER, body_id=theirs, email="foreign@example.kz")
    sign_in(client, manager.email)
    return World(session, app, client, ours, theirs, manager, worker, foreigner)


def test_contacts_are_changed_and_written_down(world: World) -> None:
    seen = world.client.get("/en/staff/body/contacts").text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    fields = {"email": "new@water.example", "phone": "109", "working_hours": "24/7", "language": "kk", "seen": seen}
    assert world.post("/body/contacts", **fields).status_code == 303
    body = next(each for each in world.all(Body) if each.id == world.ours)
    assert (body.email, body.phone, body.working_hours) == ("new@water.example", "109", "24/7")
    assert world.post("/body/contacts", **fields).status_code == 409  # somebody has changed it since `seen`
    assert world.nouns() == ["body"]


def test_what_no_telephone_can_dial_is_not_shown_to_everybody(world: World) -> None:
    page = world.client.get("/en/staff/body/contacts").text
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    fields = {"email": "new@water.example", "working_hours": "24/7", "language": "kk", "seen": seen}
    for wrong in ("abc", "12", "javascript:alert(1)", "+7 701 000 00 00, 109", "1" * 16):
        refused = world.post("/body/contacts", phone=wrong, **fields)
        assert refused.status_code == 422
        assert "This is no telephone number." in refused.text
        assert f'value="{wrong}"' in refused.text
    assert world.post("/body/contacts", phone="+7 (727) 000-00-01", **fields).status_code == 303


def test_a_crew_is_made_named_filled_and_not_closed_while_it_has_work(world: World) -> None:
    assert world.post("/body/crews", name="North").status_code == 303
    assert "already a crew with this name" in world.post("/body/crews", name="North").text
    crew = world.all(Crew)[0]
    page = f"/body/crews/{crew.id}"
    assert world.post(page, name="North", active="y", members=[world.worker.id]).status_code == 303
    assert [each.account_id for each in world.all(CrewMember)] == [world.worker.id]
    add_hazard(world.session, body_id=world.ours, crew_id=crew.id)
    world.session.commit()
    refused = world.post(page, name="North", members=[world.worker.id])
    assert "still has open hazards" in refused.text
    assert world.all(Crew)[0].active
    assert world.nouns() == ["crew", "crew_member"]


def test_nobody_of_another_body_joins_a_crew_a_shift_or_stands_in(world: World) -> None:
    world.post("/body/crews", name="North")
    crew = world.all(Crew)[0]
    world.post(f"/body/crews/{crew.id}", name="North", active="y", members=[world.foreigner.id])
    world.post("/body/shifts", who=f"person:{world.foreigner.id}", weekdays=[1], starts="08:00", ends="20:00")
    today = now().astimezone(ALMATY).date()
    for person, deputy in ((world.worker, world.foreigner), (world.foreigner, world.worker)):
        days = {"starts_on": today.isoformat(), "ends_on": today.isoformat()}
        world.post("/body/deputies", person=person.id, deputy=deputy.id, **days)
    assert [world.all(each) for each in (CrewMember, Shift, Deputy)] == [[], [], []]


@pytest.mark.parametrize("verb", ["get", "post"])
def test_crews_contacts_and_lines_of_another_body_are_not_there(world: World, verb: str) -> None:
    crew = Crew(body_id=world.theirs, name="Secret crew")
    contact = DutyContact(body_id=world.theirs, position=1, name="Secret", email="a@b.kz")
    shift = Shift(body_id=world.theirs, weekday=0, starts=0, ends=60, account_id=world.foreigner.id)
    away = Deputy(
        account_id=world.foreigner.id,
        deputy_id=world.manager.id,
        starts_on=now().astimezone(ALMATY).date(),
        ends_on=now().astimezone(ALMATY).date(),
    )
    note = ShiftNote(body_id=world.theirs, at=now(), by_account=world.foreigner.id, note="Secret words")
    world.session.add_all([crew, contact, shift, away, note])
    world.session.commit()
    if verb == "get":
        pages = ("", "/crews", "/duty", "/shifts", "/deputies")
        told = "".join(world.client.get(f"/en/staff/body{page}").text for page in pages)
        assert "Secret" not in told + world.client.get("/en/staff/hand-over").text
        assert world.client.get(f"/en/staff/body/crews/{crew.id}").status_code == 404
        assert world.client.get(f"/en/staff/body/duty/{contact.id}").status_code == 404
        return
    for path in (
        f"/body/crews/{crew.id}",
        f"/body/duty/{contact.id}",
        f"/body/duty/{contact.id}/earlier",
        f"/body/duty/{contact.id}/remove",
        f"/body/shifts/{shift.id}/remove",
        f"/body/deputies/{away.id}/remove",
        f"/hand-over/{note.id}/read",
    ):
        assert world.post(path, name="Mine now", active="y").status_code == 404, path
    assert world.nouns() == []
    assert world.all(ShiftNote)[0].read_at is None


def test_duty_contacts_of_the_own_body_are_the_managers_to_change(world: World) -> None:
    fields = {"name": "Night desk", "email": "night@water.example", "language": "kk", "active": "y", "weekdays": [1, 2]}
    assert world.post("/body/duty", **fields).status_code == 303
    contact = world.all(DutyContact)[0]
    assert (contact.body_id, contact.name) == (world.ours, "Night desk")
    assert world.post(f"/body/duty/{contact.id}/remove").status_code == 303
    assert world.all(DutyContact) == []
    assert world.nouns() == ["duty_contact", "duty_contact"]


@pytest.mark.parametrize("path", ["", "/contacts", "/crews", "/duty", "/shifts"])
def test_whoever_manages_nothing_has_no_such_page(world: World, path: str) -> None:
    assert world.as_(world.worker).get(f"/en/staff/body{path}").status_code == 403


def test_a_shift_puts_people_on_duty(world: World) -> None:
    world.post("/body/shifts", who=f"person:{world.worker.id}", weekdays=list(range(7)), starts="00:00", ends="00:00")
    assert len(world.all(Shift)) == 7
    assert on_shift(world.session, world.ours, now()) == [world.worker.id]
    assert "Айгүл (" in world.client.get("/en/staff/hand-over").text
    world.post(f"/body/shifts/{world.all(Shift)[0].id}/remove")
    assert len(world.all(Shift)) == 6
    refused = world.post("/body/shifts", who="", weekdays=[], starts="", ends="").text
    assert "Days of the week" in refused
    assert "Crew or person: Please fill this in" in refused


def test_somebody_names_a_deputy_for_themselves_and_for_nobody_else(world: World) -> None:
    client, today = world.as_(world.worker), now().astimezone(ALMATY).date()
    days = {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=5)).isoformat()}
    answer = world.post("/body/deputies", client, person=world.worker.id, deputy=world.manager.id, **days)
    assert answer.status_code == 303
    assert (
        world.post("/body/deputies", client, person=world.manager.id, deputy=world.worker.id, **days).status_code == 422
    )
    assert with_deputies(world.session, [world.worker.id], today) == [world.worker.id, world.manager.id]
    assert "stands in" in world.client.get("/en/staff/hand-over").text
    assert world.nouns() == ["deputy"]
    row = world.all(Deputy)[0]
    assert world.post(f"/body/deputies/{row.id}/remove", client).status_code == 303
    assert world.all(Deputy) == []


def test_days_of_an_absence_stand_in_their_order_and_are_not_over(world: World) -> None:
    today = now().astimezone(ALMATY).date()
    who = {"person": world.worker.id, "deputy": world.manager.id}
    backwards = {"starts_on": (today + timedelta(days=2)).isoformat(), "ends_on": today.isoformat()}
    assert "cannot be before the first one" in world.post("/body/deputies", **who, **backwards).text
    over = {name: (today - timedelta(days=3)).isoformat() for name in backwards}
    assert world.post("/body/deputies", **who, **over).status_code == 422
    same = {"person": world.worker.id, "deputy": world.worker.id}
    assert (
        "stand in for themselves" in world.post("/body/deputies", **same, **{n: today.isoformat() for n in over}).text
    )
    assert world.all(Deputy) == []


def test_a_note_goes_to_the_next_shift_which_confirms_it(world: World) -> None:
    critical = add_hazard(world.session, body_id=world.ours)
    foreign = add_hazard(world.session, body_id=world.theirs)
    world.session.commit()
    page = world.client.get("/en/staff/hand-over").text
    assert show_reference(critical.reference) in page
    assert show_reference(foreign.reference) not in page
    refused = world.post("/hand-over", note="  \n ")
    assert refused.status_code == 422
    assert "Write what the next shift must know." in refused.text
    assert world.all(ShiftNote) == []
    assert world.post("/hand-over", note="The pump of Abai 5 runs until noon").status_code == 303
    note = world.all(ShiftNote)[0]
    assert note.hazards == [critical.reference]
    assert world.post(f"/hand-over/{note.id}/read").status_code == 303  # by who wrote it
    assert world.all(ShiftNote)[0].read_at is None
    worker = world.as_(world.worker)
    assert "The pump of Abai 5" in worker.get("/en/staff/hand-over").text
    world.post(f"/hand-over/{note.id}/read", worker)
    assert world.all(ShiftNote)[0].read_by == world.worker.id
    assert "Read by Айгүл" in world.client.get("/en/staff/hand-over").text


def test_a_hazard_that_went_elsewhere_is_no_longer_named_in_an_old_note(world: World) -> None:
    hazard = add_hazard(world.session, body_id=world.ours)
    world.session.commit()
    world.post("/hand-over", note="x")
    world.session.get_one(Hazard, hazard.id).body_id = world.theirs
    world.session.commit()
    assert show_reference(hazard.reference) not in world.client.get("/en/staff/hand-over").text


def test_a_note_that_waited_too_long_in_the_form_is_not_lost(world: World) -> None:
    answer = world.client.post("/en/staff/hand-over", data={"csrf_token": "old", "note": "Keep me"})
    assert answer.status_code == 403
    assert "Keep me" in answer.text
    bulk = {"csrf_token": "old", "ref": "0", "act": "note", "do": "1", "note": "Keep me too"}
    hazard = add_hazard(world.session, body_id=world.ours)
    world.session.commit()
    answer = world.client.post("/en/staff/bulk", data=bulk | {"ref": hazard.reference})
    assert answer.status_code == 403
    assert "Keep me too" in answer.text


def test_an_address_that_is_refused_says_why_beside_it(world: World) -> None:
    answer = world.post("/body/webhook", url="https://169.254.169.254/", active="y")
    assert answer.status_code == 422
    assert "This address cannot be called." in answer.get_data(as_text=True)


def test_messages_to_the_own_system_say_in_words_what_became_of_them(world: World) -> None:
    ours, gone = (add_hazard(world.session, body_id=body) for body in (world.ours, world.theirs))
    world.session.commit()
    first = world.post("/body/webhook", url="https://hooks.city.kz/in", active="y").get_data(as_text=True)
    assert "It is shown only now." in first
    assert "good for one more day" not in first
    assert "good for one more day" in world.post("/body/webhook/secret").get_data(as_text=True)
    hook = world.session.scalars(select(Webhook)).one()
    for number, (hazard, kind, data) in enumerate(
        ((ours, "accept", {}), (gone, "forward", {"from_body": world.ours, "named_body": world.theirs}))
    ):
        event = append_event(
            world.session, hazard_id=hazard.id, kind=kind, at=now(), by=SYSTEM, status=Status.ASSIGNED,
            body_id=hazard.body_id, **data,
        )  # fmt: skip
        world.session.add(
            WebhookDelivery(
                key=str(number), webhook_id=hook.id, hazard_id=hazard.id, event_id=event, created_at=now(),
                state="refused", error="gave up after 10 tries: the receiver says 500",
            )
        )  # fmt: skip
    world.session.commit()
    page = world.client.get("/en/staff/body/webhook").get_data(as_text=True)
    assert page.count("Nobody took it in eight hours") == 2
    assert "Another organisation answers for it now" in page
    assert f"/staff/h/{show_reference(ours.reference)}" in page
    assert f"/staff/h/{show_reference(gone.reference)}" not in page
    assert "The administrators see an alarm" not in page
