"""A person with a phone who fills in the report form, and what the device and the server have of it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.reference_data import load_reference_data
from app.models import Report
from tests.fixtures.browser import Watch

ROOT = Path(__file__).parents[2]
PHOTO = ROOT / "data" / "photos" / "manhole-open.jpg"
STORED = "async (store) => (await import('/static/js/device.js')).all(store)"
KEPT = """async ([words, photos]) => {
  const { all } = await import("/static/js/device.js");
  const isIt = (draft) => draft.values.description === words && draft.photos.length === photos;
  while (!(await all("draft")).some(isIt)) await new Promise((done) => setTimeout(done, 50));
}"""


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


def is_report(asked: Request) -> bool:
    return asked.method == "POST" and asked.url.endswith("/report")
