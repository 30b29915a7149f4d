"""After the report is in: was this spot dangerous before, and is it time to look for the cause?"""

from datetime import timedelta
from uuid import uuid4

import pytest
from shapely.geometry import Point
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.accounts import create_account
from app.actions.reports import report_hazard
from app.actions.root_causes import accept_cause, decline_cause, end_cause
from app.actions.submission import Submission
from app.db import Databases
from app.domain.errors import AlreadyDecided, NeedsNote, NeedsPlan, NeedsReason, UnknownRootCause
from app.domain.permissions import SYSTEM, Role
from app.domain.photo import PhotoFile
from app.jobs.seek_repeat import seek_repeat
from app.models import Event, Hazard, Photo, RootCause, StaffNotice
from app.queries.duplicates import duplicates_of, likely_duplicates
from app.queries.repeats import cause_of_spot, earlier_ids, hazards_of
from tests.jobs.kit import NOW, PLACE, POLICY, add_body, add_hazard, add_types, jobs

STEP = timedelta(days=30)
WORD = "seven green bridges over"


def again(session: Session, body: int, number: int, *, fixed: bool = True, **more: object) -> Hazard:
    """The hazard of the `number`-th month at the spot, fixed two days later unless told otherwise."""
    at = NOW + number * STEP
    done = {"status": "fixed", "closed_at": at + timedelta(days=2)} if fixed else {}
    hazard = add_hazard(session, body_id=body, **({"received_at": at, **done} | more))
    session.commit()
    return hazard


def seek(database: Databases, session: Session, hazard: Hazard) -> Hazard:
    seek_repeat(jobs(database), hazard_id=hazard.id)
    session.rollback()
    session.expire_all()
    return hazard


@pytest.fixture
def body(session: Session) -> int:
    add_types(session)
    made = add_body(session)
    session.commit()
    return made


def test_taking_a_report_in_leaves_a_job_and_no_question(session: Session, body: int) -> None:
    report_hazard(session, submission=Submission(uuid4(), "MANHOLE_OPEN", PLACE), policy=POLICY, now=NOW)
    waiting = session.scalars(text("SELECT task_name FROM procrastinate_jobs ORDER BY id")).all()
    assert waiting.count("seek_repeat") == 1


def test_the_same_spot_after_a_fix_is_a_repeat_once_and_the_version_stays(database, session: Session, body) -> None:
    first, second = again(session, body, 0), again(session, body, 1, fixed=False)
    version = second.version
    for _ in range(2):
        seek(database, session, second)
    assert (second.repeat_of_id, second.spot_id, first.repeats, second.version) == (first.id, first.id, 1, version)
    events = session.scalars(select(Event).where(Event.kind == "repeat_found")).all()
    assert [(event.hazard_id, event.public, event.data["number"]) for event in events] == [(second.id, False, 2)]


@pytest.mark.parametrize(
    "other",
    [
        {"hazard_type": "ROPE"},
        {"place": Point(PLACE.x + 0.0004, PLACE.y)},
        {"held": True},
        {"status": "rejected"},
        {"closed_at": NOW - timedelta(days=400)},
    ],
)
def test_another_kind_place_or_end_or_too_long_ago_is_no_repeat(database, session, body, other: dict) -> None:
    again(session, body, 0, **other)
    second = again(session, body, 1, fixed=False)
    if "closed_at" in other:
        second.received_at = NOW
        session.commit()
    assert seek(database, session, second).repeat_of_id is None


def test_what_was_reported_before_the_fix_is_no_repeat(database, session: Session, body: int) -> None:
    again(session, body, 0, closed_at=NOW + 2 * STEP)
    assert seek(database, session, again(session, body, 1, fixed=False)).repeat_of_id is None


def test_a_row_of_repeats_goes_by_its_first_and_does_not_wander_down_the_street(database, session, body) -> None:
    """The third lies 16 m from the second and 32 m from the first: another spot."""
    places = [Point(PLACE.x + 0.0002 * number, PLACE.y) for number in range(3)]
    hazards = [again(session, body, number, place=place) for number, place in enumerate(places)]
    for hazard in hazards:
        seek(database, session, hazard)
    assert hazards[1].repeat_of_id == hazards[0].id
    assert hazards[2].repeat_of_id is None


def spot(database: Databases, session: Session, body: int, number: int) -> Hazard:
    """`number` hazards at the spot, one after the other; the last one, open."""
    for each in range(number):
        hazard = seek(database, session, again(session, body, each, fixed=each < number - 1))
    return hazard


def test_the_third_time_proposes_to_look_for_the_cause_and_tells_the_managers(database, session, body) -> None:
    told = create_account(
        session, by=SYSTEM, email="m@example.kz", name="M", roles=[Role.MANAGER], body_id=body, language="kk",
        password=WORD, now=NOW,
    )  # fmt: skip
    session.commit()
    third = spot(database, session, body, 3)
    task = session.scalars(select(RootCause)).one()
    assert (task.state, task.body_id, task.hazard_ids[-1], len(task.hazard_ids)) == ("proposed", body, third.id, 3)
    assert earlier_ids(session, third) == task.hazard_ids[:-1]
    assert session.execute(select(StaffNotice.account_id, StaffNotice.kind)).all() == [(told.id, "root_cause")]
    third.status, third.closed_at = "fixed", third.received_at + timedelta(days=1)
    session.commit()
    fourth = seek(database, session, again(session, body, 4, fixed=False))
    session.expire_all()
    assert session.scalars(select(RootCause)).one().hazard_ids[-1] == fourth.id


