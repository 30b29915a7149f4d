"""Who answers where: an area and its parts on a day, each with every hazard type, and the rules that are never reached.

Administrative areas hang together by their parent codes; service areas by their surfaces, summed over the subdivided
parts (`area_part`): exact enough to part "all of it" from "a bit of it", and fast where a thousand lie in a city.
Shares are ratios of planar degrees within one area, which differ from those of metres by less than the thresholds.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from app.domain.coverage import Answer, Dead, Spot, Unreached, answers, never_first
from app.domain.routing import AreaHit, Candidate
from app.models import Area, HazardType, HintKind
from app.queries.names import area_names, body_names

NEARLY_ALL = 0.999
A_BIT = 1e-4
A_PART = 0.01
MOST_PARTS = 60

_AREAS = text("""
WITH RECURSIVE today AS (
  SELECT id, code, kind, rank, level, parent_code FROM area
   WHERE daterange(valid_from, valid_until) @> CAST(:day AS date) AND kind <> 'service_area'
),
up AS (
  SELECT today.*, 0 AS steps FROM today WHERE code = :code
  UNION ALL
  SELECT today.*, up.steps + 1 FROM up JOIN today ON today.code = up.parent_code WHERE up.steps < 20
)
SELECT id, code, kind, rank, steps FROM up
UNION ALL
SELECT id, code, kind, rank, -1 FROM today
 WHERE parent_code = :code
    OR (CAST(:code AS text) IS NULL AND NOT EXISTS (SELECT FROM today up WHERE up.code = today.parent_code))
 ORDER BY steps, rank, code
""")

_OVERLAPS = text("""
WITH shown AS (
  SELECT id, ST_Area(geom) AS size FROM area WHERE id = ANY(:ids)
),
other AS MATERIALIZED (
  SELECT id, code, kind, rank, ST_Area(geom) AS size FROM area
   WHERE (kind = 'service_area' AND daterange(valid_from, valid_until) @> CAST(:day AS date)) OR id = ANY(:parts)
),
overlap AS (
  SELECT p.area_id AS shown, q.area_id AS id, sum(ST_Area(ST_Intersection(p.geom, q.geom))) AS size
    FROM area_part p JOIN area_part q ON q.geom && p.geom AND q.area_id <> p.area_id
   WHERE p.area_id = ANY(:ids) AND q.area_id IN (SELECT id FROM other)
     AND (p.area_id = :whole OR NOT q.area_id = ANY(:parts))
   GROUP BY p.area_id, q.area_id
)
SELECT overlap.shown, other.id, other.code, other.kind, other.rank,
       overlap.size / shown.size AS share, overlap.size / other.size AS inside
  FROM overlap JOIN shown ON shown.id = overlap.shown JOIN other ON other.id = overlap.id
 WHERE overlap.size > 0 AND shown.size > 0 AND other.size > 0
 ORDER BY overlap.shown, other.code
""")
_LEFT_OVER = text("""
SELECT ST_Area(ST_Difference(a.geom, (SELECT ST_Union(s.geom) FROM area s WHERE s.id = ANY(:others)))) / ST_Area(a.geom)
  FROM area a WHERE a.id = :id
""")

_RULES = text("""
SELECT r.id AS rule_id, r.body_id, b.code AS body_code, b.kind AS body_kind, r.area_code, r.hazard_type,
       r.type_group, r.rank AS rule_rank, r.hint, r.hint_value, b.active, r.valid_from, r.valid_until,
       EXISTS (SELECT FROM area a WHERE a.code = r.area_code
                AND daterange(a.valid_from, a.valid_until) @> CAST(:day AS date)) AS area_valid
  FROM responsibility r JOIN body b ON b.id = r.body_id
 WHERE r.area_code = ANY(:codes)
    OR NOT EXISTS (SELECT FROM area a WHERE a.code = r.area_code
                    AND daterange(a.valid_from, a.valid_until) @> CAST(:day AS date))
