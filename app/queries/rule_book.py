"""All that is in force on a day, held in memory, to decide for many places without asking the database again.

The same filter as `candidates.py` applies in SQL (type, group, or a kind of body that the type or the evidence names),
and the same `assign`: a test holds the two to one answer.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.hints import NO_EVIDENCE, Evidence, evidence
from app.domain.routing import AKIMAT_KINDS, AreaHit, Assignment, Candidate, TypeKey, assign
from app.models import Area, Body, HazardType, HintKind, Responsibility

_Key = tuple[str | None, str | None, str | None]


@dataclass(frozen=True)
class RuleBook:
    """`rules`: by area code, then by what a rule names (a type, else a group, else the kind of its body)."""

    areas: Mapping[int, AreaHit]
    rules: Mapping[str, Mapping[_Key, Sequence[Candidate]]]
    types: Mapping[str, TypeKey]
    hint_kinds: Mapping[tuple[str, str], str]

    def decide(
        self, areas: Sequence[int], nearness: Sequence[int], hazard_type: str, hints: Mapping[str, str]
    ) -> Assignment:
        """Who answers where these areas cover the place; `nearness`: their order from outside all, empty within.

        Only the order of distances counts in a decision, so that the order stands in for metres.
        """
        key = self.types[hazard_type]
        seen = self._evidence(hints, key)
        hits = [self.areas[area] for area in areas]
        if nearness:
            hits = [AreaHit(h.id, h.code, h.kind, h.rank, float(at)) for h, at in zip(hits, nearness, strict=True)]
        return assign(hits, self._candidates(hits, key, seen), key, seen)

    def _evidence(self, hints: Mapping[str, str], key: TypeKey) -> Evidence:
        if not hints:
            return NO_EVIDENCE
        return evidence(hints, self.hint_kinds, named=key.responsible, asked=key.ask)

    def _candidates(self, hits: Sequence[AreaHit], key: TypeKey, seen: Evidence) -> list[Candidate]:
        kinds = dict.fromkeys((*key.responsible, *seen.kinds, *AKIMAT_KINDS))
        wanted: list[_Key] = [(key.code, None, None), (None, key.group, None), *((None, None, k) for k in kinds)]
        here = [self.rules[hit.code] for hit in hits if hit.code in self.rules]
        return [rule for rules in here for name in wanted if name in rules for rule in rules[name]]


def rule_book(session: Session, day: date) -> RuleBook:
    """Everything that is in force on `day`; its size does not depend on how many hazards there are."""
    areas = select(Area.id, Area.code, Area.kind, Area.rank).where(
        func.daterange(Area.valid_from, Area.valid_until).op("@>")(day)
    )
    return RuleBook(
        {row.id: AreaHit(row.id, row.code, row.kind, row.rank) for row in session.execute(areas)},
        _rules(session, day),
        {kind.code: kind.key for kind in session.scalars(select(HazardType))},
        {(row.hint, row.value): row.body_kind for row in session.scalars(select(HintKind))},
    )


def _rules(session: Session, day: date) -> Mapping[str, Mapping[_Key, Sequence[Candidate]]]:
    found: defaultdict[str, defaultdict[_Key, list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    rows: Any = session.execute(
        select(
            Responsibility.id,
            Responsibility.body_id,
            Body.code,
            Body.kind,
            Responsibility.area_code,
            Responsibility.hazard_type,
            Responsibility.group,
            Responsibility.rank,
            Responsibility.hint,
            Responsibility.hint_value,
        )
        .join(Body, Body.id == Responsibility.body_id)
        .where(Body.active, func.daterange(Responsibility.valid_from, Responsibility.valid_until).op("@>")(day))
    )
    for row in rows:
        rule = Candidate(*row)
        by_kind = rule.hazard_type is None and rule.group is None
        found[rule.area_code][rule.hazard_type, rule.group, rule.body_kind if by_kind else None].append(rule)
    return {code: dict(rules) for code, rules in found.items()}
