"""Spots that are dangerous again: said to staff and to everybody, and the cause looked for."""

from datetime import timedelta

from shapely.geometry import Point
from sqlalchemy import select

from app.actions.repeats import note_repeat
from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Hazard, RootCause
from tests.jobs.kit import NOW, PLACE, POLICY, add_hazard
from tests.web.merge_kit import World, world
from tests.web.pages import make_account, sign_in, token

__all__ = ["world"]


def spot(world: World, number: int) -> list[Hazard]:
    """`number` hazards at one spot far from the others, each fixed before the next was reported; the last is open."""
    place, made = Point(PLACE.x + 0.01, PLACE.y), []
    for each in range(number):
        at = NOW - timedelta(days=30 * (number - each))
        fixed = {"status": "fixed", "closed_at": at + timedelta(days=2)} if each < number - 1 else {}
        made.append(
            add_hazard(world.session, body_id=world.body, place=place, received_at=at, received_day=at.date(), **fixed)
        )
        note_repeat(world.session, hazard_id=made[-1].id, policy=POLICY, now=at)
    world.session.commit()
    return made


def test_the_third_time_is_said_to_staff_and_by_days_to_everybody(world: World) -> None:
    *before, last = spot(world, 3)
    text = world.page(last)
    assert "Repeat: number 3 at this spot" in text
    assert all(show_reference(each.reference) in text for each in before)
    public = world.client.get(f"/en/h/{show_reference(last.reference)}").get_data(as_text=True)
    assert "Reported here 2 times before" in public
    before[0].moderation = "refused"
    world.session.commit()
    public = world.client.get(f"/en/h/{show_reference(last.reference)}").get_data(as_text=True)
    assert "Reported here 1 time before" in public
    assert show_reference(before[0].reference) not in public


def test_a_cause_is_accepted_with_a_plan_and_done_with_a_word(world: World) -> None:
    spot(world, 3)
    task = world.session.scalars(select(RootCause)).one()
    assert "3 times at this spot" in world.client.get("/en/staff/root-causes/").get_data(as_text=True)
    assert 'class="count">1<' in (page := world.page(world.newer)) or ">1<" in page
    url = f"/en/staff/root-causes/{task.id}"
    assert world.post(f"{url}/accept", note=" ").status_code == 422
    assert world.post(f"{url}/done", note="x").status_code == 409
    assert world.post(f"{url}/accept", note="A heavier cover by May").status_code == 303
    assert world.post(f"{url}/done", note="Put in").status_code == 303
    settled = world.client.get("/en/staff/root-causes/?state=settled").get_data(as_text=True)
    assert "A heavier cover by May" in settled
    assert world.post(f"{url}/decline", note="no").status_code == 409


def test_another_body_s_cause_is_not_there_and_the_coordinator_sees_who_declined(world: World, app) -> None:
    spot(world, 3)
    task = world.session.scalars(select(RootCause)).one()
    make_account(world.session, Role.DISPATCHER, email="b@example.kz", body_id=world.theirs.body_id)
    make_account(world.session, Role.COORDINATOR, email="c@example.kz")
    stranger = app.test_client()
    sign_in(stranger, "b@example.kz")
    assert f"cause-{task.id}" not in stranger.get("/en/staff/root-causes/").get_data(as_text=True)
    form = {"csrf_token": token(stranger, "/account"), "note": "x"}
    assert stranger.post(f"/en/staff/root-causes/{task.id}/decline", data=form).status_code == 404
    assert world.post(f"/en/staff/root-causes/{task.id}/decline", note="No money this year").status_code == 303
    arbiter = app.test_client()
    sign_in(arbiter, "c@example.kz")
    assert "No money this year" in arbiter.get("/en/staff/root-causes/?state=settled").get_data(as_text=True)
