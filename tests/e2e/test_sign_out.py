"""What ends sessions ends messages: the script sends this browser's address along, which ends or alone stays."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.models import Account, StaffPush
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
    allow(page, make_account(session, Role.COORDINATOR))
    assert browsers(session) == 1
    page.locator("header details summary").first.click()
    page.locator("form[action$='/sign-out'] button").click()
    page.wait_for_url("**/sign-in")
    assert browsers(session) == 0


def test_where_the_password_is_changed_goes_on_being_told_and_no_other_browser(page: Page, session: Session) -> None:
    account = make_account(session, Role.COORDINATOR)
    allow(page, account)
    lost = {"endpoint_key": b"lost", "key_id": "k", "sealed": b"x", "created_at": account.created_at}
    session.add(StaffPush(account_id=account.id, **lost))
    session.commit()
    page.goto("/account")
    form = page.locator("form[action$='/account/password']")
    form.locator("input[name=current]").fill(PASSWORD)
    form.locator("input[name=new]").fill("a few words in a row 2026")
    form.locator("button").click()
    expect(page.get_by_text("Басқа браузерлеріңізге де хабар енді келмейді.")).to_be_visible()
    session.rollback()
    assert b"lost" not in session.scalars(select(StaffPush.endpoint_key)).all()
    assert browsers(session) == 1


def allow(page: Page, account: Account) -> None:
    """Sign in, and ask to be told in this browser."""
    page.add_init_script(SUBSCRIBED)
    page.goto("/sign-in")
    page.fill("input[name=email]", account.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile("/staff/"))
    page.goto("/account/notifications")
    page.locator("form[data-staff-push] button").click()
    expect(page.locator("[data-push-said]")).to_have_text("Осы браузерде хабар аласыз.")


def browsers(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(StaffPush.id))) or 0
