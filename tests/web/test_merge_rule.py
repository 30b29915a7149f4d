"""Which two are not joined, and which by two people only: said before, refused after, undone."""

from datetime import timedelta

from flask.testing import FlaskClient
from shapely.geometry import Point
from sqlalchemy import func, select

from app.actions.merging import merge_hazards
from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Merge, Report
from tests.jobs.kit import NOW, PLACE, POLICY
from tests.web.merge_kit import World, world
from tests.web.pages import make_account, sign_in, token

__all__ = ["world"]


def far(world: World, metres: int) -> None:
    world.older.geom = world.older.label = Point(PLACE.x + 0.0000123 * metres, PLACE.y)
    world.session.commit()


def test_too_far_from_each_other_is_said_before_anybody_tries_and_refused_to_whoever_does(world: World) -> None:
    far(world, 300)
    text = world.client.get(world.url(world.newer, "merge", world.older)).get_data(as_text=True)
    assert "These two cannot be joined" in text
    assert text.count("If a pin is wrong") == 1
    assert "joined within 60 m. If a pin is wrong, correct it first." in text
    assert "Join them" not in text
    refused = world.join()
    assert refused.status_code == 422
    assert "joined within 60 m" in refused.get_data(as_text=True)
    world.fresh()
    assert world.newer.is_open


def test_that_made_safe_ends_is_said_before_only_where_it_does(world: World) -> None:
    said = "It was made safe before the other one was last reported: that no longer counts then"
    older, seen = world.older, world.session.scalars(select(func.max(Report.received_at))).one()
    older.made_safe_measure, older.made_safe_at, older.made_safe_until = "grid", seen, seen + timedelta(days=3)
    for before, told in ((timedelta(0), 0), (timedelta(hours=1), 1)):
        older.made_safe_at = seen - before
        world.session.commit()
        text = world.client.get(world.url(world.newer, "merge", older)).get_data(as_text=True)
        assert text.count(said) == told
    assert world.join().status_code == 303
    world.fresh()
    assert (older.made_safe_at, older.inspect_measure) == (None, "grid")


def fix(world: World) -> None:
    world.older.status, world.older.closed_at = "fixed", NOW
    world.session.commit()


def second_person(world: World, app) -> FlaskClient:
    make_account(world.session, Role.MANAGER, email="second@example.kz", body_id=world.body)
    client = app.test_client()
    sign_in(client, "second@example.kz")
    return client


def test_joining_to_a_fixed_one_is_said_to_need_two_is_proposed_and_stays_open(world: World) -> None:
    fix(world)
    page = world.client.get(world.url(world.newer, "merge", world.older)).get_data(as_text=True)
    assert "<small>Fixed already: joining to it is proposed, and another person confirms it." in page
    answer = world.join()
    assert answer.location.endswith(show_reference(world.newer.reference))
    world.fresh()
    assert (world.newer.is_open, world.newer.proposal) == (True, "duplicate")
    mine = world.page(world.newer)
    assert "It is said to be the same as a hazard that is fixed" in mine
    assert "/confirm_duplicate" not in mine
    compared = world.client.get(world.url(world.newer, "merge", world.older)).get_data(as_text=True)
    assert "You have proposed this, so another person must look at both." in compared
    form = {"version": str(world.newer.version), "seen": "0", "compared": "1"}
    assert "another person" in world.post(world.url(world.newer, "confirm_duplicate"), **form).get_data(as_text=True)
    world.fresh()
    assert world.newer.is_open


def test_another_person_sees_both_before_confirming_and_may_undo_it(world: World, app) -> None:
    fix(world)
    world.join()
    world.fresh()
    client = second_person(world, app)
    form = {"version": str(world.newer.version), "seen": "0", "csrf_token": token(client, "/account")}
    url = world.url(world.newer, "confirm_duplicate")
    onwards = client.post(url, data=form).location
    assert onwards.endswith(f"/merge/{show_reference(world.older.reference)}")
    page = client.get(onwards).get_data(as_text=True)
    assert "Yes, the same: close it" in page
    assert "The same cover" in page
    assert client.post(url, data=form | {"compared": "1"}).status_code == 303
    world.fresh()
    assert (world.newer.status, world.newer.duplicate_of_id) == ("duplicate", world.older.id)
    merge = world.session.scalars(select(Merge)).one()
    assert world.post(f"/en/staff/merges/{merge.id}/undo").status_code == 303
    world.fresh()
    assert (world.newer.is_open, world.newer.proposal) == (True, None)


def test_another_person_says_no_and_it_goes_on(world: World, app) -> None:
    fix(world)
    world.join()
    world.fresh()
    client = second_person(world, app)
    form = {"version": str(world.newer.version), "seen": "0", "csrf_token": token(client, "/account")}
    url = world.url(world.newer, "decline_duplicate")
    assert client.post(url, data=form).status_code == 422
    assert client.post(url, data=form | {"reason": "The other yard"}).status_code == 303
    world.fresh()
    assert (world.newer.is_open, world.newer.proposal) == (True, None)


def test_a_body_learns_no_number_of_what_the_coordinator_proposes_and_confirms_nothing(world: World) -> None:
    world.theirs.status, world.theirs.closed_at = "fixed", NOW
    arbiter = make_account(world.session, Role.COORDINATOR, email="c@example.kz").actor
    world.session.flush()
    merge_hazards(
        world.session, by=arbiter, duplicate=world.newer.reference, into=world.theirs.reference,
        versions=(world.newer.version, world.theirs.version), note="one", policy=POLICY, now=NOW,
    )  # fmt: skip
    world.session.commit()
    text = world.page(world.newer)
    assert "a hazard of another organisation" in text
    assert show_reference(world.theirs.reference) not in text
    assert "/confirm_duplicate" not in text
    form = {"version": str(world.newer.version), "seen": "0"}
    for more in ({}, {"compared": "1"}):
        answer = world.post(world.url(world.newer, "confirm_duplicate"), **form, **more)
        assert answer.status_code in {404, 409, 422}
        assert show_reference(world.theirs.reference) not in answer.get_data(as_text=True)
    world.fresh()
    assert world.newer.is_open


def test_what_waits_for_a_second_person_is_said_not_to_stay_and_the_other_one_may(world: World) -> None:
    world.older.status, world.older.fix_reported_by = "fix_reported", None
    world.session.commit()
    page = world.client.get(world.url(world.newer, "merge", world.older)).get_data(as_text=True)
    sentence = "Its end was proposed and is not decided yet: decide that first, or let the other one stay."
    assert f"{show_reference(world.older.reference)} cannot stay: {sentence}" in page
    refused = world.join()
    assert refused.status_code == 422
    assert sentence in refused.get_data(as_text=True)
    world.fresh()
    assert world.newer.is_open
    assert world.join(keep=world.newer.reference).status_code == 303
    world.fresh()
    assert (world.newer.is_open, world.older.duplicate_of_id) == (True, world.newer.id)
