"""The second factor: no code works twice, no step is skipped, and what is half done opens nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.actions import my_factors, second_factor
from app.actions.accounts import set_active
from app.actions.brake import TRIES
from app.actions.sealing import Seal
from app.domain.permissions import SYSTEM, Role
from app.models import Account, OneTimeCode, Passkey, RecoveryCode, SignInStep, StaffSession
from app.web import create_app
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


def test_the_password_alone_opens_nothing(other: FlaskClient, with_app: tuple[str, list[str]]) -> None:
    answer = sign_in(other, next="/ru/account")
    assert answer.headers["Location"] == "/sign-in/second?next=/ru/account"
    assert not opens(other)
    assert second(other, code_of(with_app[0]), next="/ru/account").headers["Location"] == "/ru/account"
    assert opens(other)


def test_a_code_works_once(other: FlaskClient, app: Flask, with_app: tuple[str, list[str]]) -> None:
    code = code_of(with_app[0])
    sign_in(other)
    assert second(other, code).status_code == 303
    thief = app.test_client()
    sign_in(thief)
    assert second(thief, code).status_code == 401
    assert not opens(thief)


def test_a_step_before_and_after_are_right_and_two_are_not(session: Session, aigul: Account) -> None:
    seal = Seal(["k" * 40])
    moment = now()
    for step, right in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        secret = second_factor.begin_app(session, account=aigul, seal=seal, now=moment)
        code = pyotp.TOTP(secret).at(int(moment.timestamp()), counter_offset=step)
        assert second_factor.confirm_app(session, account=aigul, code=code, seal=seal, now=moment) is right, step
        second_factor.drop_app(session, account_id=aigul.id)


def test_a_recovery_code_works_once_and_is_counted(
    other: FlaskClient, app: Flask, with_app: tuple[str, list[str]]
) -> None:
    codes = with_app[1]
    assert len(set(codes)) == 10
    sign_in(other)
    assert second(other, codes[0].lower().replace("-", " ")).status_code == 303
    assert "9" in other.get(FACTOR).get_data(as_text=True).split('id="codes-title"')[1].split("</p>")[0]
    again = app.test_client()
    sign_in(again)
    assert second(again, codes[0]).status_code == 401


def test_new_recovery_codes_void_the_old_ones(
    client: FlaskClient, other: FlaskClient, with_app: tuple[str, list[str]]
) -> None:
    answer = post(client, f"{FACTOR}/codes", FACTOR, password=PASSWORD)
    fresh = re.findall(r"<li><code[^>]*>([^<]+)<", answer.get_data(as_text=True))
    assert len(fresh) == 10
    assert fresh[0] not in client.get(FACTOR).get_data(as_text=True)
    sign_in(other)
    assert second(other, with_app[1][0]).status_code == 401
    assert second(other, fresh[0]).status_code == 303


def test_neither_secret_nor_recovery_code_lies_open(session: Session, with_app: tuple[str, list[str]]) -> None:
    secret, codes = with_app
    kept = session.scalars(select(OneTimeCode.secret)).one()
    assert secret.encode() not in kept
    plain = [code.replace("-", "").encode() for code in codes]
    hashes = session.scalars(select(RecoveryCode.code_hash)).all()
    assert not any(word in kept for word in plain for kept in hashes)


def test_codes_are_braked_like_passwords(other: FlaskClient, with_app: tuple[str, list[str]]) -> None:
    sign_in(other)
    answers = [second(other, "000000").status_code for _ in range(TRIES + 1)]
    assert answers == [401] * TRIES + [429]
    assert second(other, code_of(with_app[0])).status_code == 429


def test_the_step_is_over_after_ten_minutes(
    other: FlaskClient, session: Session, with_app: tuple[str, list[str]]
) -> None:
    sign_in(other)
    session.execute(update(SignInStep).values(expires_at=now() - timedelta(seconds=1)))
    session.commit()
    answer = post(other, "/sign-in/second", "/sign-in", code=code_of(with_app[0]))
    assert answer.headers["Location"] == "/sign-in"
    assert not opens(other)


def test_a_step_that_was_planted_or_used_opens_nothing(
    other: FlaskClient, app: Flask, with_app: tuple[str, list[str]]
) -> None:
    other.set_cookie("qauip_step", "A" * 43)
    sign_in(other)
    held = other.get_cookie("qauip_step")
    assert held is not None
    assert held.value != "A" * 43
    second(other, code_of(with_app[0]))
    thief = app.test_client()
    thief.set_cookie("qauip_step", held.value)
    assert post(thief, "/sign-in/second", code=code_of(with_app[0], 1)).headers["Location"] == "/sign-in"


def test_the_second_step_gives_a_new_key_and_a_new_form_token(
    other: FlaskClient, with_app: tuple[str, list[str]]
) -> None:
    other.set_cookie("qauip_session", "A" * 43)
    sign_in(other)
    before = token(other, "/sign-in/second")
    second(other, code_of(with_app[0]))
    held = other.get_cookie("qauip_session")
    assert held is not None
    assert held.value != "A" * 43
    assert token(other, "/account") != before


def test_somebody_disabled_between_the_steps_is_out(
    other: FlaskClient, session: Session, aigul: Account, with_app: tuple[str, list[str]]
) -> None:
    sign_in(other)
    set_active(session, by=SYSTEM, account_id=aigul.id, active=False, now=now())
    session.commit()
    post(other, "/sign-in/second", "/sign-in", code=code_of(with_app[0]))
    assert not opens(other)


def test_setting_it_up_ends_other_sessions_and_changes_the_own_key(
    client: FlaskClient, other: FlaskClient, aigul: Account
) -> None:
    sign_in(other)
    sign_in(client)
    before = client.get_cookie("qauip_session")
    set_up(client)
    after = client.get_cookie("qauip_session")
    assert opens(client)
    assert not opens(other)
    assert before is not None
    assert after is not None
    assert before.value != after.value


@pytest.mark.parametrize("path", ["app", "app/remove", "codes"])
def test_each_change_asks_for_the_password(client: FlaskClient, session: Session, aigul: Account, path: str) -> None:
    if path == "app":
        sign_in(client)
    else:
        set_up(client)
    assert post(client, f"{FACTOR}/{path}", FACTOR, password="wrong").status_code == 400
    kept = session.scalar(select(func.count()).select_from(OneTimeCode))
    assert kept == (0 if path == "app" else 1)


def test_a_thief_of_a_session_cannot_guess_the_password_there_either(client: FlaskClient, aigul: Account) -> None:
    sign_in(client)
    answers = [post(client, f"{FACTOR}/app", FACTOR, password="wrong").status_code for _ in range(TRIES + 1)]
    assert answers == [400] * TRIES + [429]


def test_removing_the_app_takes_the_codes_along(
    client: FlaskClient, session: Session, other: FlaskClient, with_app: tuple[str, list[str]]
) -> None:
    post(client, f"{FACTOR}/app/remove", FACTOR, password=PASSWORD)
    assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 0
    sign_in(other)
    assert opens(other)


def test_another_key_opens_with_the_fallback_and_seals_anew(session: Session, aigul: Account) -> None:
    old, new = Seal(["o" * 40]), Seal(["n" * 40, "o" * 40])
    secret = second_factor.begin_app(session, account=aigul, seal=old, now=now())
    code = code_of(secret, -1)
    assert second_factor.confirm_app(session, account=aigul, code=code, seal=old, now=now())
    without = {"account_id": aigul.id, "code": code_of(secret), "now": now()}
    assert not second_factor.take_code(session, seal=Seal(["n" * 40]), **without)
    assert second_factor.take_code(session, seal=new, **without)
    sealed = session.scalars(select(OneTimeCode.secret)).one()
    assert Seal(["n" * 40]).open(sealed) == secret.encode()


def test_sessions_and_codes_survive_a_new_key_of_the_server(
    client: FlaskClient, app: Flask, settings, with_app: tuple[str, list[str]]
) -> None:
    held = client.get_cookie("qauip_session")
    assert held is not None
    rotated = create_app(
        replace(settings, secret_key="n" * 20 + settings.secret_key[:30], old_secret_keys=(settings.secret_key,))
    )
    try:
        after = rotated.test_client()
        after.set_cookie("qauip_session", held.value)
        assert opens(after)
        fresh = rotated.test_client()
        sign_in(fresh)
        assert second(fresh, code_of(with_app[0])).status_code == 303
    finally:
        rotated.extensions["qauip"].dispose()


def test_a_role_that_needs_one_opens_nothing_before(app: Flask, aigul: Account, settings) -> None:
    strict = create_app(replace(settings, second_factor_roles=frozenset({Role.MODERATOR})))
    try:
        client = strict.test_client()
        sign_in(client)
        for page in ("/account", "/staff/moderation/", "/account/start"):
            assert client.get(page).headers["Location"] == FACTOR, page
        assert post(client, "/account/sessions/end", FACTOR).status_code == 403
        client = strict.test_client()
        set_up(client)
        assert opens(client)
        assert client.get("/staff/moderation/").status_code == 200
    finally:
        strict.extensions["qauip"].dispose()


def test_an_administrator_helps_whoever_lost_everything(
    client: FlaskClient, other: FlaskClient, session: Session, aigul: Account, with_app: tuple[str, list[str]]
) -> None:
    boss = make_account(session, Role.ADMINISTRATOR, email="boss@example.kz")
    my_factors.drop_second_factor(session, by=boss.actor, account_id=aigul.id, now=now())
    session.commit()
    assert not opens(client)
    sign_in(other)
    assert opens(other)


# Passkeys


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


# Sessions


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
