"""The second factor by an app: no code works twice, no step is skipped, and what is half done opens nothing."""

from __future__ import annotations

import re
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
from app.models import Account, OneTimeCode, RecoveryCode, SignInStep
from app.web import create_app
from app.web.context import now
from tests.web.pages import PASSWORD, make_account, sign_in, token
from tests.web.second_factor_kit import FACTOR, aigul, code_of, opens, other, post, second, set_up, with_app

__all__ = ["aigul", "other", "with_app"]


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
