"""Joining two hazards and taking it back: nothing is lost, nothing bought, and no two people trip over each other."""

import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.actions.followup import withdraw_report
from app.actions.hazards import act_on_hazard
from app.actions.history import append_event
from app.actions.merging import call_different, merge_hazards, undo_merge
from app.actions.moving import run_fix_clock
from app.domain.errors import (
    AlreadyUndone,
    DomainError,
    HazardNotFound,
    MergeWouldHide,
    NeedsNote,
    NotPermitted,
    ReportedAfterFix,
    StaleVersion,
    StillJoined,
    UndoLaterFirst,
    UndoTooLate,
    UnknownMerge,
)
from app.domain.hazard import Status
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Actor, Role
from app.domain.references import receipt_for, receipt_hash
from app.models import Event, Follow, Hazard, Merge, Notice, NotSame, Photo, Question, Report, StaffNotice
from tests.jobs.kit import NOW, POLICY, add_body, add_hazard, add_report, add_types
from tests.web.pages import make_account

LATER = NOW + timedelta(hours=1)
COLUMNS = "version, geom, label, public_place, work_order"


def dispatcher(session: Session, body: int | None, role: Role = Role.DISPATCHER, name: str = "a") -> Actor:
    return make_account(session, role, email=f"{name}@example.kz", body_id=body).actor


def join(session: Session, by: Actor, duplicate: Hazard, kept: Hazard, now: datetime = NOW, **more: Any) -> Hazard:
    session.flush()
    versions = more.pop("versions", (duplicate.version, kept.version))
    return merge_hazards(
        session, by=by, duplicate=duplicate.reference, into=kept.reference, versions=versions,
        note=more.pop("note", "The same cover"), policy=POLICY, now=now,
    )  # fmt: skip


def undo(session: Session, by: Actor, now: datetime = LATER, merge_id: int | None = None) -> Hazard:
    last = session.scalar(select(func.max(Merge.id))) or 0
    return undo_merge(session, by=by, merge_id=merge_id or last, policy=POLICY, now=now)


def add_photo(session: Session, hazard: Hazard, report: Report | None = None) -> Photo:
    photo = Photo(public_id=uuid4().hex, hazard_id=hazard.id, report_id=report.id if report else None, kind="report",
                  content_key="a" * 64, width=1, height=1, added_at=NOW)  # fmt: skip
    session.add(photo)
    session.flush()
    return photo


def add_follow(session: Session, hazard: Hazard, key: bytes, *, confirmed: bool = True) -> Follow:
    follow = Follow(hazard_id=hazard.id, channel="email", language="kk", token=uuid4().hex, address_key=key,
                    created_at=NOW, confirmed_at=NOW - timedelta(hours=2) if confirmed else None)  # fmt: skip
    session.add(follow)
    session.flush()
    return follow


def rows(session: Session) -> dict[str, list[dict[str, Any]]]:
    """All that a merge may touch, as the database has it; without versions, which only count on."""
    session.flush()
    found = {}
    for table in ("hazard", "report", "photo", "follow", "question"):
        result = session.execute(text(f"SELECT to_jsonb(t) - 'version' AS row FROM {table} t ORDER BY id"))
        found[table] = [row.row for row in result]
    return found


