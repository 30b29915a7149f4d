"""Who answers for this hazard: pure decision over what the database found, with the trace that says why.

Steps, the first that yields a body wins:
1. rules that name the type or its group, the type before the group, the smallest area first (`by_rule`);
2. bodies that answer for their kind in an area covering the place, in the order in which the taxonomy names kinds for
the
   type, the smallest area first (`by_area`);
3. the akimat of the smallest area, as the one who must make safe whatever it is (`default_triage`);
4. nobody: the queue, seen by an administrator. Nothing is ever unassigned silently.
Outside every area the areas within a tolerance stand in, nearest first, and the basis is `nearest`.
Turned down: first match of ordered rules (Signalen), which needs a person to keep the order and cannot say why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.hazard import Basis

AKIMAT_KINDS = ("rural_akimat", "district_akimat", "city_akimat")

AREA_RANK: dict[str, int] = {
    "country": 0,
    "oblast": 10,
    "republican_city": 20,
    "city_administration": 30,
    "rayon": 30,
    "service_area": 35,
    "city": 40,
    "city_district": 50,
    "rural_okrug": 50,
    "settlement": 60,
    "village": 60,
}


@dataclass(frozen=True)
class AreaHit:
    """An area that covers the place, or lies `distance_m` metres away from it."""

    id: int
    code: str
    kind: str
    rank: int
    distance_m: float = 0.0


@dataclass(frozen=True)
class Candidate:
    """A responsibility that applies in one of the areas on the day of the report."""

    rule_id: int
    body_id: int
    body_code: str
    body_kind: str
    area_code: str
    hazard_type: str | None
    group: str | None
    rank: int


@dataclass(frozen=True)
class TypeKey:
    """What routing asks of a hazard type: its code, group and the body kinds in order of fallback."""

    code: str
    group: str
    responsible: tuple[str, ...]


class Why(StrEnum):
    """Code of one step of the trace; `web/labels.py` has the sentence."""

    TAKEN = "taken"
    LATER_IN_ORDER = "later_in_order"
    OTHER_TYPE = "other_type"
    KIND_NOT_NAMED = "kind_not_named"
    NO_BODY = "no_body"


@dataclass(frozen=True)
class Step:
    why: Why
    basis: Basis | None = None
    body: str | None = None
    area: str | None = None
    rule_id: int | None = None


@dataclass(frozen=True)
class Assignment:
    """`body_id` None: the queue. `area_id`: the smallest area, None outside all."""

    body_id: int | None
    area_id: int | None
    basis: Basis | None
    confidence: float
    trace: tuple[Step, ...]

    @property
    def owner_unknown(self) -> bool:
        return self.basis in (None, Basis.DEFAULT_TRIAGE)


_CONFIDENCE = {Basis.BY_RULE: 0.9, Basis.BY_AREA: 0.7, Basis.DEFAULT_TRIAGE: 0.4}
_NEARBY = 0.7


def assign(areas: Sequence[AreaHit], candidates: Sequence[Candidate], hazard_type: TypeKey) -> Assignment:
    """Decide; deterministic for any order of its inputs. `areas`: either all cover the place, or all are near it."""
    order = {hit.code: position for position, hit in enumerate(sorted(areas, key=_area_key))}
    ranked = sorted(
        ((key, c) for c in candidates if (key := _key(c, order, hazard_type)) is not None),
        key=lambda kc: kc[0],
    )
    passed = [_passed(c, hazard_type) for c in candidates if _key(c, order, hazard_type) is None]
    smallest = min(areas, key=_area_key, default=None)
    area_id = smallest.id if smallest else None
    if not ranked:
        return Assignment(None, area_id, None, 0.0, (*_in_order(passed), Step(Why.NO_BODY)))
    near = smallest is not None and smallest.distance_m > 0
    steps = [_step(key[0], c, i) for i, (key, c) in enumerate(ranked)]
    decided = _BASES[ranked[0][0][0]]
    confidence = round(_CONFIDENCE[decided] * (_NEARBY if near else 1.0), 2)
    basis = Basis.NEAREST if near else decided
    return Assignment(ranked[0][1].body_id, area_id, basis, confidence, (*steps, *_in_order(passed)))


_BASES = (Basis.BY_RULE, Basis.BY_AREA, Basis.DEFAULT_TRIAGE)
_Key = tuple[int, int, int, int, int, str, int]


def _area_key(hit: AreaHit) -> tuple[float, int, str, int]:
    return (hit.distance_m, -hit.rank, hit.code, hit.id)


def _key(c: Candidate, order: dict[str, int], hazard_type: TypeKey) -> _Key | None:
    """Sort key (step, specificity, area, kind, rank, code, id), or None where the rule does not apply."""
    if c.area_code not in order:
        return None
    area = order[c.area_code]
    if c.hazard_type is not None or c.group is not None:
        return _explicit_key(c, area, hazard_type)
    if c.body_kind in hazard_type.responsible:
        kind = hazard_type.responsible.index(c.body_kind)
        return (1, kind, area, 0, c.rank, c.body_code, c.rule_id)
    if c.body_kind in AKIMAT_KINDS:
        return (2, area, AKIMAT_KINDS.index(c.body_kind), 0, c.rank, c.body_code, c.rule_id)
    return None


def _explicit_key(c: Candidate, area: int, hazard_type: TypeKey) -> _Key | None:
    if c.hazard_type == hazard_type.code:
        return (0, 0, area, 0, c.rank, c.body_code, c.rule_id)
    if c.hazard_type is None and c.group == hazard_type.group:
        return (0, 1, area, 0, c.rank, c.body_code, c.rule_id)
    return None


def _step(step: int, c: Candidate, position: int) -> Step:
    why = Why.TAKEN if position == 0 else Why.LATER_IN_ORDER
    return Step(why, _BASES[step], c.body_code, c.area_code, c.rule_id)


def _passed(c: Candidate, hazard_type: TypeKey) -> Step:
    explicit = c.hazard_type is not None or c.group is not None
    why = Why.OTHER_TYPE if explicit else Why.KIND_NOT_NAMED
    return Step(why, None, c.body_code, c.area_code, c.rule_id)


def _in_order(steps: Iterable[Step]) -> list[Step]:
    return sorted(steps, key=lambda s: (s.body or "", s.rule_id or 0, s.area or ""))
