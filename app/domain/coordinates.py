"""A place typed as numbers: degrees in many forms, `geo:` links and links of the maps people share.

Where the two numbers fit only when exchanged (2GIS and Yandex say longitude first), they are exchanged.
Turned down: whole numbers without a sign of degrees, which are house numbers.
"""

import re
from urllib.parse import parse_qs, unquote, urlsplit

from app.domain.geo import Bounds

MAX_TYPED = 500
_NUMBER = r"[-−]?\d{1,3}(?:[.,]\d{1,12})?"
_PAIR = re.compile(rf"\s*({_NUMBER})\s*°?\s*(?:[,;]\s|[,;/]|\s)\s*({_NUMBER})\s*°?\s*")
_HALF = r"\d{1,3}(?:[.,]\d{1,12})?"
_ANGLE = rf"({_HALF})\s*[°º]?\s*(?:({_HALF})\s*['′’]?\s*(?:({_HALF})\s*(?:\"|″|''|”)?)?)?"
_NORTH = r"(?:N|с\.?\s*ш\.?|с\.?\s*е\.?|С)"
_EAST = r"(?:E|в\.?\s*д\.?|ш\.?\s*б\.?|В)"
_BEHIND = re.compile(rf"\s*{_ANGLE}\s*{_NORTH}\s*[,;]?\s*{_ANGLE}\s*{_EAST}\s*", re.IGNORECASE)
_BEFORE = re.compile(rf"\s*{_NORTH}\s*{_ANGLE}\s*[,;]?\s*{_EAST}\s*{_ANGLE}\s*", re.IGNORECASE)
_UNNAMED = re.compile(rf"\s*{_HALF}\s*[°º]\s*.+")
_BARE = re.compile(rf"\s*{_ANGLE}\s*[,;]?\s*{_ANGLE}\s*")
_IN_LINK = re.compile(r"(-?\d{1,3}\.\d{2,12})(?:,|%2C|/)(-?\d{1,3}\.\d{2,12})", re.IGNORECASE)
_ASKED_OF_LINK = ("ll", "pt", "m", "q", "query", "destination", "whatshere[point]")


def place_typed(text: str, bounds: Bounds) -> tuple[float, float] | None:
    """(lat, lon) in degrees where `text` says a place by numbers and it lies within `bounds`; else None."""
    if len(text) > MAX_TYPED:
        return None
    for read in (_pair, _angles, _link):
        found = read(text)
        if found:
            return _within(*found, bounds)
    return None


def _within(first: float, second: float, bounds: Bounds) -> tuple[float, float] | None:
    if bounds.contains(second, first):
        return round(first, 7), round(second, 7)
    return (round(second, 7), round(first, 7)) if bounds.contains(first, second) else None


def _pair(text: str) -> tuple[float, float] | None:
    found = _PAIR.fullmatch(text)
    if not found or not all("." in part or "," in part for part in found.groups()):
        return None
    return _number(found[1]), _number(found[2])


def _angles(text: str) -> tuple[float, float] | None:
    found = _BEHIND.fullmatch(text) or _BEFORE.fullmatch(text)
    if not found and _UNNAMED.fullmatch(text):
        found = _BARE.fullmatch(text)
    if not found:
        return None
    parts = [_number(part) if part else 0.0 for part in found.groups()]
    if any(part >= 60 for part in (*parts[1:3], *parts[4:6])):
        return None
    return parts[0] + parts[1] / 60 + parts[2] / 3600, parts[3] + parts[4] / 60 + parts[5] / 3600


def _link(text: str) -> tuple[float, float] | None:
    text = text.strip()
    if text.lower().startswith("geo:"):
        found = _IN_LINK.match(text[4:])
    elif re.match(r"https?://", text, re.IGNORECASE):
        found = _in_address(text)
    else:
        found = None
    return (float(found[1]), float(found[2])) if found else None


def _in_address(text: str) -> re.Match[str] | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    asked = parse_qs(parts.query, max_num_fields=50) if parts.query.count("&") < 50 else {}
    said = [*(value for name in _ASKED_OF_LINK for value in asked.get(name, ())), unquote(parts.path), parts.fragment]
    return next((found for each in said if (found := _IN_LINK.search(each))), None)


def _number(text: str) -> float:
    return float(text.replace(",", ".").replace("−", "-"))
