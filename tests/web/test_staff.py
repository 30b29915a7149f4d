"""The work of a body: what it sees, what it may do, and that nobody's typing is lost."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.hazard import MAX_PHOTOS
from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Event, Hazard, Photo
from tests.gateways.pictures import plain, saved
from tests.jobs.kit import add_area, add_body, add_hazard, add_report, add_types, assigned
from tests.web.pages import make_account, sign_in, token
from tests.web.test_staff_work import photo_of


@dataclass
class World:
    """Two bodies with a hazard each, and a dispatcher of the first who is signed in."""

    session: Session
    client: FlaskClient
    ours: Hazard
    theirs: Hazard
    other_body: int

    def page(self, hazard: Hazard) -> str:
        return f"/en/staff/h/{show_reference(hazard.reference)}"

    def act(self, act: str, hazard: Hazard | None = None, **fields: object):
        target = hazard or self.ours
        form = {"csrf_token": token(self.client, "/account"), "version": str(target.version), "seen": "0", **fields}
        return self.client.post(f"{self.page(target)}/{act}", data=form, content_type="multipart/form-data")

    def now(self) -> Hazard:
        self.session.expire_all()
        self.session.rollback()
        return self.session.get_one(Hazard, self.ours.id)


@pytest.fixture
def world(session: Session, client: FlaskClient) -> World:
    add_types(session)
    area, ours, theirs = add_area(session), add_body(session), add_body(session)
    hazard = add_hazard(session, body_id=ours, area_id=area)
    foreign = add_hazard(session, body_id=theirs, area_id=area)
    for each in (hazard, foreign):
        assigned(session, each)
        add_report(session, each, "No cover here")
    session.commit()
    make_account(session, Role.DISPATCHER, body_id=ours)
    sign_in(client)
    return World(session, client, hazard, foreign, theirs)


def photo() -> tuple[io.BytesIO, str]:
    return io.BytesIO(saved(plain(), "JPEG")), "a.jpg"


def test_the_inbox_holds_the_hazards_of_my_body_only(world: World) -> None:
    text = world.client.get("/en/staff/").get_data(as_text=True)
    assert show_reference(world.ours.reference) in text
    assert show_reference(world.theirs.reference) not in text


def test_the_chip_of_the_inbox_says_which_hazards_not_what_a_button_does(world: World) -> None:
    assert "Все открытые" in world.client.get("/ru/staff/").text


@pytest.mark.parametrize("act", ["accept", "note", "fix", "forward"])
def test_another_body_s_hazard_is_not_there(world: World, act: str) -> None:
    assert world.client.get(world.page(world.theirs)).status_code == 404
    assert world.act(act, world.theirs, note="x").status_code == 404


def test_another_body_s_photo_is_not_there(world: World) -> None:
    world.session.add(
        Photo(public_id="p" * 22, hazard_id=world.theirs.id, kind="report", content_key="a" * 64, width=1, height=1,
              added_at=world.theirs.received_at)
    )  # fmt: skip
    world.session.commit()
    assert world.client.get(f"/staff/photo/{'p' * 22}/full").status_code == 404


def test_the_page_shows_what_was_said_and_the_exact_place(world: World) -> None:
    text = world.client.get(world.page(world.ours)).get_data(as_text=True)
    assert "No cover here" in text
    assert 'href="geo:43.256700,76.928600"' in text


def test_accepting_moves_it_on(world: World) -> None:
    assert world.act("accept").status_code == 303
    assert world.now().status == "accepted"


def test_made_safe_without_a_photo_is_refused_with_a_sentence_and_nothing_is_lost(world: World) -> None:
    answer = world.act("make_safe", measure="grid", note="A grating lies on it")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Add a photo as proof." in text
    assert "A grating lies on it" in text
    assert world.now().made_safe_at is None


def test_made_safe_with_a_photo_is_kept_and_its_photo_shown_to_the_body(world: World) -> None:
    assert world.act("make_safe", measure="grid", photos=photo()).status_code == 303
    assert world.now().made_safe_measure == "grid"
    kept = world.session.scalars(select(Photo).where(Photo.hazard_id == world.ours.id)).one()
    with world.client.get(f"/staff/photo/{kept.public_id}/thumb") as answer:
        assert answer.mimetype == "image/jpeg"
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_stale_form_is_refused_and_keeps_what_was_typed(world: World) -> None:
    world.act("accept")
    answer = world.act("hold", reason="Waiting for the gas service", seen="1")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Waiting for the gas service" in text
    assert "What has changed meanwhile" in text
    assert f'name="version" type="hidden" value="{world.now().version}"' in text


def test_it_is_fixed_with_a_note_and_a_photo_and_can_be_reopened(world: World) -> None:
    world.act("accept")
    version = str(world.now().version)
    assert world.act("fix", version=version, note="New cover", photos=photo_of(datetime.now(UTC))).status_code == 303
    assert world.now().status == "fixed"
    assert world.act("reopen", version=str(world.now().version), reason="The cover is loose").status_code == 303
    assert world.now().status == "assigned"


def test_a_forwarded_hazard_is_gone_from_my_inbox(world: World) -> None:
    answer = world.act("forward", body_id=str(world.other_body), reason="Their network")
    assert answer.status_code == 303
    assert answer.location.endswith("/staff/")
    assert world.now().body_id == world.other_body


def test_a_correction_gives_the_hazard_a_new_place(world: World) -> None:
    answer = world.act("correct", hazard_type="MANHOLE_OPEN", lat="43.3", lon="76.9", reason="Wrong pin")
    assert answer.status_code == 303
    assert (world.now().label.x, world.now().label.y) == (76.9, 43.3)


def test_a_correction_that_changes_nothing_is_refused(world: World) -> None:
    answer = world.act("correct", hazard_type="MANHOLE_OPEN", lat="43.256700", lon="76.928600", reason="x")
    assert answer.status_code == 422


def test_half_a_place_and_a_hazard_as_its_own_duplicate_get_their_sentences(world: World) -> None:
    half = world.act("correct", hazard_type="MANHOLE_OPEN", lat="43.3", lon="", reason="Wrong pin").text
    assert "Give both numbers" in half
    assert (
        "This is the number of this very hazard" in world.act("mark_duplicate", duplicate_of=world.ours.reference).text
    )


def test_a_plan_for_a_mistyped_year_is_refused(world: World) -> None:
    world.act("accept")
    answer = world.act("plan", version=str(world.now().version), planned_for="2206-12-01")
    assert (answer.status_code, "Choose a day from" in answer.text) == (422, True)


def test_who_refuses_the_second_time_reads_where_it_is_now(world: World, session: Session) -> None:
    session.execute(update(Hazard).where(Hazard.id == world.ours.id).values(refusals=1))
    session.commit()
    answer = world.act("forward", body_id=str(world.other_body), reason="Their network")
    assert "second refusal" in world.client.get("/en" + answer.location.removeprefix("/en")).text


def test_an_act_outside_the_table_is_no_page(world: World) -> None:
    assert world.act("delete").status_code == 404


def test_a_missing_token_is_refused(world: World) -> None:
    assert world.client.post(f"{world.page(world.ours)}/accept", data={"version": "1"}).status_code == 403


def test_a_crew_is_not_offered_the_dispatcher_s_acts(world: World, app: Flask) -> None:
    make_account(world.session, Role.CREW, email="crew@example.kz", body_id=world.ours.body_id)
    crew = app.test_client()
    sign_in(crew, "crew@example.kz")
    text = crew.get(world.page(world.ours)).get_data(as_text=True)
    assert 'id="make_safe"' in text
    assert 'id="forward"' not in text


def test_a_hazard_on_patrol_is_logged_once(world: World) -> None:
    form = {"csrf_token": token(world.client, "/staff/new"), "client_id": str(uuid4()), "hazard_type": "MANHOLE_OPEN",
            "lat": "43.25", "lon": "76.92", "description": "Deep"}  # fmt: skip
    assert world.client.post("/staff/new", data=form).status_code == 303
    assert world.client.post("/staff/new", data=form).status_code == 303
    reported = world.session.scalars(select(Event).where(Event.kind == "reported")).all()
    assert len(reported) == 1


@pytest.mark.parametrize("lat", ["NaN", "north", "95", "0"])
def test_a_wrong_place_on_patrol_gets_its_sentence(world: World, lat: str) -> None:
    form = {"csrf_token": token(world.client, "/staff/new"), "hazard_type": "MANHOLE_OPEN", "lat": lat, "lon": "76.92"}
    assert world.client.post("/staff/new", data=form).status_code == 422


def test_too_many_photos_are_refused(world: World) -> None:
    answer = world.act("note", note="x", photos=[photo() for _ in range(MAX_PHOTOS + 1)])
    assert answer.status_code == 422


def test_the_inbox_pages_by_key_without_losing_or_repeating(world: World) -> None:
    for number in range(60):
        add_hazard(
            world.session, body_id=world.ours.body_id, fix_due=None, **({"make_safe_due": None} if number % 2 else {})
        )
    world.session.commit()
    seen: list[str] = []
    page = "/en/staff/"
    while page:
        text = world.client.get(page).get_data(as_text=True)
        rows = text.split('<ol class="inbox-rows"', 1)[1]
        seen += [part[:9] for part in rows.split('<span class="num" translate="no">')[1:]]
        page = text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in text else ""
    assert len(seen) == len(set(seen)) == 61
