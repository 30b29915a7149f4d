"""`qauip accounts`: the first administrator of a city, and accounts where there is no browser at hand.

Whoever may run this program on the server may make accounts: it acts as the system. A password never comes as an
argument, where the list of processes would show it.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from app import i18n
from app.actions import accounts as actions
from app.actions import my_factors
from app.actions.passwords import new_password
from app.cli.cluster import database_up
from app.cli.sessions import one_transaction
from app.config import Settings
from app.domain.errors import DomainError
from app.domain.permissions import SYSTEM, Role
from app.models import Account
from app.queries.accounts import account_by_email, accounts_by_name
from app.queries.bodies import body_by_code

SENTENCES = {
    "email_taken": "There is already an account with this e-mail.",
    "needs_body": "This role works for a body: name it with --body CODE.",
    "weak_password": "The password needs at least 12 characters and must be hard to guess.",
}


ROLES = [role.value for role in Role]


@click.group()
def accounts() -> None:
    """Make, list and disable the accounts of staff."""


@accounts.command()
@click.option("--email", required=True, help="What they sign in with.")
@click.option("--name", required=True, help="Shown to colleagues.")
@click.option("--role", "roles", required=True, multiple=True, type=click.Choice(ROLES), help="May be repeated.")
@click.option("--body", "body_code", help="Code of the body they work for.")
@click.option("--language", type=click.Choice(i18n.LANGUAGES), default=i18n.DEFAULT, show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; else one is made.")
def create(
    email: str, name: str, roles: tuple[str, ...], body_code: str | None, language: str, *, password_stdin: bool
) -> None:
    """Make an account, and print its password when none is given.

    \b
    Example: qauip accounts create --email a.admin@city.kz --name "A. Admin" --role administrator
    """
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else new_password()
    settings = Settings.from_env()
    with database_up(settings), one_transaction(settings) as session:
        made = _create(
            session,
            email=_address(email),
            name=name,
            roles=[Role(role) for role in roles],
            body=body_code,
            language=language,
            password=password,
        )
    click.echo(f"Account {made.email} ({', '.join(made.roles)}) was made.")
    if not password_stdin:
        click.echo(f"Password: {password}")


@accounts.command("list")
def list_accounts() -> None:
    """List all accounts with their roles and bodies.

    \b
    Example: qauip accounts list
    """
    settings = Settings.from_env()
    with database_up(settings), one_transaction(settings) as session:
        for account, body in accounts_by_name(session):
            state = "" if account.active else "disabled"
            click.echo(
                "\t".join([account.email, account.name, ",".join(account.roles), body.code if body else "", state])
            )


@accounts.command()
@click.argument("email")
def disable(email: str) -> None:
    """Keep EMAIL from signing in, and end its sessions at once.

    \b
    Example: qauip accounts disable a.admin@city.kz
    """
    _set_active(email, active=False)
    click.echo(f"Account {email} is disabled, and signed out everywhere.")


@accounts.command()
@click.argument("email")
def enable(email: str) -> None:
    """Let EMAIL sign in again.

    \b
    Example: qauip accounts enable a.admin@city.kz
    """
    _set_active(email, active=True)
    click.echo(f"Account {email} may sign in again.")


@accounts.command("drop-second-factor")
@click.argument("email")
def drop_second_factor(email: str) -> None:
    """Let the password alone open EMAIL's account again: for whoever lost phone, passkeys and recovery codes.

    \b
    Example: qauip accounts drop-second-factor a.admin@city.kz
    """
    settings = Settings.from_env()
    with database_up(settings), one_transaction(settings) as session:
        my_factors.drop_second_factor(session, by=SYSTEM, account_id=_id_of(session, email), now=datetime.now(UTC))
    click.echo(f"Account {email} has no second factor now, and is signed out everywhere.")


def _create(
    session: Session, *, email: str, name: str, roles: list[Role], body: str | None, language: str, password: str
) -> Account:
    try:
        return actions.create_account(
            session,
            by=SYSTEM,
            email=email,
            name=name,
            roles=roles,
            body_id=_body_id(session, body),
            language=language,
            password=password,
            now=datetime.now(UTC),
        )
    except DomainError as error:
        raise click.ClickException(SENTENCES.get(error.code, error.code)) from error


def _body_id(session: Session, code: str | None) -> int | None:
    if code is None:
        return None
    body = body_by_code(session, code)
    if body is None:
        raise click.ClickException(f"There is no body with the code {code!r}.")
    return body.id


def _set_active(email: str, *, active: bool) -> None:
    settings = Settings.from_env()
    with database_up(settings), one_transaction(settings) as session:
        actions.set_active(session, by=SYSTEM, account_id=_id_of(session, email), active=active, now=datetime.now(UTC))


def _id_of(session: Session, email: str) -> int:
    account = account_by_email(session, email)
    if account is None:
        raise click.ClickException(f"There is no account with the e-mail {email!r}.")
    return account.id


def _address(email: str) -> str:
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.ClickException(f"{email!r} is not an e-mail address.") from error
