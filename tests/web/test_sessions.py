"""Sessions as their owner sees and ends them."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.models import Account, StaffSession
from tests.web.pages import make_account, sign_in
from tests.web.second_factor_kit import aigul, opens, other, post

__all__ = ["aigul", "other"]


def test_a_session_says_browser_and_system_and_no_more(client: FlaskClient, session: Session, aigul: Account) -> None:
    agent = "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 Chrome/131.0.6778.39 Mobile Safari/537.36"
    client.environ_base["HTTP_USER_AGENT"] = agent
    client.environ_base["REMOTE_ADDR"] = "203.0.113.77"
    sign_in(client)
    kept = session.scalars(select(StaffSession)).one()
    assert (kept.device, kept.network) == ("Chrome, Android", "203.0.113.0/24")
    assert "203.0.113.77" not in client.get("/account").get_data(as_text=True)


def test_one_session_is_ended_and_only_the_own(
    client: FlaskClient, other: FlaskClient, session: Session, aigul: Account, app: Flask
) -> None:
    sign_in(client)
    sign_in(other)
    make_account(session, Role.MODERATOR, email="b@example.kz")
    theirs = app.test_client()
    sign_in(theirs, "b@example.kz")
    page = client.get("/account").get_data(as_text=True)
    address = re.findall(r'action="(/account/sessions/[0-9a-f]{16}/end)"', page)
    assert len(address) == 1
    assert post(theirs, address[0], "/account").status_code == 404
    assert post(client, address[0], "/account").status_code == 303
    assert opens(client)
    assert not opens(other)
    assert post(client, "/account/sessions/zzzzzzzzzzzzzzzz/end", "/account").status_code == 404
