"""Two clocks from receipt: danger runs at night and on holidays, paperwork does not."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.domain.deadlines import DueTimes, WorkCalendar, due_times, overdue_clock, wrong_clock
from app.domain.hazard import Clock, FixUnit, Target

ALMATY = ZoneInfo("Asia/Almaty")
TABLE = yaml.safe_load((Path(__file__).parents[2] / "data/calendar.yaml").read_text("utf-8"))
CALENDAR = WorkCalendar(ALMATY, {day["date"]: day["working"] for day in TABLE["days"]})
PLAIN = WorkCalendar(ALMATY, {})
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 11, 1), timezones=st.just(UTC))  # noqa: DTZ001 (bounds are naive)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


def days(value: int) -> Target:
    return Target(None, value, FixUnit.WORKING_DAYS)


def fix_due(received: str, working_days: int, calendar: WorkCalendar = CALENDAR) -> datetime | None:
    return due_times(local(received), days(working_days), calendar).fix


def test_almaty_is_five_hours_ahead_of_utc():
    """A tzdata older than 2024a says six."""
    assert local("2026-07-01T12:00").utcoffset() == timedelta(hours=5)
    assert local("2026-01-01T12:00").utcoffset() == timedelta(hours=5)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-06-10T23:30", "2026-06-11T02:30"),  # over midnight
        ("2026-12-31T22:00", "2027-01-01T01:00"),  # into a holiday
        ("2026-06-13T10:00", "2026-06-13T13:00"),  # on a Saturday
    ],
)
def test_make_safe_runs_in_clock_hours_day_and_night(received, due):
    assert due_times(local(received), Target(3, None, None), CALENDAR) == DueTimes(local(due), None)


def test_a_fix_in_hours_runs_over_holidays_too():
    due = due_times(local("2026-03-20T12:00"), Target(None, 24, FixUnit.HOURS), CALENDAR)
    assert due == DueTimes(None, local("2026-03-21T12:00"))


def test_clock_hours_are_real_hours_when_the_clock_changes():
    """In Berlin the hour from 2 to 3 was skipped on 29 March 2026: three hours after 0:30 the clock shows 4:30."""
    received = datetime(2026, 3, 29, 0, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    target = Target(3, 3, FixUnit.HOURS)
    due = due_times(received, target, PLAIN)
    assert due.make_safe == due.fix == received.astimezone(UTC) + timedelta(hours=3)


def test_a_type_without_targets_has_no_due_times():
    assert due_times(local("2026-06-10T12:00"), Target(None, None, None), CALENDAR) == DueTimes(None, None)


@pytest.mark.parametrize(
    ("received", "working_days", "due"),
    [
        ("2026-06-10T09:00", 1, "2026-06-11T18:00"),  # Wednesday -> Thursday
        ("2026-06-12T09:00", 1, "2026-06-15T18:00"),  # Friday -> Monday
        ("2026-06-13T09:00", 1, "2026-06-15T18:00"),  # Saturday -> Monday
        ("2026-06-14T23:59", 1, "2026-06-15T18:00"),  # Sunday night -> Monday
        ("2026-06-10T09:00", 5, "2026-06-17T18:00"),
        ("2026-03-20T09:00", 1, "2026-03-26T18:00"),  # Nauryz 21-23, moved to 24 and 25
        ("2026-03-23T09:00", 1, "2026-03-26T18:00"),  # received on the holiday itself
        ("2026-05-08T09:00", 1, "2026-05-12T18:00"),  # 9 May, a Saturday, moved to Monday
        ("2026-08-28T09:00", 1, "2026-08-31T18:00"),  # 30 August is no holiday any more
        ("2027-03-12T09:00", 1, "2027-03-16T18:00"),  # Constitution Day, 15 March from 2027
    ],
)
def test_working_days_skip_weekends_and_holidays(received, working_days, due):
    assert fix_due(received, working_days) == local(due)


def test_a_working_day_moved_to_a_saturday_counts():
    moved = WorkCalendar(ALMATY, {date(2026, 6, 13): True, date(2026, 6, 15): False})
    assert fix_due("2026-06-12T09:00", 1, moved) == local("2026-06-13T18:00")
    assert fix_due("2026-06-12T09:00", 2, moved) == local("2026-06-16T18:00")


def test_the_day_of_receipt_is_the_local_day():
    """20:00 UTC on Thursday is already Friday in Almaty."""
    received = datetime(2026, 6, 11, 20, tzinfo=UTC)
    assert due_times(received, days(1), PLAIN).fix == local("2026-06-15T18:00")


@given(moments, st.integers(1, 40))
def test_a_working_day_target_ends_on_a_working_day_after_that_many_of_them(received, count):
    due = due_times(received, days(count), CALENDAR).fix
    assert due is not None
    first, last = received.astimezone(ALMATY).date(), due.astimezone(ALMATY).date()
    between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert CALENDAR.is_working(last)
    assert sum(map(CALENDAR.is_working, between)) == count
    assert due.astimezone(ALMATY).hour == 18


@given(moments, st.integers(1, 30))
def test_more_days_are_never_due_sooner(received, count):
    assert CALENDAR.after_working_days(received, count) < CALENDAR.after_working_days(received, count + 1)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=30)), st.integers(1, 30))
def test_what_is_received_later_is_never_due_sooner(received, later, count):
    target = Target(3, count, FixUnit.WORKING_DAYS)
    one, other = due_times(received, target, CALENDAR), due_times(received + later, target, CALENDAR)
    assert one.make_safe is not None
    assert other.make_safe is not None
    assert one.make_safe <= other.make_safe
    assert one.fix is not None
    assert other.fix is not None
    assert one.fix <= other.fix


@given(moments, st.integers(1, 200))
def test_hours_do_not_depend_on_the_zone_the_moment_is_written_in(received, hours):
    target = Target(hours, hours, FixUnit.HOURS)
    assert due_times(received, target, CALENDAR) == due_times(received.astimezone(ALMATY), target, CALENDAR)


NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
DUES = {"none": None, "past": NOW - timedelta(seconds=1), "now": NOW, "ahead": NOW + timedelta(seconds=1)}


@pytest.mark.parametrize(
    ("make_safe", "fix", "safe", "paused"), list(product(DUES, DUES, (False, True), (False, True)))
)
def test_which_clock_has_run_out(make_safe, fix, safe, paused):
    """Due this second is not overdue; a hold stops the fix clock only, a made-safe mark the other one only."""
    clock = overdue_clock(NOW, make_safe_due=DUES[make_safe], fix_due=DUES[fix], safe=safe, fix_paused=paused)
    if fix == "past" and not paused:
        assert clock is Clock.FIX
    elif make_safe == "past" and not safe:
        assert clock is Clock.MAKE_SAFE
    else:
        assert clock is None


@pytest.mark.parametrize(
    ("zone", "wrong"), [("Asia/Almaty", None), ("Etc/GMT-6", None), ("Europe/Berlin", None), ("UTC", None)]
)
def test_a_right_table_of_zones_raises_nothing_and_other_countries_are_their_own(zone: str, wrong: str | None) -> None:
    assert wrong_clock(zone, NOW) is wrong


def test_a_table_of_zones_that_still_says_six_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.domain.deadlines.ZoneInfo", lambda _name: ZoneInfo("Etc/GMT-6"))
    assert "not +5" in str(wrong_clock("Asia/Almaty", NOW))
