"""Joining two hazards: nothing is lost, nothing is bought, and no two people trip over each other."""

import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.actions.followup import withdraw_report
from app.actions.merging import call_different, merge_hazards
from app.domain.errors import (
    DomainError,
    HazardNotFound,
    MergeWouldHide,
    NeedsNote,
    NotPermitted,
    ReportedAfterFix,
    StaleVersion,
    UnknownMerge,
)
from app.domain.permissions import Actor, Role
from app.domain.references import receipt_for, receipt_hash
from app.models import Event, Follow, Hazard, Merge, Notice, NotSame, Photo, Report, StaffNotice
from tests.actions.merge_kit import add_follow, dispatcher, join, undo
from tests.jobs.kit import NOW, POLICY, add_body, add_hazard, add_types


def test_reports_photos_followers_and_counts_move(session: Session, pair: tuple[Actor, Hazard, Hazard]) -> None:
    by, duplicate, kept = pair
    add_follow(session, duplicate, b"one")
    duplicate.flags, kept.flags = 2, 1
    join(session, by, duplicate, kept)
    for model in (Report, Photo, Follow):
        assert set(session.scalars(select(model.hazard_id))) == {kept.id}
    assert (kept.reports, kept.flags, duplicate.reports, duplicate.flags) == (2, 3, 0, 0)
    assert (duplicate.status, duplicate.duplicate_of_id) == ("duplicate", kept.id)
    kinds = dict(session.execute(select(Event.hazard_id, Event.kind).where(Event.actor == "account")).all())
    assert kinds == {duplicate.id: "mark_duplicate", kept.id: "merged_in"}


def test_joining_buys_no_time_and_takes_no_mark_away(session: Session, pair: tuple[Actor, Hazard, Hazard]) -> None:
    by, duplicate, kept = pair
    soon, late = NOW + timedelta(hours=1), NOW + timedelta(days=9)
    kept.make_safe_due, kept.fix_due, kept.severity = late, soon, "low"
    duplicate.make_safe_due, duplicate.fix_due, duplicate.urgent, duplicate.disputed = soon, late, True, True
    join(session, by, duplicate, kept)
    assert (kept.make_safe_due, kept.fix_due) == (soon, soon)
    assert (kept.severity, kept.urgent, kept.disputed) == ("critical", True, True)


def test_somebody_hurt_at_the_duplicate_is_known_at_the_one_that_stays(session, pair) -> None:
    by, duplicate, kept = pair
    duplicate.severity_why = [{"reason": "someone_hurt", "points": 40}]
    join(session, by, duplicate, kept)
    assert "someone_hurt" in {part["reason"] for part in kept.severity_why}


def test_who_follows_both_is_asked_once_and_told_once(session: Session, pair: tuple[Actor, Hazard, Hazard]) -> None:
    by, duplicate, kept = pair
    stays, waits = add_follow(session, kept, b"same", confirmed=False), add_follow(session, duplicate, b"same")
    moves = add_follow(session, duplicate, b"other")
    join(session, by, duplicate, kept)
    session.expire_all()
    assert (stays.hazard_id, waits.hazard_id, moves.hazard_id) == (kept.id, duplicate.id, kept.id)
    assert stays.confirmed_at == NOW
    told = session.execute(select(Notice.follow_id, Notice.kind)).all()
    assert {(waits.id, "mark_duplicate"), (moves.id, "mark_duplicate")} == {tuple(row) for row in told}
    undo(session, by)
    session.expire_all()
    assert stays.confirmed_at is None
    assert moves.hazard_id == duplicate.id


@pytest.mark.parametrize("act", ["join", "undo", "different"])
def test_who_dispatches_for_one_of_two_bodies_learns_nothing_of_the_other(session: Session, act: str) -> None:
    add_types(session)
    ours, theirs = add_body(session), add_body(session)
    mine, foreign = add_hazard(session, body_id=ours), add_hazard(session, body_id=theirs)
    by, arbiter = dispatcher(session, ours), dispatcher(session, None, Role.COORDINATOR, "c")
    if act == "join":
        for one, other in ((mine, foreign), (foreign, mine)):
            with pytest.raises((HazardNotFound, NotPermitted)):
                join(session, by, one, other)
    elif act == "undo":
        join(session, arbiter, mine, foreign)
        with pytest.raises(UnknownMerge):
            undo(session, by)
        assert undo(session, arbiter).id == mine.id
    else:
        with pytest.raises(HazardNotFound):
            call_different(session, by=by, one=mine.reference, other=foreign.reference, now=NOW)


def test_a_crew_member_joins_nothing(session: Session, pair: tuple[Actor, Hazard, Hazard]) -> None:
    _, duplicate, kept = pair
    crew = dispatcher(session, kept.body_id, Role.CREW, "crew")
    with pytest.raises(NotPermitted):
        join(session, crew, duplicate, kept)


