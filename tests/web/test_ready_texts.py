"""Ready texts of a body, in the language of whoever reported, and who keeps them."""

import re

import pytest
from sqlalchemy import select, text

from app.domain.permissions import Role
from app.models import ReplyTemplate
from tests.web.pages import token
from tests.web.talk_kit import World, world
from tests.web.test_report import HERE, good

__all__ = ["world"]


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
