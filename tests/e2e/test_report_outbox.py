"""A report that is on its way or waits on the device: however it is loaded again or changed, it is one and whole."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Hazard, Photo
from tests.e2e.report_kit import (
    PHOTO,
    choose,
    cut_off,
    fill,
    go_on,
    is_report,
    put_pin,
    quiet,
    send,
    sent,
    stored,
    street,
)
from tests.fixtures.browser import Watch

__all__ = ["street"]
pytestmark = pytest.mark.e2e

LINE = {"type": "LineString", "coordinates": [[76.9295, 43.2548], [76.9305, 43.2552]]}


def test_a_report_whose_answer_was_lost_is_the_same_one_after_a_reload(
    street: Page, session: Session, watch: Watch
) -> None:
    def lose_the_answer(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        route.fetch()
        return None  # and the page waits

    street.goto("/report")
    fill(street, "Ашық люк")
    street.route("**/report", lose_the_answer)
    with street.expect_request(is_report):
        street.locator("[data-send]").click()
    for _ in range(50):
        if sent(session):
            break
        street.wait_for_timeout(100)
    street.reload()
    street.unroute("**/report")
    expect(street.locator("textarea[name=description]")).to_have_value("Ашық люк")
    assert "editing" not in [row["state"] for row in stored(street, "outbox")]  # it goes by itself, too
    go_on(street)
    send(street)
    assert sent(session) == ["Ашық люк"]
    assert (stored(street), stored(street, "outbox")) == ([], [])
    street.goto("/report")
    expect(street.locator("[data-unfinished]")).to_be_hidden()
    choose(street)
    put_pin(street, "43.2001", "76.8001")
    go_on(street)
    send(street)
    assert len(sent(session)) == 2
    quiet(watch)


def test_a_report_of_the_outbox_is_changed_there_and_stays_one(street: Page, session: Session, watch: Watch) -> None:
    street.goto("/report")
    fill(street, "Бірінші")
    street.set_input_files("[name=photos]", PHOTO)
    cut_off(street)
    street.locator("[data-send]").click()
    street.wait_for_url("**/my")
    street.locator("[data-edit]").click()
    expect(street.locator("textarea[name=description]")).to_have_value("Бірінші")
    go_on(street)
    street.fill("textarea[name=description]", "Екінші")
    street.wait_for_timeout(700)
    street.goto("/my")
    expect(street.locator("[data-outbox-list] li")).to_have_count(1)
    [row] = stored(street, "outbox")
    assert (row["fields"]["description"], row["fields"]["hazard_type"], len(row["photos"])) == (
        "Екінші",
        "MANHOLE_OPEN",
        1,
    )
    assert stored(street) == []
    street.unroute("**/report")
    street.locator("[data-outbox-list] [data-send]").click()
    expect(street.locator("[data-receipts] li")).to_have_count(1)
    assert sent(session) == ["Екінші"]
    quiet(watch)


def test_a_drawn_line_outlives_a_reload_and_a_change_in_the_outbox(street: Page, watch: Watch) -> None:
    street.route("**/report/shapes*", lambda route: route.fulfill(json=_near()))
    street.goto("/report")
    choose(street, "POWER_LINE_HAZARD")
    put_pin(street, "43.2550", "76.9300")
    street.locator("[data-shape-list]").click()
    street.locator("[data-shape-choices] button").click()
    expect(street.locator("[data-shape-drop]")).to_be_visible()
    street.wait_for_timeout(700)
    street.reload()
    expect(street.locator("[data-anew]")).to_be_visible()
    assert json.loads(street.locator("[name=geometry]").input_value()) == LINE
    expect(street.locator("path.map-shape")).to_have_count(1)
    expect(street.locator("[data-shape-drop]")).to_be_visible()

    go_on(street)
    cut_off(street)
    street.locator("[data-send]").click()
    street.wait_for_url("**/my")
    street.locator("[data-edit]").click()
    expect(street.locator("[data-anew]")).to_be_visible()
    assert json.loads(street.locator("[name=geometry]").input_value()) == LINE
    put_pin(street, "43.9", "76.1")  # far away from the line
    street.locator("[name=lon]").blur()
    expect(street.locator("[name=geometry]")).to_have_value("")
    expect(street.locator("path.map-shape")).to_have_count(0)
    quiet(watch)


def _near() -> dict[str, Any]:
    feature = {"type": "Feature", "geometry": LINE, "properties": {"name": "Желі", "kind": "power_line"}}
    return {"type": "FeatureCollection", "features": [feature]}


def test_what_was_added_after_the_answer_was_lost_arrives_and_the_photo_once(
    street: Page, session: Session, watch: Watch
) -> None:
    arrived = []

    def lose_the_answer(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        if not arrived:
            arrived.append(route.fetch().status)
        return route.abort()

    street.goto("/report")
    fill(street, "Ашық люк")
    street.set_input_files("[name=photos]", PHOTO)
    street.route("**/report", lose_the_answer)
    street.locator("[data-send]").click()
    street.wait_for_url("**/my")
    street.locator("[data-edit]").click()
    expect(street.locator("[data-previews] li")).to_have_count(1)
    street.locator("[name=someone_hurt]").evaluate("box => box.click()")
    street.locator("textarea[name=description]").evaluate("field => { field.value += ', бала түсіп кетті'; }")
    street.locator("textarea[name=description]").dispatch_event("input")
    street.wait_for_timeout(700)
    street.goto("/my")
    expect(street.locator("[data-outbox-list] li")).to_have_count(1)
    [row] = stored(street, "outbox")
    assert (row["fields"]["description"], row["fields"]["someone_hurt"]) == ("Ашық люк, бала түсіп кетті", True)
    street.unroute("**/report")
    street.locator("[data-outbox-list] [data-send]").click()
    expect(street.locator("[data-receipts] li")).to_have_count(1)
    assert arrived == [201]
    assert sent(session) == ["Ашық люк", "бала түсіп кетті"]
    assert session.scalars(select(Hazard.urgent)).all() == [True]
    assert len(session.scalars(select(Photo.id)).all()) == 1
    quiet(watch)
