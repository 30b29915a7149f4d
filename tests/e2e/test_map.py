"""The maps in a real browser. The server's answers about hazards are canned here, so that each test knows its map."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy.orm import Session

from app.actions.reference_data import load_reference_data

pytestmark = pytest.mark.e2e

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
DATA = Path(__file__).parents[2] / "data"
START = "#map=14/43.2400/76.9150"
HOSTILE = "${document.title='owned'}<img src=x onerror=alert(1)>`"


def hazard(ref: str, lon: float, lat: float, **more: Any) -> dict[str, Any]:
    properties = {
        "n": 1,
        "ref": ref,
        "type": "MANHOLE_OPEN",
        "group": "ground",
        "status": "assigned",
        "state": "open",
        "severity": "critical",
        "title": "Open manhole",
        "status_text": "Assigned",
        "place": "Abai 10",
        "since": "today",
        "overdue": True,
        "url": f"/h/{ref}",
    } | more
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": properties}


def cluster(key: str, n: int, lon: float, lat: float) -> dict[str, Any]:
    properties = {"n": n, "open": n, "group": "mixed", "key": key}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": properties}


FEATURES = [
    hazard("AAAA0001", 76.915, 43.240),
    hazard("AAAA0002", 76.905, 43.245, group="water", state="safe", title=HOSTILE),
    cluster("14/1/1", 12, 76.925, 43.236),
]


def collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    singles = [feature for feature in features if feature["properties"]["n"] == 1]
    items = [
        {**one["properties"], "lon": one["geometry"]["coordinates"][0], "lat": one["geometry"]["coordinates"][1]}
        for one in singles
    ]
    total = sum(feature["properties"]["n"] for feature in features)
    return {"type": "FeatureCollection", "features": features, "total": total, "items": items}


@pytest.fixture(autouse=True)
def _types(session: Session) -> None:
    """The filters and the report form list the hazard types."""
    load_reference_data(session, DATA)
    session.commit()


@pytest.fixture
def asked(page: Page) -> list[str]:
    """Answer the viewport's questions with FEATURES; the list grows with the addresses that were asked."""
    addresses: list[str] = []

    def answer(route: Route) -> None:
        addresses.append(route.request.url)
        route.fulfill(json=collection(FEATURES))

    page.route(re.compile(r"/map/\d+/\d+/\d+/\d+/\d+"), answer)
    return addresses


def marker(page: Page, words: str) -> Any:
    return page.locator(".leaflet-marker-icon").and_(page.get_by_role("button", name=re.compile(words)))


def test_hazards_stand_on_the_map_and_in_the_list(page: Page, asked: list[str]) -> None:
    page.goto(f"/en/{START}")
    expect(marker(page, "^Open manhole, Assigned, Abai 10")).to_be_visible()
    expect(marker(page, "^12")).to_be_visible()
    expect(page.locator("[data-in-view] h2")).to_have_count(2)
    expect(page.locator("[data-total]")).to_contain_text("14")


def test_popup_takes_the_focus_and_gives_it_back(page: Page, asked: list[str]) -> None:
    page.goto(f"/en/{START}")
    pin = marker(page, "^Open manhole")
    pin.focus()
    page.keyboard.press("Enter")
    card = page.get_by_role("group", name="Open manhole")
    expect(card).to_be_focused()
    page.keyboard.press("Tab")
    expect(card.get_by_role("link")).to_be_focused()
    expect(card.get_by_role("link")).to_have_attribute("href", "/h/AAAA0001")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(pin).to_be_focused()


def test_words_of_people_stay_words(page: Page, asked: list[str]) -> None:
    page.goto(f"/en/{START}")
    page.locator(".leaflet-marker-icon[aria-label^='${']").click()
    expect(page.locator(".leaflet-popup [data-text=title]")).to_have_text(HOSTILE)
    expect(page.locator("[data-ref=AAAA0002] h2")).to_have_text(HOSTILE)
    assert page.title() != "owned"


def test_circle_leads_closer(page: Page, asked: list[str]) -> None:
    page.goto(f"/en/{START}")
    with page.expect_request(re.compile("/map/16/")):
        marker(page, "^12").click()
    page.wait_for_url(re.compile("#map=16/"))


def test_link_keeps_place_zoom_and_filters(page: Page, asked: list[str]) -> None:
    page.goto(f"/en/{START}")
    question = re.compile(r"/map/14/\d+/.*\?.*group=water")
    with page.expect_request(question):
        page.locator("label.chip:has(input[value=water])").click()
    page.wait_for_url(re.compile(r"/en/\?group=water#map=14/43\.2400/76\.9150$"))
    with page.expect_request(question):
        page.reload()
    expect(page.locator("input[name=group][value=water]")).to_be_checked()


