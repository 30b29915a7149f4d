"""Which of the places found is meant: all words, few slips, the whole name, the wished kind, known far away or near.

Turned down: one number of the database (trigram similarity), which takes a long name for a worse one and knows no map.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row

from app.domain.search_text import Question, edits, name_words

ZOOM = {
    "oblast": 7, "republican_city": 11, "city_administration": 11, "rayon": 9, "service_area": 11, "city": 12,
    "city_district": 13, "rural_okrug": 12, "settlement": 13, "village": 14, "quarter": 15, "street": 16,
}  # fmt: skip
_KNOWN = {"republican_city": 0.7, "city": 0.5, "city_administration": 0.3, "oblast": 0.3, "rayon": 0.2,
          "city_district": 0.3, "settlement": 0.15}  # fmt: skip
_WISHED = {
    "street": {"street"},
    "quarter": {"quarter"},
    "settlement": {"settlement", "village", "rural_okrug"},
    "city": {"city", "republican_city", "city_administration", "settlement"},
    "district": {"rayon", "city_district"},
    "oblast": {"oblast"},
    "okrug": {"rural_okrug"},
}
_TOWN = {"city", "republican_city", "city_district", "village", "settlement"}


@dataclass(frozen=True)
class At:
    """Degrees, WGS84."""

    lon: float
    lat: float


@dataclass(frozen=True)
class Found:
    """A place to fly to; `parent`: what tells it from its namesakes, perhaps empty."""

    name: str
    kind: str
    parent: str
    lat: float
    lon: float
    zoom: int


@dataclass(frozen=True)
class Candidate:
    """`names`: Kazakh, Russian, English; `ids`: pieces of a street; `code`: of an area; `cost`: small is good."""

    kind: str
    names: tuple[str, str, str]
    cost: float
    lon: float
    lat: float
    ids: tuple[int, ...] = ()
    code: str = ""
    parent: str = ""
    within: str = ""
    """The Kazakh name of the smallest area around it."""

    def inside(self, row: Row[Any]) -> Candidate:
        """With its surroundings; an area has a parent of its own already."""
        if self.code:
            return self
        parts = [row.area or ""]
        if row.kind not in _TOWN and self.kind != "settlement" and row.settlement:
            parts.insert(0, row.settlement)
        return replace(self, parent=", ".join(part for part in parts if part), within=row.name_kk or "")

    def found(self, language: str, lon: float, lat: float) -> Found:
        name = self.names[("kk", "ru", "en").index(language)] or self.names[0]
        parent = "" if self.parent == name else self.parent
        return Found(name, self.kind, parent, round(lat, 6), round(lon, 6), ZOOM.get(self.kind, 14))

    @property
    def same(self) -> tuple[Any, ...]:
        """Equal for pieces of one street; points, and what has no parent to tell it apart, only where near."""
        near = (round(self.lon * 2), round(self.lat * 2)) if not self.parent or self.kind == "settlement" else ()
        return (self.kind, self.names[0], self.names[1], self.parent, self.code, near)


def candidate(row: Row[Any], wish: Question, at: At) -> Candidate:
    """A row of the search with its cost."""
    names = (row.name_kk, row.name_ru, row.name_en)
    code = getattr(row, "code", "")
    cost = min(_of_name(name, wish) for name in names) + _of_kind(row.kind, wish) + _of_distance(row.x, row.y, at)
    ids = () if code else tuple(row.ids)
    return Candidate(row.kind, names, cost, row.x, row.y, ids, code, getattr(row, "parent", "") or "")


def _of_name(name: str, wish: Question) -> float:
    """Slips and missing words; a name known by a former name only costs a little too."""
    words = name_words(name)
    if not words:
        return 2.0
    slips = [min(_of_word(asked, word) for word in words) for asked in wish.words]
    extra = max(0, len(words) - len(wish.words)) / len(words)
    return sum(min(slip, 0.9) for slip in slips) + 0.4 * extra


def _of_word(asked: str, word: str) -> float:
    if asked == word:
        return 0.0
    return 0.2 if word.startswith(asked) else 0.35 * edits(asked, word)


def _of_kind(kind: str, wish: Question) -> float:
    wished = set().union(*(_WISHED[each] for each in wish.kinds))
    return -_KNOWN.get(kind, 0.0) + (0.6 if wished and kind not in wished else 0.0)


def _of_distance(lon: float, lat: float, at: At) -> float:
    km = 111.3 * math.hypot(lat - at.lat, (lon - at.lon) * math.cos(math.radians(at.lat)))
    return 0.25 * math.log10(1 + km)


def best(found: Iterable[Candidate]) -> list[Candidate]:
    """Cheapest first."""
    return sorted(found, key=lambda each: (each.cost, each.names, each.code))


def merged(found: Iterable[Candidate]) -> list[Candidate]:
    """Pieces of one street joined; a settlement gives way to the area of its own name around it."""
    kept: dict[tuple[Any, ...], Candidate] = {}
    for each in best(found):
        first = kept.setdefault(each.same, each)
        if first is not each:
            kept[each.same] = replace(first, ids=tuple(dict.fromkeys(first.ids + each.ids)))
    areas = {name_words(each.names[0]) for each in kept.values() if each.code}
    return [
        each
        for each in kept.values()
        if each.kind != "settlement" or name_words(each.names[0]) not in areas or not _named_so(each)
    ]


def _named_so(each: Candidate) -> bool:
    return name_words(each.within) == name_words(each.names[0])
