"""A passkey in a real browser, by Chromium's virtual authenticator: made, used instead of a password and after one."""

import pytest
from playwright.sync_api import CDPSession, Page, expect

from app.domain.permissions import Role
from tests.web.pages import PASSWORD, make_account

pytestmark = pytest.mark.e2e

PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_phone(page: Page) -> tuple[CDPSession, str]:
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    return cdp, cdp.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})["authenticatorId"]


def type_password(page: Page, *, email: str = "aigul@example.kz") -> None:
    page.goto("/sign-in")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form:not([data-passkey]) button[type=submit]").click()


def sign_out(page: Page) -> None:
    page.locator("details.menu summary").click()
    page.locator("form[action='/sign-out'] button").click()
    expect(page).to_have_url("/sign-in")


def test_a_passkey_is_made_and_opens_with_and_without_the_password(page: Page, session) -> None:
    make_account(session, Role.MODERATOR)
    cdp, phone = with_phone(page)
    type_password(page)
    page.goto("/account/second-factor")
    page.fill("form[data-passkey] input[name=name]", "Жұмыс телефоны")
    page.fill("form[data-passkey] input[name=password]", PASSWORD)
    page.locator("form[data-passkey] button[type=submit]").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    assert len(cdp.send("WebAuthn.getCredentials", {"authenticatorId": phone})["credentials"]) == 1
    page.goto("/account/second-factor")
    expect(page.get_by_text("Жұмыс телефоны").first).to_be_visible()
    sign_out(page)

    page.locator("form[data-passkey] button[type=submit]").click()
    expect(page).to_have_url("/staff/moderation/")
    sign_out(page)

    type_password(page)
    expect(page).to_have_url("/sign-in/second")
    page.locator("form[data-passkey] button[type=submit]").click()
    expect(page).to_have_url("/staff/moderation/")


def test_a_browser_without_the_key_says_so_and_stays(page: Page, watch, session) -> None:
    make_account(session, Role.MODERATOR)
    with_phone(page)
    page.goto("/ru/sign-in")
    page.locator("form[data-passkey] button[type=submit]").click()
    expect(page.locator("[data-problem]")).to_be_visible(timeout=70_000)
    expect(page).to_have_url("/ru/sign-in")
