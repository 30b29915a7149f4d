"""`/report/street`: the street near a pin in words, so that a reporter sees whether the pin is right."""

from __future__ import annotations

from flask import Response, jsonify, request

from app.domain import geo
from app.i18n import gettext as _
from app.i18n import language
from app.queries.near_street import near_street
from app.web.access import PUBLIC, access
from app.web.context import policy, public_db
from app.web.public.search import KEPT, bp


@bp.get("/report/street")
@access(PUBLIC)
def street() -> Response:
    """`lat`, `lon`: `{text}`, which is empty where no street is known; a place that is none is refused."""
    lat, lon = (geo.parse_degrees(request.args.get(name)) for name in ("lat", "lon"))
    place = geo.point(lon, lat, policy().bounds)
    with public_db() as session:
        name = near_street(session, language(), place.x, place.y)
    response = jsonify(text=_("Near here: %(name)s", name=name) if name else "")
    response.headers["Cache-Control"] = KEPT
    return response
