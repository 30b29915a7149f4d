"""What an act changes beside the status, on the real database: clocks, marks, the public place, who may get it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from shapely.geometry import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.changes import Correction
from app.actions.deadlines import mark_overdue
from app.actions.hazards import NO_CORRECTION, act_on_hazard
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.domain.errors import UnknownBody
from app.domain.hazard import HoldReason, Measure, RejectReason
from app.domain.lifecycle import Act, Given
from app.domain.permissions import SYSTEM, Actor, Role
from app.domain.photo import PhotoFile
from app.domain.privacy import snap_to_grid
from app.models import Body, Hazard, HazardType
from tests.jobs.kit import NOW, POLICY, add_area, add_body, add_hazard, add_types
from tests.web.pages import make_account

HOUR = timedelta(hours=1)
PHOTO = (PhotoFile("a" * 64, 800, 600),)
EXACT, ELSEWHERE = Point(76.912345, 43.212345), Point(76.954321, 43.354321)
Do = Callable[..., Hazard]


@pytest.fixture
def body(session: Session) -> int:
    add_types(session)
    add_area(session)
    return add_body(session)


@pytest.fixture
def do(session: Session) -> Do:
    """`do(hazard, act, at=…, correction=…, **given)` by the system."""

    def act(
        hazard: Hazard,
        what: Act,
        *,
        at: datetime = NOW,
        correction: Correction = NO_CORRECTION,
        by: Actor = SYSTEM,
        show_note: bool = False,
        **given: object,
    ) -> Hazard:
        changed = act_on_hazard(
            session,
            by=by,
            reference=hazard.reference,
            act=what,
            version=None,
            given=Given(**{"note": "x", "reason": "x", "hold_reason": HoldReason.WEATHER, **given}),
            show_note=show_note,
            policy=POLICY,
            now=at,
            photos=PHOTO,
            correction=correction,
        )
        session.flush()
        session.refresh(changed)
        return changed

    return act


def reported(session: Session, kind: str) -> Hazard:
    made = report_hazard(session, submission=Submission(uuid4(), kind, EXACT), policy=POLICY, now=NOW)
    return session.scalars(select(Hazard).where(Hazard.reference == made.reference)).one()


@pytest.mark.parametrize("reason", [each for each in HoldReason if each is not HoldReason.REPORTER_ANSWER])
def test_a_hold_stops_no_clock_and_takes_no_overdue_mark_away(
    session: Session, body: int, do: Do, reason: HoldReason
) -> None:
    hazard = add_hazard(session, body_id=body, fix_due=NOW - 14 * 24 * HOUR, overdue="fix")
    before = (hazard.fix_due, hazard.make_safe_due, None)
    do(hazard, Act.ACCEPT)
    held = do(hazard, Act.HOLD, hold_reason=reason)
    assert (held.fix_due, held.make_safe_due, held.fix_paused_at) == before
    do(hazard, Act.MAKE_SAFE, measure=Measure.GRID)
    mark_overdue(session, now=NOW + HOUR)
    session.refresh(hazard)
    assert hazard.overdue == "fix"
    after = do(hazard, Act.START, at=NOW + 5 * HOUR)
    assert (after.fix_due, after.make_safe_due, after.fix_paused_at) == before


def test_reopened_is_no_longer_made_safe_and_proposes_nothing(session: Session, body: int, do: Do) -> None:
    hazard = add_hazard(session, body_id=body)
    fix_due = hazard.fix_due
    do(hazard, Act.ACCEPT)
    safe = do(hazard, Act.MAKE_SAFE, measure=Measure.GRID)
    assert (safe.made_safe_measure, safe.made_safe_at) == ("grid", NOW)
    do(hazard, Act.FIX, at=NOW + HOUR)
    open_again = do(hazard, Act.REOPEN, at=NOW + 2 * HOUR)
    assert open_again.status == "assigned"
    marks = (open_again.made_safe_measure, open_again.made_safe_at, open_again.made_safe_until)
    assert marks == (None, None, None)
    assert (open_again.fix_due, open_again.closed_at) == (fix_due, None)


def test_a_more_urgent_type_brings_its_shorter_times_counted_from_receipt(session: Session, body: int, do: Do) -> None:
    quick = session.get_one(HazardType, "ROPE")
    quick.make_safe_hours, quick.fix_value, quick.fix_unit, quick.publish = 2, 6, "h", "pin_at_once"
    session.flush()
    hazard = reported(session, "MANHOLE_OPEN")
    assert hazard.make_safe_due == NOW + 4 * HOUR
    after = do(hazard, Act.CORRECT, at=NOW + HOUR, correction=Correction(hazard_type="ROPE"))
    assert (after.make_safe_due, after.fix_due) == (NOW + 2 * HOUR, NOW + 6 * HOUR)


def test_what_is_passed_on_is_not_proposed_for_rejection_any_longer(session: Session, body: int, do: Do) -> None:
    hazard = add_hazard(session, body_id=body)
    dispatcher = make_account(session, Role.DISPATCHER, body_id=body).actor
    proposed = do(hazard, Act.PROPOSE_REJECTION, by=dispatcher, reject_reason=RejectReason.NO_HAZARD)
    assert proposed.rejection_reason == "no_hazard"
    other = add_body(session)
    passed = do(hazard, Act.FORWARD, body_id=other)
    assert (passed.body_id, passed.rejection_reason, passed.rejection_by) == (other, None, None)


@pytest.mark.parametrize("act", [Act.FORWARD, Act.ARBITRATE])
def test_nothing_goes_to_a_body_that_is_switched_off(session: Session, body: int, do: Do, act: Act) -> None:
    hazard = add_hazard(session, body_id=body)
    closed_down = add_body(session)
    session.get_one(Body, closed_down).active = False
    session.flush()
    for wrong in (closed_down, 999_999):
        with pytest.raises(UnknownBody):
            do(hazard, act, body_id=wrong)
    assert hazard.body_id == body


@pytest.mark.parametrize(("kind", "shown"), [("ROPE", snap_to_grid), ("MANHOLE_OPEN", lambda exact: exact)])
def test_the_public_place_is_coarse_but_for_what_must_warn_at_once(
    session: Session, body: int, do: Do, kind: str, shown: Callable[[Point], Point]
) -> None:
    hazard = reported(session, kind)
    assert snap_to_grid(EXACT) != EXACT
    assert hazard.public_place == shown(EXACT)
    after = do(hazard, Act.CORRECT, correction=Correction(geometry=ELSEWHERE))
    assert (after.label, after.public_place) == (ELSEWHERE, shown(ELSEWHERE))


def test_another_type_makes_the_public_place_coarse_or_exact_anew(session: Session, body: int, do: Do) -> None:
    hazard = reported(session, "MANHOLE_OPEN")
    assert do(hazard, Act.CORRECT, correction=Correction(hazard_type="ROPE")).public_place == snap_to_grid(EXACT)
    assert do(hazard, Act.CORRECT, correction=Correction(hazard_type="MANHOLE_OPEN")).public_place == EXACT


def test_a_rejection_that_is_confirmed_answers_what_people_dispute(session: Session, body: int, do: Do) -> None:
    hazard = add_hazard(session, body_id=body, disputed=True, flags=2)
    dispatcher = make_account(session, Role.DISPATCHER, body_id=body).actor
    proposed = do(hazard, Act.PROPOSE_REJECTION, by=dispatcher, reject_reason=RejectReason.NO_HAZARD)
    assert (proposed.disputed, proposed.flags) == (True, 2)
    rejected = do(hazard, Act.CONFIRM_REJECTION)
    assert (rejected.status, rejected.disputed, rejected.flags) == ("rejected", False, 0)


@pytest.mark.parametrize(
    ("role", "shown"),
    [(Role.CREW, False), (Role.CREW, True), (Role.DISPATCHER, False), (Role.DISPATCHER, True), (Role.MANAGER, True)],
)
def test_what_people_dispute_is_answered_only_by_a_public_word_of_whoever_decides(
    session: Session, body: int, do: Do, role: Role, shown: bool
) -> None:
    hazard = add_hazard(session, body_id=body, status="fixed", closed_at=NOW, disputed=True, flags=2)
    after = do(hazard, Act.NOTE, by=make_account(session, role, body_id=body).actor, show_note=shown)
    answered = shown and role is not Role.CREW
    assert (after.disputed, after.flags) == ((False, 0) if answered else (True, 2))
