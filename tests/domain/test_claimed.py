"""When a device says that something was done: only what can be, whatever its clock shows."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.claimed import NOTICEABLE, OLDEST, Claim, believed

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SINCE = NOW - 100 * HOUR


def claim(waited: timedelta, wrong: timedelta = timedelta()) -> Claim:
    """Of a device whose clock is `wrong`."""
    return Claim(NOW + wrong - waited, NOW + wrong)


@given(st.timedeltas(NOTICEABLE, OLDEST), st.timedeltas(timedelta(days=-9000), timedelta(days=9000)))
def test_a_wrong_clock_changes_nothing(waited: timedelta, wrong: timedelta) -> None:
    found = believed(claim(waited, wrong), now=NOW, since=SINCE)
    assert found == (NOW - waited).replace(microsecond=0)


@given(
    st.timedeltas(timedelta(days=-400), timedelta(days=400)), st.timedeltas(timedelta(days=-400), timedelta(days=400))
)
def test_never_in_the_future_before_the_body_had_it_or_older_than_three_days(
    waited: timedelta, had_it: timedelta
) -> None:
    since = NOW - had_it
    found = believed(claim(waited), now=NOW, since=since)
    assert found is None or (since <= found <= NOW and NOW - found <= OLDEST + timedelta(seconds=1))


@pytest.mark.parametrize("waited", [timedelta(), timedelta(seconds=119), -HOUR, 72 * HOUR + timedelta(seconds=1)])
def test_what_cannot_be_or_says_nothing_is_dropped(waited: timedelta) -> None:
    assert believed(claim(waited), now=NOW, since=SINCE) is None


def test_nobody_says_anything_before_the_body_had_it() -> None:
    assert believed(claim(HOUR), now=NOW, since=None) is None
    assert believed(claim(HOUR), now=NOW, since=NOW - HOUR / 2) is None
    assert believed(None, now=NOW, since=SINCE) is None
