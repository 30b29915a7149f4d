"""Every page says who may open it, and the one that does not stops the start."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.config import Settings, SettingsError
from app.domain.permissions import Permission, Role
from app.web import create_app
from app.web.access import PUBLIC, SIGNED_IN, access, check_every_view, rule_of
from tests.web.pages import make_account, sign_in


def test_every_route_has_a_rule(app: Flask) -> None:
    without = [str(rule) for rule in app.url_map.iter_rules() if rule_of(app.view_functions[rule.endpoint]) is None]
    assert without == []


def test_a_view_without_a_rule_stops_the_start(own_app: Flask) -> None:
    own_app.view_functions["forgotten"] = lambda: "open to all"
    with pytest.raises(RuntimeError, match="forgotten"):
        check_every_view(own_app)


@pytest.mark.parametrize("role", [None, Role.ADMINISTRATOR])
def test_a_view_added_after_the_start_without_a_rule_is_shut(
    own_app: Flask, session: Session, role: Role | None
) -> None:
    opened = []

    def forgotten() -> str:
        opened.append(1)
        return "open to all"

    own_app.add_url_rule("/test/forgotten", "forgotten", forgotten)
    client = own_app.test_client()
    if role:
        make_account(session, role)
        sign_in(client)
    assert client.get("/test/forgotten").status_code == 403
    assert opened == []


@pytest.mark.parametrize("given", [(), (PUBLIC, Permission.WORK), (PUBLIC, SIGNED_IN)])
def test_a_rule_says_one_thing(given: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="say PUBLIC"):
        access(*given)  # type: ignore[arg-type]


def test_areas_of_work_are_shut_to_strangers(app: Flask) -> None:
    inside = ("/staff", "/desk", "/admin", "/account", "/council")
    public = [
        str(rule)
        for rule in app.url_map.iter_rules()
        if str(rule).startswith(inside) and (found := rule_of(app.view_functions[rule.endpoint])) and found.public
    ]
    assert public == []


@pytest.mark.parametrize("secret", ["", "dev", "a" * 64, "changeme" * 2])
def test_a_bad_secret_stops_the_start(settings: Settings, secret: str) -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        create_app(replace(settings, secret_key=secret))
