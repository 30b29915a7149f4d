"""A dispatcher's list in a browser: filtered, saved, and brought up to date without moving under a hand."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from app.domain.permissions import Role
from tests.actions.town import Town
from tests.web.pages import PASSWORD, make_account

pytestmark = pytest.mark.e2e
AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
ASK = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def town(session) -> Town:
    town = Town(session)
    for _ in range(3):
        town.hazard(body="roads")
    session.commit()
    make_account(session, Role.DISPATCHER, email="dispatcher@city.kz", body_id=town.body["roads"])
    return town


def test_a_dispatcher_filters_saves_and_sees_what_is_new(page: Page, session, town: Town) -> None:
    page.goto("/sign-in")
    page.fill("input[name=email]", "dispatcher@city.kz")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile("/staff/"))
    page.goto("/en/staff/?severity=high")
    expect(page.locator(".inbox-row")).to_have_count(3)
    expect(page.locator(".map-inbox .cluster, .map-inbox .pin").first).to_be_visible()
    found = page.evaluate(f"() => {{ {AXE.read_text('utf-8')}; return window.axe.run(document); }}")
    assert [each["id"] for each in found["violations"]] == []

    page.locator(".inbox-row .inbox-tick").first.click()
    last = page.locator(".inbox-row").last.get_attribute("data-ref")
    session.execute(text("UPDATE hazard SET urgent = true WHERE reference = :ref"), {"ref": last})
    session.commit()
    page.evaluate(ASK)
    expect(page.locator("[data-fresh]")).to_contain_text("The list has changed.")
    assert page.locator(".inbox-row").last.get_attribute("data-ref") == last  # not under a hand
    page.click("[data-renew]")
    expect(page.locator(f".inbox-row.step-0[data-ref='{last}']")).to_be_visible()

    page.click(".inbox-saved > summary")
    page.fill("#filter-name", "Heavy ones")
    page.check(".inbox-saved [name=start]")
    page.click(".inbox-saved .button-primary")
    page.goto("/en/staff/")
    expect(page).to_have_url(re.compile("severity=high"))
