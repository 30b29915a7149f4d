"""What the hazard that stays takes over from its duplicate: the stronger mark and the earlier due time.

Joining buys no time and takes no mark away. Turned down: the clocks of the kept one alone, by which the later report
of two would reset them.
"""

from dataclasses import dataclass
from datetime import datetime

from app.domain.hazard import Severity, Status


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
