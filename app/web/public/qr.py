"""`/qr`: a school or a yard makes its poster; `/qr.pdf` and `/qr.svg` are the sheet itself.

The code leads to the report form of this server with the kind of danger and the place filled in. Nothing is stored:
the address of the poster is the poster.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from shapely.geometry import Point

from app import i18n
from app.domain import geo
from app.domain.errors import BadCoordinates, DomainError, PlaceNotFound, UnknownHazardType
from app.domain.text import clean
from app.queries import public
from app.web import labels
from app.web.access import PUBLIC, access
from app.web.context import policy, public_db, settings
from app.web.places import resolve_place
from app.web.public.pages import bp
from app.web.public.poster import Wanted, as_pdf, as_svg

NAME_MAX = 60
PLACE_MAX = 200
PLACE_DIGITS = 5  # about a metre


@bp.get("/qr")
@access(PUBLIC)
def qr() -> ResponseReturnValue:
    """The form, and beside it the poster as it would be; what is wrong with what was asked stands at its field."""
    asked = {name: request.args.get(name, "") for name in ("type", "place", "name")}
    wanted, errors = _wanted()
    kept = {name: value for name, value in asked.items() if value} if not errors else {}
    if wanted.place:
        kept["place"] = wanted.place
    page = render_template(
        "public/qr.html",
        types=_types(),
        asked=asked,
        errors=errors,
        found=_name_found(asked["place"]) if not errors else "",
        query=urlencode(kept | {"lang": i18n.language()}),
        name_max=NAME_MAX,
        place_max=PLACE_MAX,
    )
    return page, 422 if errors else 200


@bp.get("/qr.pdf")
@access(PUBLIC)
def qr_pdf() -> ResponseReturnValue:
    """The sheet to print."""
    return Response(as_pdf(_good()), mimetype="application/pdf", headers=_named("pdf"))


@bp.get("/qr.svg")
@access(PUBLIC)
def qr_svg() -> ResponseReturnValue:
    """The sheet as a drawing."""
    return Response(as_svg(_good()), mimetype="image/svg+xml", headers=_named("svg"))


def _good() -> Wanted:
    wanted, errors = _wanted()
    if errors:
        abort(400)
    return wanted


def _wanted() -> tuple[Wanted, dict[str, str]]:
    """What the address asks for, and what is wrong with it by field."""
    errors: dict[str, str] = {}

    def tried(field: str, make: Any) -> str:
        try:
            return str(make(request.args.get(field, "").strip()))
        except DomainError as error:
            errors[field] = labels.error(error)
            return ""

    goal = {"type": tried("type", _type), "place": tried("place", _place)}
    query = urlencode({key: value for key, value in goal.items() if value}, safe=",")
    url = f"{settings().base_url}{_prefix()}/report{'?' + query if query else ''}"
    return Wanted(url, tried("name", _name), goal["place"]), errors


def _type(code: str) -> str:
    if code and code not in {row.code for row in _types()}:
        raise UnknownHazardType(hazard_type="")
    return code


def _place(typed: str) -> str:
    """`lat,lon` within the country, to about a metre, of numbers or of a name; nothing is no place."""
    if not typed:
        return ""
    lat, _, lon = typed.partition(",")
    try:
        at = geo.point(geo.parse_degrees(lon), geo.parse_degrees(lat), policy().bounds)
    except BadCoordinates:
        at = _looked_up(typed)
    return f"{at.y:.{PLACE_DIGITS}f},{at.x:.{PLACE_DIGITS}f}"


def _looked_up(typed: str) -> Point:
    found = resolve_place(typed[:PLACE_MAX])
    if found is None:
        raise PlaceNotFound()
    return geo.point(found[1], found[0], policy().bounds)


def _name_found(typed: str) -> str:
    """What the place was taken for, to be checked; "" where numbers were typed."""
    found = resolve_place(typed.strip()[:PLACE_MAX]) if any(sign.isalpha() for sign in typed) else None
    return found[3] if found else ""


def _name(typed: str) -> str:
    return " ".join(clean(typed, limit=NAME_MAX).split())


def _prefix() -> str:
    """Of the language in which the form opens: `lang`, else the default one."""
    lang = request.args.get("lang", "")
    known = lang in i18n.LANGUAGES and lang != settings().default_language
    return f"/{lang}" if known else ""


def _types() -> list[Any]:
    with public_db() as session:
        return list(public.types(session, i18n.language(), every=True))


def _named(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'inline; filename="qauip-qr.{ending}"', "Cache-Control": "public, max-age=300"}
