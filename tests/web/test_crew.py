"""The crew's pages: the jobs given, what is sent by form and by script, and nothing of another body."""

import base64
import io
import re
from dataclasses import dataclass
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from shapely.geometry import Point
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.actions.hazards import act_on_hazard
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Account, Crew, CrewMember, Event, Hazard, Photo
from tests.gateways.pictures import plain, saved
from tests.jobs.kit import NOW, POLICY, add_area, add_body, add_hazard, add_report, add_types, assigned
from tests.web.pages import make_account, sign_in, token

HERE = {"Origin": "http://localhost"}


@dataclass
class World:
    """A crew member who is signed in, a job of theirs, and another body's hazard."""

    session: Session
    client: FlaskClient
    me: Account
    team: int
    ours: Hazard
    theirs: Hazard

    def url(self, hazard: Hazard | None = None, language: str = "en") -> str:
        return f"/{language}/staff/crew/{show_reference((hazard or self.ours).reference)}"

    def page(self, **query: str) -> str:
        return self.client.get(self.url(), query_string=query).get_data(as_text=True)

    def form(self, act: str, hazard: Hazard | None = None, **fields: object) -> TestResponse:
        target = hazard or self.ours
        form = {"csrf_token": token(self.client, "/account"), "version": str(target.version), "seen": "0", **fields}
        return self.client.post(f"{self.url(target)}/{act}", data=form, content_type="multipart/form-data")

    def send(self, act: str, hazard: Hazard | None = None, *, origin: bool = True, **fields: object) -> TestResponse:
        target = hazard or self.ours
        body = {"by": self.key(), "client_id": str(uuid4()), "version": str(target.version), "seen": "0", **fields}
        return self.client.post(f"{self.url(target)}/{act}", json=body, headers=HERE if origin else {})

    def key(self) -> str:
        return self.client.get("/staff/crew").get_data(as_text=True).split('data-by="')[1].split('"')[0]

    def now(self) -> Hazard:
        self.session.rollback()
        self.session.expire_all()
        return self.session.get_one(Hazard, self.ours.id)

    def count(self, kind: str) -> int:
        self.session.rollback()
        return self.session.scalar(select(func.count()).select_from(Event).where(Event.kind == kind)) or 0

    def accept(self) -> None:
        """By a dispatcher, in another window."""
        dispatcher = make_account(self.session, Role.DISPATCHER, email="d@example.kz", body_id=self.me.body_id)
        act_on_hazard(
            self.session, by=dispatcher.actor, reference=self.ours.reference, act=Act.ACCEPT, version=None,
            given=Given(note="Take the pump with you"), policy=POLICY, now=NOW,
        )  # fmt: skip
        self.session.commit()


@pytest.fixture
def world(session: Session, client: FlaskClient) -> World:
    add_types(session)
    area, ours, theirs = add_area(session), add_body(session), add_body(session)
    team = Crew(body_id=ours, name="Crew One")
    session.add(team)
    session.flush()
    hazard = add_hazard(session, body_id=ours, area_id=area, crew_id=team.id)
    foreign = add_hazard(session, body_id=theirs, area_id=area)
    for each in (hazard, foreign):
        assigned(session, each)
        add_report(session, each, "No cover here")
    session.commit()
    me = make_account(session, Role.CREW, body_id=ours)
    session.add(CrewMember(crew_id=team.id, account_id=me.id))
    session.commit()
    sign_in(client)
    return World(session, client, me, team.id, hazard, foreign)


def photo() -> tuple[io.BytesIO, str]:
    return io.BytesIO(saved(plain(), "JPEG")), "a.jpg"


def photo64() -> str:
    return base64.b64encode(saved(plain(), "JPEG")).decode()


def test_the_list_holds_what_was_given_to_my_crew_and_nothing_else(world: World) -> None:
    text = world.client.get("/en/staff/crew").get_data(as_text=True)
    assert world.url() in text
    assert "Crew One" in text
    assert show_reference(world.theirs.reference) not in text


def test_a_crew_lands_on_its_jobs_after_signing_in(world: World) -> None:
    assert world.client.get("/account/start").location == "/staff/crew"


def test_a_dispatcher_lands_in_the_inbox_as_before(world: World) -> None:
    make_account(world.session, Role.DISPATCHER, email="d@example.kz", body_id=world.me.body_id)
    world.client.post("/sign-out", data={"csrf_token": token(world.client, "/account")})
    sign_in(world.client, "d@example.kz")
    assert world.client.get("/account/start").location == "/staff/"


