"""The application of the matrix: each request in a transaction that is rolled back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.db import Databases, databases
from app.web import create_app, limits
from tests.web.matrix_table import Line
from tests.web.matrix_world import ANONYMOUS, DISABLED, Side, World, build

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
STRANGERS = (ANONYMOUS, DISABLED)
EVENTS = text("SELECT count(*) FROM event")


@dataclass
class Town:
    """The application on one connection for each role of the database, whose transaction each cell rolls back."""

    app: Flask
    engines: Databases
    world: World
    forms: dict[str, tuple[str, str]] = field(default_factory=dict)
    events: int = 0
    wrote: bool = False

    @contextmanager
    def undone(self) -> Iterator[Connection]:
        with self.engines.app.connect() as app, self.engines.desk.connect() as desk:
            for connection in (app, desk):
                connection.begin()
                connection.begin_nested()
            self.app.extensions["qauip"] = _Bound(app, self.engines.public, desk)
            yield app

    def client(self, actor: str, *, form: bool) -> tuple[FlaskClient, str]:
        """A browser with the actor's session, and the token of a form it has open."""
        made = self.app.test_client()
        if self.world.tokens[actor]:
            made.set_cookie("qauip_session", self.world.tokens[actor])
        if not form:
            return made, ""
        if actor not in self.forms:
            self.forms[actor] = _form_of(made, "/sign-in" if actor in STRANGERS else "/account")
        cookie, token = self.forms[actor]
        made.set_cookie("qauip_form", cookie)
        return made, token

    def ask(
        self, actor: str, method: str, address: str, *, token: bool = True, form: dict[str, str] | None = None
    ) -> TestResponse:
        """The answer; `wrote`: whether a hazard's history grew by it."""
        with self.undone() as connection:
            client, word = self.client(actor, form=method in UNSAFE)
            data = (form or {}) | ({"csrf_token": word} if token else {})
            answer = client.open(address, method=method, data=data if method in UNSAFE else None, buffered=True)
            self.wrote = self.events != (connection.scalar(EVENTS) or 0)
            return answer


@dataclass(frozen=True)
class _Bound:
    app: Connection
    public: object
    desk: Connection

    def dispose(self) -> None:
        """Nothing of its own."""


def _form_of(client: FlaskClient, page: str) -> tuple[str, str]:
    text = client.get(page).get_data(as_text=True)
    cookie = client.get_cookie("qauip_form")
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
    assert cookie is not None
    assert found is not None
    return cookie.value, found[1]


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as made:
        yield made


@pytest.fixture(scope="module")
def town(server, patch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Built once; the database is given back as it was."""
    app = create_app(server.settings)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    engines = app.extensions["qauip"]
    filling = databases(server.settings, application_name="test")
    with Session(filling.app, expire_on_commit=False) as session:
        made = Town(app, engines, build(session, app))
        made.events = session.scalar(EVENTS) or 0
        session.rollback()
        patch.setattr(limits, "databases", lambda: engines)  # it counts in a connection of its own
        yield made
    filling.dispose()
    engines.dispose()
    server.remake()


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """Each rule with each of its methods."""
    found = [(rule, method) for rule in app.url_map.iter_rules() for method in sorted(rule.methods or ())]
    return [(rule, method) for rule, method in found if method in {"GET", *UNSAFE}]


def address_of(town: Town, rule: Rule, line: Line, side: Side, actor: str) -> str:
    values = dict(line.fill)
    if line.of:
        values |= town.world.values(line.of, side, actor)
    for name in rule.arguments - values.keys():
        items = getattr(rule._converters[name], "items", None)
        values[name] = min(items) if items else "x"
    with town.app.test_request_context():
        from flask import url_for  # noqa: PLC0415

        return url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
