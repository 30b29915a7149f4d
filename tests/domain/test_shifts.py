"""The ring of the week, and who stands in for whom."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.shifts import DAY_M, WEEK_M, clock, is_away, is_on, left_m, length_m, with_stand_ins

MONDAY = datetime(2026, 11, 23)  # noqa: DTZ001 - a wall clock's moment
minutes = st.integers(0, DAY_M - 1)
shifts = st.tuples(st.integers(0, 6), minutes, minutes)
people = st.integers(1, 8)


def moment(at: int) -> datetime:
    return MONDAY + timedelta(minutes=at)


@given(shifts)
def test_a_shift_is_on_for_as_long_as_it_is_in_each_week(shift):
    on = [is_on(*shift, moment(at)) for at in range(WEEK_M)]
    assert sum(on) == length_m(shift[1], shift[2])
    assert on[shift[0] * DAY_M + shift[1]]


@given(shifts, st.integers(0, WEEK_M - 1))
def test_what_is_left_ends_the_shift(shift, at):
    left = left_m(*shift, moment(at))
    assert is_on(*shift, moment(at)) == (left > 0)
    if left:
        assert is_on(*shift, moment(at + left - 1))
        ends = moment(at + left)
        assert ends.hour * 60 + ends.minute == shift[2]


@given(st.integers(0, 6), minutes, minutes, st.integers(0, WEEK_M - 1))
def test_two_shifts_that_meet_leave_no_gap_and_never_overlap(weekday, starts, ends, at):
    if starts < ends:  # ends on the same day: the next one begins then and lasts until this one begins again
        day, after = moment(at), (weekday, ends, starts)
        assert not (is_on(weekday, starts, ends, day) and is_on(*after, day))
        covered = length_m(starts, ends) + length_m(ends, starts)
        assert covered == DAY_M


def test_a_night_shift_of_sunday_ends_on_monday():
    night = (6, 20 * 60, 8 * 60)
    assert is_on(*night, datetime(2026, 11, 23, 7, 59))  # noqa: DTZ001
    assert not is_on(*night, datetime(2026, 11, 23, 8, 0))  # noqa: DTZ001
    assert not is_on(*night, datetime(2026, 11, 24, 7, 59))  # noqa: DTZ001


@given(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(0, 60), st.integers(-70, 70))
def test_away_counts_its_first_and_its_last_day(starts, length, shift):
    ends, day = starts + timedelta(days=length), starts + timedelta(days=shift)
    assert is_away(starts, ends, day) == (0 <= shift <= length)


@given(st.lists(people, max_size=5), st.dictionaries(people, st.sets(people, max_size=3)))
def test_stand_ins_are_all_that_can_be_reached_and_each_once(first, deputies):
    found = with_stand_ins(first, deputies)
    assert len(found) == len(set(found))
    assert found[: len(set(first))] == list(dict.fromkeys(first))
    assert all(deputies.get(each, set()) <= set(found) for each in found)
    assert all(each in first or any(each in deputies.get(other, set()) for other in found) for each in found)


def test_a_clock_has_two_digits():
    assert [clock(0), clock(65), clock(DAY_M - 1)] == ["00:00", "01:05", "23:59"]
