"""What makes two hazards alike, what a repeat is, and what the one that stays takes over."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.duplicates import LIKELY, Reason, Seen, likeness
from app.domain.hazard import Severity, Status
from app.domain.merging import Pressing, Side, stays, stronger
from app.domain.repeats import Fixed, repeated, wants_cause

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
moments = st.integers(-10_000, 10_000).map(lambda hours: NOW + timedelta(hours=hours))
seen = st.builds(
    Seen,
    hazard_type=st.sampled_from(["A", "B"]),
    group=st.sampled_from(["ground", "water"]),
    radius_m=st.integers(1, 300),
    received_at=moments,
)
metres = st.floats(0, 400)


@given(one=seen, other=seen, distance_m=metres)
def test_what_one_is_to_the_other_the_other_is_to_the_one(one: Seen, other: Seen, distance_m: float) -> None:
    there, back = likeness(one, other, distance_m=distance_m), likeness(other, one, distance_m=distance_m)
    assert (there is None) == (back is None)
    assert there is None or (back is not None and there.score == back.score)


@given(one=seen, other=seen, distance_m=metres)
def test_never_of_another_group_nor_beyond_both_radii_and_never_above_a_hundred(one, other, distance_m) -> None:
    found = likeness(one, other, distance_m=distance_m)
    if one.group != other.group or distance_m > max(one.radius_m, other.radius_m):
        assert found is None
    else:
        assert found is not None
        assert 0 < found.score <= 100


@given(one=seen, other=seen, near=metres, farther=metres)
def test_nearer_is_never_less_alike(one: Seen, other: Seen, near: float, farther: float) -> None:
    near, farther = sorted((near, farther))
    close, far = likeness(one, other, distance_m=near), likeness(one, other, distance_m=farther)
    assert far is None or (close is not None and close.score >= far.score)


def test_the_reasons_are_said_in_order_with_their_numbers() -> None:
    one = Seen("MANHOLE_OPEN", "ground", 30, NOW)
    other = Seen("MANHOLE_OPEN", "ground", 30, NOW + timedelta(days=2, hours=3))
    found = likeness(one, other, distance_m=12.3)
    assert found is not None
    assert [(part.reason, part.value) for part in found.because] == [
        (Reason.DISTANCE, 12), (Reason.SAME_TYPE, 0), (Reason.LATER, 2),
    ]  # fmt: skip
    assert found.likely
    assert likeness(other, one, distance_m=12.3).because[2].reason is Reason.EARLIER


@pytest.mark.parametrize(
    ("kind", "days", "distance_m", "likely"),
    [("A", 0, 0, True), ("A", 0, 30, False), ("B", 0, 0, True), ("B", 0, 12, False), ("A", 90, 0, True),
     ("A", 90, 20, False)],
)  # fmt: skip
def test_a_mark_in_the_inbox_wants_the_same_kind_near_or_the_very_same_spot(kind, days, distance_m, likely) -> None:
    one, other = Seen("A", "g", 30, NOW), Seen(kind, "g", 30, NOW + timedelta(days=days))
    found = likeness(one, other, distance_m=distance_m)
    assert found is not None
    assert found.likely is likely
    assert found.likely == (found.score >= LIKELY)


fixed = st.builds(
    Fixed,
    id=st.integers(1, 99),
    hazard_type=st.sampled_from(["A", "B"]),
    closed_at=moments,
    distance_m=st.floats(0, 60),
)
YEAR = timedelta(days=365)


@given(earlier=st.lists(fixed, max_size=6), received_at=moments)
def test_a_repeat_is_of_the_same_kind_near_fixed_before_and_not_too_long_ago(earlier, received_at: datetime) -> None:
    found = repeated(earlier, hazard_type="A", radius_m=30, received_at=received_at, within=YEAR)
    fitting = [
        one for one in earlier
        if one.hazard_type == "A" and one.distance_m <= 30
        and timedelta(0) <= received_at - one.closed_at <= YEAR
    ]  # fmt: skip
    assert (found is None) == (not fitting)
    if found is not None:
        assert found in fitting
        assert found.closed_at == max(one.closed_at for one in fitting)


def test_a_cause_is_looked_for_from_the_third_time_on_unless_switched_off() -> None:
    assert [wants_cause(number, after=3) for number in (1, 2, 3, 4)] == [False, False, True, True]
    assert not wants_cause(9, after=0)


pressing = st.builds(
    Pressing,
    severity=st.sampled_from(Severity),
    urgent=st.booleans(),
    disputed=st.booleans(),
    make_safe_due=st.none() | moments,
    fix_due=st.none() | moments,
)


@given(one=pressing, other=pressing)
def test_joining_never_buys_time_nor_takes_a_mark_away_and_it_is_the_same_both_ways(one, other) -> None:
    both = stronger(one, other)
    assert both == stronger(other, one)
    assert stronger(both, one) == both
    for each in (one, other):
        assert both.severity.rank >= each.severity.rank
        assert both.urgent >= each.urgent
        assert both.disputed >= each.disputed
        for due, joint in ((each.make_safe_due, both.make_safe_due), (each.fix_due, both.fix_due)):
            assert due is None or (joint is not None and joint <= due)


side = st.builds(
    Side, id=st.integers(1, 9), status=st.sampled_from(Status), public=st.booleans(), made_safe=st.booleans(),
    received_at=moments,
)  # fmt: skip


@given(one=side, other=side)
def test_what_everybody_sees_stays_then_what_is_worked_on_then_the_older(one: Side, other: Side) -> None:
    kept, left = stays(one, other), stays(other, one)
    if one.id != other.id:
        assert kept == left
    assert kept.public or not (one.public or other.public)


def test_the_older_of_two_equal_ones_stays_and_work_goes_before_age() -> None:
    old = Side(1, Status.ASSIGNED, public=True, made_safe=False, received_at=NOW)
    new = Side(2, Status.ASSIGNED, public=True, made_safe=False, received_at=NOW + timedelta(hours=1))
    worked = Side(3, Status.IN_PROGRESS, public=True, made_safe=False, received_at=NOW + timedelta(days=1))
    assert stays(new, old) is old
    assert stays(old, worked) is worked
