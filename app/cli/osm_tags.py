"""What tags of OpenStreetMap mean to us: kinds of places, names by language, other names, official codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.search_text import search_key

OSM_NOTICE = "© OpenStreetMap contributors, ODbL 1.0"
KATO = ("ref:kato", "ref:KATO", "kato", "KATO", "kato:code", "kz:kato")
NAME_MAX = 200
_OTHER_NAMES = ("name", "alt_name", "old_name", "short_name", "official_name", "loc_name", "int_name", "nat_name")

_STREETS = (
    "motorway trunk primary secondary tertiary motorway_link trunk_link primary_link secondary_link tertiary_link "
    "unclassified residential living_street pedestrian service road track footway"
)
_SETTLEMENTS = "city town village hamlet isolated_dwelling"
_QUARTERS = "suburb quarter neighbourhood borough allotments"

# The first that fits names the kind: a drain under a cover is a manhole.
PLACE_TAGS: tuple[tuple[str, str, str], ...] = (
    ("manhole", "manhole", "*"),
    ("manhole", "man_made", "manhole"),
    ("kindergarten", "amenity", "kindergarten childcare"),
    ("school", "amenity", "school"),
    ("playground", "leisure", "playground"),
    ("power_line", "power", "line minor_line"),
    ("power_tower", "power", "tower"),
    ("canal", "waterway", "canal drain ditch"),
    ("water", "waterway", "river stream riverbank dock"),
    ("water", "natural", "water coastline"),
    ("water", "landuse", "reservoir basin"),
    ("water", "amenity", "fountain"),
    ("water", "water", "*"),
    ("street", "highway", _STREETS),
    ("settlement", "place", _SETTLEMENTS),
    ("quarter", "place", _QUARTERS),
)
PLACE_SELECTION = tuple((key, values) for _, key, values in PLACE_TAGS)
NAMED_KINDS = ("street", "settlement", "quarter")


def place_kind(tags: Mapping[str, Any]) -> str | None:
    """The kind of place, or None; streets, quarters and settlements without a name are none."""
    for kind, key, values in PLACE_TAGS:
        value = tags.get(key)
        if value and value != "no" and (values == "*" or value in values.split()):
            return kind if kind not in NAMED_KINDS or names_of(tags)[0] else None
    return None


def names_of(tags: Mapping[str, Any]) -> tuple[str, str, str]:
    """Kazakh, Russian, English; where a language has none, what stands on the spot (`name`), never a third language."""
    local = _text(tags.get("name"))
    kk, ru = (_text(tags.get(f"name:{language}")) or local for language in ("kk", "ru"))
    return kk, ru, _text(tags.get("name:en")) or _text(tags.get("int_name")) or local


def key_of(tags: Mapping[str, Any]) -> str:
    """The search key of all names in all languages, with the old and other ones."""
    said = (str(tags[key]) for key in sorted(tags) if key.split(":")[0] in _OTHER_NAMES)
    return search_key(_text(name) for value in said for name in value.split(";"))


def _text(value: Any) -> str:
    return " ".join(str(value or "").replace("\x00", "").split())[:NAME_MAX]
