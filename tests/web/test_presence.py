"""Who looks at a hazard at the same time, and what has changed meanwhile."""

from flask.testing import FlaskClient
from sqlalchemy import text

from app.domain.permissions import Role
from app.queries.presence import LOOKS_FOR
from tests.web.talk_kit import World, world
from tests.web.test_report import HERE

__all__ = ["world"]


def looks(client: FlaskClient, world: World):
    return client.post(f"{world.page}/presence", json={}, headers=HERE)


def test_a_colleague_who_looks_is_named_and_one_who_left_is_not(world: World) -> None:
    colleague = world.as_one(Role.DISPATCHER, "water")
    assert looks(world.client, world).json["said"] == ""
    colleague.get(world.page)
    assert "Бекзат" in looks(world.client, world).json["said"]
    assert "Бекзат" in world.client.get(world.page).text
    world.session.execute(text("UPDATE presence SET seen_at = seen_at - :long"), {"long": LOOKS_FOR})
    world.session.commit()
    assert looks(world.client, world).json["said"] == ""


def test_of_those_who_oversee_all_only_arbiters_are_named(world: World) -> None:
    for role, name in ((Role.COORDINATOR, "Сәуле"), (Role.MODERATOR, "Марат"), (Role.AUDITOR, "Ерлан")):
        looks(world.as_one(role, name=name), world)
    said = looks(world.client, world).json["said"]
    assert ("Сәуле" in said, "Марат" in said, "Ерлан" in said) == (True, False, False)


def test_the_page_learns_that_something_has_changed(world: World) -> None:
    before = looks(world.client, world).json
    assert looks(world.client, world).json == before
    world.say("ішкі жазба")
    after = looks(world.client, world).json
    assert (after["version"], after["seen"] > before["seen"]) == (before["version"], True)
    world.act("accept")
    assert looks(world.client, world).json["version"] > after["version"]


def test_a_sign_of_life_from_elsewhere_is_refused(world: World) -> None:
    for headers in ({"Origin": "https://evil.example"}, {}):
        assert world.client.post(f"{world.page}/presence", json={}, headers=headers).status_code == 403
    assert world.app.test_client().post(f"{world.page}/presence", json={}, headers=HERE).status_code == 401