def test_a_route_from_here_begins_with_the_nearest_and_keeps_no_place(world: World) -> None:
    safe = {"made_safe_measure": "grid", "made_safe_at": NOW, "made_safe_until": NOW}
    near, far = (
        add_hazard(world.session, body_id=world.me.body_id, crew_id=world.team, place=Point(76.93, lat), **safe)
        for lat in (43.30, 43.40)
    )
    world.session.commit()
    sent = {"csrf_token": token(world.client, "/account"), "lat": "43.41", "lon": "76.93"}
    answer = world.client.post("/en/staff/crew/route", data=sent)
    text = answer.get_data(as_text=True)
    order = sorted((world.ours, near, far), key=lambda each: text.index(show_reference(each.reference)))
    assert order == [world.ours, near, far]  # what is urgent leads, from there the nearer one
    assert "From where you are" in text
    assert "43.41" not in text.replace("43.410", "")
    assert world.client.post("/en/staff/crew/route", data={**sent, "lat": "x"}).status_code == 200


def test_the_page_of_a_job_has_all_for_the_work_and_the_kept_one_no_words_of_reports(world: World) -> None:
    world.accept()
    assert "No cover here" in world.page()
    kept = world.page(kept="1")
    assert "No cover here" not in kept
    assert "Take the pump with you" in kept
    assert 'href="geo:43.256700,76.928600?q=' in kept


@pytest.mark.parametrize("path", ["", "/start", "/note"])
def test_another_body_s_job_is_not_there(world: World, path: str) -> None:
    if not path:
        assert world.client.get(world.url(world.theirs)).status_code == 404
        return
    assert world.form(path[1:], world.theirs, note="x").status_code == 404
    assert world.send(path[1:], world.theirs, note="x").status_code == 404
    assert world.count(path[1:]) == 0


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.COORDINATOR, Role.OPERATOR])
def test_who_works_for_no_body_has_no_jobs(world: World, role: Role) -> None:
    make_account(world.session, role, email="r@example.kz")
    world.client.post("/sign-out", data={"csrf_token": token(world.client, "/account")})
    sign_in(world.client, "r@example.kz")
    assert world.client.get("/staff/crew").status_code == 403
    assert world.client.get(world.url()).status_code == 403


def test_a_plain_form_makes_it_safe_with_a_photo_of_before(world: World) -> None:
    answer = world.form("make_safe", measure="grid", materials="grating 1", photos=photo(), before=photo())
    assert answer.status_code == 303
    assert world.now().made_safe_measure == "grid"
    kinds = world.session.scalars(select(Photo.kind).order_by(Photo.kind)).all()
    assert kinds == ["before", "made_safe"]
    assert "grating 1" in world.page()


def test_a_form_sent_twice_is_one_act(world: World) -> None:
    fields = {"note": "seen", "client_id": str(uuid4())}
    assert [world.form("note", **fields).status_code for _ in range(2)] == [303, 303]
    assert world.count("note") == 1


def test_a_refused_form_comes_back_open_with_what_was_typed(world: World) -> None:
    answer = world.form("make_safe", measure="grid", note="A grating lies on it")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Add a photo as proof." in text
    assert "A grating lies on it" in text
    assert 'id="make_safe" data-act="make_safe" open' in text


def test_a_photo_alone_is_a_note(world: World) -> None:
    assert world.form("note", photos=photo()).status_code == 303
    assert world.form("note").status_code == 422
    assert world.count("note") == 1


def test_a_returned_job_is_nobody_s_and_the_list_is_shown(world: World) -> None:
    answer = world.form("return_work", reason="No pump")
    assert answer.location == "/en/staff/crew"
    assert world.now().crew_id is None
    assert 'data-act="return_work"' not in world.page()


