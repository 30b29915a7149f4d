"""Words that point to violence against a person: such a report is held for the desk before anybody else reads it.

Decision (domain notes §4, security T30): a list of stems that is data (`data/violence.yaml`), and rules that want words
near each other: who does what to whom. A sign holds the report and drops nothing; a person decides within minutes.
So a missed disclosure is worse than a held manhole: the rules lean to holding. Deterministic, and of a cost that grows
with the length of the text. Turned down: a trained classifier (nobody could say why a report was held, and there is no
honest set of children's words to train it on), and single words like `бьёт` alone (a wire does that too).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

from app.domain.spelling import blurred, skeleton, spoken

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

    `groups`: only for hazards of these groups; none: for all.
    """

    what: str
    near: str
    within: int
    unless: tuple[str, ...] = ()
    close: int = 1
    groups: frozenset[str] = ALL_GROUPS


@dataclass(frozen=True)
class Signs:
    """The word list, ready to be asked. Keys are skeletons, values the names of the lists that hold them.

    `fuzzy`: by first letter, the long stems that are known with one slip of the finger.
    """

    whole: Mapping[str, Lists] = field(default_factory=dict)
    stems: Mapping[str, Lists] = field(default_factory=dict)
    blurry_whole: Mapping[str, Lists] = field(default_factory=dict)
    blurry: Mapping[str, Lists] = field(default_factory=dict)
    fuzzy: Mapping[str, tuple[tuple[str, Lists], ...]] = field(default_factory=dict)
    innocent: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    harmless: tuple[Harmless, ...] = ()


NO_SIGNS = Signs()


def points_to_violence(text: str, hazard_type_group: str, signs: Signs) -> bool:
    """Whether somebody must read `text` before it goes any further."""
    where: dict[str, list[int]] = {}
    for place, lists in enumerate(_marked(text, signs)):
        for name in lists:
            where.setdefault(name, []).append(place)
    for row in signs.harmless:
        if not row.groups or hazard_type_group in row.groups:
            where = _without_harmless(where, row)
    return any(_kept(rule, where) for rule in signs.rules)


def read_signs(given: Mapping[str, Any]) -> Signs:
    """Signs of the data file. Raises KeyError or ValueError for a rule that names a list that is none.

    An entry is a stem, or with `=` before it a whole word; `a|b` in a phrase are alternatives.
    """
    entries = {name: [_Entry.of(text) for text in words] for name, words in given["lists"].items()}
    rules = [Rule(order, row["within"]) for row in given["together"] for order in permutations(row["of"])]
    rules += [Rule((name,), 0) for name in given["alone"]]
    for phrase in given["phrases"]:
        steps = tuple(phrase.split())
        entries |= {step: [_Entry.of(text) for text in step.split("|")] for step in steps if step not in entries}
        rules.append(Rule(steps, given["phrase_within"]))
    harmless = tuple(_harmless(row) for row in given["harmless"])
    used = {step for rule in rules for step in rule.steps} | {row.what for row in harmless}
    if unknown := used - entries.keys():
        raise ValueError(f"no such list: {', '.join(sorted(unknown))}")
    return _indexed(entries, tuple(rules), harmless, given)


@dataclass(frozen=True)
class _Entry:
    bones: str
    whole: bool

    @classmethod
    def of(cls, text: str) -> "_Entry":
        return cls(skeleton(text.removeprefix("=")), text.startswith("="))


