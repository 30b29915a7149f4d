"""Talking on a hazard's page: notes, questions, ready texts, who looks; and what another body never sees of it."""

import io
import re
from dataclasses import dataclass
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.models import Event, Hazard, Mention, Photo, Question, ReplyTemplate
from app.queries.presence import LOOKS_FOR
from tests.actions.town import Town
from tests.web.pages import make_account, sign_in, token
from tests.web.test_report import HERE, good

SECRETS = ("ішкі жазба", "сұрақтың сөзі", "Бекзат", "жабық сөз", "үлгінің сөзі")
"""A note, a question, a colleague's name, words of a public step that were not shown, a body's own template."""


def photo() -> tuple[io.BytesIO, str]:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "JPEG")
    made.seek(0)
    return made, "a.jpg"


@dataclass
class World:
    """A reported hazard that the water works have; `client` is their dispatcher. Another body is `roads`."""

    app: Flask
    session: Session
    client: FlaskClient
    town: Town
    reference: str
    receipt: str

    @property
    def page(self) -> str:
        return f"/en/staff/h/{self.reference}"

    @property
    def hazard(self) -> Hazard:
        self.session.rollback()
        self.session.expire_all()
        return self.session.scalars(select(Hazard)).one()

    def as_one(self, role: Role, body: str | None = None, *, name: str = "Бекзат") -> FlaskClient:
        email = f"{role}.{body}@example.kz"
        made = make_account(self.session, role, email=email, body_id=self.town.body[body] if body else None)
        made.name = name
        self.session.commit()
        client = self.app.test_client()
        sign_in(client, email)
        return client

    def act(self, act: str, client: FlaskClient | None = None, **fields: object):
        by = client or self.client
        form = {"csrf_token": token(by, "/account"), "version": str(self.hazard.version), "seen": "0", **fields}
        return by.post(f"{self.page}/{act}", data=form, content_type="multipart/form-data")

    def say(self, note: str, client: FlaskClient | None = None, **fields: object):
        by = client or self.client
        return by.post(f"{self.page}/say", data={"csrf_token": token(by, "/account"), "note": note, **fields})

    def answer(self, words: str, **fields: object):
        shown = self.receipt_page()
        asked = re.search(r'name="question" value="([^"]+)"', shown)
        values = {"receipt": self.receipt, "client_id": str(uuid4()), "question": asked[1] if asked else "x"}
        return self.app.test_client().post("/receipt/answer", data=values | {"words": words} | fields, headers=HERE)

    def receipt_page(self, receipt: str | None = None) -> str:
        client = self.app.test_client()
        return client.post("/receipt", data={"receipt": receipt or self.receipt}, headers=HERE).text

    def forward(self) -> None:
        done = self.act("forward", body_id=str(self.town.body["roads"]), reason="Олардың желісі")
        assert done.status_code == 303


@pytest.fixture
def world(app: Flask, client: FlaskClient, session: Session) -> World:
    town = Town(session)
    session.commit()
    sent = app.test_client().post("/report", json=good(description="Люк ашық"), headers=HERE).json
    session.execute(
        text("UPDATE hazard SET body_id = :body, fix_due = now() + interval '2 days'"), {"body": town.body["water"]}
    )
    session.commit()
    make_account(session, Role.DISPATCHER, body_id=town.body["water"])
    sign_in(client)
    return World(app, session, client, town, sent["reference"], sent["receipt"])


def test_a_fast_note_needs_no_newest_version_and_stays_inside(world: World) -> None:
    assert world.say("ішкі жазба").status_code == 303
    assert "ішкі жазба" in world.client.get(world.page).text
    event = world.session.scalars(select(Event).where(Event.kind == "note")).one()
    assert not event.public


def test_an_empty_note_comes_back_with_its_sentence(world: World) -> None:
    answer = world.say("  ")
    assert (answer.status_code, "Write in a few words" in answer.text) == (422, True)


def test_a_note_that_calls_a_stranger_is_kept_for_its_writer_and_not_written(world: World) -> None:
    world.as_one(Role.CREW, "roads")
    stranger = world.session.execute(text("SELECT id FROM account WHERE email LIKE 'crew.roads%'")).scalar_one()
    answer = world.say("Тексеріңіз", mention=str(stranger))
    assert (answer.status_code, "Тексеріңіз" in answer.text) == (422, True)
    assert world.session.scalars(select(Mention)).all() == []


