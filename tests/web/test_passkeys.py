"""Passkeys: one opens for its owner, on this site, once for each challenge, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.accounts import set_active
from app.domain.permissions import SYSTEM, Role
from app.models import Account, Passkey, SignInStep
from app.web import create_app
from app.web.context import now
from tests.web.authenticator import SoftPasskey
from tests.web.pages import PASSWORD, make_account, sign_in
from tests.web.second_factor_kit import FACTOR, aigul, alone, begin, opens, other, passkey, post, register, registered

__all__ = ["aigul", "other", "passkey", "registered"]


def test_a_passkey_is_a_second_factor(other: FlaskClient, registered: SoftPasskey) -> None:
    assert "/sign-in/second" in sign_in(other).headers["Location"]
    options = begin(other, "/sign-in/second/options", "/sign-in/second")
    assert [each["type"] for each in options["allowCredentials"]] == ["public-key"]
    assert (
        post(other, "/sign-in/second/passkey", "/sign-in/second", credential=registered.get(options)).status_code == 303
    )
    assert opens(other)


def test_a_passkey_opens_without_a_password(other: FlaskClient, registered: SoftPasskey) -> None:
    assert alone(other, registered.get).status_code == 303
    assert opens(other)


def test_the_options_are_the_same_for_everybody(other: FlaskClient, registered: SoftPasskey) -> None:
    options = begin(other, "/sign-in/passkey/options", "/sign-in")
    assert options.pop("challenge")
    assert options == {"rpId": "localhost", "timeout": 60000, "allowCredentials": [], "userVerification": "required"}


SPOILS: dict[str, Callable[[SoftPasskey, dict], str]] = {
    "another site": lambda key, options: key.get(options, origin="https://evil.example"),
    "another challenge": lambda key, options: key.get(options, challenge="A" * 43),
    "another owner": lambda key, options: key.get(options, handle="AAAAAAAAAAAAAAAAAAAAAA"),
    "another key": lambda key, options: replace(key, key=SoftPasskey("", "").key).get(options),
    "another site's hash": lambda key, options: replace(key, rp_id="evil.example").get(options),
    "nobody touched it": lambda key, options: key.get(options, data=key._data(0)[:32] + b"\x00" + bytes(4)),
    "an unknown key": lambda key, options: replace(key, credential_id=b"x" * 32).get(options),
    "no finger": lambda key, options: replace(key, verifies=False).get(options),
    "not JSON": lambda key, options: "{",
    "a list": lambda key, options: "[]",
    "empty": lambda key, options: "",
    "deep": lambda key, options: "[" * 9000,
}


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
def test_a_spoilt_answer_opens_nothing(
    other: FlaskClient, registered: SoftPasskey, spoil: Callable[[SoftPasskey, dict], str]
) -> None:
    assert alone(other, lambda options: spoil(registered, options)).status_code == 401
    assert not opens(other)


def test_a_challenge_is_taken_once_whatever_comes_of_it(other: FlaskClient, registered: SoftPasskey) -> None:
    options = begin(other, "/sign-in/passkey/options", "/sign-in")
    assert post(other, "/sign-in/passkey", "/sign-in", credential="{}").status_code == 401
    assert post(other, "/sign-in/passkey", "/sign-in", credential=registered.get(options)).status_code == 401
    assert not opens(other)


def test_a_copied_key_is_told_by_its_counter(other: FlaskClient, app: Flask, registered: SoftPasskey) -> None:
    copy = replace(registered)
    assert alone(other, registered.get).status_code == 303
    thief = app.test_client()
    assert alone(thief, copy.get).status_code == 401
    assert not opens(thief)


def test_a_key_that_does_not_count_works_again_and_again(
    client: FlaskClient, app: Flask, aigul: Account, settings
) -> None:
    key = SoftPasskey(settings.base_url, "localhost", counts=False)
    sign_in(client)
    register(client, key)
    for _ in range(2):
        assert alone(app.test_client(), key.get).status_code == 303


def test_a_passkey_of_somebody_disabled_opens_nothing(
    other: FlaskClient, session: Session, aigul: Account, registered: SoftPasskey
) -> None:
    set_active(session, by=SYSTEM, account_id=aigul.id, active=False, now=now())
    session.commit()
    assert alone(other, registered.get).status_code == 401


def test_anothers_passkey_is_no_second_factor(
    client: FlaskClient, other: FlaskClient, session: Session, registered: SoftPasskey, app: Flask
) -> None:
    make_account(session, Role.MODERATOR, email="b@example.kz")
    theirs, key = app.test_client(), SoftPasskey(registered.origin, "localhost")
    sign_in(theirs, "b@example.kz")
    register(theirs, key)
    sign_in(other)
    options = begin(other, "/sign-in/second/options", "/sign-in/second")
    answer = post(other, "/sign-in/second/passkey", "/sign-in/second", credential=key.get(options))
    assert answer.status_code == 401
    assert not opens(other)


def test_making_one_asks_for_the_password(client: FlaskClient, session: Session, aigul: Account) -> None:
    sign_in(client)
    assert begin(client, "/account/passkeys/options", FACTOR, password="wrong") == 400
    assert session.scalar(select(func.count()).select_from(SignInStep)) == 0


def test_removing_the_last_one_asks_for_the_password_and_ends_the_second_step(
    client: FlaskClient, other: FlaskClient, session: Session, registered: SoftPasskey
) -> None:
    kept = session.scalars(select(Passkey.id)).one()
    assert post(client, f"/account/passkeys/{kept}/remove", FACTOR, password="wrong").status_code == 400
    assert post(client, f"/account/passkeys/{kept}/remove", FACTOR, password=PASSWORD).status_code == 303
    sign_in(other)
    assert opens(other)


def test_nobody_removes_anothers(client: FlaskClient, session: Session, registered: SoftPasskey, app: Flask) -> None:
    make_account(session, Role.MODERATOR, email="b@example.kz")
    theirs = app.test_client()
    sign_in(theirs, "b@example.kz")
    kept = session.scalars(select(Passkey.id)).one()
    post(theirs, f"/account/passkeys/{kept}/remove", FACTOR, password=PASSWORD)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Passkey)) == 1


def test_there_are_none_on_an_ip_address(settings, aigul: Account, database) -> None:
    made = create_app(replace(settings, base_url="http://192.0.2.7:8000"))
    try:
        client = made.test_client()
        assert "data-passkey" not in client.get("/sign-in").get_data(as_text=True)
        assert post(client, "/sign-in/passkey/options").status_code == 404
    finally:
        made.extensions["qauip"].dispose()
