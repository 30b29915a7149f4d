"""What was begun in the report form: it is kept, it is one report, it is shown to nobody who did not ask for it."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, Request, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.reference_data import load_reference_data
from app.models import Report
from tests.fixtures.browser import Watch

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
PHOTO = ROOT / "data" / "photos" / "manhole-open.jpg"
POSTER = "/report?type=MANHOLE_OPEN&place=43.2151,76.8601"
LINE = {"type": "LineString", "coordinates": [[76.9295, 43.2548], [76.9305, 43.2552]]}
STORED = "async (store) => (await import('/static/js/device.js')).all(store)"
KEPT = """async ([words, photos]) => {
  const { all } = await import("/static/js/device.js");
  const isIt = (draft) => draft.values.description === words && draft.photos.length === photos;
  while (!(await all("draft")).some(isIt)) await new Promise((done) => setTimeout(done, 50));
}"""
GPS = 0x8825


@pytest.fixture
def service_workers() -> Literal["block"]:
    return "block"


@pytest.fixture
def street(page: Page, session: Session) -> Page:
    load_reference_data(session, ROOT / "data")
    session.commit()
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def go_on(page: Page) -> None:
    page.locator("[data-next]").click()


def choose(page: Page, kind: str = "MANHOLE_OPEN") -> None:
    page.locator(f"input[value={kind}]").evaluate("kind => { kind.closest('details')?.setAttribute('open', ''); }")
    page.locator(f"input[value={kind}]").check(force=True)
    page.locator("[data-danger-on]:visible").or_(page.locator("[data-next]:visible")).first.click()


def put_pin(page: Page, lat: str = "43.3001", lon: str = "76.9901") -> None:
    page.locator("details[data-numbers]").evaluate("box => { box.open = true; }")
    page.fill("[name=lat]", lat)
    page.fill("[name=lon]", lon)


def fill(page: Page, words: str) -> None:
    choose(page)
    put_pin(page)
    go_on(page)
    page.fill("textarea[name=description]", words)
    kept(page, words)


def stored(page: Page, store: str = "draft") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = page.evaluate(STORED, store)
    return rows


def kept(page: Page, words: str, photos: int = 0) -> None:
    page.evaluate(KEPT, [words, photos])


def send(page: Page) -> None:
    page.locator("[data-send]").click()
    page.wait_for_url("**/receipt*")


def sent(session: Session) -> list[str | None]:
    session.expire_all()
    return [report.text for report in session.scalars(select(Report).order_by(Report.id))]


def cut_off(page: Page) -> None:
    """No report reaches the server."""
    page.route("**/report", lambda route: route.abort() if route.request.method == "POST" else route.continue_())


def quiet(watch: Watch) -> None:
    watch.problems[:] = [said for said in watch.problems if "ERR_FAILED" not in said]


def photo_of(lat: int, lon: int) -> FilePayload:
    notes = Image.Exif()
    notes[GPS] = {1: "N", 2: (float(lat), 0.0, 0.0), 3: "E", 4: (float(lon), 0.0, 0.0)}
    made = BytesIO()
    Image.new("RGB", (40, 30), "grey").save(made, "JPEG", exif=notes)
    return {"name": "street.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def test_the_place_of_a_poster_wins_and_the_old_draft_waits_unseen(street: Page, session: Session) -> None:
    bodies: list[dict[str, Any]] = []
    street.on("request", lambda asked: _is_report(asked) and bodies.append(asked.post_data_json))
    street.goto("/report")
    fill(street, "Ескі сөздер")
    street.goto("/report?place=43.2151,76.8601")
    expect(street.locator("[data-unfinished]")).to_be_visible()
    expect(street.locator("textarea[name=description]")).to_have_value("")
    choose(street)
    go_on(street)
    send(street)
    assert [(body["lat"], body["lon"], "description" in body) for body in bodies] == [("43.215100", "76.860100", False)]

    street.goto("/report")
    expect(street.locator("[name=lat]")).to_have_value("")
    street.locator("[data-go-on]").click()
    expect(street.locator("[data-anew]")).to_be_visible()
    expect(street.locator("[data-unfinished]")).to_be_hidden()
    expect(street.locator("[name=lat]")).to_have_value("43.3001")
    expect(street.locator("textarea[name=description]")).to_have_value("Ескі сөздер")
    go_on(street)
    send(street)
    assert sent(session) == ["", "Ескі сөздер"]
    street.goto("/report")
    expect(street.locator("#step-what")).to_be_visible()
    expect(street.locator("[data-unfinished]")).to_be_hidden()


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
    with street.expect_request(_is_report):
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


def test_a_reload_of_a_posters_form_keeps_words_and_photo(street: Page) -> None:
    street.goto(POSTER)
    go_on(street)
    street.fill("textarea[name=description]", "Мектеп жанында")
    street.set_input_files("[name=photos]", PHOTO)
    kept(street, "Мектеп жанында", photos=1)
    street.reload()
    expect(street.locator("[data-previews] li")).to_have_count(1)
    expect(street.locator("textarea[name=description]")).to_have_value("Мектеп жанында")
    expect(street.locator("[name=lat]")).to_have_value("43.215100")
    street.wait_for_timeout(700)
    assert [len(draft["photos"]) for draft in stored(street)] == [1]


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


def _is_report(asked: Request) -> bool:
    return asked.method == "POST" and asked.url.endswith("/report")


def _near() -> dict[str, Any]:
    feature = {"type": "Feature", "geometry": LINE, "properties": {"name": "Желі", "kind": "power_line"}}
    return {"type": "FeatureCollection", "features": [feature]}


def test_enter_leads_on_and_sends_in_the_last_step_only(street: Page, session: Session) -> None:
    street.goto("/report")
    street.locator("input[value=MANHOLE_OPEN]").focus()
    street.keyboard.press("Space")
    street.keyboard.press("Enter")
    expect(street.locator("#step-where")).to_be_focused()
    expect(street.locator("[data-report-error]")).to_be_hidden()
    put_pin(street)
    street.locator("[name=lon]").press("Enter")
    expect(street.locator("#step-more")).to_be_focused()
    assert sent(session) == []
    street.locator("textarea[name=description]").press("Enter")
    expect(street.locator("textarea[name=description]")).to_have_value("\n")
    assert sent(session) == []


def test_what_was_begun_is_gone_after_a_quick_exit(street: Page) -> None:
    street.goto("/report")
    fill(street, "Мені ұрады")
    street.goto("/help")
    street.locator("[data-quick-exit]").click()
    street.wait_for_url("**/away")
    assert stored(street) == []
    street.go_back()
    expect(street.locator("#step-what")).to_be_visible()
    expect(street.locator("textarea[name=description]")).to_have_value("")

    fill(street, "Мені ұрады")  # a page that the browser keeps whole and brings back
    street.evaluate("import('/static/js/device.js').then(({ clear }) => clear('draft'))")
    street.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })), undefined")
    expect(street.locator("textarea[name=description]")).to_have_value("")


def test_the_next_person_sees_no_words_and_can_delete_them(street: Page) -> None:
    street.goto("/report")
    fill(street, "Мені ұрады")
    street.goto("/report")
    expect(street.locator("[data-unfinished]")).to_be_visible()
    assert "ұрады" not in street.content()
    expect(street.locator("textarea[name=description]")).to_have_value("")
    street.reload()
    expect(street.locator("[data-unfinished]")).to_be_visible()
    expect(street.locator("textarea[name=description]")).to_have_value("")
    street.locator("[data-discard]").click()
    expect(street.locator("[data-unfinished]")).to_be_hidden()
    assert stored(street) == []


def test_a_draft_that_was_gone_on_with_can_be_dropped(street: Page) -> None:
    street.goto("/report")
    fill(street, "Жартылай жазылған")
    street.reload()
    expect(street.locator("textarea[name=description]")).to_have_value("Жартылай жазылған")
    street.locator("[data-anew] button").click()
    expect(street.locator("textarea[name=description]")).to_have_value("")
    assert stored(street) == []


def test_the_place_of_a_photo_is_asked_about_once(street: Page) -> None:
    street.goto("/report")
    fill(street, "Сурет")
    street.set_input_files("[name=photos]", photo_of(43, 76))
    street.locator("[data-exif-no]").click()
    kept(street, "Сурет", photos=1)
    street.wait_for_timeout(700)
    street.reload()
    go_on(street)
    expect(street.locator("[data-previews] li")).to_have_count(1)
    street.wait_for_timeout(500)
    expect(street.locator("[data-exif]")).to_be_hidden()