def test_language_and_report_links_carry_the_place(page: Page, asked: list[str]) -> None:
    page.goto(f"/en/?group=water{START}")
    russian = page.locator("a[hreflang=ru]")
    expect(russian).to_have_attribute("href", re.compile(r"/ru/\?group=water#map=14/43\.2400/76\.9150$"))
    report = page.locator("a[data-report-link]")
    expect(report).to_have_attribute("href", re.compile(r"/en/report\?lat=43\.24000&lon=76\.91500&z=14$"))


def test_list_lights_the_place_on_the_map(page: Page, asked: list[str]) -> None:
    page.goto(f"/en/{START}")
    page.locator("[data-ref=AAAA0001] a").focus()
    expect(page.locator(".map-halo")).to_have_count(1)


def test_own_outlines_carry_the_map_without_tiles(page: Page, asked: list[str]) -> None:
    square = [[[76.8, 43.2], [77.0, 43.2], [77.0, 43.3], [76.8, 43.3], [76.8, 43.2]]]
    feature = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": square},
        "properties": {"name": "Almaly", "code": "751110000", "kind": "city_district"},
    }
    page.route(
        re.compile("/map/outlines"),
        lambda route: route.fulfill(json={"type": "FeatureCollection", "features": [feature]}),
    )
    page.goto(f"/en/{START}")
    expect(page.locator(".map-area")).to_have_count(1)
    expect(page.get_by_text("Almaly")).to_be_visible()


def test_first_picture_lies_under_the_opening_view_and_goes_with_the_first_move(page: Page, asked: list[str]) -> None:
    page.route(re.compile("/map/outlines"), lambda route: None)
    page.goto("/en/")
    picture = page.locator("[data-ground]")
    expect(picture).to_be_visible()
    page.locator(".leaflet-control-zoom-in").click()
    expect(picture).to_have_count(0)
    page.goto(f"/en/{START}")
    expect(page.locator("[data-map] .leaflet-map-pane")).to_have_count(1)
    expect(picture).to_have_count(0)


def test_failed_answer_is_said_and_the_next_one_cures_it(page: Page, watch: Any) -> None:
    page.route(re.compile(r"/map/\d+/\d+/\d+/\d+/\d+"), lambda route: route.abort())
    page.goto(f"/en/{START}")
    expect(page.locator("[data-notice]")).to_contain_text("did not load")
    page.unroute_all()
    page.route(re.compile(r"/map/\d+/"), lambda route: route.fulfill(json=collection(FEATURES)))
    page.locator(".leaflet-control-zoom-in").click()
    expect(page.locator("[data-notice]")).to_be_hidden()
    watch.problems.clear()


def test_map_page_has_no_barriers_but_overlapping_marks(page: Page, asked: list[str]) -> None:
    page.goto(f"/ru/{START}")
    expect(page.locator(".leaflet-marker-icon[role=button]").first).to_be_visible()
    found = page.evaluate(f"() => {{ {AXE.read_text()}; return window.axe.run(document); }}")
    faults = [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found["violations"]]
    assert [fault for fault in faults if fault[0] != "target-size"] == [], json.dumps(faults, indent=1)


def test_pin_is_put_by_tap_keys_middle_and_typed_numbers(page: Page) -> None:
    page.goto("/en/report?lat=43.24&lon=76.91&z=15")
    lat, lon = page.locator("input[name=lat]"), page.locator("input[name=lon]")
    page.locator("[data-pin-centre]").click()
    expect(page.locator(".place-pin")).to_be_focused()
    assert float(lat.input_value()) == pytest.approx(43.24, abs=0.001)
    before = float(lon.input_value())
    page.keyboard.press("ArrowRight")
    assert float(lon.input_value()) > before
    page.locator(".folium-map").click(position={"x": 60, "y": 120})
    assert float(lon.input_value()) < before
    page.locator("input[value=MANHOLE_OPEN]").check(force=True)
    page.locator("[data-next]").click()
    page.locator("[data-numbers] summary").click()
    lat.fill("43.25, 76.95")
    lat.blur()
    expect(lat).to_have_value("43.25")
    expect(lon).to_have_value("76.95")
    expect(page.locator("[data-pin-said]")).to_contain_text("43.25000")


def test_pin_can_be_dragged(page: Page) -> None:
    page.goto("/en/report?lat=43.24&lon=76.91&z=15")
    page.locator("[data-pin-centre]").click()
    before = float(page.locator("input[name=lat]").input_value())
    box = page.locator(".place-pin").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 26, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 26, box["y"] - 40, steps=8)
    page.mouse.up()
    assert float(page.locator("input[name=lat]").input_value()) > before


def test_device_location_puts_the_pin(page: Page) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 43.2567, "longitude": 76.9286})
    page.goto("/en/report")
    page.locator(".leaflet-control-locate a").click()
    expect(page.locator("input[name=lat]")).to_have_value("43.256700")
    expect(page.locator("input[name=lon]")).to_have_value("76.928600")
