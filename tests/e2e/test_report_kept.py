"""A report is on the device before it is on its way, and stays there until the server has said what became of it."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.reference_data import load_reference_data
from app.models import Report
from tests.e2e.test_offline import DEVICE, REMEMBERED, ROOT, fill

pytestmark = pytest.mark.e2e

LOGIN = {"status": 200, "content_type": "text/html", "body": "<h1>Sign in to our Wi-Fi</h1>"}
FLUSH = f"async () => {{ {DEVICE} return outbox.flush().then((sent) => sent.length, () => 'no network'); }}"
HERE = {"lat": "43.2550", "lon": "76.9300", "hazard_type": "MANHOLE_OPEN", "elapsed_ms": 9000}
SEND = """async (body) => (await fetch("/report", {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
})).status"""
DRAFTED = f"async () => {{ {DEVICE} return (await device.all('draft')).length; }}"


@pytest.fixture
def form(page: Page, session: Session) -> Page:
    """A filled form on a phone."""
    load_reference_data(session, ROOT / "data")
    session.commit()
    page.set_viewport_size({"width": 390, "height": 844})
    page.clock.install()
    page.goto("/report")
    fill(page)
    return page


def reports(session: Session) -> list[Report]:
    session.expire_all()
    return list(session.scalars(select(Report)))


def answer(page: Page, **said) -> None:
    page.context.route("**/report", lambda route: post_only(route, **said))


def post_only(route: Route, **said) -> None:
    route.fulfill(**said) if route.request.method == "POST" else route.fallback()


def stall(page: Page) -> None:
    """A network that takes everything and answers nothing."""
    page.context.route("**/report", lambda route: None if route.request.method == "POST" else route.fallback())


def answer_again(page: Page) -> None:
    page.context.unroute("**/report")


def outbox(page: Page) -> list[dict]:
    return page.evaluate(REMEMBERED)["outbox"]


def waits_on_my(page: Page, words: str) -> None:
    page.wait_for_url("**/my")
    expect(page.locator("[data-outbox-list] li")).to_have_count(1)
    expect(page.locator("[data-outbox-list] [data-state]")).to_have_text(re.compile(words))


def sent_once(page: Page, session: Session) -> None:
    page.clock.fast_forward(3_700_000)
    assert page.evaluate(FLUSH) in (0, 1)  # the page may have been first
    expect(page.locator("[data-receipts] li")).to_have_count(1)
    assert outbox(page) == []
    assert len(reports(session)) == 1


@pytest.mark.parametrize(
    "said",
    [
        LOGIN,
        {"status": 200, "content_type": "application/json", "body": "{}"},
        {"status": 200, "content_type": "application/json", "body": '"ok"'},
        {"status": 403, "content_type": "text/html", "body": "Sign in first"},
        {"status": 302, "headers": {"Location": "/about"}},
    ],
    ids=["login page", "empty", "word", "forbidden", "redirect"],
)
def test_an_answer_that_is_not_the_servers_takes_nothing_away(form: Page, session: Session, watch, said: dict) -> None:
    answer(form, **said)
    form.locator("[data-send]").click()
    waits_on_my(form, "Осы телефонда сақталды")
    assert form.evaluate(FLUSH) == "no network"
    expect(form.locator("[data-outbox-list] li")).to_have_count(1)
    assert reports(session) == []
    answer_again(form)
    sent_once(form, session)
    watch.problems.clear()


def test_a_network_that_stands_still_holds_nobody(form: Page, session: Session, watch) -> None:
    stall(form)
    form.locator("[data-send]").click()
    expect(form.locator("[data-sending]")).not_to_be_empty()
    form.wait_for_timeout(300)
    assert [row["state"] for row in outbox(form)] == ["sending"]
    assert form.evaluate(FLUSH) == 0  # nobody else sends what the form is sending
    form.clock.fast_forward(26_000)
    waits_on_my(form, "Осы телефонда сақталды")
    expect(form.locator(".my-danger a").first).to_have_attribute("href", "tel:112")
    answer_again(form)
    sent_once(form, session)
    watch.problems.clear()


def test_a_report_whose_page_is_closed_goes_by_itself_and_leaves_no_draft(form: Page, session: Session, watch) -> None:
    form.fill("textarea[name=description]", "Ашық люк, терең")
    form.wait_for_timeout(1000)
    assert form.evaluate(DRAFTED) == 1
    stall(form)
    form.locator("[data-send]").click()
    form.wait_for_timeout(300)
    later = form.context.new_page()
    form.close()
    answer_again(later)
    later.goto("/my")
    expect(later.locator("[data-outbox-list] li")).to_have_count(1)
    assert [row["state"] for row in outbox(later)] == ["sending"]
    later.clock.fast_forward(60_000)
    expect(later.locator("[data-receipts] li")).to_have_count(1)
    assert (outbox(later), later.evaluate(DRAFTED), len(reports(session))) == ([], 0, 1)
    watch.problems.clear()


def test_while_it_is_asked_nobody_sends_it_unasked(form: Page, session: Session) -> None:
    assert form.evaluate(SEND, HERE | {"client_id": "11111111-1111-4111-8111-111111111111"}) == 201
    form.locator("[data-send]").click()
    expect(form.locator("#step-same")).to_be_focused()
    other = form.context.new_page()
    other.goto("/my")
    expect(other.locator("[data-outbox-list] li")).to_have_count(1)
    for _minute in range(10):
        form.clock.run_for(60_000)
        form.wait_for_timeout(100)
        assert other.evaluate(FLUSH) == 0
    assert len(reports(session)) == 1
    form.locator("[data-near-join]").click()
    form.wait_for_url("**/receipt*")
    assert outbox(other) == []
    assert len({report.hazard_id for report in reports(session)}) == 1
    assert len(reports(session)) == 2


def test_a_question_whose_page_is_closed_goes_without_an_answer(form: Page, session: Session) -> None:
    form.evaluate(SEND, HERE | {"client_id": "11111111-1111-4111-8111-111111111111"})
    form.locator("[data-send]").click()
    expect(form.locator("#step-same")).to_be_focused()
    form.wait_for_timeout(300)
    other = form.context.new_page()
    form.close()
    other.goto("/my")
    expect(other.locator("[data-outbox-list] li")).to_have_count(1)
    other.clock.fast_forward(400_000)
    expect(other.locator("[data-receipts] li")).to_have_count(1)
    assert len(reports(session)) == 2


@pytest.mark.parametrize(("status", "calls"), [(503, False), (500, False), (429, True)])
def test_a_server_that_cannot_take_it_now_loses_nothing(
    form: Page, session: Session, watch, status: int, calls: bool
) -> None:
    body = '{"error": "too_many", "message": "Later."}' if status == 429 else "<h1>Bad gateway</h1>"
    answer(form, status=status, headers={"Retry-After": "1800"}, body=body)
    form.locator("[data-send]").click()
    waits_on_my(form, "Осы телефонда сақталды. Сервер қазір")
    expect(form.locator("[data-call]")).to_be_visible(visible=calls)
    answer_again(form)
    assert form.evaluate(FLUSH) == 0  # not before the server allows it
    sent_once(form, session)
    watch.problems.clear()


def test_what_can_be_corrected_in_the_form_waits_nowhere(form: Page, session: Session, watch) -> None:
    form.locator("input[value=MANHOLE_OPEN]").evaluate("input => { input.value = 'NO_SUCH_KIND'; }")
    form.locator("[data-send]").click()
    expect(form.locator("[data-report-error]")).to_be_visible()
    assert outbox(form) == []
    form.locator("input[value=NO_SUCH_KIND]").evaluate("input => { input.value = 'MANHOLE_OPEN'; }")
    form.locator("[data-go=more]").click()
    form.locator("[data-send]").click()
    form.wait_for_url("**/receipt*")
    assert (outbox(form), len(reports(session))) == ([], 1)
    watch.problems.clear()
