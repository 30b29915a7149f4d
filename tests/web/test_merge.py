"""Duplicates and repeats as staff, reporters and everybody see them; and what another body does not."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from shapely.geometry import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.merging import merge_hazards
from app.actions.repeats import note_repeat
from app.domain.permissions import Role
from app.domain.references import receipt_for, receipt_hash, show_reference
from app.models import Event, Hazard, Merge, NotSame, Photo, RootCause
from tests.jobs.kit import NOW, PLACE, POLICY, add_area, add_body, add_hazard, add_report, add_types
from tests.web.pages import make_account, sign_in, token

NEAR = Point(PLACE.x + 0.0001, PLACE.y)
"""Eight metres to the east."""


@dataclass
class World:
    """Two hazards of ours eight metres apart, one of another body beside them; a dispatcher is signed in."""

    session: Session
    client: FlaskClient
    older: Hazard
    newer: Hazard
    theirs: Hazard
    body: int

    def url(self, *parts: Hazard | str) -> str:
        shown = (show_reference(each.reference) if isinstance(each, Hazard) else each for each in parts)
        return "/en/staff/h/" + "/".join(shown)

    def page(self, hazard: Hazard) -> str:
        return self.client.get(self.url(hazard)).get_data(as_text=True)

    def post(self, url: str, **fields: object):
        return self.client.post(url, data={"csrf_token": token(self.client, "/account"), **fields})

    def join(self, **changes: object):
        self.fresh()
        form = {"keep": self.older.reference, "note": "The same cover"}
        form |= {f"version_{each.reference}": str(each.version) for each in (self.older, self.newer)}
        return self.post(self.url(self.newer, "merge", self.older), **form | changes)

    def fresh(self) -> None:
        self.session.rollback()
        self.session.expire_all()


@pytest.fixture
def world(session: Session, client: FlaskClient) -> World:
    add_types(session)
    area, body, other = add_area(session), add_body(session), add_body(session)
    older = add_hazard(session, body_id=body, area_id=area, received_at=NOW - timedelta(days=2))
    newer = add_hazard(session, body_id=body, area_id=area, place=NEAR)
    theirs = add_hazard(session, body_id=other, area_id=area, place=NEAR)
    for hazard in (older, newer, theirs):
        add_report(session, hazard, f"words of {hazard.id}")
    session.commit()
    make_account(session, Role.DISPATCHER, body_id=body)
    sign_in(client)
    return World(session, client, older, newer, theirs, body)


def test_a_likely_duplicate_is_suggested_with_its_reasons(world: World) -> None:
    text = world.page(world.newer)
    assert "8 m away, same kind, reported 1 day earlier" in text
    assert "Likely the same" in text
    assert world.url(world.newer, "merge", world.older) in text


def test_a_report_that_waits_for_a_moderator_is_suggested_too(world: World) -> None:
    world.older.review_first = True
    world.session.commit()
    assert "Waits for a moderator" in world.page(world.newer)


def test_nothing_of_another_body_is_suggested_and_its_number_is_a_404(world: World) -> None:
    assert show_reference(world.theirs.reference) not in world.page(world.newer)
    for pair in ((world.newer, world.theirs), (world.theirs, world.newer)):
        url = world.url(pair[0], "merge", pair[1])
        assert world.client.get(url).status_code == 404
        assert world.post(url, keep=pair[0].reference, note="x").status_code == 404
        assert world.post(world.url(pair[0], "not-same", pair[1])).status_code == 404


def test_a_photo_of_another_bodys_internal_line_is_not_shown_as_a_broken_picture(world: World) -> None:
    for number, body in enumerate((world.theirs.body_id, world.body)):
        line = {"body_id": body, "status": "assigned", "public": False, "note": "", "data": {}}
        event = Event(hazard_id=world.older.id, kind="note", at=NOW, actor="system", **line)
        world.session.add(event)
        world.session.flush()
        kept = {"event_id": event.id, "content_key": f"k{number}", "width": 1, "height": 1, "moderation": "pending"}
        world.session.add(
            Photo(public_id=f"{number}" * 22, hazard_id=world.older.id, kind="site", added_at=NOW, **kept)
        )
    world.session.commit()
    page = world.page(world.newer)
    assert "0" * 22 not in page
    assert "1" * 22 in page


def test_no_another_one_takes_the_suggestion_away_for_good(world: World) -> None:
    assert world.post(world.url(world.newer, "not-same", world.older)).status_code == 303
    world.fresh()
    assert world.session.scalars(select(NotSame)).one()
    for hazard in (world.newer, world.older):
        assert "Is it the same hazard?" not in world.page(hazard)


def test_the_act_leads_to_both_side_by_side_and_the_older_one_stays_unless_told(world: World) -> None:
    form = {"version": "1", "seen": "0", "duplicate_of": show_reference(world.older.reference)}
    answer = world.post(world.url(world.newer, "mark_duplicate"), **form)
    assert answer.status_code == 303
    text = world.client.get(answer.location).get_data(as_text=True)
    assert f"words of {world.older.id}" in text
    assert f"words of {world.newer.id}" in text
    assert f'value="{world.older.reference}" checked' in text


def test_joined_shown_and_undone_by_buttons(world: World) -> None:
    answer = world.join()
    assert answer.location.endswith(show_reference(world.older.reference))
    kept = world.page(world.older)
    assert "Another report of it was joined to this hazard:" in kept
    assert f"words of {world.newer.id}" in kept
    gone = world.page(world.newer)
    assert "This one was joined to another hazard" in gone
    assert "/reopen" not in gone
    world.fresh()
    merge = world.session.scalars(select(Merge)).one()
    assert f"/staff/merges/{merge.id}/undo" in kept
    back = world.post(f"/en/staff/merges/{merge.id}/undo")
    assert back.location.endswith(show_reference(world.newer.reference))
    world.fresh()
    assert world.newer.status == "assigned"
    assert world.post(f"/en/staff/merges/{merge.id}/undo").status_code == 409


def test_without_a_word_or_over_a_change_nothing_is_joined_and_the_words_stay(world: World) -> None:
    empty = world.join(note="")
    assert empty.status_code == 422
    stale = world.join(**{f"version_{world.older.reference}": "77"})
    assert stale.status_code == 409
    assert "The same cover" in stale.get_data(as_text=True)
    world.fresh()
    assert world.newer.status == "assigned"


def far(world: World, metres: int) -> None:
    world.older.geom = world.older.label = Point(PLACE.x + 0.0000123 * metres, PLACE.y)
    world.session.commit()


def test_too_far_from_each_other_is_said_before_anybody_tries_and_refused_to_whoever_does(world: World) -> None:
    far(world, 300)
    text = world.client.get(world.url(world.newer, "merge", world.older)).get_data(as_text=True)
    assert "These two cannot be joined" in text
    assert "joined within 60 m. If a pin is wrong, correct it first." in text
    assert "Join them" not in text
    refused = world.join()
    assert refused.status_code == 422
    assert "joined within 60 m" in refused.get_data(as_text=True)
    world.fresh()
    assert world.newer.is_open


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
    assert "Fixed already: joining to it is proposed, and another person confirms it." in page
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


def test_a_form_that_has_grown_old_keeps_its_words(world: World) -> None:
    form = {"keep": world.older.reference, "note": "typed with care", "csrf_token": "old"}
    answer = world.client.post(world.url(world.newer, "merge", world.older), data=form)
    assert answer.status_code == 403
    assert "typed with care" in answer.get_data(as_text=True)


def test_a_duplicate_leads_on_to_the_hazard_that_it_is_part_of(world: World) -> None:
    world.join()
    third = add_hazard(world.session, body_id=world.body, place=NEAR)
    world.session.commit()
    answer = world.client.get(world.url(third, "merge", world.newer))
    assert answer.location.endswith(f"{show_reference(third.reference)}/merge/{show_reference(world.older.reference)}")
    assert world.client.get(world.url(world.newer, "merge", world.older)).status_code == 303


def test_a_crew_sees_suggestions_and_joins_nothing(world: World, app) -> None:
    make_account(world.session, Role.CREW, email="crew@example.kz", body_id=world.body)
    client = app.test_client()
    sign_in(client, "crew@example.kz")
    text = client.get(world.url(world.newer)).get_data(as_text=True)
    assert "Is it the same hazard?" in text
    assert "Compare" not in text
    assert client.get(world.url(world.newer, "merge", world.older)).status_code == 403


def test_a_body_whose_hazard_the_coordinator_joined_learns_no_number_of_the_other_s(world: World) -> None:
    arbiter = make_account(world.session, Role.COORDINATOR, email="c@example.kz").actor
    versions = (world.theirs.version, world.newer.version)
    merge_hazards(
        world.session, by=arbiter, duplicate=world.theirs.reference, into=world.newer.reference, versions=versions,
        note="one", policy=POLICY, now=NOW,
    )  # fmt: skip
    world.session.commit()
    text = world.page(world.newer)
    assert "a hazard of another organisation" in text
    assert show_reference(world.theirs.reference) not in text
    assert "/undo" not in text


def test_the_receipt_of_a_joined_report_shows_the_hazard_that_goes_on(world: World) -> None:
    receipt = receipt_for(uuid4(), b"key")
    report = add_report(world.session, world.newer, "mine")
    report.receipt_hash = receipt_hash(receipt)
    world.session.commit()
    world.join()
    text = world.client.post("/en/receipt", data={"receipt": receipt}).get_data(as_text=True)
    assert show_reference(world.older.reference) in text
    assert f"Your report {show_reference(world.newer.reference)} was joined to theirs" in text
    public = world.client.get(f"/en/h/{show_reference(world.newer.reference)}").get_data(as_text=True)
    assert show_reference(world.older.reference) in public


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
