"""Accounts are made by administrators, with a body where the role needs one."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.actions import accounts
from app.domain.errors import EmailTaken, NeedsBody, NotPermitted, TooManyTries, WeakPassword
from app.domain.permissions import SYSTEM, Actor, Role
from app.models import Account
from app.queries.accounts import signed_in_by

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
KEY = b"k" * 32
PASSWORD = "seven green bridges over"
ADMINISTRATOR = Actor(account_id=None, roles=frozenset({Role.ADMINISTRATOR}))


def create(
    session: Session,
    *,
    by: Actor = SYSTEM,
    email: str = "Aigul@Example.kz",
    role: Role = Role.MODERATOR,
    password: str = PASSWORD,
) -> Account:
    return accounts.create_account(
        session, by=by, email=email, name="Айгүл", roles=[role], body_id=None, language="kk", password=password, now=NOW
    )


def test_the_address_is_kept_in_small_letters(session: Session) -> None:
    assert create(session).email == "aigul@example.kz"


def test_an_address_has_one_account(session: Session) -> None:
    create(session)
    with pytest.raises(EmailTaken):
        create(session, email="AIGUL@example.kz ")


def test_only_administrators_make_accounts(session: Session) -> None:
    create(session, by=ADMINISTRATOR)
    with pytest.raises(NotPermitted):
        create(session, by=Actor(None, frozenset({Role.MODERATOR})), email="b@example.kz")


def test_a_dispatcher_needs_a_body(session: Session) -> None:
    with pytest.raises(NeedsBody):
        create(session, role=Role.DISPATCHER)


@pytest.mark.parametrize("password", ["short", "aigul@example.kz", "password1234", "1234567890ab"[:11], "qwerty123456"])
def test_a_weak_password_makes_no_account(session: Session, password: str) -> None:
    with pytest.raises(WeakPassword):
        create(session, password=password)


def test_generated_passwords_are_good_and_differ() -> None:
    made = {accounts.new_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        accounts.check_password(password, email="a@example.kz")


def test_the_hash_is_argon2id_with_owasp_s_cost(session: Session) -> None:
    assert create(session).password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_administrator_cannot_shut_themselves_out(session: Session) -> None:
    account = create(session, role=Role.ADMINISTRATOR)
    with pytest.raises(NotPermitted):
        accounts.set_active(session, by=account.actor, account_id=account.id, active=False)


def test_tries_are_forgotten_after_a_quarter_of_an_hour(session: Session) -> None:
    create(session)
    for _ in range(accounts.TRIES):
        assert accounts.sign_in(session, email="aigul@example.kz", password="no", key=KEY, now=NOW) is None
    with pytest.raises(TooManyTries):
        accounts.sign_in(session, email="aigul@example.kz", password=PASSWORD, key=KEY, now=NOW)
    later = NOW + accounts.TRIES_WITHIN + timedelta(seconds=1)
    assert accounts.sign_in(session, email="aigul@example.kz", password=PASSWORD, key=KEY, now=later)


def test_a_session_lasts_a_shift_if_it_is_used(session: Session) -> None:
    create(session)
    made = accounts.sign_in(session, email="aigul@example.kz", password=PASSWORD, key=KEY, now=NOW)
    assert made
    for hour in range(12):
        assert signed_in_by(session, token=made.token, now=NOW + timedelta(hours=hour)), hour
    assert not signed_in_by(session, token=made.token, now=NOW + timedelta(hours=12, seconds=1))
