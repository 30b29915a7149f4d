"""Whose hours it is comes first, and everybody comes in the end."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.duty import EVERY_DAY, in_turn, on_duty

ALMATY = ZoneInfo("Asia/Almaty")
H = 60


@dataclass(frozen=True)
class Contact:
    name: str
    weekdays: tuple[int, ...] = EVERY_DAY
    starts: int | None = None
    ends: int | None = None


DAY = Contact("day", starts=8 * H, ends=20 * H)
NIGHT = Contact("night", starts=20 * H, ends=8 * H)
ALWAYS = Contact("always")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


@pytest.mark.parametrize(
    ("moment", "order"),
    [
        ("2026-11-24T03:00", ["night", "day"]),
        ("2026-11-24T07:59", ["night", "day"]),
        ("2026-11-24T08:00", ["day", "night"]),
        ("2026-11-24T19:59", ["day", "night"]),
        ("2026-11-24T20:00", ["night", "day"]),
    ],
)
def test_at_three_in_the_night_the_night_contact_is_called_first(moment: str, order: list[str]) -> None:
    assert [each.name for each in in_turn([DAY, NIGHT], local(moment))] == order


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    friday = Contact("friday", (5,), 20 * H, 8 * H)
    seen = {text: on_duty(friday, local(text)) for text in ("2026-11-27T03:00", "2026-11-27T21:00", "2026-11-28T03:00")}
    assert list(seen.values()) == [False, True, True]


def test_without_times_the_whole_day_and_no_other() -> None:
    sunday = Contact("sunday", (7,))
    assert on_duty(sunday, local("2026-11-29T00:00"))
    assert on_duty(sunday, local("2026-11-29T23:59"))
    assert not on_duty(sunday, local("2026-11-30T00:00"))


contacts = st.lists(
    st.builds(
        Contact,
        name=st.text(max_size=3),
        weekdays=st.sets(st.sampled_from(EVERY_DAY), min_size=1).map(tuple),
        starts=st.integers(0, 1439),
        ends=st.integers(0, 1439),
    )
)


@given(contacts, st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(ALMATY)))  # noqa: DTZ001
def test_nobody_is_left_out_and_those_on_duty_come_before_the_others(people: list[Contact], moment: datetime) -> None:
    order = in_turn(people, moment)
    on = [on_duty(each, moment) for each in order]
    assert sorted(map(repr, order)) == sorted(map(repr, people))
    assert on == sorted(on, reverse=True)
    assert [each for each in order if on_duty(each, moment)] == [each for each in people if on_duty(each, moment)]