def test_a_note_without_a_token_does_nothing_and_comes_back(world: World) -> None:
    answer = world.client.post(f"{world.page}/say", data={"note": "Терең"})
    assert (answer.status_code, "Терең" in answer.text) == (403, True)
    assert world.session.scalars(select(Event).where(Event.kind == "note")).all() == []


def test_colleagues_are_found_in_the_own_body_only_by_the_beginning_of_any_name(world: World) -> None:
    world.as_one(Role.CREW, "water", name="Бекзат Әлиев")
    world.as_one(Role.CREW, "roads", name="Бекзат Жолшы")
    for typed in ("бек", "алие", "Әли"):
        found = world.client.get("/staff/mentions/people", query_string={"q": typed}).json["people"]
        assert [each["name"] for each in found] == ["Бекзат Әлиев"]
    assert world.client.get("/staff/mentions/people?q=зат").json == {"people": []}


def test_who_was_called_finds_the_note_and_reads_it_by_opening_the_hazard(world: World) -> None:
    crew = world.as_one(Role.CREW, "water")
    called = world.session.execute(text("SELECT id FROM account WHERE email LIKE 'crew.water%'")).scalar_one()
    assert world.say("ішкі жазба", mention=str(called)).status_code == 303
    assert "Called: Бекзат" in world.client.get(world.page).text
    shown = crew.get("/en/staff/mentions").text
    assert ("ішкі жазба" in shown, "is-unread" in shown) == (True, True)
    crew.get(world.page)
    assert "is-unread" not in crew.get("/en/staff/mentions").text


def test_all_are_read_by_one_button(world: World) -> None:
    crew = world.as_one(Role.CREW, "water")
    called = world.session.execute(text("SELECT id FROM account WHERE email LIKE 'crew.water%'")).scalar_one()
    world.say("ішкі жазба", mention=str(called))
    crew.post("/staff/mentions/read", data={"csrf_token": token(crew, "/staff/mentions")})
    assert "is-unread" not in crew.get("/staff/mentions").text


def test_a_question_is_asked_by_the_form_and_answered_on_the_receipt(world: World) -> None:
    assert "sұрақ" not in world.receipt_page()
    assert world.act("ask", note="сұрақтың сөзі", stops_clock="y").status_code == 303
    assert "сұрақтың сөзі" in world.receipt_page()
    assert world.hazard.fix_paused_at is not None
    answer = world.answer("Дүкен жанында", photos=photo())
    assert (answer.status_code, "Дүкен жанында" in answer.text) == (200, True)
    assert world.hazard.answer_waits
    shown = world.client.get(world.page).text
    assert shown.count("Дүкен жанында") == 2  # among the words of people, and under the question
    assert (world.hazard.answer_waits, world.hazard.fix_paused_at) == (False, None)
    assert 'name="question"' not in world.receipt_page()


def test_an_answer_without_words_keeps_the_form_and_says_so(world: World) -> None:
    world.act("ask", note="сұрақтың сөзі")
    answer = world.answer("  ")
    assert (answer.status_code, 'name="question"' in answer.text, 'role="alert"' in answer.text) == (400, True, True)


def test_an_answer_that_points_to_violence_goes_to_the_desk_and_nowhere_else(world: World) -> None:
    world.act("ask", note="сұрақтың сөзі")
    answer = world.answer("отчим меня бьёт и насилует")
    assert (answer.status_code, "tel:111" in answer.text) == (201, True)
    assert world.session.scalar(text("SELECT count(*) FROM report WHERE kind = 'answer'")) == 0
    assert world.session.scalar(text("SELECT count(*) FROM vault.held")) == 1


def test_a_question_to_one_is_on_no_other_receipt(world: World) -> None:
    joined = good(description="Мен де көрдім", joins=world.reference)
    other = world.app.test_client().post("/report", json=joined, headers=HERE).json["receipt"]
    first = world.session.execute(text("SELECT min(id) FROM report")).scalar_one()
    world.act("ask", note="сұрақтың сөзі", asked=str(first))
    assert "сұрақтың сөзі" in world.receipt_page()
    assert "сұрақтың сөзі" not in world.receipt_page(other)


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


