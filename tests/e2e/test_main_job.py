"""The main job in a browser, in Kazakh: a citizen pins a manhole, the body works it, everybody sees it closed.

On the real districts of Almaty where they lie beside the project, else (said in the test's name) on the demo outlines.
"""

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.actions.areas import import_areas
from app.actions.bodies import import_bodies
from app.actions.imports import Outcome
from app.actions.reference_data import load_reference_data
from app.cli.area_rows import area_rows
from app.cli.files import features
from app.domain.permissions import SYSTEM, Role
from app.queries.bodies import body_by_code
from tests.web.pages import PASSWORD, make_account

pytestmark = pytest.mark.e2e
SERVICE_WORKERS = True

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data" / "kz" / "geokz_city_districts.geojson.gz"
DEMO = ROOT / "data" / "areas" / "almaty.geojson"
PHOTOS = ROOT / "data" / "photos"
AREAS = [pytest.param(REAL, id="real") if REAL.is_file() else pytest.param(DEMO, id="demo")]
BODY = {
    "code": "almaly",
    "kind": "district_akimat",
    "name_kk": "Алмалы ауданы әкімінің аппараты",
    "name_ru": "Аппарат акима Алмалинского района",
    "name_en": "Almaly district office",
    "email": "almaly@qauip.example",
    "area": "751110000",
    "types": "MANHOLE_OPEN",
}


@pytest.fixture
def city(session, request):
    load_reference_data(session, ROOT / "data")
    outcome = Outcome()
    rows = area_rows(features(request.param), {"level": 2, "kind": "city_district"}, outcome)
    import_areas(session, by=SYSTEM, rows=rows, valid_from=date(2024, 1, 1), source="", outcome=outcome)
    import_bodies(session, by=SYSTEM, rows=enumerate([BODY], 2), outcome=outcome)
    assert not outcome.refused
    body_id = body_by_code(session, "almaly").id
    make_account(session, Role.DISPATCHER, email="dispatcher@city.kz", body_id=body_id)
    make_account(session, Role.MANAGER, email="manager@city.kz", body_id=body_id)
    make_account(session, Role.MODERATOR, email="moderator@city.kz")


@pytest.mark.parametrize("city", AREAS, indirect=True)
def test_from_pin_to_closed(page: Page, city: None) -> None:
    reference = report(page)
    page.goto(f"/h/{reference}")
    expect(page.get_by_text("Алмалы ауданы әкімінің аппараты", exact=True)).to_be_visible()
    expect(page.get_by_text("Ашық люк, балалар жүр")).to_have_count(0)  # words wait for the moderator

    sign_in(page, "moderator@city.kz")
    page.locator("button[name=choice][value=clear]").first.click()
    expect(page.locator("main")).not_to_contain_text("Ашық люк, балалар жүр")

    sign_in(page, "dispatcher@city.kz")
    page.get_by_role("link", name="Ашық люк").click()
    act(page, "accept")
    act(page, "make_safe", measure="full_fence", photo="area-fenced.jpg")
    expect(page.get_by_text("Қауіпсіздендірілді").first).to_be_visible()
    act(page, "fix", note="Жаңа қақпақ орнатылды", photo="manhole-new-cover.jpg", public=True)
    here = page.url
    sign_in(page, "manager@city.kz")  # the picture says nothing of place and time: a second person confirms
    page.goto(here)
    act(page, "confirm_fix")

    page.context.clear_cookies()
    page.goto(f"/h/{reference}")
    expect(page.locator(".hazard-head")).to_contain_text("Жойылды")
    expect(page.get_by_text("Жаңа қақпақ орнатылды")).to_be_visible()
    expect(page.get_by_text("Ашық люк, балалар жүр")).to_be_visible()
    page.goto("/?status=closed#map=15/43.2550/76.9300")
    expect(page.locator("[data-in-view] a", has_text="Ашық люк")).to_be_visible()


def report(page: Page) -> str:
    """Send a report by the form's script, photo and all; the receipt page opens by itself and names the reference."""
    page.goto("/report")
    page.locator("input[value=MANHOLE_OPEN]").check(force=True)
    page.locator("[data-next]").click()
    page.locator("[data-numbers] summary").click()
    page.fill("input[name=lat]", "43.2550")
    page.fill("input[name=lon]", "76.9300")
    page.locator("[data-next]").click()
    page.fill("textarea[name=description]", "Ашық люк, балалар жүр")
    page.set_input_files("input[name=photos]", PHOTOS / "manhole-open.jpg")
    page.wait_for_timeout(3100)  # faster than a person, and it would wait for a moderator
    page.get_by_role("button", name="Жіберу").click()
    expect(page.locator("h1")).to_have_text("Рақмет, хабарламаңыз қабылданды")
    expect(page.get_by_text("Ашық люк, балалар жүр")).to_be_visible()
    receipt = page.locator("[data-receipt] code").inner_text()
    expect(page).to_have_url(re.compile("/receipt#."))  # put there by the page's script
    page.goto(page.url.replace("/receipt", "/ru/receipt"))  # the address keeps it, in every language
    expect(page.locator("h1")).to_have_text("Моё сообщение")
    expect(page.locator("[data-receipt] code")).to_have_text(receipt)
    return page.locator(".my-number code").inner_text()


def sign_in(page: Page, email: str) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(re.compile("/staff/"))


def act(page: Page, name: str, *, measure: str = "", note: str = "", photo: str = "", public: bool = False) -> None:
    """One act, wherever it stands on the hazard's page: a button, or fields under a fold."""
    panel = page.locator(f"#{name}")
    for fold in (page.locator(f".acts-other:has(#{name})"), page.locator(f"details#{name}")):
        if fold.count() and not fold.evaluate("e => e.open"):
            fold.locator("summary").first.click()
    if measure:
        panel.locator("select[name$=measure]").select_option(measure)
    if note:
        panel.locator("textarea[name$=note]").fill(note)
    if public:
        panel.locator("input[name$=public]").check()
    if photo:
        panel.locator("input[name=photos]").set_input_files(PHOTOS / photo)
    panel.locator("button[type=submit]").last.click()
    expect(page.locator(".notice[role=status]").first).to_be_visible()
