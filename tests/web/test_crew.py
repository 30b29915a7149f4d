"""The crew's pages: the jobs given, what is sent by plain forms, and nothing of another body."""

from uuid import uuid4

import pytest
from shapely.geometry import Point
from sqlalchemy import select

from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Photo
from tests.jobs.kit import NOW, add_hazard
from tests.web.crew_kit import World, photo, world
from tests.web.pages import make_account, sign_in, token

__all__ = ["world"]


def test_the_list_holds_what_was_given_to_my_crew_and_nothing_else(world: World) -> None:
    text = world.client.get("/en/staff/crew").get_data(as_text=True)
    assert world.url() in text
    assert "Crew One" in text
    assert show_reference(world.theirs.reference) not in text


def test_a_crew_lands_on_its_jobs_after_signing_in(world: World) -> None:
    assert world.client.get("/account/start").location == "/staff/crew"


def test_a_dispatcher_lands_in_the_inbox_as_before(world: World) -> None:
    make_account(world.session, Role.DISPATCHER, email="d@example.kz", body_id=world.me.body_id)
    world.client.post("/sign-out", data={"csrf_token": token(world.client, "/account")})
    sign_in(world.client, "d@example.kz")
    assert world.client.get("/account/start").location == "/staff/"


def test_a_route_from_here_begins_with_the_nearest_and_keeps_no_place(world: World) -> None:
    safe = {"made_safe_measure": "grid", "made_safe_at": NOW, "made_safe_until": NOW}
    near, far = (
        add_hazard(world.session, body_id=world.me.body_id, crew_id=world.team, place=Point(76.93, lat), **safe)
        for lat in (43.30, 43.40)
    )
    world.session.commit()
    sent = {"csrf_token": token(world.client, "/account"), "lat": "43.41", "lon": "76.93"}
    answer = world.client.post("/en/staff/crew/route", data=sent)
    text = answer.get_data(as_text=True)
    order = sorted((world.ours, near, far), key=lambda each: text.index(show_reference(each.reference)))
    assert order == [world.ours, near, far]  # what is urgent leads, from there the nearer one
    assert "From where you are" in text
    assert "43.41" not in text.replace("43.410", "")
    assert world.client.post("/en/staff/crew/route", data={**sent, "lat": "x"}).status_code == 200


def test_the_page_of_a_job_has_all_for_the_work_and_the_kept_one_no_words_of_reports(world: World) -> None:
    world.accept()
    assert "No cover here" in world.page()
    kept = world.page(kept="1")
    assert "No cover here" not in kept
    assert "Take the pump with you" in kept
    assert 'href="geo:43.256700,76.928600?q=' in kept


@pytest.mark.parametrize("path", ["", "/start", "/note"])
def test_another_body_s_job_is_not_there(world: World, path: str) -> None:
    if not path:
        assert world.client.get(world.url(world.theirs)).status_code == 404
        return
    assert world.form(path[1:], world.theirs, note="x").status_code == 404
    assert world.send(path[1:], world.theirs, note="x").status_code == 404
    assert world.count(path[1:]) == 0


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.COORDINATOR, Role.OPERATOR])
def test_who_works_for_no_body_has_no_jobs(world: World, role: Role) -> None:
    make_account(world.session, role, email="r@example.kz")
    world.client.post("/sign-out", data={"csrf_token": token(world.client, "/account")})
    sign_in(world.client, "r@example.kz")
    assert world.client.get("/staff/crew").status_code == 403
    assert world.client.get(world.url()).status_code == 403


def test_a_plain_form_makes_it_safe_with_a_photo_of_before(world: World) -> None:
    answer = world.form("make_safe", measure="grid", materials="grating 1", photos=photo(), before=photo())
    assert answer.status_code == 303
    assert world.now().made_safe_measure == "grid"
    kinds = world.session.scalars(select(Photo.kind).order_by(Photo.kind)).all()
    assert kinds == ["before", "made_safe"]
    assert "grating 1" in world.page()


def test_a_form_sent_twice_is_one_act(world: World) -> None:
    fields = {"note": "seen", "client_id": str(uuid4())}
    assert [world.form("note", **fields).status_code for _ in range(2)] == [303, 303]
    assert world.count("note") == 1


def test_a_refused_form_comes_back_open_with_what_was_typed(world: World) -> None:
    answer = world.form("make_safe", measure="grid", note="A grating lies on it")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Add a photo as proof." in text
    assert "A grating lies on it" in text
    assert 'id="make_safe" data-act="make_safe" open' in text


def test_a_photo_alone_is_a_note(world: World) -> None:
    assert world.form("note", photos=photo()).status_code == 303
    assert world.form("note").status_code == 422
    assert world.count("note") == 1


def test_a_returned_job_is_nobody_s_and_the_list_is_shown(world: World) -> None:
    answer = world.form("return_work", reason="No pump")
    assert answer.location == "/en/staff/crew"
    assert world.now().crew_id is None
    assert 'data-act="return_work"' not in world.page()
