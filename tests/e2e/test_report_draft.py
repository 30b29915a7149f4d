"""What was begun in the report form: it is kept, and it is shown to nobody who did not ask for it."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy.orm import Session

from tests.e2e.report_kit import (
    PHOTO,
    choose,
    fill,
    go_on,
    is_report,
    kept,
    put_pin,
    send,
    sent,
    stored,
    street,
)

__all__ = ["street"]
pytestmark = pytest.mark.e2e

POSTER = "/report?type=MANHOLE_OPEN&place=43.2151,76.8601"
GPS = 0x8825


def photo_of(lat: int, lon: int) -> FilePayload:
    notes = Image.Exif()
    notes[GPS] = {1: "N", 2: (float(lat), 0.0, 0.0), 3: "E", 4: (float(lon), 0.0, 0.0)}
    made = BytesIO()
    Image.new("RGB", (40, 30), "grey").save(made, "JPEG", exif=notes)
    return {"name": "street.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def test_the_place_of_a_poster_wins_and_the_old_draft_waits_unseen(street: Page, session: Session) -> None:
    bodies: list[dict[str, Any]] = []
    street.on("request", lambda asked: is_report(asked) and bodies.append(asked.post_data_json))
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


def test_the_place_offered_is_that_of_a_photo_which_is_still_there(street: Page) -> None:
    street.goto("/report")
    fill(street, "Сурет")
    ask = street.locator("[data-exif]")
    street.set_input_files("[name=photos]", photo_of(43, 76))
    expect(ask).to_be_visible()
    street.locator("[data-previews] button").click()
    expect(ask).to_be_hidden()
    street.set_input_files("[name=photos]", photo_of(44, 77))
    street.locator("[data-exif-yes]").click()
    expect(street.locator("[name=lat]")).to_have_value("44.000000")
    expect(street.locator("[name=lon]")).to_have_value("77.000000")


def test_another_language_goes_on_with_what_was_begun_here(street: Page) -> None:
    street.goto("/report")
    street.locator("a[data-language][lang=ru]").click()
    street.wait_for_url("**/ru/report")
    expect(street.locator("[data-anew]")).to_be_hidden()  # nothing was begun
    fill(street, "Жартылай")
    street.set_input_files("[name=photos]", PHOTO)
    street.fill("textarea[name=description]", "Жартылай жазылған")
    street.locator("a[data-language][lang=kk]").click()
    street.wait_for_url("**/report")
    expect(street.locator("html")).to_have_attribute("lang", "kk")
    expect(street.locator("textarea[name=description]")).to_have_value("Жартылай жазылған")
    expect(street.locator("[name=lat]")).to_have_value("43.3001")
    expect(street.locator("[data-previews] li")).to_have_count(1)
    expect(street.locator("[data-unfinished]")).to_be_hidden()
    street.goto("/report")  # opened anew: perhaps by somebody else
    expect(street.locator("[data-unfinished]")).to_be_visible()
    expect(street.locator("textarea[name=description]")).to_have_value("")
