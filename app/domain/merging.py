"""Which two may be joined, and what the one that stays takes over: the stronger mark and the earlier due time.

Decision: two are one hazard only where their kinds are of one group and their shapes lie within BY_HAND times the
larger radius of the two; a wrong pin or kind is corrected first, which stands in the history with its reason. What is
joined to an open hazard is closed by one person, for the danger stays open there, with its clocks. Joined to a fixed
one the danger would be gone by one person's word: that is proposed, and another one confirms
(`lifecycle.act_in_fact`). Never does it take in what anybody reported after the fix. Nothing is joined to one whose end
waits for a second person (a fix that is reported, "not found" …): what was said there was said of one hazard and would
close two, so it is decided first; the other way round they may be joined, since that one stays open. Turned down:
reopening the fixed one, which would send a crew to a mended manhole for each late report of it, and teach dispatchers
to leave such reports alone; the radius of the type alone, by which a pin put on the other side of the street makes two
hazards of one; proposing to join to what waits, by which two proposals would wait for each other; and taking back what
waits there, by which a late report of a mended manhole undoes the crew's word.

What is joined is closed only by what shows both (`proof.py`), and not by the word of whoever has joined them.

Joining buys no time and takes no mark away. Turned down: the clocks of the kept one alone, by which the later report
of two would reset them.
"""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from app.domain.duplicates import BY_HAND
from app.domain.errors import CannotStay, DomainError, EndWaits, OtherGroup, ReportedAfterFix, TooFarToJoin
from app.domain.hazard import Severity, Status


@dataclass(frozen=True)
class Joinable:
    """What the rule asks of one side. `radius_m`: of its type, metres; `seen_at`: when somebody last reported it;
    `end_waits`: whether an end of it was proposed or reported, and waits for a second person.
    """

    group: str
    radius_m: float
    status: Status
    seen_at: datetime
    closed_at: datetime | None = None
    end_waits: bool = False


def reach_m(one: Joinable, other: Joinable) -> float:
    """Within which two hazards may be joined by people, metres between their shapes."""
    return BY_HAND * max(one.radius_m, other.radius_m)


def refusal_to_join(duplicate: Joinable, kept: Joinable, *, distance_m: float) -> DomainError | None:
    """Why `duplicate` is not joined to `kept`, or None. `distance_m`: between their shapes."""
    if kept.status is not Status.FIXED and not kept.status.is_open:
        return CannotStay(status=kept.status.value)
    if duplicate.group != kept.group:
        return OtherGroup()
    if distance_m > (limit := reach_m(duplicate, kept)):
        return TooFarToJoin(metres=ceil(distance_m), limit=round(limit))
    if kept.end_waits:
        return EndWaits()
    if kept.closed_at is not None and duplicate.seen_at > kept.closed_at:
        return ReportedAfterFix()
    return None


def needs_second_person(kept: Status) -> bool:
    """Whether joining to it takes an open danger off the map, which nobody does alone."""
    return not kept.is_open


@dataclass(frozen=True)
class Pressing:
    """How much a hazard presses."""

    severity: Severity
    urgent: bool
    disputed: bool
    make_safe_due: datetime | None
    fix_due: datetime | None


def stronger(kept: Pressing, duplicate: Pressing) -> Pressing:
    """What presses after the two are one."""
    return Pressing(
        severity=max(kept.severity, duplicate.severity, key=lambda level: level.rank),
        urgent=kept.urgent or duplicate.urgent,
        disputed=kept.disputed or duplicate.disputed,
        make_safe_due=_earlier(kept.make_safe_due, duplicate.make_safe_due),
        fix_due=_earlier(kept.fix_due, duplicate.fix_due),
    )


@dataclass(frozen=True)
class Side:
    """What decides which of two stays, where nobody chooses."""

    id: int
    status: Status
    public: bool
    made_safe: bool
    received_at: datetime


_WORK = {Status.RECEIVED: 0, Status.ASSIGNED: 1}


def stays(one: Side, other: Side) -> Side:
    """The one that everybody may see, then the one with work on it, then the older: nobody loses sight of it."""
    return max(
        one, other, key=lambda s: (s.public, _WORK.get(s.status, 2), s.made_safe, -s.received_at.timestamp(), -s.id)
    )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one and other else one or other