def test_by_script_an_act_is_done_once_and_answers_with_the_new_version(world: World) -> None:
    fields = {"client_id": str(uuid4()), "measure": "grid", "photos": [photo64()], "version": str(world.ours.version)}
    first, again = (world.send("make_safe", **fields) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert (first.json["version"], first.json["again"]) == (world.now().version, False)
    assert (again.json["version"], again.json["again"]) == (world.now().version, True)
    assert world.count("make_safe") == 1
    assert world.session.scalar(select(func.count()).select_from(Photo)) == 1


def test_when_it_was_done_is_shown_beside_when_it_arrived(world: World) -> None:
    hour_ago = {"done_at": "2020-01-01T10:00:00+00:00", "sent_at": "2020-01-01T11:05:00.250Z"}
    assigned(world.session, world.ours)
    world.session.commit()
    assert world.send("note", note="behind the bus stop", **hour_ago).status_code == 200
    shown = world.client.get(f"/en/staff/h/{show_reference(world.ours.reference)}").get_data(as_text=True)
    assert re.search(r"done [^<]*\d\d:\d\d, arrived [^<]*\d\d:\d\d", shown)
    assert world.client.get(f"/en/h/{show_reference(world.ours.reference)}").text.count("arrived") == 0


@pytest.mark.parametrize(
    ("done", "sent"),
    [
        ("yesterday", "today"),
        ("2020-01-01T10:00:00", "2020-01-01T11:00:00"),
        (None, "2020-01-01T11:00:00+00:00"),
        ("2020-01-01T11:00:00+00:00", "2020-01-01T10:00:00+00:00"),
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    ],
)
def test_nonsense_about_when_it_was_done_is_no_reason_to_refuse_work(world: World, done: object, sent: object) -> None:
    assert world.send("note", note="x", done_at=done, sent_at=sent).status_code == 200
    world.session.rollback()
    assert not world.session.scalar(select(Event.data["done_at"].astext).where(Event.kind == "note"))


def test_a_stale_act_by_script_is_told_what_changed(world: World) -> None:
    seen = world.session.scalar(select(func.max(Event.id)).where(Event.hazard_id == world.ours.id))
    version = world.ours.version
    world.accept()
    answer = world.send("make_safe", version=str(version), seen=str(seen), measure="grid", photos=[photo64()])
    assert answer.status_code == 409
    assert [line["note"] for line in answer.json["news"]] == ["Take the pump with you"]
    assert answer.json["version"] == world.now().version
    assert world.now().made_safe_at is None


def test_a_note_is_never_stale(world: World) -> None:
    version = world.ours.version
    world.accept()
    assert world.send("note", version=str(version), note="seen").status_code == 200


def test_what_another_person_did_on_this_device_is_not_sent_as_mine(world: World) -> None:
    answer = world.send("note", note="x", by="0" * 16)
    assert (answer.status_code, answer.json["error"]) == (403, "other_person")
    assert world.count("note") == 0


def test_signed_out_the_script_is_told_so_in_json(world: World) -> None:
    key = world.key()
    world.client.post("/sign-out", data={"csrf_token": token(world.client, "/account")})
    body = {"by": key, "note": "x"}
    answer = world.client.post(f"{world.url()}/note", json=body, headers=HERE | {"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]) == (401, "http_401")


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_json_from_another_site_is_refused(world: World, headers: dict[str, str]) -> None:
    body = {"by": world.key(), "note": "x"}
    assert world.client.post(f"{world.url()}/note", json=body, headers=headers).status_code == 403
    assert world.count("note") == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"client_id": "nonsense", "note": "x"},
        {"measure": "tape", "photos": []},
        {"photos": ["not base 64!"], "note": "x"},
        {"photos": "x", "note": "x"},
        {"materials": "x" * 600, "note": "x"},
    ],
)
def test_nonsense_by_script_is_refused_in_words(world: World, fields: dict[str, object]) -> None:
    answer = world.send("make_safe" if "measure" in fields else "note", **fields)
    assert 400 <= answer.status_code < 500
    assert answer.json["message"]
    assert world.count("note") == 0


def test_who_lost_the_hazard_gets_the_words_back_and_sees_nothing_of_it(world: World) -> None:
    world.ours.body_id = world.theirs.body_id
    world.session.commit()
    answer = world.send("note", note="half written")
    assert (answer.status_code, answer.json["error"]) == (409, "gone")
    page = world.form("note", note="half written")
    assert page.status_code == 409
    assert "half written" in page.get_data(as_text=True)


def test_a_key_of_a_device_is_one_account_s(world: World) -> None:
    mine = world.key()
    make_account(world.session, Role.CREW, email="second@example.kz", body_id=world.me.body_id)
    world.client.post("/sign-out", data={"csrf_token": token(world.client, "/account")})
    sign_in(world.client, "second@example.kz")
    assert world.key() != mine