def own_template(world: World, body: str | None, *, act: str = "accept", **texts: str) -> None:
    given = {"text_kk": "үлгінің сөзі {reference}", "text_ru": "слово шаблона {reference}", "text_en": "words {type}"}
    body_id = world.town.body[body] if body else None
    world.session.add(ReplyTemplate(code=f"own-{body}-{act}", body_id=body_id, act=act, **given | texts))
    world.session.commit()


def test_a_ready_text_is_a_link_that_fills_the_form_in_the_reporters_language(world: World) -> None:
    own_template(world, "water")
    shown = world.client.get(world.page).text
    assert f'data-template="үлгінің сөзі {world.reference}"' in shown
    filled = world.client.get(f"{world.page}?act=accept&template=own-water-accept").text
    assert re.search(rf"<textarea[^>]*accept-note[^>]*>\s*үлгінің сөзі {world.reference}</textarea>", filled)
    other = world.client.get(f"{world.page}?act=plan&template=own-water-accept").text
    assert not re.search(r"<textarea[^>]*>\s*үлгінің сөзі", other)


def test_where_reporters_wrote_in_two_languages_the_text_stands_in_both(world: World) -> None:
    joined = good(description="Я тоже вижу", joins=world.reference)
    world.app.test_client().post("/ru/report", json=joined, headers=HERE)
    own_template(world, "water")
    shown = world.client.get(world.page).text
    assert f"үлгінің сөзі {world.reference}\n\nслово шаблона {world.reference}" in shown


def test_what_needs_a_due_time_that_is_not_there_is_not_offered(world: World) -> None:
    own_template(world, "water", text_kk="Мерзімі {due}", text_ru="Срок {due}", text_en="By {due}")
    assert "own-water-accept" in world.client.get(world.page).text
    world.session.execute(text("UPDATE hazard SET fix_due = NULL, make_safe_due = NULL"))
    world.session.commit()
    assert "own-water-accept" not in world.client.get(world.page).text


def test_another_bodys_templates_are_on_no_page_of_mine(world: World) -> None:
    own_template(world, "roads")
    assert "үлгінің сөзі" not in world.client.get(world.page).text
    manager = world.as_one(Role.MANAGER, "water")
    assert "үлгінің сөзі" not in manager.get("/staff/templates").text
    assert manager.get("/staff/templates/own-roads-accept").status_code == 404
    form = {"csrf_token": token(manager, "/account")}
    assert manager.post("/staff/templates/own-roads-accept/remove", data=form).status_code == 404


def test_a_manager_writes_changes_and_removes_a_template(world: World) -> None:
    manager = world.as_one(Role.MANAGER, "water")
    words = {"text_kk": "Дайын", "text_ru": "Готово", "text_en": "Done"}
    form = {"csrf_token": token(manager, "/staff/templates/new"), "act": "fix", "kind": "group:ground", **words}
    form |= {"offered": "y", "body": str(world.town.body["roads"])}
    assert manager.post("/staff/templates/new", data=form | {"text_ru": "{x}"}).status_code == 422
    assert manager.post("/staff/templates/new", data=form).status_code in {303, 422}
    form["body"] = str(world.town.body["water"])
    manager.post("/staff/templates/new", data=form)
    made = world.session.scalars(select(ReplyTemplate).where(ReplyTemplate.code.like("own-%"))).first()
    assert made is not None
    assert (made.body_id, made.group, made.act) == (world.town.body["water"], "ground", "fix")
    page = f"/staff/templates/{made.code}"
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', manager.get(page).text)
    assert seen
    assert manager.post(page, data=form | {"text_kk": "Болды", "seen": seen[1]}).status_code == 303
    assert manager.post(page, data=form | {"text_kk": "Қайта", "seen": seen[1]}).status_code == 409
    assert manager.post(f"{page}/remove", data=form).status_code == 303
    assert manager.get(page).status_code == 404


@pytest.mark.parametrize(("role", "may"), [(Role.MANAGER, True), (Role.DISPATCHER, False), (Role.ADMINISTRATOR, True)])
def test_only_those_who_keep_templates_open_their_page(world: World, role: Role, may: bool) -> None:
    by = world.as_one(role, None if role is Role.ADMINISTRATOR else "water", name="Сәуле")
    assert by.get("/staff/templates").status_code == (200 if may else 403)
