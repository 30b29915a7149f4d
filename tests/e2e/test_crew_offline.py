"""A crew without a network: its jobs open, what it does waits with its photos and goes by itself, once and in order."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.domain.permissions import Role
from app.models import Event, Photo
from tests.e2e.crew_kit import Street, camera, patience, quiet, street
from tests.e2e.test_offline import offline
from tests.web.pages import make_account

__all__ = ["patience", "street"]
pytestmark = pytest.mark.e2e
SERVICE_WORKERS = True

GONE = "async () => !(await caches.keys()).includes('qauip-crew')"
OLDER = """(ms) => new Promise((resolve, reject) => {
  const opening = indexedDB.open("qauip");
  opening.onerror = reject;
  opening.onsuccess = () => {
    const changing = opening.result.transaction("acts", "readwrite");
    const kept = changing.objectStore("acts");
    kept.getAll().onsuccess = ({ target: { result } }) => {
      for (const row of result) kept.put({ ...row, kept_at: row.kept_at - ms });
    };
    changing.oncomplete = () => { opening.result.close(); resolve(); };
  };
})"""
SEND_NOW = """() => document.querySelector("[data-acts-list] [data-send]:not([hidden])")?.click()"""
WORDS_KEPT = """async (path) => (await (await (await caches.open("qauip-crew")).match(path)).text())"""


def test_acts_without_a_network_go_by_themselves_once_and_in_order(street: Street, watch, tmp_path: Path) -> None:
    page = street.page
    street.leave()
    expect(page.locator("h1")).to_have_text("Ашық люк")
    expect(page.locator("main")).not_to_contain_text("Behind the bus stop")
    expect(page.locator(".leaflet-marker-icon")).to_have_count(1)
    street.act("start")
    street.send("start")
    expect(street.rows).to_have_count(1)
    street.act("make_safe")
    page.locator("#make_safe [value=grid]").check(force=True)
    page.set_input_files("#make_safe .crew-camera input", camera(tmp_path))
    expect(page.locator("#make_safe-photos [data-previews] li")).to_have_count(1)
    street.send("make_safe")
    expect(street.rows).to_have_count(2)
    assert street.kinds() == []

    second = page.context.new_page()
    second.goto("/staff/crew")
    expect(second.locator("[data-acts-list] li")).to_have_count(2)
    offline(page.context, False)
    expect(street.sent).to_have_count(2)
    expect(second.locator("[data-acts-list] .is-sent")).to_have_count(2)
    assert street.kinds() == ["start", "make_safe"]
    photos = street.session.execute(select(Photo.kind, Photo.width, Photo.height)).all()
    assert [tuple(photo) for photo in photos] == [("made_safe", 800, 1200)]  # upright, and turned once only
    quiet(watch)


def test_two_acts_of_a_kind_from_the_kept_page_opened_twice_are_two(street: Street, watch) -> None:
    page = street.page
    offline(page.context, True)
    for words in ("Water below", "Now with a cone"):
        page.goto(street.path)
        street.note(words)
        expect(street.rows.last).to_contain_text(words)
    expect(street.rows).to_have_count(2)
    offline(page.context, False)
    expect(street.sent).to_have_count(2)
    assert street.kinds() == ["note", "note"]
    quiet(watch)


@pytest.mark.parametrize("status", [200, 403])
def test_a_network_that_answers_in_our_name_does_not_take_the_act_for_sent(
    street: Street,
    watch,
    status: int,
) -> None:
    """As a hotel's does before one signs in there, with a page of its own: neither sent nor refused."""
    page = street.page
    page.goto(street.path)
    page.context.route("**/note", lambda route: route.fulfill(status=status, content_type="text/html", body="Welcome"))
    street.note("Water below")
    expect(street.rows).to_have_count(1)
    assert street.kinds() == []
    page.context.unroute("**/note")
    page.evaluate(SEND_NOW)  # or it has gone by itself meanwhile
    expect(street.sent).to_have_count(1)
    assert street.kinds() == ["note"]
    quiet(watch, "403 (Forbidden)")


