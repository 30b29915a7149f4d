"""Quiet hours and digests: rules that hold for every clock and every zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.permissions import Role
from app.domain.staff_notices import (
    DIGEST,
    KINDS,
    URGENT,
    Channel,
    Quiet,
    StaffKind,
    channels_of,
    held_until,
    is_critical,
    is_default,
    kinds_for,
)

ALMATY = ZoneInfo("Asia/Almaty")
ZONES = [ALMATY, ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), UTC]
times = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@given(times, times, times)
def test_every_time_is_quiet_or_of_the_opposite_hours(start: time, until: time, at: time) -> None:
    quiet, loud = Quiet(start, until), Quiet(until, start)
    if start == until:
        assert not quiet.covers(at)
    else:
        assert quiet.covers(at) != loud.covers(at)


@given(moments, times, times, st.none() | st.integers(0, 23), st.sampled_from(ZONES))
def test_what_is_held_goes_out_later_outside_quiet_hours_and_within_two_days(
    now: datetime, start: time, until: time, hour: int | None, zone: ZoneInfo
) -> None:
    quiet = Quiet(start, until)
    due = held_until(now, quiet=quiet, digest_hour=hour, zone=zone)
    if due is None:
        assert hour is None
        assert not quiet.covers(now.astimezone(zone).time())
        return
    assert now < due <= now + timedelta(days=2, hours=2)
    # on the day clocks change, the end of quiet hours may be a time that does not exist: the moment is right after it
    near = {due + timedelta(minutes=m) for m in (0, 61)}
    assert any(not quiet.covers(each.astimezone(zone).time()) for each in near)


@given(moments, st.integers(0, 23))
def test_a_digest_comes_at_its_hour_in_almaty(now: datetime, hour: int) -> None:
    due = held_until(now, quiet=None, digest_hour=hour, zone=ALMATY)
    assert due is not None
    assert due.astimezone(ALMATY).time() == time(hour)
    assert timedelta() < due - now <= timedelta(days=1, hours=1)


@given(moments, times, times)
def test_without_a_digest_what_is_held_goes_out_at_the_end_of_the_quiet_hours(
    now: datetime, start: time, until: time
) -> None:
    due = held_until(now, quiet=Quiet(start, until), digest_hour=None, zone=ALMATY)
    if due is not None:
        assert due.astimezone(ALMATY).time() == until


def test_a_digest_within_the_quiet_hours_waits_for_their_end() -> None:
    now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # 17:00 in Almaty
    due = held_until(now, quiet=Quiet(time(22), time(7)), digest_hour=5, zone=ALMATY)
    assert due == datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("kind", StaffKind)
def test_every_kind_has_a_line_and_somebody_to_choose_it(kind: StaffKind) -> None:
    assert KINDS[kind].roles
    assert KINDS[kind].channels


CHOICES = st.dictionaries(
    st.tuples(st.sampled_from([*StaffKind, URGENT]).map(str), st.sampled_from(Channel).map(str)), st.booleans()
)


@given(st.sampled_from(StaffKind), CHOICES, st.sets(st.sampled_from(Channel)))
def test_a_choice_wins_over_the_table(kind: StaffKind, choices: dict, reach: set[Channel]) -> None:
    found = channels_of(kind, choices, reach, critical=False)
    assert found <= reach
    for channel in reach:
        assert (channel in found) == choices.get((kind.value, channel.value), is_default(kind.value, channel))


@given(st.sampled_from(StaffKind), CHOICES, st.sets(st.sampled_from(Channel)))
def test_a_critical_one_always_finds_a_way_and_never_fewer(kind: StaffKind, choices: dict, reach: set[Channel]) -> None:
    loud = channels_of(kind, choices, reach, critical=True)
    assert loud
    assert loud >= channels_of(kind, choices, reach, critical=False)


def test_critical_by_the_table_or_by_whoever_tells() -> None:
    assert is_critical("made_safe_expired", critical=False)
    assert is_critical("mention", critical=True)
    assert not is_critical("mention", critical=False)
    assert not is_critical(DIGEST, critical=False)


def test_nobody_chooses_what_they_are_never_told() -> None:
    assert StaffKind.ASSIGNED not in kinds_for([Role.CREW])
    assert kinds_for([Role.COUNCIL_VIEWER]) == []
