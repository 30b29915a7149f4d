"""Who answers for this hazard: pure decision over what the database found, with the trace that says why.

Steps, the first that yields a body wins:
1. rules with a hint that was seen on the spot (`by_hint`): for the type, for its group, for the body's kind;
2. the body on a sign, then the kinds of bodies that hints point to (`by_hint`);
3. rules that name the type or its group, the type before the group, the smallest area first (`by_rule`);
4. bodies that answer for their kind in an area covering the place, in the order in which the taxonomy names kinds for
   the type, the smallest area first (`by_area`);
5. the akimat of the smallest area, as the one who must make safe whatever it is (`default_triage`);
6. nobody: the queue, seen by an administrator. Nothing is ever unassigned silently.
What was seen on the spot goes before a general rule: "manholes are the water company's" is a guess, letters on a cover
are not. Outside every area the areas within a tolerance stand in, nearest first, and the basis is `nearest`. The step
goes before the distance there too: outlines of one place drawn by several hands differ by metres, and the nearest alone
would then be whichever was drawn a metre larger.
A line or an area is decided piece by piece (`domain/faces.py`): the body with the longest or largest sum answers, the
others crossed stand in the trace.
Turned down: first match of ordered rules (Signalen), which needs a person to keep the order and cannot say why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.hazard import Basis
from app.domain.hints import NO_EVIDENCE, Evidence

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
    hint: str | None = None
    hint_value: str | None = None


@dataclass(frozen=True)
class TypeKey:
    """What routing asks of a hazard type: its code, group, the body kinds in order of fallback, and its questions."""

    code: str
    group: str
    responsible: tuple[str, ...]
    ask: tuple[str, ...] = ()


class Why(StrEnum):
    """Code of one step of the trace; `web/labels.py` has the sentence."""

    TAKEN = "taken"
    LATER_IN_ORDER = "later_in_order"
    OTHER_TYPE = "other_type"
    OTHER_HINT = "other_hint"
    KIND_NOT_NAMED = "kind_not_named"
    CROSSED = "crossed"
    OTHER_AREA = "other_area"
    NO_BODY = "no_body"


@dataclass(frozen=True)
class Step:
    """One line of the trace. `share`: 0 to 1, of a line's length or an area's surface that lies with this body."""

    why: Why
    basis: Basis | None = None
    body: str | None = None
    area: str | None = None
    rule_id: int | None = None
    share: float | None = None


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
        """Nobody, or an akimat that only makes safe; from outside every area too, where the basis says `nearest`."""
        return self.body_id is None or self.trace[0].basis is Basis.DEFAULT_TRIAGE


_BASES = (Basis.BY_HINT, Basis.BY_HINT, Basis.BY_RULE, Basis.BY_AREA, Basis.DEFAULT_TRIAGE)
_CONFIDENCE = (0.9, 0.8, 0.9, 0.7, 0.4)
_NEARBY = 0.7
_Key = tuple[int, int, float, int, int, int, str, str, int]


def assign(
    areas: Sequence[AreaHit],
    candidates: Sequence[Candidate],
    hazard_type: TypeKey,
    evidence: Evidence = NO_EVIDENCE,
) -> Assignment:
    """Decide; deterministic for any order of its inputs. `areas`: either all cover the place, or all are near it."""
    hits = {hit.code: hit for hit in areas}
    judged = [(_place_in_order(c, hits, hazard_type, evidence), c) for c in candidates]
    ranked = sorted((key, c) for key, c in judged if not isinstance(key, Why))
    passed = [Step(why, None, c.body_code, c.area_code, c.rule_id) for why, c in judged if isinstance(why, Why)]
    smallest = min(areas, key=_area_key, default=None)
    area_id = smallest.id if smallest else None
    if not ranked:
        return Assignment(None, area_id, None, 0.0, (*_in_order(passed), Step(Why.NO_BODY)))
    near = smallest is not None and smallest.distance_m > 0
    steps = [_step(key[0], c, i) for i, (key, c) in enumerate(ranked)]
    decided = ranked[0][0][0]
    confidence = round(_CONFIDENCE[decided] * (_NEARBY if near else 1.0), 2)
    basis = Basis.NEAREST if near else _BASES[decided]
    return Assignment(ranked[0][1].body_id, area_id, basis, confidence, (*steps, *_in_order(passed)))


def assign_pieces(
    pieces: Sequence[tuple[float, Sequence[AreaHit]]],
    candidates: Sequence[Candidate],
    hazard_type: TypeKey,
    evidence: Evidence = NO_EVIDENCE,
) -> Assignment:
    """Decide for a line or an area: `pieces` are (size in m or m², areas that cover it), at least one.

    The body with the largest sum answers, in the area of its largest piece; confidence falls with its share.
    """
    decided = [(size, _decide_piece(areas, candidates, hazard_type, evidence)) for size, areas in pieces]
    decided.sort(key=lambda piece: (-piece[0], piece[1].area_id or 0))
    total = sum(size for size, _ in decided) or 1.0
    sums: dict[int, float] = {}
    for size, piece in decided:
        if piece.body_id is not None:
            sums[piece.body_id] = sums.get(piece.body_id, 0.0) + size
    if not sums:
        return decided[0][1]
    first = {piece.body_id: piece for _, piece in reversed(decided) if piece.body_id is not None}
    order = sorted(sums, key=lambda body: (-sums[body], first[body].trace[0].body or ""))
    shares = {body: round(sums[body] / total, 3) for body in order}
    chosen = first[order[0]]
    crossed = [replace(first[body].trace[0], why=Why.CROSSED, share=shares[body]) for body in order[1:]]
    taken = replace(chosen.trace[0], share=shares[order[0]])
    return replace(
        chosen,
        confidence=round(chosen.confidence * shares[order[0]], 2),
        trace=(taken, *crossed, *chosen.trace[1:]),
    )


def _decide_piece(
    areas: Sequence[AreaHit], candidates: Sequence[Candidate], hazard_type: TypeKey, evidence: Evidence
) -> Assignment:
    codes = {hit.code for hit in areas}
    return assign(areas, [c for c in candidates if c.area_code in codes], hazard_type, evidence)


def _area_key(hit: AreaHit) -> tuple[float, int, str, int]:
    return (hit.distance_m, -hit.rank, hit.code, hit.id)


def _place_in_order(c: Candidate, hits: Mapping[str, AreaHit], kind: TypeKey, evidence: Evidence) -> _Key | Why:
    """Sort key of a candidate (step, specificity, area, kind, rank, codes), or why it does not apply."""
    area = hits.get(c.area_code)
    if area is None:
        return Why.OTHER_AREA
    named = _specificity(c, kind)
    if named is None:
        return Why.OTHER_TYPE
    if c.hint is not None and evidence.seen.get(c.hint) != c.hint_value:
        return Why.OTHER_HINT
    found = _step_of(c, kind, evidence, named)
    if found is None:
        return Why.KIND_NOT_NAMED
    step, specific, among = found
    return (step, specific, area.distance_m, -area.rank, among, c.rank, c.area_code, c.body_code, c.rule_id)


def _specificity(c: Candidate, kind: TypeKey) -> int | None:
    """0: its rule names the type, 1: the group, 2: neither; None: another type or group."""
    if c.hazard_type is not None:
        return 0 if c.hazard_type == kind.code else None
    if c.group is not None:
        return 1 if c.group == kind.group else None
    return 2


def _step_of(c: Candidate, kind: TypeKey, evidence: Evidence, named: int) -> tuple[int, int, int] | None:
    """The step of the list above in which `c` stands, its place within the step, and within one area."""
    explicit = named < _BY_KIND
    fits = explicit or c.body_kind in kind.responsible or c.body_kind in evidence.kinds
    found: tuple[int, int, int] | None = None
    if c.hint is not None:
        found = (0, named, 0) if fits else None
    elif fits and c.body_code == evidence.sign:
        found = 1, 0, 0
    elif c.body_kind in evidence.kinds:
        found = 1, 1 + evidence.kinds.index(c.body_kind), named
    elif explicit:
        found = 2, named, 0
    elif c.body_kind in kind.responsible:
        found = 3, kind.responsible.index(c.body_kind), 0
    elif c.body_kind in AKIMAT_KINDS:
        found = 4, 0, AKIMAT_KINDS.index(c.body_kind)
    return found


_BY_KIND = 2


def _step(step: int, c: Candidate, position: int) -> Step:
    why = Why.TAKEN if position == 0 else Why.LATER_IN_ORDER
    return Step(why, _BASES[step], c.body_code, c.area_code, c.rule_id)


def _in_order(steps: Iterable[Step]) -> list[Step]:
    return sorted(steps, key=lambda s: (s.body or "", s.rule_id or 0, s.area or ""))
