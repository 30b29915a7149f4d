"""A crew member with a phone and one job, signed in, the job kept on the device."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Account, Crew, CrewMember, Event, Hazard
from tests.jobs.kit import add_area, add_body, add_hazard, add_report, add_types, assigned
from tests.web.pages import PASSWORD, make_account

KEPT = """async (wanted) => {
  const keys = async () => (await (await caches.open("qauip-crew")).keys()).map(({ url }) => new URL(url).pathname);
  for (let tries = 0; tries < 300; tries += 1) {
    const names = await keys();
    if (navigator.serviceWorker.controller && wanted.every((path) => names.includes(path))) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  const found = await navigator.serviceWorker.getRegistration();
  const states = ["installing", "waiting", "active"].map((name) => `${name} ${found?.[name]?.state}`);
  throw new Error(`kept: ${await keys()}, ${states}, ${document.readyState}`);
}"""
ALMATY = {"latitude": 43.2567, "longitude": 76.9286}


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A worker that wakes up, a page that is drawn and an act that is sent take their time on a busy machine."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@dataclass
class Street:
    page: Page
    session: Session
    hazard: Hazard
    me: Account

    @property
    def path(self) -> str:
        return f"/staff/crew/{show_reference(self.hazard.reference)}"

    def sign_in(self) -> None:
        self.page.goto("/sign-in")
        self.page.fill("input[name=email]", self.me.email)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.locator("main button[type=submit]").first.click()
        self.page.wait_for_url("**/staff/crew")

    def keep(self) -> None:
        self.page.goto("/staff/crew")
        self.page.evaluate(KEPT, ["/staff/crew", "/staff/crew/kept", self.path])

    def kinds(self) -> list[str]:
        self.session.rollback()
        return list(self.session.scalars(select(Event.kind).where(Event.account_id.is_not(None)).order_by(Event.id)))

    def act(self, name: str) -> None:
        self.page.locator(f"#{name} > summary").click()

    def send(self, name: str) -> None:
        self.page.locator(f"#{name} [data-send]").click()


@pytest.fixture
def street(page: Page, session: Session) -> Street:
    add_types(session)
    area, body = add_area(session), add_body(session)
    team = Crew(body_id=body, name="Crew One")
    session.add(team)
    session.flush()
    hazard = add_hazard(session, body_id=body, area_id=area, crew_id=team.id, status="accepted")
    assigned(session, hazard)
    assigned(session, hazard, kind="accept")
    add_report(session, hazard, "Behind the bus stop")
    session.commit()
    me = make_account(session, Role.CREW, body_id=body)
    session.add(CrewMember(crew_id=team.id, account_id=me.id))
    session.commit()
    page.context.set_default_timeout(30_000)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(ALMATY)
    made = Street(page, session, hazard, me)
    made.sign_in()
    made.keep()
    return made


def quiet(watch) -> None:
    """Pages without a network say so in the console, the ground of a map among them."""
    away = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "drawOutlines")
    watch.problems[:] = [said for said in watch.problems if not any(name in said for name in away)]


def camera(tmp_path: Path) -> Path:
    """A photo as a telephone takes it: lying on its side, with the place and the time in it."""
    picture = Image.new("RGB", (1200, 800), "#345")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2026:11:24 14:05:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (43.0, 15.0, 24.12), 3: "E", 4: (76.0, 55.0, 42.96)})
    file = tmp_path / "camera.jpg"
    kept = io.BytesIO()
    picture.save(kept, "JPEG", exif=exif)
    file.write_bytes(kept.getvalue())
    return file
