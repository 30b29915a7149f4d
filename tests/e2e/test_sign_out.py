"""Signing out ends the messages of this browser: its script sends the address along."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.models import StaffPush
from tests.web.pages import PASSWORD, make_account

pytestmark = pytest.mark.e2e
SERVICE_WORKERS = True
SUBSCRIBED = """
const keys = { p256dh: "B".repeat(87), auth: "a".repeat(22) };
const made = { endpoint: "https://fcm.googleapis.com/fcm/send/secret", keys };
PushManager.prototype.getSubscription = async () => ({ ...made, toJSON: () => made });
Notification.requestPermission = async () => "granted";
"""


def test_a_browser_that_was_signed_out_is_told_nothing_more(page: Page, session: Session) -> None:
    make_account(session, Role.COORDINATOR)
    page.add_init_script(SUBSCRIBED)
    page.goto("/sign-in")
    page.fill("input[name=email]", "aigul@example.kz")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile("/staff/"))
    page.goto("/account/notifications")
    page.locator("form[data-staff-push] button").click()
    expect(page.locator("[data-push-said]")).to_have_text("Осы браузерде хабар аласыз.")
    assert browsers(session) == 1
    page.locator("header details summary").first.click()
    page.locator("form[action$='/sign-out'] button").click()
    page.wait_for_url("**/sign-in")
    assert browsers(session) == 0


def browsers(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(StaffPush.id))) or 0