@pytest.fixture
def pair(session: Session) -> tuple[Actor, Hazard, Hazard]:
    """A dispatcher, a duplicate and the one that stays; two reports, photos and followers."""
    add_types(session)
    body = add_body(session)
    kept, duplicate = add_hazard(session, body_id=body), add_hazard(session, body_id=body)
    for hazard in (kept, duplicate):
        add_photo(session, hazard, add_report(session, hazard, "no cover"))
    return dispatcher(session, body), duplicate, kept


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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_undoing_gives_back_the_very_rows_and_leaves_what_came_later(session: Session, data: st.DataObject) -> None:
    """For any numbers of reports, photos and followers, and any marks and clocks on both."""
    with session.begin_nested() as whole:
        if session.scalar(select(func.count()).select_from(Hazard)) == 0:
            add_types(session)
        body = add_body(session)
        by = Actor(make_account_in(session, body), frozenset({Role.DISPATCHER}), body)
        kept, duplicate = (add_hazard(session, body_id=body, **drawn_marks(data)) for _ in range(2))
        for hazard in (kept, duplicate):
            fill(session, hazard, data)
        session.flush()
        before = rows(session)
        join(session, by, duplicate, kept)
        assert rows(session) != before
        later = [add_report(session, kept, "came later"), add_photo(session, kept), add_follow(session, kept, b"late")]
        kept.reports += 1
        undo(session, by)
        session.expire_all()
        assert all(each.hazard_id == kept.id for each in later)
        kept.reports -= 1
        for each in reversed(later):
            session.delete(each)
        assert rows(session) == before
        whole.rollback()


def make_account_in(session: Session, body: int) -> int:
    from app.models import Account  # noqa: PLC0415  one without a password, quickly

    account = Account(
        email=f"{uuid4().hex}@example.kz", name="A", roles=["dispatcher"], body_id=body, password_hash="!"
    )
    session.add(account)
    session.flush()
    return account.id


def drawn_marks(data: st.DataObject) -> dict[str, Any]:
    hours = st.none() | st.integers(-50, 50).map(lambda n: NOW + timedelta(hours=n))
    status = data.draw(st.sampled_from(["assigned", "accepted", "in_progress", "on_hold", "planned"]))
    safe = data.draw(st.booleans())
    return {
        "status": status,
        "fix_paused_at": NOW - timedelta(hours=5) if status == "on_hold" else None,
        "planned_for": NOW.date() if status == "planned" else None,
        "severity": data.draw(st.sampled_from(["low", "medium", "high", "critical"])),
        "severity_why": data.draw(st.sampled_from([[], [{"reason": "someone_hurt", "points": 40}]])),
        "urgent": data.draw(st.booleans()),
        "disputed": data.draw(st.booleans()),
        "make_safe_due": data.draw(hours),
        "fix_due": data.draw(hours),
        "overdue": data.draw(st.sampled_from([None, "fix"])),
        "flags": data.draw(st.integers(0, 3)),
        "reports": 0,
        **({"made_safe_measure": "grid", "made_safe_at": NOW, "made_safe_until": LATER} if safe else {}),
    }


def fill(session: Session, hazard: Hazard, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(0, 3))):
        report = add_report(session, hazard, "words")
        hazard.reports += 1
        if data.draw(st.booleans()):
            add_photo(session, hazard, report)
    for key in data.draw(st.sets(st.sampled_from([b"a", b"b", b"c"]))):
        add_follow(session, hazard, key, confirmed=data.draw(st.booleans()))


def add_question(session: Session, hazard: Hazard, by: Actor, *, asked_at: datetime) -> Question:
    event_id = append_event(session, hazard_id=hazard.id, kind="ask", at=asked_at, by=by, status=Status.ACCEPTED)
    question = Question(token=uuid4().hex, hazard_id=hazard.id, event_id=event_id, body_id=hazard.body_id,
                        asked_by=by.account_id, asked_at=asked_at, text="Which yard?")  # fmt: skip
    session.add(question)
    session.flush()
    return question


def test_a_clock_that_stopped_for_an_answer_buys_the_other_no_time_and_runs_once_it_came(session, pair) -> None:
    by, duplicate, kept = pair
    due, ago = NOW + timedelta(days=1), NOW - timedelta(hours=10)
    kept.fix_due, kept.fix_paused_at, duplicate.fix_due = NOW + timedelta(days=9), ago, due
    join(session, by, duplicate, kept)
    run_fix_clock(kept, now=NOW)
    assert kept.fix_due == due
    undo(session, by)
    other = add_hazard(session, body_id=kept.body_id, fix_due=due, fix_paused_at=ago, status="accepted")
    question = add_question(session, other, by, asked_at=ago)
    join(session, by, other, kept)
    session.expire_all()
    assert question.hazard_id == kept.id
    question.ran_again_at = NOW
    undo(session, by)
    session.expire_all()
    assert (question.hazard_id, other.fix_paused_at, other.fix_due) == (other.id, None, due + timedelta(hours=10))


