"""A danger that was reported after another one was made safe is not silenced by joining them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.deadlines import mark_overdue
from app.actions.duty_many import call_waiting
from app.domain.hazard import Measure, ReportKind
from app.domain.lifecycle import Act
from app.domain.permissions import Role
from app.models import Event, Hazard
from app.queries.duty import is_called_to
from tests.actions.merge_kit import undo
from tests.actions.test_joined_close import Two
from tests.actions.test_proofs import HOUR, LATER, photo
from tests.jobs.kit import NOW, PLACE, add_report

JOINED = LATER + 2 * HOUR
SAFE = ("made_safe_measure", "made_safe_at", "made_safe_until", "inspect_due", "inspect_measure", "make_safe_due")


@pytest.fixture
def two(session: Session) -> Two:
    """A danger to life that is made safe in time."""
    made = Two(session)
    made.hazard.severity, made.hazard.make_safe_due = "critical", NOW + 2 * HOUR
    session.flush()
    look(made, Act.MAKE_SAFE, "z")
    return made


def look(two: Two, act: Act, key: str, *, by: Role = Role.CREW, now=LATER) -> Hazard:
    return two.act(act, by, now=now, photos=[photo((PLACE.y, PLACE.x), now, key)], measure=Measure.GRID)


def danger(two: Two, received_at=LATER + HOUR, **more: object) -> Hazard:
    values = {"severity": "critical", "make_safe_due": received_at + 3 * HOUR, **more}
    return two.other(15, received_at=received_at, **values)


def safe(two: Two) -> bool:
    two.session.refresh(two.hazard)
    return two.hazard.made_safe_at is not None


def kinds(two: Two) -> list[str]:
    return list(two.session.scalars(select(Event.kind).where(Event.hazard_id == two.hazard.id).order_by(Event.id)))


def test_what_was_reported_after_the_look_ends_made_safe_and_calls_who_is_on_duty(two: Two, session: Session) -> None:
    two.join(danger(two), now=JOINED)
    assert (safe(two), is_called_to(two.hazard)) == (False, True)
    assert (two.hazard.inspect_due, two.hazard.inspect_measure) == (LATER + HOUR, "grid")
    assert kinds(two)[-2:] == ["made_safe_expired", "merged_in"]
    assert session.scalar(text("SELECT count(*) FROM staff_notice WHERE kind = 'made_safe_expired'")) == 2
    assert call_waiting(session, now=JOINED + timedelta(minutes=6)) == 1


def test_its_clock_is_of_the_new_report_and_not_overdue_since_days(two: Two, session: Session) -> None:
    two.hazard.received_at, two.hazard.make_safe_due = NOW - 72 * HOUR, NOW - 70 * HOUR
    two.join(danger(two), now=JOINED)
    mark_overdue(session, now=JOINED)
    assert not safe(two)
    assert two.hazard.make_safe_due == LATER + HOUR + 2 * HOUR, "as long as at first, and shorter than the other's"
    assert two.hazard.overdue is None


def test_a_crew_that_finds_the_fence_in_place_says_so_and_it_is_safe_again(two: Two) -> None:
    two.join(danger(two), now=JOINED)
    done = look(two, Act.INSPECT, "y", now=JOINED + HOUR)
    assert (done.made_safe_measure, done.inspect_due, is_called_to(done)) == ("grid", None, False)


@pytest.mark.parametrize("case", ["reported before the look", "looked at since", "made safe too", "withdrawn"])
def test_what_the_look_could_see_leaves_it_safe(two: Two, case: str) -> None:
    other = danger(two, NOW + HOUR / 2 if case in {"reported before the look", "withdrawn"} else LATER + HOUR)
    if case == "looked at since":
        look(two, Act.INSPECT, "y", now=JOINED - HOUR / 2)
    if case == "made safe too":
        other.made_safe_at, other.made_safe_until = JOINED, JOINED + 72 * HOUR
        other.made_safe_measure = "grid"
    if case == "withdrawn":
        again = add_report(two.session, other, "still there", kind=ReportKind.SEEN_TOO.value)
        again.received_at, again.withdrawn_at = LATER + HOUR, LATER + HOUR
    two.join(other, now=JOINED)
    assert safe(two)
    assert "made_safe_expired" not in kinds(two)


def test_what_was_seen_again_after_the_look_counts_whenever_it_was_reported_first(two: Two) -> None:
    other = danger(two, NOW + HOUR / 2)
    add_report(two.session, other, "no cover", kind=ReportKind.SEEN_TOO.value).received_at = LATER + HOUR
    two.join(other, now=JOINED)
    assert not safe(two)


def test_taken_back_it_is_as_safe_as_it_was(two: Two) -> None:
    before = {name: getattr(two.hazard, name) for name in SAFE}
    two.join(danger(two), now=JOINED)
    assert not safe(two)
    undo(two.session, two.people[Role.DISPATCHER], now=JOINED + HOUR)
    assert safe(two)
    assert {name: getattr(two.hazard, name) for name in SAFE} == before


def test_a_look_of_since_then_outlives_taking_it_back(two: Two) -> None:
    two.join(danger(two), now=JOINED)
    look(two, Act.MAKE_SAFE, "y", now=JOINED + HOUR)
    undo(two.session, two.people[Role.DISPATCHER], now=JOINED + 2 * HOUR)
    assert safe(two)
    assert two.hazard.made_safe_at == JOINED + HOUR
