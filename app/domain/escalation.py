"""Who must be told when a clock of a hazard runs out, as a schedule that is data (`escalation_step`).

A step is reached once for each hazard and clock, by a share of the clock's time or by hours from its end (before it:
negative). A clock that does not run (made safe; waiting for an answer) reaches nothing. Of several steps of a clock
reached at once, after an outage or a correction, the last one is told and the others are overtaken: written down, and
nobody gets "ends soon" about what has ended. Turned down: steps in the code, since each city has its own heads and
patience; and repeating a step until somebody acts, which teaches people to filter our mail.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from app.domain.errors import BadMoment, NobodyTold, SameStep
from app.domain.hazard import Clock, Severity

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""Later than any step."""
MOST_HOURS = 720
"""A month before or after the due time: what lies further off is a slip of the hand."""
ACKNOWLEDGE = range(3, 241)
"""Minutes that somebody on duty may have to say "I know": less reaches nobody, more is no night duty."""


class Audience(StrEnum):
    """Dispatchers of the body; its head (managers, else its mailbox); the body above it; coordinators."""

    DISPATCHER = "dispatcher"
    HEAD = "head"
    ABOVE = "above"
    COORDINATOR = "coordinator"


@dataclass(frozen=True)
class Step:
    """`share` of the time between receipt and due, or `hours` from the due time; `code` names it for good.

    `clock` None: of both clocks.
    """

    code: str
    tell: tuple[Audience, ...]
    hours: float = 0.0
    share: float | None = None
    clock: Clock | None = None

    def moment(self, received_at: datetime, due: datetime) -> datetime:
        """When it is reached; never before receipt."""
        if self.share is not None:
            return received_at + (due - received_at) * self.share
        return max(received_at, due + timedelta(hours=self.hours))

    @property
    def before_due(self) -> bool:
        """Whether it says that the time ends soon."""
        return self.share is not None or self.hours < 0

    def order(self) -> tuple[float, float]:
        """By which steps are read: shares, then hours from long before to long after."""
        return (0.0, self.share) if self.share is not None else (1.0, self.hours)

    def same_as(self, other: "Step") -> bool:
        """Whether both are reached at one moment of one clock."""
        return self.order() == other.order() and (
            self.clock is None or other.clock is None or self.clock == other.clock
        )


Schedule = Mapping[Severity, tuple[Step, ...]]
Reached = tuple[Clock, Step]


@dataclass(frozen=True)
class Clocks:
    """Of one hazard: from when, until when, and whether each clock stands still."""

    severity: Severity
    received_at: datetime
    make_safe_due: datetime | None
    fix_due: datetime | None
    safe: bool
    fix_paused: bool

    def running(self) -> list[tuple[Clock, datetime]]:
        """The clocks that run, and their ends."""
        ends = ((Clock.MAKE_SAFE, self.make_safe_due, self.safe), (Clock.FIX, self.fix_due, self.fix_paused))
        return [(clock, due) for clock, due, stopped in ends if due is not None and not stopped]


class Look(NamedTuple):
    """Steps that are reached and not done, the earliest first: to be told, and overtaken; and when the next one is."""

    told: list[Reached]
    overtaken: list[Reached]
    later: datetime


def reached(schedule: Schedule, clocks: Clocks, *, done: Collection[tuple[str, str]], now: datetime) -> Look:
    """What is reached by `now`. `done`: clock and code of each step that was."""
    ahead = sorted(
        (
            (step.moment(clocks.received_at, due), clock, number, step, due)
            for clock, due in clocks.running()
            for number, step in enumerate(schedule.get(clocks.severity, ()))
            if step.clock in (None, clock) and (clock.value, step.code) not in done
        ),
        key=lambda each: (each[0], each[1], each[2]),
    )
    later = min((moment for moment, *_ in ahead if moment > now), default=NEVER)
    here = [each for each in ahead if each[0] <= now]
    last = {clock: number for _, clock, number, *_ in here}
    look = Look([], [], later)
    for _, clock, number, step, due in here:
        true = number == last[clock] and not (step.before_due and due <= now)
        (look.told if true else look.overtaken).append((clock, step))
    return look


def check_step(step: Step) -> None:
    """Raise BadMoment for a time that is no sensible one, and NobodyTold."""
    if step.share is not None and not 0 < step.share < 1:
        raise BadMoment()
    if not -MOST_HOURS <= step.hours <= MOST_HOURS:
        raise BadMoment()
    if not step.tell:
        raise NobodyTold()


def check_together(step: Step, others: Iterable[Step]) -> None:
    """Raise SameStep where one of its severity is reached at the same moment: they would be told twice."""
    if any(step.same_as(other) for other in others):
        raise SameStep()


def read_schedule(data: Mapping[str, list[Mapping[str, Any]]]) -> Schedule:
    """Of the file: severity -> steps. Raises ValueError for a word it does not know, a code twice, or no audience."""
    found = {Severity(severity): tuple(_step(row) for row in rows) for severity, rows in data.items()}
    for steps in found.values():
        if len({step.code for step in steps}) < len(steps):
            raise ValueError("two steps of a severity have the same code")
    return found


def _step(row: Mapping[str, Any]) -> Step:
    unknown = row.keys() - {"code", "tell", "hours", "share", "clock"}
    share = None if row.get("share") is None else float(row["share"])
    if unknown or not row["tell"] or (share is not None and not 0 < share < 1):
        raise ValueError(f"this is no step: {dict(row)}")
    clock = Clock(row["clock"]) if row.get("clock") else None
    return Step(
        str(row["code"]), tuple(Audience(each) for each in row["tell"]), float(row.get("hours", 0)), share, clock
    )
