"""The people of the day in the life, each with a browser, and their two bodies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.areas import import_areas
from app.actions.bodies import import_bodies
from app.actions.imports import Outcome
from app.actions.reference_data import load_reference_data
from app.cli.area_rows import area_rows
from app.cli.files import features
from app.domain.permissions import SYSTEM, Role
from app.models import Crew, CrewMember, DutyContact, Event, Hazard
from app.queries.bodies import body_by_code
from tests.web.pages import PASSWORD, make_account

ROOT = Path(__file__).parents[2]
AREAS = ROOT / "data" / "areas" / "almaty.geojson"
PHOTOS = ROOT / "data" / "photos"
LAT, LON = 43.2550, 76.9300
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1366, "height": 768}


def _body(code: str, kind: str, name: str, types: str) -> dict[str, str]:
    names = {f"name_{language}": name for language in ("kk", "ru", "en")}
    return {"code": code, "kind": kind, "email": f"{code}@body.kz", "area": "751110000", "types": types, **names}


BODIES = [_body("su", "water_utility", "Алматы Су", "MANHOLE_OPEN"), _body("almaly", "district_akimat", "Алмалы", "")]


@dataclass
class Day:
    """`at(who)` is a page of that person's own; everybody's problems are watched."""

    at: Callable[..., Page]
    pictures: Path
    number: int = 0

    def keep(self, page: Page, what: str) -> None:
        self.number += 1
        page.screenshot(path=self.pictures / f"{self.number:02}-{what}.png", full_page=True)


@pytest.fixture
def day(browser: Browser, live_server: str, watch, tmp_path: Path) -> Iterator[Day]:
    opened: list[BrowserContext] = []

    def at(email: str | None = None, *, phone: bool = False) -> Page:
        context = browser.new_context(
            base_url=live_server,
            viewport=PHONE if phone else DESK,
            locale="kk-KZ",
            geolocation={"latitude": LAT, "longitude": LON},
            permissions=["geolocation"],
        )
        context.set_default_timeout(20_000)
        opened.append(context)
        page = context.new_page()
        watch.follow(page)
        if email:
            page.goto("/sign-in")
            page.fill("input[name=email]", email)
            page.fill("input[name=password]", PASSWORD)
            page.locator("main button[type=submit]").first.click()
            page.wait_for_url("**/staff/**")
        return page

    expect.set_options(timeout=20_000)
    yield Day(at, tmp_path)
    expect.set_options(timeout=5_000)
    for context in opened:
        context.close()


@pytest.fixture
def city(session: Session) -> None:
    load_reference_data(session, ROOT / "data")
    outcome = Outcome()
    rows = area_rows(features(AREAS), {"level": 2, "kind": "city_district"}, outcome)
    import_areas(session, by=SYSTEM, rows=rows, valid_from=date(2024, 1, 1), source="", outcome=outcome)
    import_bodies(session, by=SYSTEM, rows=enumerate(BODIES, 2), outcome=outcome)
    assert not outcome.refused
    first, second = (body_by_code(session, code).id for code in ("su", "almaly"))
    for email, role, body_id in (
        ("dispatcher@su.kz", Role.DISPATCHER, first),
        ("manager@su.kz", Role.MANAGER, first),
        ("dispatcher@almaly.kz", Role.DISPATCHER, second),
        ("manager@almaly.kz", Role.MANAGER, second),
    ):
        make_account(session, role, email=email, body_id=body_id)
    worker = make_account(session, Role.CREW, email="crew@su.kz", body_id=first)
    crew = Crew(body_id=first, name="1-бригада")
    session.add(crew)
    session.flush()
    session.add(CrewMember(crew_id=crew.id, account_id=worker.id))
    session.add(
        DutyContact(body_id=first, position=1, name="Түнгі кезекші", email="night@su.kz", phone=None, language="kk")
    )
    session.commit()


def do(page: Page, name: str, fill: Callable[[Locator], object] | None = None) -> None:
    """One act on the hazard's page, wherever it stands there."""
    panel = page.locator(f"#{name}")
    for fold in (page.locator(f".acts-other:has(#{name})"), page.locator(f"details#{name}")):
        if fold.count() and not fold.evaluate("e => e.open"):
            fold.locator("summary").first.click()
    if fill is not None:
        fill(panel)
    panel.locator("button[type=submit]").last.click()
    expect(page.locator(".notice[role=status]").first).to_be_visible()


def said(session: Session, hazard: Hazard) -> list[str]:
    """Kinds of the public lines of the history."""
    session.rollback()
    return list(
        session.scalars(select(Event.kind).where(Event.hazard_id == hazard.id, Event.public).order_by(Event.id))
    )


def arrived(page: Page, session: Session, hazard: Hazard, kind: str, *, within_s: int = 40) -> None:
    """Wait for what the phone sends: a slow server finds it waiting on the device, where the page names the act too."""
    for _ in range(within_s * 4):
        if kind in said(session, hazard):
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{kind} did not arrive: {page.locator('main').inner_text()}")
