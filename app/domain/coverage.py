"""Who would answer where, for every kind of hazard, and which rules are never reached. Pure, for one day.

It stands on one property of `routing.assign`: the place of a rule in the order depends on that rule, the type and what
was seen, never on the other rules. So more areas over a place only bring more rules that may go before; the places
with the fewest areas (`Spot`) decide, and of rules alike in all but rank and codes only the first is ever chosen.
A rule is looked at with nothing seen, with each single thing seen, and with what it waits for. A name on a sign counts
only for rules that wait for one: it would bring any rule to the front.
Turned down: trying every combination of areas and hints, which for a thousand building managers takes minutes.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.hazard import Basis
from app.domain.hints import NO_EVIDENCE, Evidence, evidence
from app.domain.routing import AKIMAT_KINDS, AreaHit, Assignment, Candidate, TypeKey, Why, assign

Table = Mapping[tuple[str, str], str]
"""Kind of body by (hint, value)."""
_Sort = tuple[str, str, str | None, str | None, str | None, str | None]


@dataclass(frozen=True)
class Spot:
    """Areas that cover some place together, and `extra`, a service area in only a part of them.

    `shown`: code of the area in whose column the answer stands.
    """

    shown: str
    areas: tuple[AreaHit, ...]
    extra: AreaHit | None = None

    @property
    def all(self) -> tuple[AreaHit, ...]:
        return (*self.areas, self.extra) if self.extra else self.areas


@dataclass(frozen=True)
class Answer:
    """Body (code) and basis; neither: nobody answers."""

    body: str | None
    basis: Basis | None

    @property
    def is_gap(self) -> bool:
        return self.body is None

    @property
    def is_triage(self) -> bool:
        """Only the akimat, because the owner is not known."""
        return self.basis is Basis.DEFAULT_TRIAGE


class Dead(StrEnum):
    """Why a rule is never reached."""

    NO_AREA = "no_area"
    BODY_OFF = "body_off"
    ENDED = "ended"
    NOT_YET = "not_yet"
    NO_TYPE = "no_type"
    LATER = "later"


@dataclass(frozen=True)
class Unreached:
    """A rule that is never chosen first. `before`: code of the body that most often goes before it."""

    rule_id: int
    body: str
    area: str
    why: Dead
    before: str | None = None


def answers(
    spots: Sequence[Spot], rules: Sequence[Candidate], types: Sequence[TypeKey]
) -> dict[tuple[str, str], tuple[Answer, ...]]:
    """All answers by (code of the area shown, code of the type); the first spot of an area gives the first answer."""
    judge = _Judge(rules)
    found: dict[tuple[str, str], dict[Answer, None]] = defaultdict(dict)
    for spot in spots:
        for kind in types:
            if judge.may_differ(spot, kind, ()):
                found[spot.shown, kind.code][judge.answer(spot, kind)] = None
    return {key: tuple(each) for key, each in found.items()}


def never_first(
    spots: Sequence[Spot], rules: Sequence[Candidate], types: Sequence[TypeKey], table: Table, *, of: Collection[str]
) -> list[Unreached]:
    """The rules of the areas `of` (codes) that no spot and no type brings to the front, ordered by area and body."""
    judge, kinds = _Judge(rules), set(table.values())
    for spot in spots:
        for kind in types:
            if judge.may_differ(spot, kind, kinds):
                for sight in judge.sights(spot, kind, table):
                    judge.look(spot, kind, sight)
    lost = [rule for rule in rules if rule.area_code in of and rule.rule_id not in judge.first]
    return sorted((judge.verdict(rule) for rule in lost), key=lambda u: (u.area, u.body, u.rule_id))


class _Judge:
    """The decisions on the first rules of each sort, and what they showed."""

    def __init__(self, rules: Sequence[Candidate]) -> None:
        self._leader_of = _leaders(rules)
        signs = {rule.hint_value for rule in rules if rule.hint == "sign"}
        leaders = {rule.rule_id: rule for rule in self._leader_of.values()}
        leaders |= {rule.rule_id: rule for rule in rules if rule.body_code in signs}
        self._by_area: dict[str, list[Candidate]] = defaultdict(list)
        for rule in leaders.values():
            self._by_area[rule.area_code].append(rule)
        self._codes = {rule.rule_id: rule for rule in leaders.values()}
        self._waited = {(rule.hint, rule.hint_value) for rule in leaders.values() if rule.hint and rule.hint_value}
        self._decided: dict[tuple[object, ...], Assignment] = {}
        self.first: set[int] = set()
        self._winners: dict[int, Counter[str]] = defaultdict(Counter)

    def here(self, spot: Spot) -> list[Candidate]:
        """The rules of a spot; of a part in a service area only those of that area."""
        areas = (spot.extra,) if spot.extra else spot.areas
        return [rule for hit in areas for rule in self._by_area.get(hit.code, ())]

    def may_differ(self, spot: Spot, kind: TypeKey, hinted: Collection[str]) -> bool:
        """Whether a service area in a part can change the answer of the rest. `hinted`: kinds that hints point to."""
        if spot.extra is None:
            return True
        kinds = {*kind.responsible, *hinted, *AKIMAT_KINDS}
        return any(_concerns(rule, kind, kinds) for rule in self._by_area.get(spot.extra.code, ()))

    def sights(self, spot: Spot, kind: TypeKey, table: Table) -> list[Evidence]:
        """What can be seen that matters here: nothing, one thing, or what a rule waits for and one more."""
        rules = self.here(spot)
        kinds = {rule.body_kind for rule in rules}
        waited = {(rule.hint, rule.hint_value) for rule in rules if rule.hint and rule.hint_value}
        seen: list[dict[str, str]] = [{hint: value} for hint, value in sorted({*table, *waited})]
        seen += [{hint: value, other: more} for hint, value in sorted(waited) for other, more in table if other != hint]
        found: dict[object, Evidence] = {}
        for things in seen:
            sight = evidence(things, table, named=kind.responsible, asked=kind.ask)
            if waited & set(things.items()) or kinds & set(sight.kinds):
                found.setdefault((sight.kinds, frozenset(self._waited & set(things.items()))), sight)
        return [NO_EVIDENCE, *found.values()]

    def answer(self, spot: Spot, kind: TypeKey) -> Answer:
        found = self._decide(spot, kind, NO_EVIDENCE)
        return Answer(found.trace[0].body, found.basis) if found.body_id is not None else Answer(None, None)

    def look(self, spot: Spot, kind: TypeKey, sight: Evidence) -> None:
        """Note who is first here, and before whom."""
        found = self._decide(spot, kind, sight)
        if found.body_id is None:
            return
        taken = found.trace[0]
        self.first.add(taken.rule_id or 0)
        for step in found.trace[1:]:
            if step.why is Why.LATER_IN_ORDER and step.rule_id is not None:
                self._winners[step.rule_id][taken.body or ""] += 1

    def verdict(self, rule: Candidate) -> Unreached:
        leader = self._leader_of[_sort(rule)]
        if leader.rule_id != rule.rule_id and (leader.rule_id in self.first or self._winners[leader.rule_id]):
            return Unreached(rule.rule_id, rule.body_code, rule.area_code, Dead.LATER, leader.body_code)
        winners = self._winners[leader.rule_id]
        if not winners:
            return Unreached(rule.rule_id, rule.body_code, rule.area_code, Dead.NO_TYPE)
        before = min(winners, key=lambda body: (-winners[body], body))
        return Unreached(rule.rule_id, rule.body_code, rule.area_code, Dead.LATER, before)

    def _decide(self, spot: Spot, kind: TypeKey, sight: Evidence) -> Assignment:
        """In a part, the winner of the rest stands for all of the rest."""
        key = (spot.all, kind.code, sight.kinds, tuple(sorted(sight.seen.items())))
        if key not in self._decided:
            rules = self.here(spot)
            if spot.extra:
                rest = self._decide(Spot(spot.shown, spot.areas), kind, sight)
                rules = rules + ([self._codes[rest.trace[0].rule_id or 0]] if rest.body_id is not None else [])
            self._decided[key] = assign(spot.all, rules, kind, sight)
        return self._decided[key]


def _sort(rule: Candidate) -> _Sort:
    """What decides a rule's place but rank and codes."""
    return (rule.area_code, rule.body_kind, rule.hazard_type, rule.group, rule.hint, rule.hint_value)


def _leaders(rules: Iterable[Candidate]) -> dict[_Sort, Candidate]:
    first: dict[_Sort, Candidate] = {}
    for rule in rules:
        other = first.setdefault(_sort(rule), rule)
        if (rule.rank, rule.body_code, rule.rule_id) < (other.rank, other.body_code, other.rule_id):
            first[_sort(rule)] = rule
    return first


def _concerns(rule: Candidate, kind: TypeKey, kinds: Collection[str]) -> bool:
    """Whether a rule can apply to a type at all."""
    if rule.hazard_type is not None or rule.group is not None:
        return rule.hazard_type == kind.code or rule.group == kind.group
    return rule.hint is not None or rule.body_kind in kinds
