"""The schedule of escalation: each step at its time, only while the clock runs, and once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BadMoment, NobodyTold, SameStep
from app.domain.escalation import (
    NEVER,
    Audience,
    Clocks,
    Look,
    Step,
    check_step,
    check_together,
    reached,
    read_schedule,
)
from app.domain.hazard import Clock, Severity

FILE = Path(__file__).parents[2] / "data/escalation.yaml"
SCHEDULE = read_schedule(yaml.safe_load(FILE.read_text("utf-8"))["steps"])
START = datetime(2026, 6, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def clocks(**more: object) -> Clocks:
    given = {"make_safe_due": START + 4 * HOUR, "fix_due": START + 48 * HOUR, "safe": False, "fix_paused": False}
    return Clocks(**({"severity": Severity.CRITICAL, "received_at": START} | given | more))


def codes(found: list[tuple[Clock, Step]]) -> list[str]:
    return [f"{clock.value}:{step.code}" for clock, step in found]


def test_the_file_says_who_is_told_before_at_and_after_for_each_severity() -> None:
    assert set(SCHEDULE) == set(Severity)
    for steps in SCHEDULE.values():
        before = [step for step in steps if step.share or step.hours < 0]
        assert before
        assert all(step.tell == (Audience.DISPATCHER,) for step in before)
        assert [step.tell for step in steps if step.hours == 0 and not step.share] == [(Audience.HEAD,)]
        assert [set(step.tell) for step in steps if step.hours > 0] == [{Audience.ABOVE, Audience.COORDINATOR}]


@pytest.mark.parametrize(
    ("after", "seen"),
    [
        (1.9, []),
        (2, ["make_safe:half"]),
        (3, ["make_safe:half", "make_safe:soon"]),
        (4, ["make_safe:half", "make_safe:soon", "make_safe:due"]),
        (6, ["make_safe:half", "make_safe:soon", "make_safe:due", "make_safe:after"]),
        (24, ["make_safe:half", "make_safe:soon", "make_safe:due", "make_safe:after", "fix:half"]),
    ],
)
def test_steps_come_in_turn_and_only_the_last_one_of_a_clock_is_told(after: float, seen: list[str]) -> None:
    look = reached(SCHEDULE, clocks(), done=(), now=START + after * HOUR)
    last = {code.split(":")[0]: code for code in seen}
    assert codes(look.told) == list(last.values())
    assert codes(look.overtaken) == [code for code in seen if code not in last.values()]


def test_nobody_hears_that_a_time_ends_soon_which_has_ended() -> None:
    """Whatever was told before: "due" an hour ago, and a step before it is made only now."""
    done = {("make_safe", code) for code in ("soon", "due", "after")}
    look = reached(SCHEDULE, clocks(fix_due=None), done=done, now=START + 7 * HOUR)
    assert (codes(look.told), codes(look.overtaken)) == ([], ["make_safe:half"])


@pytest.mark.parametrize(("stopped", "clock"), [({"safe": True}, "make_safe"), ({"fix_paused": True}, "fix")])
def test_a_clock_that_stands_still_reaches_nothing(stopped: dict[str, bool], clock: str) -> None:
    look = reached(SCHEDULE, clocks(**stopped), done=(), now=START + 1000 * HOUR)
    assert look.told
    assert all(which.value != clock for which, _ in look.told + look.overtaken)


def test_hours_before_the_end_are_never_before_receipt() -> None:
    facts = clocks(severity=Severity.LOW, make_safe_due=None, fix_due=START + HOUR)
    assert codes(reached(SCHEDULE, facts, done=(), now=START).told) == ["fix:soon"]


severities, hours = st.sampled_from(Severity), st.floats(-50, 400)
ends = st.one_of(st.none(), st.floats(0.5, 300).map(lambda value: START + value * HOUR))


facts = st.builds(clocks, severity=severities, make_safe_due=ends, fix_due=ends, safe=st.booleans(),
                  fix_paused=st.booleans())  # fmt: skip


@given(facts, st.lists(hours, min_size=1, max_size=6))
def test_sweeps_at_any_times_do_each_step_once_and_the_next_look_misses_none(facts: Clocks, at: list[float]) -> None:
    """Whoever looks only when told to has done by the end what somebody who looks all the time would have done."""
    done: set[tuple[str, str]] = set()
    look, end = START - 100 * HOUR, START + max(at) * HOUR
    for now in sorted({START + each * HOUR for each in at}):
        if now >= look:
            found = reached(SCHEDULE, facts, done=done, now=now)
            look, fresh = found.later, _names(found)
            assert not fresh & done
            assert len({clock for clock, _ in found.told}) == len(found.told)
            assert not any(step.before_due and dict(facts.running())[clock] <= now for clock, step in found.told)
            assert look > now
            done |= fresh
    assert done == _names(reached(SCHEDULE, facts, done=(), now=end))


def _names(look: Look) -> set[tuple[str, str]]:
    return {(clock.value, step.code) for clock, step in look.told + look.overtaken}


def test_nothing_to_do_is_looked_at_never() -> None:
    assert reached({}, clocks(), done=(), now=START) == ([], [], NEVER)


@pytest.mark.parametrize(
    "row",
    [
        {"code": "x", "tell": []},
        {"code": "x", "tell": ["mayor"]},
        {"code": "x", "tell": ["head"], "minutes": 4},
        {"code": "x", "tell": ["head"], "share": 50},
        {"code": "x", "tell": ["head"], "clock": "lunch"},
    ],
)
def test_a_wrong_schedule_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"step|valid"):
        read_schedule({"high": [row]})


def test_two_steps_of_one_code_are_refused() -> None:
    with pytest.raises(ValueError, match="same code"):
        read_schedule({"high": [{"code": "x", "tell": ["head"]}] * 2})


HEAD = (Audience.HEAD,)


def test_a_step_of_one_clock_is_not_reached_by_the_other() -> None:
    schedule = {Severity.CRITICAL: (Step("x", HEAD, clock=Clock.FIX),)}
    assert codes(reached(schedule, clocks(), done=(), now=START + 1000 * HOUR).told) == ["fix:x"]


@pytest.mark.parametrize(
    ("step", "refusal"),
    [
        (Step("x", HEAD, share=1.0), BadMoment),
        (Step("x", HEAD, share=-0.5), BadMoment),
        (Step("x", HEAD, hours=721), BadMoment),
        (Step("x", HEAD, hours=-721), BadMoment),
        (Step("x", (), hours=1), NobodyTold),
    ],
)
def test_a_step_without_sense_is_refused(step: Step, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_step(step)


@given(st.floats(-720, 720), st.one_of(st.none(), st.floats(0.01, 0.99)))
def test_every_sensible_step_is_taken(hours: float, share: float | None) -> None:
    check_step(Step("x", HEAD, hours=0.0 if share else hours, share=share))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (None, None, True),
        (None, Clock.FIX, True),
        (Clock.FIX, Clock.FIX, True),
        (Clock.FIX, Clock.MAKE_SAFE, False),
    ],
)
def test_two_steps_of_one_moment_are_refused_where_a_clock_would_meet_both(
    one: Clock | None, other: Clock | None, same: bool
) -> None:
    first, second = Step("a", HEAD, hours=2, clock=one), Step("b", HEAD, hours=2, clock=other)
    if not same:
        check_together(first, [second])
        return
    with pytest.raises(SameStep):
        check_together(first, [second])


def test_half_of_the_time_is_not_half_an_hour() -> None:
    check_together(Step("a", HEAD, share=0.5), [Step("b", HEAD, hours=0.5)])
