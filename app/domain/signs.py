"""The signs of violence (`data/violence.yaml`), read and indexed for `violence.py`: stems, words, rules, names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

from app.domain.spelling import blurred, skeleton

ALL_GROUPS: frozenset[str] = frozenset()
Lists = frozenset[str]
NONE: Lists = frozenset()


@dataclass(frozen=True)
class Rule:
    """Words of these lists, in this order, none further than `within` words from the one before."""

    steps: tuple[str, ...]
    within: int


@dataclass(frozen=True)
class Harmless:
    """A word of `what` means nothing near one of `near`, unless one of `unless` stands `close` to it.

    `unless`: each list with how close: `close` of the row, or the number after its name (`doer 3`). `groups`: only for
    hazards of these groups; none: for all. `anywhere`: near and close is the whole text.
    """

    what: str
    near: str
    within: int
    unless: tuple[tuple[str, int], ...] = ()
    groups: frozenset[str] = ALL_GROUPS
    anywhere: bool = False


@dataclass(frozen=True)
class Signs:
    """The word list, ready to be asked. Keys are skeletons, values the names of the lists that hold them.

    `fuzzy`: by first letter, the long stems that are known with one slip of the finger. `rules`: by their first step.
    `people`: lists of those who do or suffer it; `heads`: their words, which are known with another stuck to them.
    `names`: of people and places; with one of `endings` such a word is read as a name and as nothing near it.
    """

    whole: Mapping[str, Lists] = field(default_factory=dict)
    stems: Mapping[str, Lists] = field(default_factory=dict)
    blurry_whole: Mapping[str, Lists] = field(default_factory=dict)
    blurry: Mapping[str, Lists] = field(default_factory=dict)
    fuzzy: Mapping[str, tuple[tuple[str, Lists], ...]] = field(default_factory=dict)
    innocent: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    endings: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    people: Lists = NONE
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    harmless: tuple[Harmless, ...] = ()


NO_SIGNS = Signs()


def read_signs(given: Mapping[str, Any]) -> Signs:
    """Signs of the data file. Raises KeyError or ValueError for a rule that names a list that is none.

    An entry is a stem, or with `=` before it a whole word; `a|b` in a phrase are alternatives.
    """
    entries = {name: [_Entry.of(text) for text in _flat(words)] for name, words in given["lists"].items()}
    rules = [Rule(order, row["within"]) for row in given["together"] for order in permutations(row["of"])]
    rules += [Rule((name,), 0) for name in given["alone"]]
    phrases = [(tuple(phrase.split()), given["phrase_within"]) for phrase in given["phrases"]]
    phrases += [(tuple(phrase.split()), 1) for phrase in given["close_phrases"]]
    for steps, within in phrases:
        entries |= {step: [_Entry.of(text) for text in step.split("|")] for step in steps if step not in entries}
        rules.append(Rule(steps, within))
    harmless = tuple(_harmless(row) for row in given["harmless"])
    used = {step for rule in rules for step in rule.steps} | {row.what for row in harmless}
    if unknown := used - entries.keys():
        raise ValueError(f"no such list: {', '.join(sorted(unknown))}")
    return _indexed(entries, tuple(rules), harmless, given)


def _flat(words: Iterable[str | list[str]]) -> Iterator[str]:
    for word in words:
        yield from [word] if isinstance(word, str) else word


@dataclass(frozen=True)
class _Entry:
    bones: str
    whole: bool
    slips: bool

    @classmethod
    def of(cls, text: str) -> "_Entry":
        """Raises ValueError for two words: they are a phrase."""
        if " " in text:
            raise ValueError(f"not one word: {text}")
        return cls(skeleton(text.lstrip("=~")), text.startswith("="), text.startswith("~"))


def _harmless(row: Mapping[str, Any]) -> Harmless:
    unless = [name.partition(" ") for name in row.get("unless", ())]
    return Harmless(
        what=row["what"],
        near=row["near"],
        within=row.get("within", 0),
        unless=tuple((name, int(close or row.get("close", 1))) for name, _, close in unless),
        groups=frozenset(row.get("groups", ())),
        anywhere=row.get("anywhere", False),
    )


def _indexed(
    entries: Mapping[str, list[_Entry]],
    rules: tuple[Rule, ...],
    harmless: tuple[Harmless, ...],
    given: Mapping[str, Any],
) -> Signs:
    known = [(entry, name) for name, listed in entries.items() for entry in listed]
    soft = [(entry, name) for entry, name in known if len(entry.bones) >= given["blurred_from"]]
    stems = _by_key((entry.bones, name) for entry, name in known if not entry.whole)
    short = {entry.bones for entry, _ in known if entry.slips}
    long = [(bones, lists) for bones, lists in stems.items() if len(bones) >= given["fuzzy_from"] or bones in short]
    return Signs(
        whole=_by_key((entry.bones, name) for entry, name in known if entry.whole),
        stems=stems,
        blurry_whole=_by_key((blurred(entry.bones), name) for entry, name in soft if entry.whole),
        blurry=_by_key((blurred(entry.bones), name) for entry, name in soft if not entry.whole),
        fuzzy={letter: tuple(row for row in long if row[0][0] == letter) for letter in {bones[0] for bones, _ in long}},
        innocent=frozenset(skeleton(word) for word in given["innocent"]),
        names=frozenset(skeleton(word) for word in given["names"]),
        endings=_endings(given["name_adds"], given["name_ends"]),
        people=frozenset(given["glued"]),
        heads=frozenset(e.bones for e, name in known if name in given["glued"]),
        rules={name: tuple(rule for rule in rules if rule.steps[0] == name) for name in entries},
        harmless=harmless,
    )


def _endings(adds: Iterable[str], ends: Iterable[str]) -> frozenset[str]:
    """All that may follow a name: an end, what is added to it (`жан`, `ова`), or both."""
    listed = ["", *ends]
    return frozenset(skeleton(add + end) for add in ("", *adds) for end in listed if add + end) | {""}


def _by_key(pairs: Iterable[tuple[str, str]]) -> dict[str, Lists]:
    found: dict[str, Lists] = {}
    for key, name in pairs:
        found[key] = found.get(key, NONE) | {name}
    return found
