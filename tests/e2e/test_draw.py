"""A line drawn on the report form: what was drawn goes along, also where nobody pressed "Done"; one corner is none."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.actions.reference_data import load_reference_data

pytestmark = pytest.mark.e2e
DATA = Path(__file__).parents[2] / "data"
BESIDE_A_BEND = """() => {
  const bend = [...document.querySelectorAll('.marker-icon')].at(-1);
  const { x, y, width, height } = bend.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2 + 20, y + height / 2) === bend;
}"""
CORNERS = [(0.35, 0.4), (0.55, 0.35), (0.65, 0.6)]


def touch(page: Page, corners: list[tuple[float, float]]) -> None:
    box = page.locator(".leaflet-container").bounding_box()
    assert box
    for across, down in corners:
        page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
        page.wait_for_timeout(400)  # two clicks in one place and moment are a double click


def test_a_drawn_line_is_kept_when_the_next_step_is_opened(page: Page, session: Session) -> None:
    load_reference_data(session, DATA)
    session.commit()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/report?type=POWER_LINE_HAZARD&lat=43.2550&lon=76.9300&z=16")
    expect(page.locator(".leaflet-container")).to_be_visible()
    touch(page, [(0.5, 0.5)])
    page.locator("[data-shape-draw]").click()
    expect(page.locator("[data-shape-done]")).to_be_in_viewport()
    expect(page.locator(".leaflet-container")).to_be_in_viewport(ratio=1)
    touch(page, CORNERS[:1])
    page.locator("[data-shape-done]").click()
    expect(page.locator("[data-shape-said]")).to_contain_text("Алдымен")
    touch(page, CORNERS[1:])
    assert page.evaluate(BESIDE_A_BEND), "it can be hit 20 px beside its middle"
    page.locator("[data-next]").click()
    expect(page.locator("#step-more")).to_be_focused()
    drawn = json.loads(page.locator("[name=geometry]").input_value())
    assert (drawn["type"], len(drawn["coordinates"])) == ("LineString", 3)
