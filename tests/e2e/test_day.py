"""A day in the life, in Chromium and in Kazakh: from a critical report at night to a fix that two people of a body and
the reporter have seen, with one dispute on the way. Two bodies, one crew, one contractor, one reporter.

Each step leaves a picture in the test's folder (`pytest --basetemp=DIR` says where).
"""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Databases
from app.domain.references import show_reference
from app.jobs.call_duty import call_duty
from app.models import Hazard
from tests.e2e.day_kit import LAT, LON, PHOTOS, Day, arrived, city, day, do, said
from tests.jobs import kit

__all__ = ["city", "day"]


pytestmark = pytest.mark.e2e


def test_from_a_report_at_night_to_a_fix_that_all_have_seen(
    day: Day, city: None, session: Session, database: Databases
) -> None:
    child = day.at(phone=True)
    receipt = report(day, child)
    hazard = session.scalars(select(Hazard)).one()
    reference = show_reference(hazard.reference)
    assert hazard.urgent

    wake(day, session, database, hazard)
    water = day.at("dispatcher@su.kz")
    give_to_crew(day, water, reference)
    crew = day.at("crew@su.kz", phone=True)
    make_safe(day, crew)
    arrived(crew, session, hazard, "make_safe")
    through_a_contractor(day, water, day.at(phone=True), reference)
    confirm(day, day.at("manager@su.kz"), reference)

    dispute(day, child, receipt)
    pass_on(day, water, reference)
    akimat = day.at("dispatcher@almaly.kz")
    fix_again(day, akimat, reference)
    confirm(day, day.at("manager@almaly.kz"), reference)
    say_safe(day, child, receipt)

    in_public(day, child, reference)
    assert said(session, hazard) == [
        "reported", "assigned", "accept", "make_safe", "report_fix", "confirm_fix", "dispute", "forward", "accept",
        "report_fix", "confirm_fix", "confirmed_safe",
    ]  # fmt: skip


def report(day: Day, page: Page) -> str:
    """By phone, somebody hurt; the address of the receipt."""
    page.goto("/report")
    page.locator("input[name=someone_hurt]").check(force=True)
    page.locator("input[value=MANHOLE_OPEN]").check(force=True)
    page.locator("[data-next]").click()
    page.locator("[data-numbers] summary").click()
    page.fill("input[name=lat]", str(LAT))
    page.fill("input[name=lon]", str(LON))
    page.locator("[data-next]").click()
    page.fill("textarea[name=description]", "Ашық люкке бала түсіп кете жаздады, аяғы ауырады")
    page.set_input_files("input[name=photos]", PHOTOS / "manhole-open.jpg")
    page.wait_for_timeout(3100)  # faster than a person, and it would wait for a moderator
    page.locator("[data-send]").click()
    expect(page.locator("h1")).to_have_text("Рақмет, хабарламаңыз қабылданды")
    page.wait_for_url("**/receipt#*")
    day.keep(page, "receipt")
    return urlsplit(page.url).fragment


def wake(day: Day, session: Session, database: Databases, hazard: Hazard) -> None:
    """Whoever is on duty gets a letter and says "I know" by its link."""
    post = kit.Outbox()
    call_duty(kit.jobs(database, mailer=post, now=lambda: datetime.now(UTC)), hazard_id=hazard.id)
    (letter,) = post.sent
    assert letter.to == "night@su.kz"
    link = next(word for word in letter.text.split() if "/duty/" in word)
    page = day.at(phone=True)
    page.goto(urlsplit(link).path)
    day.keep(page, "duty")
    page.locator("main form button").click()
    expect(page.locator(".notice-success")).to_be_visible()
    session.rollback()


def give_to_crew(day: Day, page: Page, reference: str) -> None:
    page.goto("/staff/")
    day.keep(page, "inbox")
    page.locator(f"main a[href*='/staff/h/{reference}']").first.click()
    do(page, "accept")
    do(page, "assign_work", lambda panel: panel.locator("select[name=crew]").select_option(label="1-бригада"))
    day.keep(page, "given")