@pytest.mark.parametrize("side", ["duplicate", "kept"])
def test_what_is_held_is_never_joined(session: Session, pair: tuple[Actor, Hazard, Hazard], side: str) -> None:
    by, duplicate, kept = pair
    (duplicate if side == "duplicate" else kept).held = True
    session.flush()
    with pytest.raises(HazardNotFound):
        join(session, by, duplicate, kept)


def test_nobody_joins_without_a_word_or_over_somebody_else_s_change(session, pair) -> None:
    by, duplicate, kept = pair
    with pytest.raises(NeedsNote):
        join(session, by, duplicate, kept, note=" ")
    for versions in ((duplicate.version, kept.version + 1), (duplicate.version + 1, kept.version)):
        with pytest.raises(StaleVersion):
            join(session, by, duplicate, kept, versions=versions)


def test_a_danger_that_everybody_sees_does_not_vanish_from_the_map(session: Session, pair) -> None:
    by, duplicate, kept = pair
    kept.review_first = True
    session.flush()
    with pytest.raises(MergeWouldHide):
        join(session, by, duplicate, kept)
    join(session, by, kept, duplicate)


def test_what_was_reported_after_a_fix_is_no_duplicate_of_it(session: Session, pair) -> None:
    by, duplicate, kept = pair
    kept.status, kept.closed_at = "fixed", duplicate.received_at - timedelta(minutes=1)
    session.flush()
    with pytest.raises(ReportedAfterFix):
        join(session, by, duplicate, kept)
    kept.closed_at = duplicate.received_at + timedelta(minutes=1)
    session.flush()
    due = kept.make_safe_due
    join(session, by, duplicate, kept)
    assert (kept.status, kept.make_safe_due) == ("fixed", due)


def test_the_body_s_people_may_choose_to_be_told_and_who_is_on_duty_is_when_it_presses_more(session, pair) -> None:
    by, duplicate, kept = pair
    duplicate.urgent = True
    join(session, by, duplicate, kept)
    jobs = session.scalars(
        text("SELECT args->>'hazard_id' FROM procrastinate_jobs WHERE task_name = 'notify_body'")
    ).all()
    assert jobs == [str(kept.id)]
    assert session.scalar(select(func.count()).select_from(StaffNotice)) == 0  # nobody chose it


def test_no_another_one_is_said_for_good_and_once(session: Session, pair: tuple[Actor, Hazard, Hazard]) -> None:
    by, one, other = pair
    for pairing in ((one, other), (other, one)):
        call_different(session, by=by, one=pairing[0].reference, other=pairing[1].reference, now=NOW)
    found = session.scalars(select(NotSame)).one()
    assert (found.first_id, found.second_id) == tuple(sorted((one.id, other.id)))
    assert (found.by_account, found.at) == (by.account_id, NOW)


def test_of_two_who_join_at_once_one_does_and_the_other_is_told(database, session: Session, pair) -> None:
    """A to B and B to A at the same moment: no deadlock, one duplicate, no report lost."""
    by, duplicate, kept = pair
    session.commit()
    versions = (duplicate.version, kept.version)
    barrier, outcomes = threading.Barrier(2), []

    def run(one: str, other: str, seen: tuple[int, int]) -> None:
        with Session(database.app) as own:
            barrier.wait()
            try:
                merge_hazards(own, by=by, duplicate=one, into=other, versions=seen, note="x", policy=POLICY, now=NOW)
                own.commit()
                outcomes.append("joined")
            except DomainError as error:
                outcomes.append(error.code)

    pairs = [(duplicate.reference, kept.reference, versions), (kept.reference, duplicate.reference, versions[::-1])]
    threads = [threading.Thread(target=run, args=each) for each in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("joined") == 1
    assert set(outcomes) - {"joined"} <= {"stale_version", "cannot_stay"}
    session.expire_all()
    assert len(set(session.scalars(select(Report.hazard_id)))) == 1
    assert session.scalar(select(func.count()).select_from(Merge)) == 1


def test_who_takes_a_report_back_while_it_is_being_joined_takes_it_from_where_it_went(database, session, pair) -> None:
    by, duplicate, kept = pair
    receipt = receipt_for(uuid4(), b"key")
    mine = session.scalars(select(Report).where(Report.hazard_id == duplicate.id)).one()
    mine.receipt_hash = receipt_hash(receipt)
    session.commit()
    begun = threading.Event()

    def take_back() -> None:
        with Session(database.app) as own:
            begun.set()
            withdraw_report(own, receipt=receipt, policy=POLICY, now=NOW)
            own.commit()

    join(session, by, duplicate, kept)
    other = threading.Thread(target=take_back)
    other.start()
    begun.wait()
    time.sleep(0.3)  # long enough to stand at the lock; too short a wait would only make the test easier
    session.commit()
    other.join()
    session.expire_all()
    assert (kept.reports, duplicate.reports) == (1, 0)
