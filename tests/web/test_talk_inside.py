"""What is said inside stays inside: what everybody, the reporter and another body never see of it."""

import pytest
from sqlalchemy import select, text

from app.domain.permissions import Role
from app.models import Event, Photo, Question
from tests.web.pages import token
from tests.web.talk_kit import SECRETS, World, photo, world
from tests.web.test_report import HERE

__all__ = ["world"]


def test_no_public_page_and_no_strangers_receipt_shows_what_is_said_inside(world: World) -> None:
    world.as_one(Role.CREW, "water")
    called = world.session.execute(text("SELECT id FROM account WHERE email LIKE 'crew.water%'")).scalar_one()
    world.act("accept", note="жабық сөз")
    world.act("ask", note="сұрақтың сөзі")
    world.answer("Дүкен жанында")
    world.say("ішкі жазба", mention=str(called))
    visitor = world.app.test_client()
    pages = [f"/h/{world.reference}", f"/ru/h/{world.reference}", "/", f"/h/{world.reference}/feed.atom"]
    shown = [visitor.get(page).get_data(as_text=True) for page in pages]
    for secret in (*SECRETS, "Дүкен жанында"):
        assert not any(secret in each for each in shown), secret
    mine = world.receipt_page()
    for secret in ("ішкі жазба", "Бекзат", "жабық сөз", "Айгүл"):
        assert secret not in mine, secret


def test_the_next_body_sees_nothing_of_the_former_ones_matters(world: World) -> None:
    other = world.as_one(Role.DISPATCHER, "roads", name="Руслан")
    world.as_one(Role.CREW, "water")
    called = world.session.execute(text("SELECT id FROM account WHERE email LIKE 'crew.water%'")).scalar_one()
    world.act("accept", note="жабық сөз")
    world.act("ask", note="сұрақтың сөзі")
    world.answer("Дүкен жанында")
    world.say("ішкі жазба", mention=str(called))
    world.act("note", note="ішкі жазба", photos=photo())
    assert other.get(world.page).status_code == 404
    world.forward()
    shown = other.get(world.page).get_data(as_text=True)
    for secret in (*SECRETS, "Айгүл"):
        assert secret not in shown, secret
    assert "Олардың желісі" in shown  # why it comes to them is said to them
    assert "Дүкен жанында" in shown  # what a citizen says of the hazard goes with the hazard
    assert "Accepted for work" in shown
    assert "Бекзат" not in other.get("/en/staff/mentions").text
    inside = world.session.scalars(select(Photo.public_id).where(Photo.event_id.is_not(None))).one()
    assert f"/photo/{inside}/" not in shown
    assert other.get(f"/staff/photo/{inside}/full").status_code == 404
    assert world.client.get(world.page).status_code == 404


def test_a_photo_of_an_internal_note_waits_for_no_moderator(world: World) -> None:
    world.act("note", note="ішкі жазба", photos=photo())
    world.act("note", note="Бәріне", public="y", photos=photo())
    states = world.session.execute(select(Event.public, Photo.moderation).join(Event, Event.id == Photo.event_id))
    assert {tuple(row) for row in states} == {(False, "refused"), (True, "pending")}


def test_whoever_oversees_all_sees_the_matters_of_all(world: World) -> None:
    world.act("ask", note="сұрақтың сөзі")
    world.say("ішкі жазба")
    world.act("note", note="сурет", photos=photo())
    world.forward()
    coordinator = world.as_one(Role.COORDINATOR)
    shown = coordinator.get(world.page).get_data(as_text=True)
    assert ("сұрақтың сөзі" in shown, "ішкі жазба" in shown, "Айгүл" in shown) == (True, True, True)
    inside = world.session.scalars(select(Photo.public_id).where(Photo.event_id.is_not(None))).one()
    with coordinator.get(f"/staff/photo/{inside}/full") as answer:
        assert answer.status_code == 200


def test_back_again_a_body_finds_its_own_matters(world: World) -> None:
    world.say("ішкі жазба")
    world.act("ask", note="сұрақтың сөзі")
    world.forward()
    other = world.as_one(Role.DISPATCHER, "roads", name="Руслан")
    world.say("Олардың жазбасы", other)
    coordinator = world.as_one(Role.COORDINATOR, name="Сәуле")
    back = world.act("arbitrate", coordinator, body_id=str(world.town.body["water"]), reason="Қайтардық")
    assert back.status_code == 303
    shown = world.client.get(world.page).get_data(as_text=True)
    assert ("ішкі жазба" in shown, "сұрақтың сөзі" in shown, "Қайтардық" in shown) == (True, True, True)
    assert ("Олардың жазбасы" in shown, "Руслан" in shown) == (False, False)


@pytest.mark.parametrize("path", ["", "/say", "/presence", "/ask"])
def test_another_bodys_hazard_is_not_there(world: World, path: str) -> None:
    other = world.as_one(Role.DISPATCHER, "roads")
    form = {"csrf_token": token(other, "/account"), "note": "x"}
    answer = (
        other.get(world.page) if not path
        else other.post(world.page + path, json={}, headers=HERE) if path == "/presence"
        else other.post(world.page + path, data=form)
    )  # fmt: skip
    assert answer.status_code == 404
    assert world.session.scalars(select(Question)).all() == []
