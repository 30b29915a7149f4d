"""A hazard found on patrol: the phone says where; without a network it waits on the device and goes once, by itself."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.domain.permissions import Role
from app.models import Hazard, Photo, Report
from tests.e2e.crew_kit import ALMATY, KEPT, Street, camera, patience, quiet, street
from tests.e2e.test_offline import offline
from tests.web.pages import make_account

__all__ = ["patience", "street"]
pytestmark = pytest.mark.e2e
SERVICE_WORKERS = True

PATROL = "/staff/new"
FAR = {"latitude": 10.0, "longitude": 10.0}


def found(street: Street) -> list[tuple[str, float, float, str | None]]:
    street.session.rollback()
    made = select(Hazard.hazard_type, Hazard.label, Report.text).join(Report, Report.hazard_id == Hazard.id)
    rows = street.session.execute(made.where(Report.channel == "patrol").order_by(Hazard.id))
    return [(kind, round(at.y, 4), round(at.x, 4), text) for kind, at, text in rows]


def write(page: Page, words: str) -> None:
    page.locator("[data-here]").click()
    expect(page.locator("[name=lat]")).not_to_have_value("")
    page.select_option("[name=hazard_type]", "MANHOLE_OPEN")
    page.fill("#description", words)


def wait_with(page: Page, words: str) -> None:
    """Written and sent without a network: it waits."""
    page.evaluate(KEPT, [PATROL])
    offline(page.context, True)
    page.goto(PATROL)
    write(page, words)
    page.locator("[data-patrol] [data-send]").click()
    expect(page.locator("[data-acts-list] > li")).to_have_count(1)


def test_opened_and_logged_without_a_network_it_goes_once_with_its_photo(
    street: Street,
    watch,
    tmp_path: Path,
) -> None:
    page = street.page
    page.evaluate(KEPT, [PATROL])
    offline(page.context, True)
    page.goto(PATROL)
    write(page, "By the bus stop")
    expect(page.locator(".map-pick")).to_have_class("map map-pick has-pin")
    page.set_input_files(".crew-camera input", camera(tmp_path))
    expect(page.locator("[data-previews] li")).to_have_count(1)
    page.locator("[data-patrol] [data-send]").click()
    expect(page.locator("[data-acts-list] > li")).to_contain_text("By the bus stop")
    expect(page.locator("[name=lat]")).to_have_value("")
    expect(page.locator(".map-pick")).not_to_have_class("map map-pick has-pin")
    page.goto(PATROL)
    write(page, "Round the corner")
    page.locator("[data-patrol] [data-send]").click()
    expect(page.locator("[data-acts-list] > li")).to_have_count(2)
    assert found(street) == []
    offline(page.context, False)
    expect(page.locator("[data-acts-list] .is-sent")).to_have_count(2)
    here = (round(ALMATY["latitude"], 4), round(ALMATY["longitude"], 4))
    assert found(street) == [("MANHOLE_OPEN", *here, text) for text in ("By the bus stop", "Round the corner")]
    assert [photo.kind for photo in street.session.scalars(select(Photo))] == ["report"]
    quiet(watch)


def test_what_waits_can_be_deleted_and_the_list_of_jobs_shows_it(street: Street, watch) -> None:
    page = street.page
    wait_with(page, "By the bus stop")
    page.goto("/staff/crew")
    row = page.locator("[data-acts-list] > li")
    expect(row).to_contain_text("By the bus stop")
    street.delete(row)
    expect(page.locator("[data-acts-box]")).to_be_hidden()
    offline(page.context, False)
    page.goto(PATROL)
    expect(page.locator("[data-acts-box]")).to_be_hidden()
    assert found(street) == []
    quiet(watch)


def test_a_place_outside_is_refused_corrected_and_goes(street: Street, watch) -> None:
    page = street.page
    page.context.set_geolocation(FAR)
    wait_with(page, "By the bus stop")
    offline(page.context, False)
    card = page.locator("[data-acts-list] .needs-help")
    card.locator("[data-edit]").click()
    expect(page.locator("#description")).to_have_value("By the bus stop")
    page.locator("[data-numbers] > summary").click()
    page.fill("#lat", "43.2567")
    page.fill("#lon", "76.9286")
    page.locator("[data-patrol] [data-send]").click()
    expect(page.locator("[data-acts-list] .is-sent")).to_have_count(1)
    assert [text for *_, text in found(street)] == ["By the bus stop"]
    quiet(watch, "400", "422")


def test_without_a_pin_or_a_kind_nothing_is_kept_and_it_is_said_at_once(street: Street, watch) -> None:
    page = street.page
    page.goto(PATROL)
    page.locator("[data-patrol] [data-send]").click()
    expect(page.locator("[data-refused-list] li")).to_have_count(2)
    expect(page.locator("[data-acts-box]")).to_be_hidden()
    quiet(watch)


def test_after_the_sign_out_the_page_is_gone_and_nobody_else_sees_or_sends_what_waits(
    street: Street,
    watch,
) -> None:
    page = street.page
    wait_with(page, "By the bus stop")
    page.context.clear_cookies()
    offline(page.context, False)
    expect(page.locator("[data-acts-sign-in]")).to_be_visible()
    second = make_account(street.session, Role.CREW, email="second@example.kz", body_id=street.me.body_id)
    Street(page, street.session, street.hazard, second).sign_in()
    page.goto(PATROL)
    expect(page.locator("[data-acts-box]")).to_be_hidden()
    page.locator(".menu > summary").click()
    page.locator("form[action$='/sign-out'] button").click()
    page.wait_for_url("**/sign-in")
    assert found(street) == []
    offline(page.context, True)
    page.goto(PATROL)
    expect(page.locator("h1")).to_have_text("Желі жоқ")
    offline(page.context, False)
    street.sign_in()
    page.goto(PATROL)
    expect(page.locator("[data-acts-list] .is-sent")).to_have_count(1)
    assert [text for *_, text in found(street)] == ["By the bus stop"]
    quiet(watch, "401")