def test_a_page_kept_before_a_new_version_gets_its_scripts_without_a_network(street: Street, watch) -> None:
    page = street.page
    offline(page.context, True)
    assert page.evaluate("async () => (await fetch('/static/js/crew_job.js?v=of-an-older-version')).ok")
    offline(page.context, False)
    quiet(watch)


def test_what_waited_tells_when_it_was_done(street: Street, watch) -> None:
    """As if it had been done an hour earlier: what waits on the device is made older there."""
    page = street.page
    street.leave()
    street.note("Water below")
    expect(street.rows).to_have_count(1)
    page.evaluate(OLDER, 65 * 60_000)
    offline(page.context, False)
    expect(street.sent).to_have_count(1)
    street.session.rollback()
    event = street.session.scalars(select(Event).where(Event.kind == "note")).one()
    waited = event.at - datetime.fromisoformat(event.data["done_at"])
    assert timedelta(minutes=64) < waited < timedelta(minutes=70)
    quiet(watch)


def test_with_a_network_the_camera_s_own_notes_prove_the_fix(street: Street, tmp_path: Path) -> None:
    page = street.page
    page.goto(street.path)
    street.act("fix")
    page.set_input_files("#fix .crew-gallery input >> nth=0", camera(tmp_path))
    page.fill("#fix-note", "The cover is on")
    street.send("fix")
    page.wait_for_url(f"**{street.path}")
    expect(street.sent).to_have_count(1)
    street.session.rollback()
    photo = street.session.scalars(select(Photo)).one()
    assert (photo.kind, photo.placed_by) == ("fixed", "camera")
    assert photo.distance_m is not None
    assert photo.distance_m < 30


def test_a_refused_act_is_kept_with_the_rule_corrected_and_sent(street: Street, watch, tmp_path: Path) -> None:
    page = street.page
    street.leave()
    street.make_safe(note="A grating lies on it")
    expect(street.rows).to_have_count(1)
    page.goto("/staff/crew")
    offline(page.context, False)
    card = street.refused
    expect(card.locator("[data-reasons]")).to_contain_text("Дәлел ретінде")
    card.locator("[data-edit]").click()
    expect(page.locator("#make_safe-note")).to_have_value("A grating lies on it")
    expect(page.locator("#make_safe [value=grid]")).to_be_checked()
    page.set_input_files("#make_safe .crew-camera input", camera(tmp_path))
    street.send("make_safe")
    expect(street.sent).to_have_count(1)
    assert street.kinds() == ["make_safe"]
    quiet(watch, "400 (Bad Request)")


def test_a_session_that_ended_meanwhile_keeps_the_act_until_the_same_person_signs_in(street: Street, watch) -> None:
    page = street.page
    street.leave()
    street.note("Water below")
    expect(street.rows).to_have_count(1)
    page.context.clear_cookies()
    offline(page.context, False)
    expect(page.locator("[data-acts-sign-in]")).to_be_visible()
    assert street.kinds() == []
    second = make_account(street.session, Role.CREW, email="second@example.kz", body_id=street.me.body_id)
    for person, sent in ((second, []), (street.me, ["note"])):
        page.context.clear_cookies()
        Street(page, street.session, street.hazard, person).sign_in()
        if sent:
            expect(street.sent).to_have_count(1)
        else:
            expect(page.locator("[data-acts-box]")).to_be_hidden()
        assert street.kinds() == sent
    quiet(watch, "401")


def test_at_sign_out_the_jobs_are_gone_from_the_device(street: Street, watch) -> None:
    page = street.page
    kept = page.evaluate(WORDS_KEPT, street.path)
    assert "Behind the bus stop" not in kept
    page.locator(".menu > summary").click()
    page.locator("form[action$='/sign-out'] button").click()
    page.wait_for_url("**/sign-in")
    page.wait_for_function(GONE)
    street.leave()
    expect(page.locator("h1")).to_have_text("Желі жоқ")
    offline(page.context, False)
    quiet(watch)
