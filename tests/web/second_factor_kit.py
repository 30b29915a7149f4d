"""Somebody with a second factor: an app that shows codes, or a passkey."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.models import Account
from app.web.context import now
from tests.web.authenticator import SoftPasskey
from tests.web.pages import PASSWORD, make_account, sign_in, token

FACTOR = "/account/second-factor"


@pytest.fixture
def aigul(session: Session) -> Account:
    return make_account(session, Role.MODERATOR)


def post(client: FlaskClient, address: str, page: str = "/sign-in", **data: str):
    return client.post(address, data=data | {"csrf_token": token(client, page)})


def opens(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def set_up(client: FlaskClient) -> tuple[str, list[str]]:
    """Sign in and set up an app; its secret and the recovery codes."""
    if not opens(client):
        sign_in(client)
    post(client, f"{FACTOR}/app", FACTOR, password=PASSWORD)
    page = client.get(f"{FACTOR}/app/code").get_data(as_text=True)
    found = re.search(r'typed-secret"[^>]*>([A-Z2-7 ]+)<', page)
    assert found
    secret = found[1].replace(" ", "")
    given = {"csrf_token": token(client, f"{FACTOR}/app/code")}  # before the code, which half a minute makes too old
    answer = client.post(f"{FACTOR}/app/code", data=given | {"code": code_of(secret, -1)})
    assert answer.status_code == 200
    return secret, re.findall(r"<li><code[^>]*>([^<]+)<", answer.get_data(as_text=True))


def code_of(secret: str, step: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(now().timestamp()), counter_offset=step)


@pytest.fixture
def with_app(client: FlaskClient, aigul: Account) -> tuple[str, list[str]]:
    return set_up(client)


@pytest.fixture
def other(app: Flask) -> FlaskClient:
    """A browser that knows nothing yet."""
    return app.test_client()


def second(client: FlaskClient, code: str, **more: str):
    return post(client, "/sign-in/second", "/sign-in/second", code=code, **more)


@pytest.fixture
def passkey(settings) -> SoftPasskey:
    return SoftPasskey(settings.base_url, "localhost")


def begin(client: FlaskClient, address: str, page: str, **data: str):
    answer = post(client, address, page, **data)
    return json.loads(answer.get_data(as_text=True)) if answer.status_code == 200 else answer.status_code


def register(client: FlaskClient, passkey: SoftPasskey, name: str = "phone"):
    options = begin(client, "/account/passkeys/options", FACTOR, password=PASSWORD)
    return post(client, "/account/passkeys", FACTOR, name=name, credential=passkey.create(options))


@pytest.fixture
def registered(client: FlaskClient, aigul: Account, passkey: SoftPasskey) -> SoftPasskey:
    sign_in(client)
    answer = register(client, passkey)
    assert len(re.findall(r"<li><code", answer.get_data(as_text=True))) == 10  # the first factor brings the codes
    return passkey


def alone(client: FlaskClient, spoil: Callable[[dict], str]):
    options = begin(client, "/sign-in/passkey/options", "/sign-in")
    return post(client, "/sign-in/passkey", "/sign-in", credential=spoil(options))
