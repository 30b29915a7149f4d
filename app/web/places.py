"""A place from words: numbers of degrees, a plus code, a link of a map, or a name that is searched.

Decision: numbers and codes are read here, without asking anybody; a short plus code is completed by the place named
beside it, else by where the reader looks. A city's geocoder is asked only for a question that was sent whole, and only
where our own search finds nothing or leaves out a house. Turned down: a geocoder for what our own gazetteer holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app
from openlocationcode import openlocationcode as plus_codes

from app.config import Settings, SettingsError
from app.domain.coordinates import place_typed
from app.domain.search_text import MAX_QUESTION
from app.gateways.geocoder import Address, Geocoder, HttpGeocoder, NoGeocoder
from app.i18n import gettext as _
from app.i18n import language
from app.queries import search
from app.queries.search import Answer
from app.queries.search_rank import At, Found
from app.web.context import policy, public_db, settings

CLOSE_ZOOM = 17
COORDINATES, PLUS_CODE = "coordinates", "plus_code"
CODE_MAX = 20


@dataclass(frozen=True)
class Searched:
    """What is shown: places, and whether a house number was left out of what was asked."""

    items: tuple[Found, ...]
    house: bool = False


def keep_geocoder(app: Flask, settings: Settings) -> None:
    """Give the application the geocoder of its settings, or none. Raises SettingsError for a bad address."""
    try:
        made = HttpGeocoder(settings.geocoder_url, settings.geocoder_kind) if settings.geocoder_url else NoGeocoder()
    except ValueError as error:
        raise SettingsError(str(error)) from None
    app.extensions["qauip_geocoder"] = made


def resolve_place(text: str) -> tuple[float, float, int, str] | None:
    """(lat, lon, zoom, label) of the best answer to `text`, as in `/report?place=…`; None where there is none.

    The label names the parent too: of places of one name nobody else could tell which was taken.
    """
    found = search_places(text, whole=True).items
    return (found[0].lat, found[0].lon, found[0].zoom, _with_parent(found[0])) if found else None


def _with_parent(place: Found) -> str:
    return ", ".join(part for part in (place.name, place.parent) if part)


def search_places(text: str, near: At | None = None, *, whole: bool = False) -> Searched:
    """Places for `text`, best first; near `near`, else the middle of the city's map. `whole`: nobody types any more."""
    text = text.strip()
    here = near or At(*settings().map_center)
    typed = place_typed(text, policy().bounds)
    if typed:
        return Searched((_exact(f"{typed[0]:.5f}, {typed[1]:.5f}", COORDINATES, *typed),))
    code = _plus_code(text, here)
    if code:
        return Searched((code,))
    answer = _by_name(text, here)
    if whole and len(text) <= MAX_QUESTION and (answer.house or not answer.items):
        known = _asked_outside(text)
        if known:
            return Searched((*known, *answer.items)[: search.LIMIT])
    return Searched(answer.items, answer.house)


def _asked_outside(text: str) -> tuple[Found, ...]:
    geocoder = cast(Geocoder, current_app.extensions["qauip_geocoder"])
    found: tuple[Address, ...] = geocoder.find(text, language=language(), bounds=policy().bounds) if text else ()
    return tuple(Found(each.name, "address", each.parent, each.lat, each.lon, CLOSE_ZOOM) for each in found)


def _by_name(text: str, here: At) -> Answer:
    with public_db() as session:
        return search.search(session, text, language(), here)


def _plus_code(text: str, here: At) -> Found | None:
    """A full code, or a short one with a place beside it or without (`6WQV+2C Алматы`)."""
    code, _space, rest = text.partition(" ")
    if "+" not in code or len(code) > CODE_MAX or not plus_codes.isValid(code):
        return None
    if plus_codes.isShort(code):
        around = _by_name(rest, here).items if rest.strip() else ()
        where = At(around[0].lon, around[0].lat) if around else here
        code = plus_codes.recoverNearest(code, where.lat, where.lon)
    area = plus_codes.decode(code)
    lat, lon = round(area.latitudeCenter, 6), round(area.longitudeCenter, 6)
    return _exact(code, PLUS_CODE, lat, lon) if policy().bounds.contains(lon, lat) else None


def _exact(name: str, kind: str, lat: float, lon: float) -> Found:
    return Found(name, kind, "", lat, lon, CLOSE_ZOOM)


def kind_text(kind: str) -> str:
    """What sort of place it is, in words."""
    words = {
        "street": _("street"),
        "quarter": _("part of a town"),
        "settlement": _("town or village"),
        "village": _("village"),
        "city": _("city"),
        "republican_city": _("city"),
        "city_administration": _("city with its villages"),
        "city_district": _("district of a city"),
        "rayon": _("district"),
        "rural_okrug": _("rural district"),
        "oblast": _("region"),
        "service_area": _("service area"),
        COORDINATES: _("coordinates"),
        PLUS_CODE: _("plus code"),
        "address": _("address"),
    }
    return words.get(kind, "")
