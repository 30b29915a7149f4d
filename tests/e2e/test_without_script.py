"""The plain path of the report form in Chromium with JavaScript off: nothing typed is lost, and what the desk has now
comes back on no screen.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.demo_city import make_city
from app.actions.reference_data import load_reference_data
from app.models import Hazard, Held, Photo, Report
from tests.fixtures.browser import CHROMIUM_FLAGS

pytestmark = pytest.mark.e2e
DATA = Path(__file__).parents[2] / "data"
WORDS = "Мой отчим бьёт меня каждый день"


@pytest.fixture(autouse=True)
def city(session: Session) -> None:
    load_reference_data(session, DATA)
    make_city(session, DATA)
    session.commit()


@pytest.fixture
def plain(browser: Browser, live_server: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live_server, viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="kk-KZ"
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def fill(page: Page, words: str, kind: str = "MANHOLE_OPEN") -> None:
    page.goto(f"/ru/report?type={kind}")
    page.fill("#description", words)
    page.fill("#lat", "43.2560")
    page.fill("#lon", "76.9285")


@pytest.mark.parametrize("kept_whole", [False, True])
def test_back_from_a_held_report_shows_the_words_on_no_screen(
    browser: Browser, live_server: str, session: Session, kept_whole: bool
) -> None:
    """Also where the browser keeps whole pages for Back."""
    left_out = ["--disable-back-forward-cache"] if kept_whole else []
    own = browser.browser_type.launch(
        executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS, ignore_default_args=left_out
    )
    page = own.new_context(base_url=live_server, java_script_enabled=False).new_page()
    fill(page, WORDS)
    page.click("[data-send]")
    expect(page.locator("a[href='tel:111']").first).to_be_visible()
    assert len(session.scalars(select(Held.reference)).all()) == 1
    page.go_back()
    expect(page.locator("#description")).to_have_value("")
    own.close()


def test_a_place_is_searched_within_the_form_and_nothing_typed_is_lost(plain: Page, session: Session) -> None:
    fill(plain, "Қақпағы жоқ")
    made = io.BytesIO()
    Image.new("RGB", (80, 60), "gray").save(made, "JPEG")
    plain.set_input_files("#photos", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()})
    expect(plain.locator(".report-search")).to_be_hidden()
    plain.fill("#find", "самал")
    plain.click("button[name=find_place]")
    assert session.scalars(select(Report)).all() == []
    expect(plain.locator(".report-hit")).to_have_count(2)
    expect(plain.locator("#description")).to_have_value("Қақпағы жоқ")
    plain.click(".report-hit >> nth=0")
    expect(plain.locator("#lat")).to_have_value(re.compile(r"43\.23"))
    expect(plain.locator("[data-place-said]")).to_contain_text("Самал-1")
    expect(plain.locator("[name=hazard_type]:checked")).to_have_value("MANHOLE_OPEN")
    with plain.expect_navigation():
        plain.click("[data-send]")
    session.rollback()
    assert session.scalars(select(Report.text)).one() == "Қақпағы жоқ"
    assert len(session.scalars(select(Photo)).all()) == 1


@pytest.mark.parametrize("width", [390, 1366])
def test_is_it_this_one_can_be_answered_at_every_width(plain: Page, session: Session, width: int) -> None:
    plain.set_viewport_size({"width": width, "height": 800})
    for _ in range(2):
        fill(plain, "Қақпағы жоқ")
        with plain.expect_navigation():
            plain.click("[data-send]")
        session.execute(update(Hazard).values(review_first=False))  # so fast only a machine fills it in
        session.commit()
    expect(plain.locator(".same .choice")).to_have_count(2)
    choices = [box for each in plain.locator(".same .choice").all() if (box := each.bounding_box())]
    assert len(choices) == 2
    assert choices[0]["x"] == choices[1]["x"], "one under the other"
    for box in choices:
        assert box["width"] > 300
        assert box["x"] + box["width"] <= width


def test_an_address_with_numbers_puts_the_pin(plain: Page) -> None:
    plain.goto("/report?lat=43.25&lon=76.95&z=16")
    expect(plain.locator("#lat")).to_have_value("43.250000")
    expect(plain.locator("#lon")).to_have_value("76.950000")
    plain.goto("/report?lat=3.25&lon=76.95")
    expect(plain.locator("#lat")).to_have_value("")
