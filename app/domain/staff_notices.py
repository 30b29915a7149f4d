"""What staff are told of, by what channel unless they say otherwise, and when: kinds, quiet hours, digests.

Decision: one table of kinds; whoever needs a new one adds a line here, a sentence in `jobs/staff_text.py` and a name in
`web/labels_notices.py` (a test compares them). Turned down: kinds as free words, of which nobody could choose.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.domain.permissions import BODY_ROLES, Role


class Channel(StrEnum):
    EMAIL = "email"
    PUSH = "push"
    SMS = "sms"


class StaffKind(StrEnum):
    ASSIGNED = "assigned"
    PASSED_MANY = "passed_many"
    REMINDER = "reminder"
    DUE = "due"
    OVERDUE_UP = "overdue_up"
    DISPUTED = "disputed"
    MADE_SAFE_EXPIRED = "made_safe_expired"
    QUESTION_ANSWERED = "question_answered"
    MENTION = "mention"
    ROOT_CAUSE = "root_cause"
    GIVEN_TO_YOU = "given_to_you"
    RETURNED = "returned"
    FIX_TO_CONFIRM = "fix_to_confirm"
    MERGED = "merged"
    HURT = "hurt"


URGENT = "urgent"
"""Beside the kinds: by what somebody is told of all that is critical, whatever its kind."""
DIGEST = "digest"
"""The kind of a row that gathers others; nobody chooses it."""


@dataclass(frozen=True)
class KindRule:
    """`roles`: who is ever told, and so may choose. `critical`: passes at once, by day and night."""

    roles: frozenset[Role]
    channels: frozenset[Channel]
    critical: bool = False


_DESK = frozenset({Role.DISPATCHER, Role.MANAGER})
_UP = frozenset({Role.MANAGER, Role.COORDINATOR, Role.ADMINISTRATOR})
_ALL = frozenset(Role) - {Role.COUNCIL_VIEWER}
_SOON = frozenset({Channel.EMAIL, Channel.PUSH})
_LETTER = frozenset({Channel.EMAIL})

KINDS: dict[StaffKind, KindRule] = {
    StaffKind.ASSIGNED: KindRule(_DESK, _SOON),
    StaffKind.PASSED_MANY: KindRule(_DESK, _SOON),
    StaffKind.GIVEN_TO_YOU: KindRule(frozenset(BODY_ROLES), _SOON),
    StaffKind.RETURNED: KindRule(_DESK, _SOON),
    StaffKind.REMINDER: KindRule(frozenset(BODY_ROLES), _SOON),
    StaffKind.DUE: KindRule(frozenset(BODY_ROLES) | _UP, _SOON),
    StaffKind.OVERDUE_UP: KindRule(_UP, _SOON),
    StaffKind.MADE_SAFE_EXPIRED: KindRule(frozenset(BODY_ROLES), _SOON, critical=True),
    StaffKind.HURT: KindRule(frozenset(BODY_ROLES), _SOON, critical=True),
    StaffKind.DISPUTED: KindRule(_DESK, _SOON),
    StaffKind.FIX_TO_CONFIRM: KindRule(_DESK | {Role.COORDINATOR}, _SOON),
    StaffKind.QUESTION_ANSWERED: KindRule(frozenset(BODY_ROLES), _SOON),
    StaffKind.MENTION: KindRule(_ALL, _SOON),
    StaffKind.ROOT_CAUSE: KindRule(_DESK, _LETTER),
    StaffKind.MERGED: KindRule(_DESK, _LETTER),
}
URGENT_CHANNELS = frozenset(Channel)
ALSO_TO_MAILBOX = frozenset({StaffKind.ASSIGNED, StaffKind.PASSED_MANY, StaffKind.DISPUTED, StaffKind.HURT})
"""The body's own mailbox gets a letter of these: whoever reads it with that address gets no second one."""


@dataclass(frozen=True)
class Quiet:
    """Local times; `start` after `until` crosses midnight, equal ones mean never."""

    start: time
    until: time

    def covers(self, local: time) -> bool:
        """From `start`, up to and without `until`."""
        if self.start <= self.until:
            return self.start <= local < self.until
        return local >= self.start or local < self.until


def channels_of(
    kind: StaffKind, choices: Mapping[tuple[str, str], bool], reach: Collection[Channel], *, critical: bool
) -> frozenset[Channel]:
    """By what of `reach` somebody is told of `kind`. `choices`: (kind, channel) -> wanted, where they differ.

    A critical one goes by what they chose for those as well, and by e-mail where nothing is left: nobody sleeps through
    a danger by a tick that was taken away.
    """
    wanted = _chosen(kind.value, KINDS[kind].channels, choices)
    if critical:
        wanted |= _chosen(URGENT, URGENT_CHANNELS, choices)
    found = wanted & frozenset(reach)
    return found or (frozenset({Channel.EMAIL}) if critical else frozenset())


def is_default(kind: str, channel: Channel) -> bool:
    """What holds for somebody who has chosen nothing."""
    return channel in (URGENT_CHANNELS if kind == URGENT else KINDS[StaffKind(kind)].channels)


def _chosen(kind: str, channels: frozenset[Channel], choices: Mapping[tuple[str, str], bool]) -> frozenset[Channel]:
    return frozenset(each for each in Channel if choices.get((kind, each.value), each in channels))


def kinds_for(roles: Collection[Role]) -> list[StaffKind]:
    """What people of these roles may choose, in the table's order."""
    return [kind for kind, rule in KINDS.items() if rule.roles & set(roles)]


def is_critical(kind: str, *, critical: bool) -> bool:
    """By the table or by whoever tells."""
    return critical or (kind != DIGEST and KINDS[StaffKind(kind)].critical)


def held_until(now: datetime, *, quiet: Quiet | None, digest_hour: int | None, zone: ZoneInfo) -> datetime | None:
    """When a notice that is not critical goes out; None: at once.

    A digest goes out at its hour; where that lies within the quiet hours, at their end.
    """
    due = now if digest_hour is None else _next(now, time(digest_hour), zone)
    if quiet is not None and quiet.covers(due.astimezone(zone).time()):
        due = _next(due, quiet.until, zone)
    return due if due > now else None


def _next(after: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The first moment later than `after` at which clocks show `at`; one that a change of clocks skips comes later."""
    local: date = after.astimezone(zone).date()
    for days in range(3):
        moment = datetime.combine(local + timedelta(days=days), at, zone).astimezone(after.tzinfo)
        if moment > after:
            return moment
    raise AssertionError("three days hold every time of the day")  # pragma: no cover