def make_safe(day: Day, page: Page) -> None:
    page.goto("/staff/crew")
    day.keep(page, "jobs")
    page.locator("[data-job] a").first.click()
    page.locator("#make_safe > summary").click()
    panel = page.locator("#make_safe")
    panel.locator("input[name=measure][value=full_fence]").check(force=True)
    panel.locator("input[type=file]").first.set_input_files(PHOTOS / "area-fenced.jpg")
    day.keep(page, "job")
    panel.locator("[data-send]").click()


def through_a_contractor(day: Day, staff: Page, outside: Page, reference: str) -> None:
    staff.goto(f"/staff/h/{reference}")
    staff.locator("#contractor ~ p a, section[aria-labelledby=contractor] a").first.click()
    staff.fill("input[name=name]", "ЖК Құрылыс")
    staff.fill("textarea[name=needed]", "Т үлгісіндегі қақпақ қойып, жиегін тегістеңіз")
    staff.locator("main form.panel button[type=submit]").click()
    address = staff.locator(".contractor-address").inner_text().strip()
    day.keep(staff, "contractor-link")
    outside.goto(urlsplit(address).path)
    outside.locator("#report_fix > summary").click()
    panel = outside.locator("#report_fix")
    panel.locator("textarea").fill("Жаңа қақпақ қойылды")
    panel.locator("input[type=file]").set_input_files(PHOTOS / "manhole-new-cover.jpg")
    day.keep(outside, "contractor")
    panel.locator("button[type=submit]").click()
    expect(outside.locator(".notice-success")).to_be_visible()


def confirm(day: Day, page: Page, reference: str) -> None:
    page.goto(f"/staff/h/{reference}")
    day.keep(page, "to-confirm")
    do(page, "confirm_fix")
    page.close()


def dispute(day: Day, page: Page, receipt: str) -> None:
    page.goto(f"/receipt#{receipt}")
    page.reload()
    page.locator(".ask-no summary").click()
    page.fill("#still-words", "Қақпақ қозғалады, басуға болмайды")
    page.set_input_files("#still-photos", PHOTOS / "manhole-open.jpg")
    day.keep(page, "dispute")
    page.locator(".ask-no form button").click()
    expect(page.locator(".notice-success")).to_be_visible()


def pass_on(day: Day, page: Page, reference: str) -> None:
    """To the akimat, with a reason; the water company sees it no more."""

    def fill(panel: Locator) -> None:
        panel.locator("select[name=body_id]").select_option(label="Алмалы")
        panel.locator("textarea[name=reason]").fill("Құдық біздікі емес, нөсер кәрізі")

    page.goto(f"/staff/h/{reference}")
    day.keep(page, "disputed")
    do(page, "forward", fill)
    page.goto("/staff/")
    expect(page.locator(f"main a[href*='{reference}']")).to_have_count(0)


def fix_again(day: Day, page: Page, reference: str) -> None:
    """Without proof of place and time: a second person is asked for."""

    def fill(panel: Locator) -> None:
        panel.locator("textarea[name=note]").fill("Қақпақ бекітілді")
        panel.locator("input[name=public]").check()
        panel.locator("input[name=photos]").set_input_files(PHOTOS / "manhole-new-cover.jpg")

    page.goto(f"/staff/h/{reference}")
    expect(page.locator("main")).not_to_contain_text("ЖК Құрылыс")
    do(page, "accept")
    do(page, "fix", fill)
    day.keep(page, "fix-to-confirm")


def say_safe(day: Day, page: Page, receipt: str) -> None:
    page.goto(f"/receipt#{receipt}")
    page.reload()
    page.locator(".ask-safe > form button").click()
    expect(page.locator(".notice-success")).to_be_visible()
    day.keep(page, "safe")


def in_public(day: Day, page: Page, reference: str) -> None:
    page.goto(f"/h/{reference}")
    expect(page.locator(".hazard-head")).to_contain_text("Жойылды")
    expect(page.get_by_text("Қақпақ бекітілді")).to_be_visible()
    for inside in ("ЖК Құрылыс", "1-бригада", "Түнгі кезекші", "нөсер кәрізі", "қозғалады"):
        expect(page.locator("main")).not_to_contain_text(inside)
    day.keep(page, "public")
