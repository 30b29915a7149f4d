"""Accounts are made by administrators, with a body where the role needs one."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions import account_links, accounts, brake, passwords, sessions
from app.actions.account_links import Letters, link_token
from app.actions.brake import Sender
from app.actions.steps import living_step, new_step
from app.db import Databases
from app.domain.errors import (
    BadLink,
    EmailTaken,
    LastManager,
    NeedsBody,
    NotPermitted,
    StepExpired,
    TooManyTries,
    WeakPassword,
)
from app.domain.permissions import SYSTEM, Actor, Role
from app.models import Account, AccountLink, SignInTry, StepPurpose
from tests.jobs.kit import add_body

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
KEY = b"k" * 32
HOME = "198.51.100.0/24"
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


def test_two_administrators_at_once_make_one_account_and_one_hears_why(session: Session, database: Databases) -> None:
    """The second looks before the first has committed, and is stopped by the index."""
    create(session)

    def second() -> None:
        with Session(database.app) as other:
            create(other)

    with ThreadPoolExecutor() as pool:
        late = pool.submit(second)
        _until_somebody_waits(database)
        session.commit()
        with pytest.raises(EmailTaken):
            late.result(timeout=20)


def _until_somebody_waits(database: Databases) -> None:
    waits = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    with Session(database.app) as looking:
        for _ in range(200):
            if looking.scalar(waits):
                return
            looking.rollback()
            time.sleep(0.05)
    pytest.fail("the second transaction does not wait for the first")


def test_of_two_managers_who_disable_each_other_at_once_one_is_left(session: Session, database: Databases) -> None:
    body = add_body(session)
    one, two = (
        Account(email=f"{name}@example.kz", name=name, roles=["manager"], body_id=body, password_hash="!")
        for name in ("one", "two")
    )
    session.add_all([one, two])
    session.commit()
    accounts.set_active(session, by=one.actor, account_id=two.id, active=False, now=NOW)

    def second() -> None:
        with Session(database.app) as other:
            accounts.set_active(other, by=two.actor, account_id=one.id, active=False, now=NOW)

    with ThreadPoolExecutor() as pool:
        late = pool.submit(second)
        _until_somebody_waits(database)
        session.commit()
        with pytest.raises(LastManager):
            late.result(timeout=20)


@contextmanager
def _waiting(database: Databases, order: Callable[[Session], object]) -> Iterator[Future[None]]:
    """`order` in a transaction of its own, begun and waiting for a lock; undone at the end."""

    def second() -> None:
        with Session(database.app) as other:
            order(other)

    with ThreadPoolExecutor() as pool:
        late = pool.submit(second)
        _until_somebody_waits(database)
        yield late


def test_who_opens_an_invitation_waits_for_who_takes_it_back_and_neither_holds_the_other(session, database) -> None:
    """Each locks the account before the link: the other way round they would wait for each other for ever."""
    body, letters = add_body(session), Letters(b"s" * 32, "kk")
    who = {"email": "new@example.kz", "name": "N", "role": Role.CREW, "body_id": body}
    made = account_links.invite(session, by=SYSTEM, **who, letters=letters, now=NOW)
    token = link_token(session.scalars(select(AccountLink.seed)).one(), letters.secret)
    session.commit()
    account_links.editable(session, by=SYSTEM, account_id=made.id)
    given = {"token": token, "password": PASSWORD, "sender": Sender(HOME, KEY), "now": NOW}
    with _waiting(database, lambda other: account_links.join(other, **given)) as late:
        account_links.revoke_invitation(session, by=SYSTEM, account_id=made.id)
        session.commit()
        with pytest.raises(BadLink):
            late.result(timeout=20)


def test_two_half_done_sign_ins_of_one_account_do_not_hold_each_other(session, database) -> None:
    account = create(session)
    steps = [new_step(session, purpose=StepPurpose.SECOND, account_id=account.id, now=NOW) for _ in range(2)]
    session.commit()
    living_step(session, token=steps[0].token, purpose=StepPurpose.SECOND, now=NOW)
    given = {"token": steps[1].token, "purpose": StepPurpose.SECOND, "now": NOW}
    with _waiting(database, lambda other: living_step(other, **given)) as late:
        sessions.open_session(session, account=account, sender=Sender(HOME, KEY), now=NOW)  # ends all steps
        session.commit()
        with pytest.raises(StepExpired):
            late.result(timeout=20)


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
    made = {passwords.new_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.check_password(password, email="a@example.kz")


def test_the_hash_is_argon2id_with_owasp_s_cost(session: Session) -> None:
    assert create(session).password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_administrator_cannot_shut_themselves_out(session: Session) -> None:
    account = create(session, role=Role.ADMINISTRATOR)
    with pytest.raises(NotPermitted):
        accounts.set_active(session, by=account.actor, account_id=account.id, active=False, now=NOW)


def test_tries_are_forgotten_after_a_quarter_of_an_hour(session: Session) -> None:
    create(session)
    for _ in range(brake.TRIES):
        assert (
            accounts.sign_in(session, email="aigul@example.kz", password="no", network=HOME, key=KEY, now=NOW) is None
        )
    with pytest.raises(TooManyTries):
        accounts.sign_in(session, email="aigul@example.kz", password=PASSWORD, network=HOME, key=KEY, now=NOW)
    later = NOW + brake.TRIES_WITHIN + timedelta(seconds=1)
    assert accounts.sign_in(session, email="aigul@example.kz", password=PASSWORD, network=HOME, key=KEY, now=later)


def _fail(session: Session, network: str, times: int, *, now: datetime = NOW) -> None:
    for _ in range(times):
        accounts.sign_in(session, email="aigul@example.kz", password="no", network=network, key=KEY, now=now)


def _may_sign_in(session: Session, network: str = HOME, *, now: datetime = NOW) -> bool:
    try:
        return bool(
            accounts.sign_in(session, email="aigul@example.kz", password=PASSWORD, network=network, key=KEY, now=now)
        )
    except TooManyTries:
        return False


def test_a_guesser_elsewhere_does_not_keep_the_owner_out(session: Session) -> None:
    create(session)
    _fail(session, "203.0.113.0/24", brake.TRIES)
    assert not _may_sign_in(session, "203.0.113.0/24")
    assert _may_sign_in(session)


@pytest.mark.usefixtures("_quick_hashes")
def test_guessers_in_many_networks_are_stopped_all_together_for_an_hour(session: Session) -> None:
    create(session)
    for number in range(brake.TRIES_EVERYWHERE // brake.TRIES):
        assert _may_sign_in(session)
        _fail(session, f"203.0.{number}.0/24", brake.TRIES)
    assert not _may_sign_in(session)
    hour = brake.TRIES_EVERYWHERE_WITHIN
    assert not _may_sign_in(session, now=NOW + hour - timedelta(seconds=1))
    assert _may_sign_in(session, now=NOW + hour + timedelta(seconds=1))


def test_neither_address_nor_network_is_kept(session: Session) -> None:
    _fail(session, HOME, 1)
    keys = session.scalars(select(SignInTry.key)).all()
    assert len(keys) == 2
    assert not any(word in key for key in keys for word in (b"aigul", b"198.51"))


@pytest.fixture
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._dummy_hash.cache_clear()


def test_a_session_lasts_a_shift_if_it_is_used(session: Session) -> None:
    create(session)
    made = accounts.sign_in(session, email="aigul@example.kz", password=PASSWORD, network=HOME, key=KEY, now=NOW)
    assert made
    for hour in range(12):
        assert sessions.use_session(session, token=made.token, now=NOW + timedelta(hours=hour)), hour
    assert not sessions.use_session(session, token=made.token, now=NOW + timedelta(hours=12, seconds=1))
