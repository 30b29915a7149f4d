"""Taking a joining back gives back the very rows, and leaves what came later."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.followup import withdraw_report
from app.actions.hazards import act_on_hazard
from app.actions.moving import run_fix_clock
from app.domain.errors import (
    AlreadyUndone,
    CannotStay,
    StillJoined,
    UndoLaterFirst,
    UndoTooLate,
)
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Actor, Role
from app.domain.references import receipt_for, receipt_hash
from app.models import Hazard, Merge, Photo, Report
from tests.actions.merge_kit import LATER, add_follow, add_photo, add_question, join, rows, undo
from tests.jobs.kit import NOW, POLICY, add_body, add_hazard, add_report, add_types


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
    withdraw_report(session, receipt=receipt, policy=POLICY, now=LATER)
    assert kept.reports == 1
    undo(session, by, LATER)
    assert (kept.reports, duplicate.reports, duplicate.status) == (1, 0, "assigned")
    assert session.scalars(select(Photo.hazard_id)).all() == [kept.id]


def test_a_chain_is_undone_from_its_end(session: Session, pair: tuple[Actor, Hazard, Hazard]) -> None:
    by, first, second = pair
    third = add_hazard(session, body_id=second.body_id)
    join(session, by, first, second)
    one = session.scalars(select(Merge.id)).one()
    join(session, by, second, third)
    assert set(session.scalars(select(Report.hazard_id))) == {third.id}
    with pytest.raises(CannotStay):
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
