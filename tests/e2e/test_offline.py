"""Without a network: a report waits on the device and goes by itself, once; the shell opens; nothing private stays."""

import re
from datetime import date
from pathlib import Path
from uuid import uuid4

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
from app.web.public.offline import OFF

pytestmark = pytest.mark.e2e
SERVICE_WORKERS = True

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "data" / "areas" / "almaty.geojson"
PHOTO = ROOT / "data" / "photos" / "manhole-open.jpg"
NO_SYNC = "delete window.SyncManager; delete ServiceWorkerRegistration.prototype.sync"
READY = """async () => {
  const kept = () => caches.match("/", { ignoreSearch: true });
  while (!(navigator.serviceWorker.controller && await kept())) await new Promise((done) => setTimeout(done, 50));
}"""
DEVICE = (
    "const [device, outbox] = await Promise.all(['device', 'outbox'].map((name) => import(`/static/js/${name}.js`)));"
)
REMEMBERED = f"""async () => {{
  {DEVICE}
  const stores = ["outbox", "receipts", "draft"];
  return Object.fromEntries(await Promise.all(stores.map(async (name) => [name, await device.all(name)])));
}}"""
KEEP = f"async (body) => {{ {DEVICE} await outbox.keep(body, {{ url: '/report' }}); }}"
IN_BACKGROUND = f"""async () => {{
  {DEVICE}
  return outbox.flushInBackground().then((sent) => ["done", sent], ({{ message, sent }}) => [message, sent]);
}}"""
PUT_OFF = f"""async (fields) => {{
  {DEVICE}
  const row = {{ client_id: fields.client_id, fields, photos: [], url: "/report", kept_at: 0, tries: 1 }};
  await device.put("outbox", {{ ...row, state: outbox.WAITING, not_before: Date.now() + 9e6 }});
  return ({IN_BACKGROUND})();
}}"""
GONE = """async () => !(await navigator.serviceWorker.getRegistrations()).length && !(await caches.keys()).length"""
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  return found;
}"""
OPEN_MANHOLE = {"hazard_type": "MANHOLE_OPEN", "lat": "43.2550", "lon": "76.9300", "elapsed_ms": 9000}
HELD = "Әкем мені ұрады"
KEPT_AT_ONCE = {"/", "/my", "/offline", "/report/offline", "/help"}
MAY_BE_KEPT = {f"{root}{path}" for root in ("", "/ru", "/en") for path in KEPT_AT_ONCE}


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


def keep_offline(page: Page, *, words: str = "Ашық люк", kind: str | None = None) -> None:
    offline(page.context, True)
    page.goto("/report")
    fill(page, words)
    if kind:
        page.locator("input[value=MANHOLE_OPEN]").evaluate("(input, kind) => { input.value = kind; }", kind)
    page.locator("[data-send]").click()
    page.wait_for_url("**/my")


def switch_off(page: Page) -> None:
    """The way out of a bad release: the worker of `SERVICE_WORKER=off` comes in place of ours, and nothing is left."""
    page.context.route("**/sw.js", lambda route: route.fulfill(body=OFF, content_type="text/javascript"))
    page.evaluate("navigator.serviceWorker.getRegistration().then((worker) => worker.update())")
    page.wait_for_function(GONE)


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
    assert street.evaluate("caches.has('qauip-map').then((map) => [map, localStorage.length])") == [False, 0]
    quiet(watch)


def test_without_background_sync_the_page_sends_and_asks_for_help(street: Page, session: Session, watch) -> None:
    context = street.context
    context.add_init_script(NO_SYNC)
    keep_offline(street)
    street.close()
    page = context.new_page()
    offline(context, False)
    page.goto("/my")
    expect(page.locator("[data-receipts] li")).to_have_count(1)
    assert len(reports(session)) == 1

    keep_offline(page, kind="NO_LONGER_A_KIND")
    offline(context, False)
    expect(page.locator("[data-reasons]")).to_be_visible()
    expect(page.locator("[data-send]")).to_be_hidden()
    assert len(reports(session)) == 1
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("[data-outbox-list] [data-delete]").click()
    expect(page.locator("[data-outbox]")).to_be_hidden()

    body = {"client_id": str(uuid4()), "hazard_type": "MANHOLE_OPEN", "lat": "43.2600", "lon": "76.9400"}
    assert page.evaluate(PUT_OFF, body) == ["put off", []]
    page.evaluate(KEEP, body | {"not_these": "1", "elapsed_ms": 9000})  # an open page sends what another one keeps
    expect(page.locator("[data-receipts] li")).to_have_count(2)
    expect(page.locator("[data-said]")).not_to_be_empty()
    assert page.evaluate(IN_BACKGROUND) == ["done", []]
    quiet(watch)


def test_of_a_held_report_the_device_keeps_the_receipt_only(street: Page, session: Session, watch) -> None:
    keep_offline(street, words=HELD)
    offline(street.context, False)
    card = street.locator("[data-receipts] li")
    expect(card).to_have_count(1)
    expect(card.locator("[data-link]")).to_have_text("Хабар")
    expect(card.locator("[data-status]")).to_have_text("Хабарламаңызды қазір адам оқып жатыр.")
    expect(street.locator("[data-said]")).to_be_empty()
    assert reports(session) == []
    remembered = street.evaluate(REMEMBERED)
    assert [(row["held"], row["title"]) for row in remembered["receipts"]] == [(True, "")]
    assert (remembered["outbox"], remembered["draft"]) == ([], [])
    for said in (HELD, "MANHOLE_OPEN", "люк", "43.25"):
        assert said not in str(remembered) + card.inner_text()

    street.goto("/report")
    fill(street, HELD)
    street.locator("[data-send]").click()
    street.wait_for_url("**/receipt*")
    remembered = street.evaluate(REMEMBERED)
    assert [row["title"] for row in remembered["receipts"]] == ["", ""]
    assert (remembered["outbox"], remembered["draft"]) == ([], [])
    quiet(watch)


def test_the_last_view_opens_offline_nothing_private_is_kept_and_all_can_go(street: Page, watch) -> None:
    for path in ("/receipt", "/sign-in", "/help", "/report"):
        street.goto(path)
    kept = set(street.evaluate(KEPT))
    assert KEPT_AT_ONCE <= {path for path in kept if not path.startswith(("/static/", "/map/"))} <= MAY_BE_KEPT
    street.evaluate(KEEP, OPEN_MANHOLE | {"client_id": str(uuid4())})
    street.goto("/my")
    expect(street.locator("[data-receipts] li")).to_have_count(1)
    manholes = street.locator(".leaflet-marker-icon").and_(street.get_by_role("button", name="Ашық люк"))
    street.goto("/#map=17/43.2550/76.9300")
    expect(manholes).to_have_count(1)
    offline(street.context, True)
    street.goto("/about")
    expect(street.locator("h1")).to_have_text("Желі жоқ")
    street.goto("/")
    expect(manholes).to_have_count(1)
    street.set_viewport_size({"width": 800, "height": 1100})  # a turned screen asks for other edges
    street.reload()
    expect(manholes).to_have_count(1)
    expect(street.locator("a[data-report-link]").first).to_have_attribute("href", re.compile(r"lat=43\.25.*z=17"))

    street.goto("/report")
    street.locator("[data-shape=line]").first.evaluate("kind => { kind.closest('details')?.setAttribute('open', ''); }")
    street.locator("[data-shape=line]").first.check(force=True)
    street.locator("[data-danger-on]:visible").or_(street.locator("[data-next]:visible")).first.click()
    street.locator("[data-shape-draw]").evaluate("button => button.click()")
    expect(street.locator("[data-shape-said]")).to_contain_text("Сызу үшін желі керек")
    offline(street.context, False)
    quiet(watch)
    switch_off(street)
