"""What a hazard type may be: sense of its targets, its season, whom it names, and the two that never become public.

Source: decisions 1 and the taxonomy. Hours are clock hours; a year is the longest target that means anything.
"""

from collections.abc import Sequence

from app.domain.errors import BadChoice, BadTarget, NeedsKinds, NeverPublic
from app.domain.hazard import FixUnit, Publish

NOT_REPORTABLE = frozenset({"CHILD_IN_DANGER"})
"""A signpost to the call numbers: it never becomes a hazard."""
NOT_PUBLIC = NOT_REPORTABLE | {"SUSPICIOUS_OBJECT"}
TARGET_MAX = 8760


def check_target(make_safe_hours: int | None, fix_value: int | None, fix_unit: str | None) -> None:
    """Raise BadTarget unless each number is above zero and a fix has its unit."""
    numbers = [each for each in (make_safe_hours, fix_value) if each is not None]
    if (fix_value is None) != (fix_unit is None) or not all(0 < each <= TARGET_MAX for each in numbers):
        raise BadTarget()
    if fix_unit is not None and fix_unit not in list(FixUnit):
        raise BadTarget()


def check_season(months: Sequence[int]) -> None:
    """Months 1 to 12, each once; none: all the year."""
    if len(set(months)) != len(months) or not all(1 <= month <= 12 for month in months):
        raise BadChoice()


def in_order(months: Sequence[int]) -> list[int]:
    """Months in the order in which the season runs: a winter begins in November, not in January."""
    chosen = sorted(months)
    start = next((i for i, month in enumerate(chosen) if (month - 2) % 12 + 1 not in chosen), 0)
    return chosen[start:] + chosen[:start] if 1 in chosen and 12 in chosen else chosen


def check_kinds(kinds: Sequence[str], known: frozenset[str]) -> None:
    """Kinds of bodies in order of fallback."""
    if not kinds or len(set(kinds)) != len(kinds) or not known.issuperset(kinds):
        raise NeedsKinds()


def check_openness(code: str, *, publish: Publish, reportable: bool) -> None:
    """Raise NeverPublic for a type that must stay closed."""
    if (code in NOT_REPORTABLE and reportable) or (code in NOT_PUBLIC and publish is not Publish.NEVER):
        raise NeverPublic()
