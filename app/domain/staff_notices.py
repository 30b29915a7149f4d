"""What staff are told of, by what channel unless they say otherwise, and when: kinds, quiet hours, digests.

Decision: one table of kinds; whoever needs a new one adds a line here, a sentence in `jobs/staff_text.py` and a name in
`web/labels_notices.py` (a test compares them). Turned down: kinds as free words, of which nobody could choose.
"""

from collections.abc import Collection
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
_LOUD = frozenset(Channel)
_LETTER = frozenset({Channel.EMAIL})

KINDS: dict[StaffKind, KindRule] = {
    StaffKind.ASSIGNED: KindRule(_DESK, _SOON),
    StaffKind.GIVEN_TO_YOU: KindRule(frozenset(BODY_ROLES), _SOON),
    StaffKind.RETURNED: KindRule(_DESK, _SOON),
    StaffKind.REMINDER: KindRule(frozenset(BODY_ROLES), _SOON),
    StaffKind.DUE: KindRule(frozenset(BODY_ROLES) | _UP, _SOON),
    StaffKind.OVERDUE_UP: KindRule(_UP, _SOON),
    StaffKind.MADE_SAFE_EXPIRED: KindRule(frozenset(BODY_ROLES), _LOUD, critical=True),
    StaffKind.HURT: KindRule(frozenset(BODY_ROLES), _LOUD, critical=True),
    StaffKind.DISPUTED: KindRule(_DESK, _SOON),
    StaffKind.FIX_TO_CONFIRM: KindRule(_DESK | {Role.COORDINATOR}, _SOON),
    StaffKind.QUESTION_ANSWERED: KindRule(frozenset(BODY_ROLES), _SOON),
    StaffKind.MENTION: KindRule(_ALL, _SOON),
    StaffKind.ROOT_CAUSE: KindRule(_DESK, _LETTER),
    StaffKind.MERGED: KindRule(_DESK, _LETTER),
}
"""A critical notice goes by SMS too unless its reader says no; so does one that the caller calls critical."""
ALSO_TO_MAILBOX = frozenset({StaffKind.ASSIGNED, StaffKind.DISPUTED, StaffKind.HURT})
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
    kind: StaffKind, choices: dict[tuple[str, str], bool], roles: Collection[Role], *, critical: bool
) -> frozenset[Channel]:
    """The channels somebody wants for `kind`. `choices`: (kind, channel) -> wanted, where they differ."""
    rule = KINDS[kind]
    wanted = rule.channels | (_LOUD if critical or rule.critical else frozenset())
    return frozenset(each for each in Channel if choices.get((kind.value, each.value), each in wanted))


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