""")


@dataclass(frozen=True)
class Coverage:
    """`above`: codes of the areas over the chosen one, the nearest first. `columns`: the areas shown; `parents`: those
    of them with parts of their own; `more`: how many were left out. `answers` by (area code, type code).
    """

    chosen: str | None
    above: Sequence[str]
    columns: Sequence[AreaHit]
    parents: frozenset[str]
    more: int
    types: Sequence[HazardType]
    answers: Mapping[tuple[str, str], tuple[Answer, ...]]
    unreached: Sequence[Unreached]
    bodies: Mapping[str, str]
    areas: Mapping[str, str]


def coverage_of(session: Session, code: str | None, *, day: date, language: str) -> Coverage | None:
    """Of the area `code` (None: of those over which none is known, or of the only one); None where it is not valid."""
    rows = session.execute(_AREAS, {"code": code, "day": day}).all()
    parts = [row for row in rows if row.steps < 0]
    if code is None and len(parts) == 1:
        return coverage_of(session, parts[0].code, day=day, language=language)
    line = [row for row in rows if row.steps >= 0]
    if code is not None and not line:
        return None
    place = _Place([_hit(row) for row in line], [_hit(row) for row in parts[:MOST_PARTS]])
    return _judged(session, place, day=day, language=language, more=len(parts[MOST_PARTS:]))


def parts_of(session: Session, code: str, *, day: date) -> tuple[Sequence[Spot], Collection[str]]:
    """The spots in the parts of an area, none where it has none, and the codes of the areas known wholly by them."""
    rows = session.execute(_AREAS, {"code": code, "day": day}).all()
    parts, line = [row for row in rows if row.steps < 0], [row for row in rows if row.steps >= 0]
    if not parts or not line:
        return [], []
    place = _Place([_hit(row) for row in line], [_hit(row) for row in parts[:MOST_PARTS]])
    overlaps = _overlaps(session, place, day)
    return _spots(session, place, overlaps), _known_wholly(place, overlaps, more=len(parts[MOST_PARTS:]))


@dataclass(frozen=True)
class _Place:
    """`line`: the chosen area and those above it, the smallest first; `parts`: its children."""

    line: Sequence[AreaHit]
    parts: Sequence[AreaHit]

    @property
    def whole(self) -> AreaHit | None:
        return self.line[0] if self.line else None


def _judged(session: Session, place: _Place, *, day: date, language: str, more: int) -> Coverage:
    overlaps = _overlaps(session, place, day)
    spots = _spots(session, place, overlaps)
    types = session.scalars(select(HazardType).where(HazardType.reportable).order_by(HazardType.position)).all()
    table = {(row.hint, row.value): row.body_kind for row in session.scalars(select(HintKind))}
    codes = {hit.code for spot in spots for hit in spot.all}
    rows = session.execute(_RULES, {"codes": list(codes), "day": day}).all()
    known = _known_wholly(place, overlaps, more=more)
    rules = [_rule(row) for row in rows if _dead(row, day) is None]
    keys = [kind.key for kind in types]
    found = answers(spots, rules, keys)
    dead = [Unreached(r.rule_id, r.body_code, r.area_code, why) for r in rows if (why := _dead(r, day)) is not None]
    unreached = [*never_first(spots, rules, keys, table, of=known), *dead]
    spoken = {step for each in found.values() for step in (answer.body for answer in each) if step}
    spoken |= {name for each in unreached for name in (each.body, each.before) if name}
    shown = {spot.shown for spot in spots}
    return Coverage(
        chosen=place.whole.code if place.whole else None,
        above=[hit.code for hit in place.line[1:]],
        columns=[hit for hit in (*place.parts, *place.line[:1]) if hit.code in shown],
        parents=_parents(session, [hit.code for hit in place.parts], day),
        more=more,
        types=types,
        answers=found,
        unreached=unreached,
        bodies=body_names(session, spoken, language),
        areas=area_names(session, codes | {each.area for each in unreached}, language, day=day),
    )


def _parents(session: Session, codes: Collection[str], day: date) -> frozenset[str]:
    valid = (Area.valid_from <= day) & (Area.valid_until.is_(None) | (Area.valid_until > day))
    found = session.scalars(select(Area.parent_code).where(Area.parent_code.in_(codes), valid).distinct())
    return frozenset(code for code in found if code is not None)


def _overlaps(session: Session, place: _Place, day: date) -> Sequence[Row[Any]]:
    parts = [hit.id for hit in place.parts]
    shown = [*parts, *([place.whole.id] if place.whole else [])]
    values = {"ids": shown, "whole": place.whole.id if place.whole else None, "parts": parts, "day": day}
    return session.execute(_OVERLAPS, values).all()


def _spots(session: Session, place: _Place, found: Sequence[Row[Any]]) -> list[Spot]:
    """What covers places together."""
    parts = {hit.id for hit in place.parts}
    services = [row for row in found if row.id not in parts and (row.share > A_BIT or row.inside > A_PART)]
    filled = sum(row.share for row in found if row.id in parts) > NEARLY_ALL
    spots = [spot for hit in place.parts for spot in _of_area(session, hit, place.line, services)]
    if place.whole and not filled:
        spots += _of_area(session, place.whole, place.line[1:], services)
    return spots


def _of_area(session: Session, hit: AreaHit, above: Sequence[AreaHit], services: Sequence[Row[Any]]) -> list[Spot]:
    """An area with what covers all of it, and once more for each service area that covers a part of it."""
    here = [row for row in services if row.shown == hit.id]
    some = [row for row in here if row.share <= NEARLY_ALL]
    areas = (hit, *above, *(_hit(row) for row in here if row.share > NEARLY_ALL))
    rest = [Spot(hit.code, areas)] if _is_left(session, hit, some) else []
    return [*rest, *(Spot(hit.code, areas, _hit(row)) for row in some)]


def _is_left(session: Session, hit: AreaHit, some: Sequence[Row[Any]]) -> bool:
    """Whether service areas leave a part of the area over; asked exactly only where their sum leaves none."""
    if sum(row.share for row in some) <= NEARLY_ALL:
        return True
    share = session.scalar(_LEFT_OVER, {"id": hit.id, "others": [row.id for row in some]})
    return bool(share is not None and share > 1 - NEARLY_ALL)


def _known_wholly(place: _Place, found: Sequence[Row[Any]], *, more: int) -> set[str]:
    """Codes of the areas of which every place is among the spots: only their rules can be called unreachable."""
    known = {hit.code for hit in place.parts}
    if more:
        return known
    top = [place.whole] if place.whole else place.parts
    inside: dict[str, float] = defaultdict(float)
    for row in found:
        if row.shown in {hit.id for hit in top}:
            inside[row.code] += row.inside
    return known | {hit.code for hit in top} | {code for code, share in inside.items() if share > NEARLY_ALL}


def _dead(row: Row[Any], day: date) -> Dead | None:
    """Why a rule applies nowhere on the day, whatever the others say."""
    if not row.area_valid:
        return Dead.NO_AREA
    if not row.active:
        return Dead.BODY_OFF
    if row.valid_until is not None and row.valid_until <= day:
        return Dead.ENDED
    return Dead.NOT_YET if row.valid_from > day else None


def _hit(row: Row[Any]) -> AreaHit:
    return AreaHit(row.id, row.code, row.kind, row.rank)


def _rule(row: Row[Any]) -> Candidate:
    return Candidate(
        row.rule_id, row.body_id, row.body_code, row.body_kind, row.area_code,
        row.hazard_type, row.type_group, row.rule_rank, row.hint, row.hint_value,
    )  # fmt: skip