def test_two_times_propose_nothing_and_zero_switches_it_off(database, session: Session, body: int) -> None:
    spot(database, session, body, 2)
    assert session.scalars(select(RootCause)).all() == []


def test_after_a_no_the_next_time_asks_anew(database, session: Session, body: int) -> None:
    third = spot(database, session, body, 3)
    task = session.scalars(select(RootCause)).one()
    by = make(session, body)
    with pytest.raises(NeedsReason):
        decline_cause(session, by=by, task_id=task.id, reason=" ", now=NOW)
    decline_cause(session, by=by, task_id=task.id, reason="the street is closed in May", now=NOW)
    third.status, third.closed_at = "fixed", third.received_at + timedelta(days=1)
    session.commit()
    seek(database, session, again(session, body, 4, fixed=False))
    assert sorted(session.scalars(select(RootCause.state))) == ["declined", "proposed"]


def make(session: Session, body: int | None, email: str = "d@example.kz"):
    roles = [Role.DISPATCHER if body else Role.AUDITOR]
    return create_account(
        session, by=SYSTEM, email=email, name="D", roles=roles, body_id=body, language="kk", password=WORD, now=NOW
    ).actor


def test_a_task_goes_from_a_plan_to_a_photo_by_people_of_the_body_only(database, session, body: int) -> None:
    third = spot(database, session, body, 3)
    task = session.scalars(select(RootCause)).one()
    by, stranger = make(session, body), make(session, add_body(session), "x@example.kz")
    for who, error in ((stranger, UnknownRootCause), (make(session, None, "a@example.kz"), UnknownRootCause)):
        with pytest.raises(error):
            accept_cause(session, by=who, task_id=task.id, plan="x", now=NOW)
    with pytest.raises(AlreadyDecided):
        end_cause(session, by=by, task_id=task.id, note="x", now=NOW)
    with pytest.raises(NeedsPlan):
        accept_cause(session, by=by, task_id=task.id, plan="", now=NOW)
    accept_cause(session, by=by, task_id=task.id, plan="a heavier cover", now=NOW)
    with pytest.raises(NeedsNote):
        end_cause(session, by=by, task_id=task.id, note="", now=NOW)
    photo = PhotoFile("a" * 64, 1, 1)
    end_cause(session, by=by, task_id=task.id, note="it is in", photos=[photo], now=NOW)
    assert (task.state, task.ended_by) == ("done", by.account_id)
    assert session.scalars(select(Photo.hazard_id)).one() == third.id
    kinds = session.scalars(select(Event.kind).where(Event.hazard_id == third.id).order_by(Event.id)).all()
    assert kinds == ["repeat_found", "cause_proposed", "cause_accepted", "cause_done"]


def test_words_and_photos_of_a_task_stay_with_its_body_when_the_last_hazard_has_gone(database, session, body) -> None:
    third = spot(database, session, body, 3)
    task = session.scalars(select(RootCause)).one()
    by, other = make(session, body), add_body(session)
    ids, third.body_id = task.hazard_ids, other
    session.flush()
    accept_cause(session, by=by, task_id=task.id, plan="a heavier cover", now=NOW)
    end_cause(session, by=by, task_id=task.id, note="it is in", photos=[PhotoFile("a" * 64, 1, 1)], now=NOW)
    lines = session.scalars(select(Event).where(Event.kind.in_(("cause_accepted", "cause_done")))).all()
    assert {(line.hazard_id, line.body_id, line.public) for line in lines} == {(ids[1], body, False)}
    photo = session.scalars(select(Photo)).one()
    assert (photo.hazard_id, photo.moderation) == (ids[1], "refused")  # no moderator lets it out
    assert set(hazards_of(session, ids, body_id=body)) == set(ids[:2])
    assert set(hazards_of(session, ids, body_id=None)) == set(ids)
    assert cause_of_spot(session, ids[0], body_id=other) is None
    assert cause_of_spot(session, ids[0], body_id=body) is task


def test_the_inbox_marks_the_same_pairs_as_the_page(session: Session, body: int) -> None:
    """Both ask by statements of their own: they must agree."""
    other = add_body(session)
    hazards = [
        add_hazard(
            session, body_id=body if number % 4 else other, place=Point(PLACE.x + 0.00004 * number, PLACE.y),
            hazard_type="MANHOLE_OPEN" if number % 3 else "ROPE", received_at=NOW - timedelta(days=5 * number),
        )
        for number in range(12)
    ]  # fmt: skip
    for seen in (None, body):
        marked = likely_duplicates(session, [each.id for each in hazards], body_id=seen)
        one_by_one = {
            each.id for each in hazards if any(s.likeness.likely for s in duplicates_of(session, each, body_id=seen))
        }
        assert marked == one_by_one
    assert marked
