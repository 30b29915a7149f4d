"""Which two hazards are one: the same group, near enough, seen by nobody since the fix; and who may say so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.duplicates import BY_HAND
from app.domain.errors import CannotStay, EndWaits, OtherGroup, ReportedAfterFix, TooFarToJoin
from app.domain.hazard import CLOSED_STATUSES, OPEN_STATUSES, Status
from app.domain.merging import Joinable, needs_second_person, reach_m, refusal_to_join

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
moments = st.integers(-500, 500).map(lambda hours: NOON + timedelta(hours=hours))


@st.composite
def joinables(draw: st.DrawFn, statuses: frozenset[Status] = frozenset(Status)) -> Joinable:
    status = draw(st.sampled_from(sorted(statuses)))
    closed_at = None if status.is_open else draw(moments)
    return Joinable(draw(st.sampled_from("ab")), draw(st.sampled_from([30, 60, 200])), status, draw(moments), closed_at)


metres = st.floats(0, 2_000)
opened = joinables(OPEN_STATUSES)


@given(opened, joinables(OPEN_STATUSES | {Status.FIXED}), metres)
def test_what_is_joined_is_of_one_group_near_and_not_reported_since_the_fix(one, other, distance) -> None:
    """For any two: let through exactly where all three hold, and each refusal names the rule that does not."""
    same, near = one.group == other.group, distance <= BY_HAND * max(one.radius_m, other.radius_m)
    before = other.closed_at is None or one.seen_at <= other.closed_at
    found = refusal_to_join(one, other, distance_m=distance)
    assert (found is None) == (same and near and before)
    broken = {OtherGroup: same, TooFarToJoin: near, ReportedAfterFix: before}
    assert found is None or not broken[type(found)]


@given(opened, opened, metres)
def test_of_two_open_ones_either_may_stay_or_neither(one, other, distance) -> None:
    there, back = (refusal_to_join(*pair, distance_m=distance) for pair in ((one, other), (other, one)))
    assert type(there) is type(back)


@given(opened, opened, metres, metres)
def test_nearer_is_never_refused_where_farther_is_not(one, other, near, more) -> None:
    if refusal_to_join(one, other, distance_m=near + more) is None:
        assert refusal_to_join(one, other, distance_m=near) is None


@given(opened, joinables(CLOSED_STATUSES - {Status.FIXED}), metres)
def test_nothing_is_joined_to_what_was_closed_without_a_repair(one, other, distance) -> None:
    assert isinstance(refusal_to_join(one, other, distance_m=distance), CannotStay)


@given(opened, joinables(OPEN_STATUSES | {Status.FIXED}), metres)
def test_nothing_is_joined_to_what_waits_for_a_second_person_and_all_else_is_refused_as_ever(one, other, near) -> None:
    found = refusal_to_join(one, replace(other, end_waits=True), distance_m=near)
    before = refusal_to_join(one, other, distance_m=near)
    assert type(found) is (type(before) if isinstance(before, OtherGroup | TooFarToJoin) else EndWaits)
    assert type(refusal_to_join(replace(one, end_waits=True), other, distance_m=near)) is type(before)


def test_a_refusal_says_how_far_and_how_far_is_allowed_rounded_so_that_the_two_never_agree() -> None:
    manhole, wire = (Joinable("a", radius, Status.ASSIGNED, NOON) for radius in (30, 60))
    assert reach_m(manhole, wire) == reach_m(wire, manhole) == 180
    assert refusal_to_join(manhole, wire, distance_m=180) is None
    refusal = refusal_to_join(manhole, wire, distance_m=180.2)
    assert refusal is not None
    assert refusal.values == {"metres": 181, "limit": 180}


@given(st.sampled_from(Status))
def test_one_person_joins_only_to_what_stays_open(status: Status) -> None:
    assert needs_second_person(status) == (status not in OPEN_STATUSES)
