"""A crew member with a phone and one job, signed in, the job kept on the device."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.hazards import act_on_hazard
from app.domain.hazard import HoldReason
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Account, Crew, CrewMember, Event, Hazard
from tests.e2e.test_offline import offline
from tests.jobs.kit import POLICY, add_area, add_body, add_hazard, add_report, add_types, assigned
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

    @property
    def rows(self) -> Locator:
        return self.page.locator("[data-acts-list] > li")

    @property
    def sent(self) -> Locator:
        return self.page.locator("[data-acts-list] .is-sent")

    @property
    def refused(self) -> Locator:
        return self.page.locator("[data-acts-list] .needs-help")

    def leave(self) -> None:
        """Without a network, on the page of the job."""
        offline(self.page.context, True)
        self.page.goto(self.path)

    def hold(self) -> None:
        """By a dispatcher, at a desk."""
        self.session.rollback()
        desk = make_account(self.session, Role.DISPATCHER, email="desk@example.kz", body_id=self.me.body_id)
        act_on_hazard(
            self.session, by=desk.actor, reference=self.hazard.reference, act=Act.HOLD, version=None,
            given=Given(hold_reason=HoldReason.WEATHER, note="Storm"), policy=POLICY, now=datetime.now(UTC),
        )  # fmt: skip
        self.session.commit()

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

    def note(self, words: str) -> None:
        self.act("note")
        self.page.fill("#note-note", words)
        self.send("note")

    def make_safe(self, photo: Path | None = None, note: str = "") -> None:
        """Without a photo it is refused."""
        self.act("make_safe")
        self.page.locator("#make_safe [value=grid]").check(force=True)
        self.page.fill("#make_safe-note", note)
        if photo:
            self.page.set_input_files("#make_safe .crew-camera input", photo)
        self.send("make_safe")

    def fix(self, photo: Path, note: str = "The cover is on") -> None:
        self.act("fix")
        self.page.set_input_files("#fix .crew-camera input >> nth=0", photo)
        self.page.fill("#fix-note", note)
        self.send("fix")

    def delete(self, row: Locator) -> None:
        self.page.once("dialog", lambda dialog: dialog.accept())
        row.locator("[data-delete]").click()


@pytest.fixture
def street(page: Page, session: Session) -> Iterator[Street]:
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
    yield made
    page.wait_for_load_state("networkidle")  # what it still asks must find the database


def quiet(watch, *refused: str) -> None:
    """What a page says in its console without a network, and what was `refused` on purpose."""
    away = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "drawOutlines", *refused)
    watch.problems[:] = [said for said in watch.problems if not any(name in said for name in away)]


def forgive(watch) -> None:
    """All that a server may refuse on purpose."""
    quiet(watch, "400 (Bad Request)", "422", "409", "401")


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
