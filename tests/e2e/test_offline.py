"""Without a network: a report waits on the device and goes by itself, once; the shell opens; nothing private stays."""

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.areas import import_areas
from app.actions.imports import Outcome
from app.actions.reference_data import load_reference_data
from app.cli.area_rows import area_rows
from app.cli.files import features
from app.domain.permissions import SYSTEM
from app.models import Photo, Report

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "data" / "areas" / "almaty.geojson"
PHOTO = ROOT / "data" / "photos" / "manhole-open.jpg"
NO_SYNC = "delete window.SyncManager; delete ServiceWorkerRegistration.prototype.sync"
READY = """async () => {
  const kept = () => caches.match("/", { ignoreSearch: true });
  while (!(navigator.serviceWorker.controller && await kept())) await new Promise((done) => setTimeout(done, 50));
}"""
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  return found;
}"""
MAY_BE_KEPT = {"/", "/my", "/offline", "/report/offline"}


@pytest.fixture
def city(session: Session) -> None:
    load_reference_data(session, ROOT / "data")
    outcome = Outcome()
    rows = area_rows(features(DEMO), {"level": 2, "kind": "city_district"}, outcome)
    import_areas(session, by=SYSTEM, rows=rows, valid_from=date(2024, 1, 1), source="", outcome=outcome)
    session.commit()


@pytest.fixture
def street(page: Page, city: None) -> Page:
    """A page whose worker has kept the shell."""
    page.goto("/")
    page.evaluate(READY)
    return page


def fill(page: Page, words: str = "Ашық люк") -> None:
    page.locator("input[value=MANHOLE_OPEN]").check(force=True)
    page.locator("[data-next]").click()
    page.locator("details[data-numbers]").evaluate("box => { box.open = true; }")
    page.fill("input[name=lat]", "43.2550")
    page.fill("input[name=lon]", "76.9300")
    page.locator("[data-next]").click()
    page.fill("textarea[name=description]", words)


def reports(session: Session) -> list[Report]:
    session.expire_all()
    return list(session.scalars(select(Report)))


def offline(context: BrowserContext, on: bool) -> None:
    context.set_offline(on)


def quiet(watch) -> None:
    """A page without a network says so in the console; anything else is still a problem."""
    watch.problems[:] = [said for said in watch.problems if "ERR_INTERNET_DISCONNECTED" not in said]


def test_a_report_made_offline_goes_by_itself_and_once(street: Page, session: Session, watch) -> None:
    context = street.context
    offline(context, True)
    street.goto("/report")
    fill(street)
    street.set_input_files("input[name=photos]", PHOTO)
    street.locator("[data-send]").click()
    street.wait_for_url("**/my")
    expect(street.locator("[data-outbox-list] li")).to_have_count(1)
    street.locator("[data-edit]").click()
    expect(street.locator("[data-anew]")).to_be_visible()
    street.locator("[data-next]").click()
    expect(street.locator("textarea[name=description]")).to_have_value("Ашық люк")
    street.fill("textarea[name=description]", "Ашық люк, мектеп жанында")
    street.locator("[data-send]").click()
    street.wait_for_url("**/my")
    expect(street.locator("[data-outbox-list] li")).to_have_count(1)
    assert reports(session) == []

    second = context.new_page()
    second.goto("/my")
    offline(context, False)
    expect(street.locator("[data-receipts] li")).to_have_count(1)
    expect(street.locator("[data-receipts] [data-status]")).not_to_be_empty()
    expect(second.locator("[data-receipts] li")).to_have_count(1)
    assert [report.text for report in reports(session)] == ["Ашық люк, мектеп жанында"]
    assert session.scalar(select(func.count()).select_from(Photo)) == 1

    street.on("dialog", lambda dialog: dialog.accept())
    street.locator("[data-forget]").click()
    expect(street.locator("[data-none]")).to_be_visible()
    quiet(watch)


def test_without_background_sync_the_next_page_sends(street: Page, session: Session, watch) -> None:
    street.context.add_init_script(NO_SYNC)
    offline(street.context, True)
    street.goto("/report")
    fill(street)
    street.locator("[data-send]").click()
    street.wait_for_url("**/my")
    street.close()
    page = street.context.new_page()
    offline(street.context, False)
    page.goto("/my")
    expect(page.locator("[data-receipts] li")).to_have_count(1)
    assert len(reports(session)) == 1
    quiet(watch)


def test_what_the_server_refuses_waits_for_help(street: Page, session: Session, watch) -> None:
    offline(street.context, True)
    street.goto("/report")
    fill(street)
    street.locator("input[value=MANHOLE_OPEN]").evaluate("kind => { kind.value = 'NO_LONGER_A_KIND'; }")
    street.locator("[data-send]").click()
    street.wait_for_url("**/my")
    offline(street.context, False)
    expect(street.locator("[data-reasons]")).to_be_visible()
    assert reports(session) == []
    watch.problems.clear()


def test_the_shell_opens_offline_and_nothing_private_is_kept(street: Page, watch) -> None:
    for path in ("/receipt", "/sign-in", "/help", "/report"):
        street.goto(path)
    kept = set(street.evaluate(KEPT))
    assert {path for path in kept if not path.startswith(("/static/", "/map/"))} == MAY_BE_KEPT
    offline(street.context, True)
    street.goto("/")
    expect(street.locator(".leaflet-container")).to_be_visible()
    street.goto("/about")
    expect(street.locator("h1")).to_have_text("Желі жоқ")
    offline(street.context, False)
    quiet(watch)


def test_a_draft_outlives_the_page_and_can_be_dropped(street: Page) -> None:
    street.goto("/report")
    fill(street, "Жартылай жазылған")
    street.wait_for_timeout(700)
    street.goto("/report")
    expect(street.locator("textarea[name=description]")).to_have_value("Жартылай жазылған")
    street.locator("[data-anew] button").click()
    expect(street.locator("textarea[name=description]")).to_have_value("")
