"""The place search of the report form where there is no script: buttons of the form itself, so that whatever was typed
and chosen goes along and comes back. Nothing is taken in by them. Turned down: a link to /search, which forgets it all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain import geo
from app.domain.coordinates import MAX_TYPED
from app.domain.errors import DomainError
from app.i18n import gettext
from app.web.context import policy
from app.web.places import kind_text, search_places

LONGEST = 200


@dataclass(frozen=True)
class Hits:
    """What was asked and what was found; `hint`: a sentence about it."""

    asked: str
    items: tuple[dict[str, Any], ...]
    hint: str


def seeks_place(sent: Mapping[str, Any]) -> bool:
    """Whether the form was sent to find a place or to choose one that was found, and not to be taken in."""
    return "find_place" in sent or "at" in sent


def hits(asked: str) -> Hits:
    """The places of that name, each with the value of its button."""
    asked = asked.strip()[: MAX_TYPED + 1]
    if not asked:
        return Hits("", (), gettext("Write the name of a street, a quarter or a village, or coordinates."))
    found = search_places(asked, whole=True) if len(asked) <= MAX_TYPED else None
    if found is None or not found.items:
        hint = gettext("No place of this name is known here. Try another spelling, or type the coordinates.")
        return Hits(asked, (), hint)
    house = gettext("House numbers are not known here. Choose the street.") if found.house else ""
    return Hits(asked, tuple(_hit(each) for each in found.items), house)


def chosen(sent: Mapping[str, Any]) -> tuple[float, float, str] | None:
    """(lat, lon, name) of the place whose button was pressed; None for what is none of ours."""
    lat, lon, name = [*str(sent.get("at", "")).split("|", 2), "", ""][:3]
    place = pin_at(lat, lon)
    return (*place, name[:LONGEST]) if place else None


def pin_at(lat: str | None, lon: str | None) -> tuple[float, float] | None:
    """(lat, lon) of two numbers, where they name a place that a pin may stand at."""
    try:
        place = geo.point(geo.parse_degrees(lon), geo.parse_degrees(lat), policy().bounds)
    except DomainError:
        return None
    return place.y, place.x


def _hit(found: Any) -> dict[str, Any]:
    more = " · ".join(part for part in (kind_text(found.kind), found.parent) if part)
    whole = ", ".join(part for part in (found.name, found.parent) if part)
    return {"name": found.name, "more": more, "value": f"{found.lat:.6f}|{found.lon:.6f}|{whole[:LONGEST]}"}
