"""A report as it was sent, field by field: what it says, and all that is wrong with it.

All that is wrong is found before anything is refused, so that nobody corrects one thing after another.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from app.domain import geo
from app.domain.errors import (
    BadClientId,
    BadCoordinates,
    BadGeometry,
    BadHint,
    BadReference,
    CannotJoin,
    DomainError,
    NoPlace,
    NotReportable,
    NotText,
    OutOfBounds,
    PhotoUnreadable,
    TooManyPhotos,
    UnknownHazardType,
)
from app.domain.geojson import parse_geojson
from app.domain.hints import parse_hints
from app.domain.photo import PhotoFile
from app.domain.references import parse_reference
from app.domain.text import clean
from app.web import hint_fields
from app.web.context import policy

TYPE_CODE = re.compile(r"[A-Z][A-Z_]{0,39}")
FIELD_OF = {
    BadCoordinates: "lat",
    BadGeometry: "lat",
    OutOfBounds: "lat",
    UnknownHazardType: "hazard_type",
    NotReportable: "hazard_type",
    TooManyPhotos: "photos",
    PhotoUnreadable: "photos",
    NotText: "description",
    CannotJoin: "joins",
}
YES = (True, "1", "y", "on", "true")
NONE_OF_THESE = "none"


class WrongReport(Exception):
    """All that is wrong with a report: (name of the field, or "" for the whole, and the refusal).

    `photos`: those that were stored meanwhile, so that nobody has to choose them again. `desk`: the words are for the
    desk, so no page shows them again. `unread`: nobody has looked at the photos, for very many came.
    """

    desk = False
    unread = False

    def __init__(self) -> None:
        self.errors: list[tuple[str, DomainError]] = []
        self.photos: tuple[PhotoFile, ...] = ()

    @property
    def first(self) -> DomainError:
        return self.errors[0][1]

    def tried(self, field: str | None, make: Callable[[], Any]) -> Any:
        """What `make` gives, or None after noting its refusal at `field` (None: the refusal knows where)."""
        try:
            return make()
        except DomainError as error:
            self.errors.append((field_of(error) if field is None else field, error))
            return None


def read_report(sent: Any, wrong: WrongReport) -> tuple[dict[str, Any], Any]:
    """What a Submission is made of, as far as it can be read, and the id that makes two sendings one."""
    read: dict[str, Any] = {
        "hazard_type": wrong.tried("hazard_type", lambda: _type_code(sent.get("hazard_type"))),
        "geometry": _shape(sent, wrong),
        "text": wrong.tried("description", lambda: clean(_text(sent.get("description")))),
        "hints": wrong.tried(None, lambda: parse_hints(hint_fields.sent(sent))),
        "joins": wrong.tried("joins", lambda: _joins(sent.get("joins"))),
    }
    return read, wrong.tried("", lambda: _client_id(sent.get("client_id")))


def _joins(sent: Any) -> str | None:
    """The reference of the hazard that is meant; "" and the choice of none of them are none."""
    if sent in (None, "", NONE_OF_THESE):
        return None
    try:
        return parse_reference(sent)
    except (BadReference, TypeError):
        raise CannotJoin() from None


def _shape(sent: Any, wrong: WrongReport) -> Any:
    """What was drawn, where it was; else the pin."""
    if not sent.get("geometry"):
        return _place(sent, wrong)
    return wrong.tried("lat", lambda: geo.hazard_geometry(parse_geojson(sent.get("geometry")), policy().bounds))


def _place(sent: Any, wrong: WrongReport) -> Any:
    """The pin; each of the two numbers is named for itself, a pin that was never put is one thing that is missing."""
    if not (sent.get("lat") or sent.get("lon")):
        wrong.errors.append(("lat", NoPlace()))
        return None
    lat = wrong.tried("lat", lambda: geo.parse_degrees(sent.get("lat")))
    lon = wrong.tried("lon", lambda: geo.parse_degrees(sent.get("lon")))
    if lat is None or lon is None:
        return None
    bounds = policy().bounds
    only_lon = bounds.south <= lat <= bounds.north
    return wrong.tried("lon" if only_lon else "lat", lambda: geo.point(lon, lat, bounds))


def field_of(error: DomainError) -> str:
    """The field that an error of the action is about; none for the whole form."""
    if isinstance(error, BadHint):
        return str(error.values["hint"])
    return FIELD_OF.get(type(error), "description" if "text" in error.code else "")


def _type_code(sent: Any) -> str:
    """A code that may be looked up; what no code can be is unknown, before the database is asked."""
    if not isinstance(sent, str) or not TYPE_CODE.fullmatch(sent):
        raise UnknownHazardType(hazard_type="")
    return sent


def _client_id(sent: Any) -> UUID:
    """The sender's id; none is a report of its own, nonsense is refused: its repeat would be a second report."""
    if sent in (None, ""):
        return uuid4()
    try:
        return UUID(sent)
    except (ValueError, TypeError, AttributeError):
        raise BadClientId() from None


def _text(sent: Any) -> str:
    if sent is not None and not isinstance(sent, str):
        raise NotText()
    return sent or ""