def _harmless(row: Mapping[str, Any]) -> Harmless:
    return Harmless(
        what=row["what"],
        near=row["near"],
        within=row["within"],
        unless=tuple(row.get("unless", ())),
        close=row.get("close", 1),
        groups=frozenset(row.get("groups", ())),
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
    long = [(bones, lists) for bones, lists in stems.items() if len(bones) >= given["fuzzy_from"]]
    return Signs(
        whole=_by_key((entry.bones, name) for entry, name in known if entry.whole),
        stems=stems,
        blurry_whole=_by_key((blurred(entry.bones), name) for entry, name in soft if entry.whole),
        blurry=_by_key((blurred(entry.bones), name) for entry, name in soft if not entry.whole),
        fuzzy={letter: tuple(row for row in long if row[0][0] == letter) for letter in {bones[0] for bones, _ in long}},
        innocent=frozenset(skeleton(word) for word in given["innocent"]),
        heads=frozenset(e.bones for e, name in known if name in given["glued"]),
        rules=rules,
        harmless=harmless,
    )


def _by_key(pairs: Iterable[tuple[str, str]]) -> dict[str, Lists]:
    found: dict[str, Lists] = {}
    for key, name in pairs:
        found[key] = found.get(key, NONE) | {name}
    return found


def _marked(text: str, signs: Signs) -> Iterator[Lists]:
    """The lists that each word of `text` is on; words run together (`папабьёт`) are two."""
    words = spoken(text)
    for place, read in enumerate(words):
        lists = NONE.union(*(_lists(bones, signs) for bones in read))
        if not lists and place + 1 < len(words):
            lists = _torn(read[0], words[place + 1][0], signs)
        if lists or len(read[0]) < _GLUED_FROM:
            yield lists
        else:
            yield from _unglued(read, signs)


_GLUED_FROM = 6
_TORN_HEAD = 4  # a word torn in two by a space has a short first half: `из насиловал`
_TORN_FROM = 7


def _torn(first: str, second: str, signs: Signs) -> Lists:
    if len(first) > _TORN_HEAD or not first:
        return NONE
    word = first + second
    fits = [lists for n in range(_TORN_FROM, len(word) + 1) if (lists := signs.stems.get(word[:n]))]
    return NONE.union(*fits)


def _unglued(read: tuple[str, ...], signs: Signs) -> list[Lists]:
    for bones in read:
        for cut in range(3, len(bones) - 1):
            if bones[:cut] in signs.heads and (rest := _lists(bones[cut:], signs)):
                return [_lists(bones[:cut], signs), rest]
    return [NONE]


def _lists(bones: str, signs: Signs) -> Lists:
    heads = [bones[:n] for n in range(1, len(bones) + 1)]
    if not signs.innocent.isdisjoint(heads):
        return NONE
    found = signs.whole.get(bones, NONE).union(*(signs.stems[head] for head in heads if head in signs.stems))
    if found:
        return found
    soft = blurred(bones)
    blurry = (signs.blurry[soft[:n]] for n in range(4, len(soft) + 1) if soft[:n] in signs.blurry)
    found = signs.blurry_whole.get(soft, NONE).union(*blurry)
    return found or NONE.union(*(lists for stem, lists in signs.fuzzy.get(bones[:1], ()) if _one_slip(bones, stem)))


def _one_slip(word: str, stem: str) -> bool:
    """Whether `word` begins with `stem` but for one letter wrong, missing, too many or swapped; not the last one."""
    same = next((i for i, (a, b) in enumerate(zip(word, stem, strict=False)) if a != b), len(stem))
    if not same < len(stem) - 1:
        return False
    return (
        word.startswith(stem[same + 1 :], same + 1)
        or word.startswith(stem[same + 1 :], same)
        or word.startswith(stem[same:], same + 1)
        or word.startswith(stem[same + 1] + stem[same] + stem[same + 2 :], same)
    )


def _without_harmless(where: dict[str, list[int]], row: Harmless) -> dict[str, list[int]]:
    if row.what not in where or row.near not in where:
        return where
    near = {place + step for place in where[row.near] for step in range(-row.within, row.within + 1)}
    people = {place for name in row.unless for place in where.get(name, ())}
    kept = [
        place
        for place in where[row.what]
        if place not in near or any(place + step in people for step in range(-row.close, row.close + 1))
    ]
    return where | {row.what: kept}


def _kept(rule: Rule, where: Mapping[str, list[int]]) -> bool:
    ends = set(where.get(rule.steps[0], ()))
    for step in rule.steps[1:]:
        if not ends:
            return False
        ends = {p for p in where.get(step, ()) if any(p - back in ends for back in range(1, rule.within + 1))}
    return bool(ends)
