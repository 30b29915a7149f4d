"""The frame of every page in a browser: it is never wider than the window, whoever is signed in."""

import pytest
from playwright.sync_api import Page

from app.domain.permissions import Role
from tests.jobs.kit import add_body, add_types
from tests.web.pages import PASSWORD, make_account

pytestmark = pytest.mark.e2e

WIDTHS = (768, 1024, 1230, 1280, 1366, 1460)
WIDER = "document.documentElement.scrollWidth > innerWidth || document.querySelector('.bar').scrollWidth > innerWidth"
AT_THE_END = "innerWidth - document.querySelector('.menu').getBoundingClientRect().right < 40"
NAV = "(() => { const nav = document.querySelector('.nav'); return nav.scrollWidth - nav.clientWidth; })()"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR])
def test_bar_with_links_of_work_fits_every_window(page: Page, session, role: Role) -> None:
    make_account(session, role)
    page.goto("/sign-in")
    page.fill("input[name=email]", "aigul@example.kz")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button[type=submit]").first.click()
    for language in ("ru", "kk"):
        page.goto("/account" if language == "kk" else f"/{language}/account")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert not page.evaluate(WIDER), (language, width)
            assert page.evaluate(AT_THE_END), (language, width)
            assert page.evaluate(NAV) <= 0, (language, width)  # no link is cut in two


FOLDED = ("/staff/body/webhook", "/staff/body/duty", "/staff/colleagues/", "/account")


def test_what_is_folded_fits_a_phone(page: Page, session) -> None:
    add_types(session)
    body = add_body(session)
    session.commit()
    make_account(session, Role.MANAGER, body_id=body)
    page.goto("/sign-in")
    page.fill("input[name=email]", "aigul@example.kz")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.set_viewport_size({"width": 390, "height": 844})
    for path in (f"{language}{each}" for language in ("", "/ru") for each in FOLDED):
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true; })")
        assert not page.evaluate(WIDER), path


SMALL = """() => [...document.querySelectorAll('.strip a, .map-filters .chip')]
  .map((each) => each.getBoundingClientRect()).filter(({ width, height }) => width && height < 44).length"""


@pytest.mark.parametrize("width", [390, 1366])
def test_the_numbers_to_call_and_the_kinds_can_be_hit(page: Page, session, width: int) -> None:
    add_types(session)
    session.commit()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/")
    page.locator(".map-filters .chip").first.wait_for()
    assert page.evaluate(SMALL) == 0
