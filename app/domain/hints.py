"""What somebody saw on the spot, all optional, answerable from a safe distance (decisions §8).

Letters on the cover, the voltage, a yard or a road, the name on a sign, water inside, a flimsy cover.

The first four point to who owns the thing; the last two raise the severity. Which kind of body a hint points to is data
(`hint_kind`, from the taxonomy).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from app.domain.errors import BadHint


class Hint(StrEnum):
    """In the order in which they count when two of them point to different bodies."""

    SIGN = "sign"
    NETWORK = "network"
    VOLTAGE = "voltage"
    SETTING = "setting"
    HIDDEN = "hidden"
    WATER = "water"


OWNER_HINTS = (Hint.SIGN, Hint.NETWORK, Hint.VOLTAGE, Hint.SETTING)
"""Those that point to who answers; the others raise the severity."""
YES = "yes"
VALUES: Mapping[Hint, tuple[str, ...]] = MappingProxyType(
    {
        Hint.NETWORK: ("water", "hydrant", "sewer", "storm", "heat", "telecom", "gas"),
        Hint.VOLTAGE: ("up_to_1_kv", "1_to_35_kv", "110_kv", "220_kv_and_more"),
        Hint.SETTING: ("yard", "road", "school", "park"),
        Hint.HIDDEN: (YES,),
        Hint.WATER: (YES,),
    }
)
"""A sign names a body by its code; all other hints are one of these."""
MAX_SIGN = 80
ASKED_BY: Mapping[str, Hint] = MappingProxyType(
    {
        "cover_letters_seen": Hint.NETWORK,
        "in_road_or_yard": Hint.SETTING,
        "yard_or_school_or_park": Hint.SETTING,
        "steps_or_pavement_or_yard": Hint.SETTING,
        "sign_or_machinery_seen": Hint.SIGN,
        "temporary_cover": Hint.HIDDEN,
        "water_seen": Hint.WATER,
    }
)
"""Which question of the taxonomy (`ask`) brings which hint."""
MOST_ASKED = 3


@dataclass(frozen=True)
class Evidence:
    """`seen`: value by hint. `kinds`: kinds of bodies that the hints point to, the best first."""

    seen: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()

    @property
    def sign(self) -> str | None:
        """Code of the body whose name stands on a sign."""
        return self.seen.get(Hint.SIGN)


NO_EVIDENCE = Evidence()


def parse_hints(given: Mapping[str, Any]) -> dict[str, str]:
    """The hints in `given`; empty ones are left out. Raises BadHint for a name or a value that is none."""
    return {_name(name): _value(_name(name), value) for name, value in given.items() if value not in (None, "", False)}


def asked_hints(ask: Iterable[str]) -> tuple[Hint, ...]:
    """What a reporter of a type with the questions `ask` is asked, at most three things (decisions §8)."""
    return tuple(dict.fromkeys(ASKED_BY[question] for question in ask if question in ASKED_BY))[:MOST_ASKED]


def evidence(
    seen: Mapping[str, str], table: Mapping[tuple[str, str], str], *, named: Sequence[str], asked: Iterable[str]
) -> Evidence:
    """What `seen` says for a hazard type that names the body kinds `named` and asks the questions `asked`.

    A hint counts where its kind is one that the type names, else "yard" would send every manhole to a building's
    manager. The letters on a cover always count where they are asked for: they name the owner.
    """
    letters = any(ASKED_BY.get(question) is Hint.NETWORK for question in asked)
    kinds = [
        table[hint, seen[hint]]
        for hint in Hint
        if hint in seen
        and (hint, seen[hint]) in table
        and (table[hint, seen[hint]] in named or (hint is Hint.NETWORK and letters))
    ]
    return Evidence(dict(seen), tuple(dict.fromkeys(kinds)))


def _name(given: str) -> Hint:
    try:
        return Hint(given)
    except ValueError:
        raise BadHint(hint=str(given)[:40]) from None


def _value(hint: Hint, given: Any) -> str:
    value = YES if given is True else given
    if not isinstance(value, str) or len(value) > MAX_SIGN or not value.isprintable():
        raise BadHint(hint=hint.value)
    if hint in VALUES and value not in VALUES[hint]:
        raise BadHint(hint=hint.value)
    return value
