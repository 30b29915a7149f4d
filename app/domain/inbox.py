"""What somebody wants to see of the inbox, as a value: read from an address, and written into one again.

Decision: the filter is a frozen value with one spelling, so that the list, the map, the board, an act on many, an
export and a saved filter mean the same rows, and an address can be sent to a colleague. What is not known is left out,
never refused: an old bookmark still opens the inbox. Turned down: a form object, of which a job or a command line has
none.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from app.domain.hazard import Clock, Severity, Status
from app.domain.text import clean

MAX_WORDS_TYPED = 100
MAX_VALUES = 40
"""Of one name in an address."""
_CODE = re.compile(r"[A-Za-z0-9_\-]{1,60}")
_WHOM = re.compile(r"(crew|person):([1-9]\d{0,17})")
ANY = "any"
NOBODY_YET = "none"
"""For `body`: nobody answers for it yet."""


E = TypeVar("E", bound=StrEnum)


class Age(StrEnum):
    """How long ago it was received."""

    DAY = "day"
    WEEK = "week"
    OVER_WEEK = "over_week"
    OVER_MONTH = "over_month"


class Mark(StrEnum):
    """What stands beside a status and may be asked for. `second`: waits for a second person to confirm;
    `answered`: a reporter has answered, and no dispatcher has looked since.
    """

    DISPUTED = "disputed"
    ANSWERED = "answered"
    EXPIRING = "expiring"
    OWNER_UNKNOWN = "owner_unknown"
    SECOND = "second"


class Who(StrEnum):
    """Whom it is given to, where no crew and no person is named."""

    ME = "me"
    MY_CREWS = "my_crews"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Wanted:
    """`overdue`: any, make_safe or fix. `whom`: a Who, `crew:7` or `person:7`. `area`, `body`: codes; several values of
    one name mean "one of them", several names "all of them"."""

    closed: bool = False
    words: str = ""
    types: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    severities: tuple[Severity, ...] = ()
    area: str = ""
    age: Age | None = None
    overdue: str = ""
    marks: tuple[Mark, ...] = ()
    whom: str = ""
    body: str = ""

    @classmethod
    def parse(cls, mapping: Mapping[str, Any]) -> "Wanted":
        """From the values of an address or a form: strings, lists of strings, or a MultiDict."""
        given = _lists(mapping)
        return cls(
            closed=_one(given, "state") == "closed",
            words=_words(_one(given, "q")),
            types=_codes(given.get("type", ())),
            groups=_codes(given.get("group", ())),
            statuses=_members(Status, given.get("status", ())),
            severities=_members(Severity, given.get("severity", ())),
            area=_code(_one(given, "area")),
            age=_member(Age, _one(given, "age")),
            overdue=_one(given, "overdue") if _one(given, "overdue") in {ANY, *Clock} else "",
            marks=_members(Mark, given.get("mark", ())),
            whom=_whom(_one(given, "whom")),
            body=_code(_one(given, "body")),
        )

    def query(self) -> dict[str, str | list[str]]:
        """What `parse` reads again: names without a wish are left out."""
        pairs: dict[str, str | list[str]] = {
            "state": "closed" if self.closed else "",
            "q": self.words,
            "type": list(self.types),
            "group": list(self.groups),
            "status": [each.value for each in self.statuses],
            "severity": [each.value for each in self.severities],
            "area": self.area,
            "age": self.age.value if self.age else "",
            "overdue": self.overdue,
            "mark": [each.value for each in self.marks],
            "whom": self.whom,
            "body": self.body,
        }
        return {name: value for name, value in pairs.items() if value}

    @property
    def named(self) -> tuple[str, int] | None:
        """The crew or the person that is named, with its number."""
        found = _WHOM.fullmatch(self.whom)
        return (found[1], int(found[2])) if found else None


def _lists(mapping: Mapping[str, Any]) -> dict[str, list[str]]:
    """Each name with all its values; a MultiDict tells them by `lists`, and only the first of each by itself."""
    pairs = mapping.lists() if hasattr(mapping, "lists") else mapping.items()
    return {
        str(name): [str(each) for each in ([values] if isinstance(values, str) else values)][:MAX_VALUES]
        for name, values in pairs
    }


def _one(given: Mapping[str, list[str]], name: str) -> str:
    return next(iter(given.get(name, ())), "").strip()


def _words(typed: str) -> str:
    return " ".join(clean(typed[: MAX_WORDS_TYPED * 2]).split())[:MAX_WORDS_TYPED].strip()


def _code(typed: str) -> str:
    return typed if _CODE.fullmatch(typed) else ""


def _codes(typed: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({each for each in typed if _CODE.fullmatch(each)}))


def _member(kind: type[E], typed: str) -> E | None:
    return kind(typed) if typed in set(kind) else None


def _members(kind: type[E], typed: Iterable[str]) -> tuple[E, ...]:
    """In the order of the enum, each once: one wish has one spelling."""
    chosen = set(typed)
    return tuple(each for each in kind if each in chosen)


def _whom(typed: str) -> str:
    return typed if typed in set(Who) or _WHOM.fullmatch(typed) else ""
