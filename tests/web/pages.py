"""The routes that a test can open without knowing more, and accounts to open them with."""

import re
from collections.abc import Iterator

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from app.actions.accounts import create_account
from app.domain.permissions import SYSTEM, Role
from app.models import Account
from app.web.access import rule_of
from app.web.context import now

PASSWORD = "seven green bridges over"
SAMPLE = {"int": "1", "float": "1", "string": "K7M42QXT", "path": "K7M42QXT", "any": "x", "uuid": "0" * 32}


def rules(app: Flask, method: str) -> Iterator[Rule]:
    """The routes that answer to `method`, static files and the default language's redirect left out."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint not in {"static", "unprefixed"}:
            yield rule


def filled(rule: Rule, value: str | None = None) -> str:
    """An address of `rule`, each of its parts filled with a sample or with `value`."""
    return "".join((value or _sample(rule, text)) if is_part else text.lstrip("|") for is_part, text in rule._trace)


def visitor_pages(app: Flask) -> list[str]:
    """Addresses of public pages without parts, in the default language."""
    return [str(r) for r in rules(app, "GET") if not r.arguments and _is_public(app, r)]


def make_account(
    session: Session, *roles: Role, email: str = "aigul@example.kz", body_id: int | None = None
) -> Account:
    """An account with PASSWORD, committed."""
    made = create_account(
        session,
        by=SYSTEM,
        email=email,
        name="Айгүл",
        roles=roles,
        body_id=body_id,
        language="kk",
        password=PASSWORD,
        now=now(),
    )
    session.commit()
    return made


def token(client: FlaskClient, page: str = "/sign-in") -> str:
    """The token of a form on `page`."""
    text = client.get(page).get_data(as_text=True)
    return text.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]


def sign_in(
    client: FlaskClient, email: str = "aigul@example.kz", password: str = PASSWORD, **more: str
) -> TestResponse:
    """Sign in through the form; answers the response."""
    form = {"email": email, "password": password, "csrf_token": token(client), **more}
    return client.post("/sign-in", data=form)


def _sample(rule: Rule, part: str) -> str:
    converter = rule._converters[part]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    kind = type(converter).__name__
    if "Integer" in kind:
        return SAMPLE["int"]
    fits = re.fullmatch(converter.regex, SAMPLE["string"])
    return SAMPLE["string"] if fits else SAMPLE["string"] * 2  # a part of sixteen characters


def _is_public(app: Flask, rule: Rule) -> bool:
    found = rule_of(app.view_functions[rule.endpoint])
    return bool(found and found.public)