def test_what_people_changed_since_stays(session: Session, pair: tuple[Actor, Hazard, Hazard]) -> None:
    by, duplicate, kept = pair
    kept.severity, due = "low", kept.fix_due
    join(session, by, duplicate, kept)
    kept.fix_due = NOW + timedelta(days=30)
    session.flush()
    undo(session, by)
    assert (kept.severity, kept.fix_due) == ("low", NOW + timedelta(days=30))
    assert duplicate.fix_due == due


def test_a_report_taken_back_meanwhile_breaks_nothing(session: Session, pair: tuple[Actor, Hazard, Hazard]) -> None:
    by, duplicate, kept = pair
    receipt = receipt_for(uuid4(), b"key")
    only = session.scalars(select(Report).where(Report.hazard_id == duplicate.id)).one()
    only.receipt_hash = receipt_hash(receipt)
    join(session, by, duplicate, kept)
    withdraw_report(session, receipt=receipt, now=LATER)
    assert kept.reports == 1
    undo(session, by, LATER)
    assert (kept.reports, duplicate.reports, duplicate.status) == (1, 0, "assigned")
    assert session.scalars(select(Photo.hazard_id)).all() == [kept.id]


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


def test_a_chain_is_undone_from_its_end(session: Session, pair: tuple[Actor, Hazard, Hazard]) -> None:
    by, first, second = pair
    third = add_hazard(session, body_id=second.body_id)
    join(session, by, first, second)
    one = session.scalars(select(Merge.id)).one()
    join(session, by, second, third)
    assert set(session.scalars(select(Report.hazard_id))) == {third.id}
    with pytest.raises(HazardNotFound):
        join(session, by, third, first)
    with pytest.raises(UndoLaterFirst):
        undo(session, by, merge_id=one)
    assert undo(session, by).id == second.id
    assert undo(session, by, merge_id=one).id == first.id
    session.expire_all()
    assert sorted(session.scalars(select(Report.hazard_id))) == sorted([first.id, second.id])
    with pytest.raises(AlreadyUndone):
        undo(session, by, merge_id=one)


def test_two_joined_to_one_are_undone_the_last_first(session: Session, pair: tuple[Actor, Hazard, Hazard]) -> None:
    by, first, kept = pair
    second = add_hazard(session, body_id=kept.body_id, urgent=True)
    first.urgent = True
    join(session, by, first, kept)
    one = session.scalars(select(Merge.id)).one()
    join(session, by, second, kept)
    with pytest.raises(UndoLaterFirst):
        undo(session, by, merge_id=one)
    undo(session, by)
    assert kept.urgent
    undo(session, by, merge_id=one)
    assert not kept.urgent


def test_a_joined_duplicate_is_reopened_by_undoing_and_not_after_a_month(session: Session, pair) -> None:
    by, duplicate, kept = pair
    join(session, by, duplicate, kept)
    with pytest.raises(StillJoined):
        act_on_hazard(session, by=by, reference=duplicate.reference, act=Act.REOPEN, version=duplicate.version,
                      given=Given(reason="no"), policy=POLICY, now=LATER)  # fmt: skip
    with pytest.raises(UndoTooLate):
        undo(session, by, NOW + timedelta(days=31))


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
    assert set(outcomes) - {"joined"} <= {"stale_version", "hazard_not_found"}
    session.expire_all()
    assert len(set(session.scalars(select(Report.hazard_id)))) == 1
    assert session.scalar(select(func.count()).select_from(Merge)) == 1
