"""The thirty-second path on a phone, in Kazakh: a manhole, my own place, send."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from app.actions.reference_data import load_reference_data
from tests.fixtures.browser import Watch

pytestmark = pytest.mark.e2e
SERVICE_WORKERS = True
DATA = Path(__file__).parents[2] / "data"
AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
HERE = {"latitude": 43.2551, "longitude": 76.9301, "accuracy": 12}


def test_manhole_own_place_and_send_take_six_taps(
    browser: Browser, live_server: str, watch: Watch, session: Session
) -> None:
    load_reference_data(session, DATA)
    session.commit()
    phone = browser.new_context(
        base_url=live_server,
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        bypass_csp=True,
        geolocation=HERE,
        permissions=["geolocation"],
    )
    page = phone.new_page()
    watch.follow(page)
    page.goto("/report")
    _is_clean(page)
    page.locator("label", has_text="Ашық люк").tap()
    page.locator("[data-next]").tap()
    expect(page.locator("#step-where")).to_be_focused()
    page.locator("[data-here]").tap()
    expect(page.locator("[name=lat]")).to_have_value("43.255100")
    _is_clean(page)
    page.go_back()
    expect(page.locator("#step-what")).to_be_focused()
    page.go_forward()
    page.locator("[data-next]").tap()
    _is_clean(page)
    page.locator("[data-send]").tap()
    expect(page).to_have_url(re.compile("/receipt#"))
    expect(page.locator("h1")).to_have_text("Рақмет, хабарламаңыз қабылданды")
    phone.close()


def _is_clean(page: Page) -> None:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']}"
    found = page.evaluate(f"axe.run(document, {rules}).then(({{violations}}) => violations.map((v) => v.id))")
    assert found == []
