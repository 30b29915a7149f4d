"""A question and its answer in a browser: asked with a ready text, answered by the receipt, read by the dispatcher.

And two colleagues on one page: each is named to the other, and what changed is said without a reload.
"""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from app.domain.permissions import Role
from tests.actions.town import Town
from tests.web.pages import PASSWORD, make_account

pytestmark = pytest.mark.e2e
SEND = """async (sent) => (await fetch("/report", {method: "POST", body: JSON.stringify(sent),
  headers: {"Content-Type": "application/json", Accept: "application/json"}})).json()"""
AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
PHOTOS = Path(__file__).parents[2] / "data" / "photos"


@pytest.fixture
def town(session) -> Town:
    town = Town(session)
    session.commit()
    for name in ("dispatcher", "second"):
        made = make_account(session, Role.DISPATCHER, email=f"{name}@city.kz", body_id=town.body["roads"])
        made.name = {"dispatcher": "Айгүл Сейіт", "second": "Бекзат Әлиев"}[name]
    session.commit()
    return town


def report(page: Page) -> tuple[str, str]:
    """Sent as the page's script sends it."""
    page.goto("/report")
    sent = {
        "client_id": str(uuid4()),
        "hazard_type": "MANHOLE_OPEN",
        "lat": "43.25",
        "lon": "76.85",
        "elapsed_ms": 9000,
    }
    made = page.evaluate(SEND, sent | {"description": "Люк ашық"})
    return made["reference"], made["receipt"]


def sign_in(page: Page, email: str) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile("/staff/"))


def check(page: Page) -> None:
    """No fault that axe finds."""
    expect(page.locator("h1")).to_be_visible()
    found = page.evaluate(f"() => {{ {AXE.read_text('utf-8')}; return window.axe.run(document); }}")
    assert [each["id"] for each in found["violations"]] == []


def test_a_question_is_asked_answered_and_read(page: Page, session, town: Town) -> None:
    reference, receipt = report(page)
    session.execute(text("UPDATE hazard SET body_id = :body"), {"body": town.body["roads"]})
    session.commit()

    sign_in(page, "dispatcher@city.kz")
    page.goto(f"/staff/h/{reference}")
    page.locator(".acts-other > summary").click()
    page.locator("#ask > summary").click()
    page.locator("#ask .templates summary").click()
    page.locator("#ask a[data-template]", has_text="фото").click()
    field = page.locator("#ask-note")
    expect(field).to_have_value("Қауіпсіз жерден тағы бір фото жібере аласыз ба? Фотода адамдар болмасын.")
    field.press("End")
    field.type(" Рақмет.")
    page.locator("#ask button[type=submit]").click()
    expect(page.locator(".notice-success[role=status]")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"/receipt#{receipt}")
    check(page)
    expect(page.locator(".ask-me-words")).to_contain_text("Фотода адамдар болмасын. Рақмет.")
    page.locator(".ask-me textarea").fill("Міне, алыстан түсірдім")
    page.locator(".ask-me input[type=file]").set_input_files(PHOTOS / "manhole-open.jpg")
    page.locator(".ask-me button[type=submit]").click()
    expect(page.locator(".notice-success")).to_be_visible()
    expect(page.locator(".ask-me")).to_have_count(0)

    sign_in(page, "dispatcher@city.kz")
    expect(page.locator("main")).to_contain_text("Жауап келді")
    page.goto(f"/staff/h/{reference}")
    expect(page.locator(".answer")).to_contain_text("Міне, алыстан түсірдім")
    expect(page.locator(".answer img")).to_be_visible()
    page.goto("/staff/")
    expect(page.locator("main")).not_to_contain_text("Жауап келді")


def test_two_on_one_page_see_each_other_and_what_has_changed(page: Page, browser: Browser, session, town: Town) -> None:
    reference, _receipt = report(page)
    session.execute(text("UPDATE hazard SET body_id = :body"), {"body": town.body["roads"]})
    session.commit()
    page.clock.install()
    sign_in(page, "dispatcher@city.kz")
    page.goto(f"/staff/h/{reference}")
    page.locator("#fast-note").fill("Жазып отырмын")

    other = browser.new_context(base_url=page.url.split("/staff")[0], locale="kk-KZ")
    second = other.new_page()
    sign_in(second, "second@city.kz")
    second.goto(f"/staff/h/{reference}")
    expect(second.locator("[data-who]")).to_contain_text("Айгүл Сейіт")
    note = second.locator("#fast-note")
    note.press_sequentially("Барып қара @айг")
    second.locator(".mention-list button", has_text="Айгүл Сейіт").wait_for()
    note.press("ArrowDown")
    note.press("Enter")
    expect(note).to_have_value("Барып қара @Айгүл Сейіт ")
    check(second)
    second.locator(".note-box button[type=submit]").click()
    expect(second.locator("main")).to_contain_text("Барып қара @Айгүл Сейіт")

    page.clock.run_for(21_000)  # the page's own clock: its next sign of life
    expect(page.locator("[data-who]")).to_contain_text("Бекзат Әлиев")
    expect(page.locator("[data-changed]")).to_be_visible()
    expect(page.locator("#fast-note")).to_have_value("Жазып отырмын")
    other.close()
    page.goto("/staff/mentions")
    expect(page.locator(".mentions")).to_contain_text("Барып қара")
