"""Words of violence beside a known hazard, on the form with script: held at once, and nothing is asked before."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.actions.reference_data import load_reference_data
from app.models import Hazard, Photo, Report

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]
PHOTO = ROOT / "data" / "photos" / "manhole-open.jpg"
PLACE = {"lat": "43.25505", "lon": "76.93000"}
VIOLENCE = "Әкем мені ұрады"


@pytest.fixture
def street(page: Page, session: Session) -> Page:
    """The form, near an open manhole that was reported before."""
    load_reference_data(session, ROOT / "data")
    session.commit()
    known = {"hazard_type": "MANHOLE_OPEN", "lat": "43.2550", "lon": "76.9300"}
    page.request.post("/report", data=known, headers={"Sec-Fetch-Site": "same-origin"})
    assert count(session) == (1, 1, 0)
    page.goto("/report")
    return page


def count(session: Session) -> tuple[int, ...]:
    session.rollback()
    return tuple(session.scalar(select(func.count()).select_from(kind)) or 0 for kind in (Hazard, Report, Photo))


def write(page: Page, words: str) -> None:
    page.locator("input[value=MANHOLE_OPEN]").check(force=True)
    page.locator("[data-next]").click()
    page.locator("details[data-numbers]").evaluate("box => { box.open = true; }")
    for name, number in PLACE.items():
        page.fill(f"input[name={name}]", number)
    page.locator("[data-next]").click()
    page.fill("textarea[name=description]", words)


def test_words_of_violence_are_held_before_anything_is_asked(street: Page, session: Session) -> None:
    posted: list[str] = []
    street.on("request", lambda request: request.method == "POST" and posted.append(request.url))
    write(street, VIOLENCE)
    street.locator("[data-send]").click()
    expect(street).to_have_url(re.compile("/receipt"))
    expect(street.locator("[data-quick-exit]")).to_be_visible()
    assert posted[0].endswith("/report")
    assert not street.get_by_text(VIOLENCE).count()
    assert count(session) == (1, 1, 0)
    assert session.scalar(text("SELECT count(*) FROM vault.held")) == 1


def test_an_ordinary_report_is_asked_and_goes_once_with_its_photo_uploaded_once(street: Page, session: Session) -> None:
    sent: list[dict] = []
    street.on("request", lambda request: request.method == "POST" and sent.append(request.post_data_json))
    write(street, "Ашық люк")
    street.set_input_files("input[name=photos]", PHOTO)
    street.locator("[data-send]").click()
    expect(street.locator("#step-same")).to_be_focused()
    assert count(session) == (1, 1, 0)
    street.locator("[data-near-join]").click()
    expect(street).to_have_url(re.compile("/receipt"))
    assert count(session) == (1, 2, 1)
    first, second = [body for body in sent if body and "client_id" in body]
    assert first["client_id"] == second["client_id"]
    assert [len(body["photos"]) for body in (first, second)] == [1, 0]


def test_who_answers_after_the_network_went_loses_nothing(street: Page, session: Session, watch) -> None:
    write(street, "Ашық люк")
    street.set_input_files("input[name=photos]", PHOTO)
    street.locator("[data-send]").click()
    expect(street.locator("#step-same")).to_be_focused()
    street.context.route("**/report", lambda route: route.abort())
    street.locator("[data-near-none]").click()
    street.wait_for_url("**/my")
    watch.problems.clear()
    street.context.unroute("**/report")
    street.reload()
    expect(street.locator("[data-receipts] li")).to_have_count(1)
    assert count(session) == (2, 2, 1)
