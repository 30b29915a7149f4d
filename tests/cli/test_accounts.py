"""The first administrator of a city is made from the command line."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.accounts import accounts
from app.config import Settings
from app.db import Databases
from app.models import Account, Passkey
from tests.fixtures.web import server_env

NEW = ["create", "--email", "Admin@city.kz", "--name", "Әкімші", "--role", "administrator"]


@pytest.fixture
def run(database: Databases, settings: Settings):
    env = server_env(settings, 8000)

    def call(*args: str, given: str | None = None) -> Result:
        return CliRunner().invoke(accounts, args, input=given, env=env)

    return call


def test_the_first_administrator_gets_a_password(run, session: Session) -> None:
    answer = run(*NEW)
    assert answer.exit_code == 0, answer.output
    assert "Password: " in answer.output
    made = session.scalars(select(Account)).one()
    assert (made.email, made.roles) == ("admin@city.kz", ["administrator"])


def test_a_given_password_is_not_printed(run) -> None:
    answer = run(*NEW, "--password-stdin", given="seven green bridges over\n")
    assert answer.exit_code == 0
    assert "seven" not in answer.output


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([*NEW[:2], "no-address", *NEW[3:]], "not an e-mail"),
        ([*NEW, "--body", "NOWHERE"], "no body with the code"),
        ([*NEW, "--role", "dispatcher"], "--body CODE"),
        (["disable", "nobody@city.kz"], "no account"),
    ],
)
def test_a_mistake_is_one_sentence(run, args: list[str], said: str) -> None:
    answer = run(*args)
    assert answer.exit_code == 1
    assert said in answer.output
    assert "Traceback" not in answer.output


def test_an_address_can_be_taken_and_disabled(run) -> None:
    run(*NEW)
    assert "already an account" in run(*NEW).output
    assert run("disable", "admin@city.kz").exit_code == 0
    assert "disabled" in run("list").output
    assert run("enable", "admin@city.kz").exit_code == 0
    assert "disabled" not in run("list").output


def test_whoever_lost_everything_signs_in_with_the_password_alone(run, session: Session) -> None:
    run(*NEW)
    account = session.scalars(select(Account)).one()
    session.add(
        Passkey(
            account_id=account.id,
            credential_id=b"1",
            public_key=b"1",
            sign_count=0,
            name="x",
            created_at=account.created_at,
        )
    )
    session.commit()
    answer = run("drop-second-factor", "admin@city.kz")
    assert answer.exit_code == 0, answer.output
    assert session.scalars(select(Passkey)).all() == []
