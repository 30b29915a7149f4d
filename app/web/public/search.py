"""`/search`: places by name for the box on the map and the report page; a page of links where there is no script.

Answers may be kept for five minutes by whoever passes them on: the same few names are asked again and again.
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.domain import geo
from app.domain.coordinates import MAX_TYPED
from app.domain.errors import DomainError
from app.i18n import gettext as _
from app.queries.search_rank import At, Found
from app.web.access import PUBLIC, access, wants_json
from app.web.context import policy
from app.web.places import Searched, kind_text, search_places

bp = Blueprint("search", __name__)

KEPT = "private, max-age=300"  # where somebody looks is nobody else's to keep
NOTHING = Searched(())


@bp.get("/search")
@access(PUBLIC)
def search() -> ResponseReturnValue:
    """`q`, and `lat`, `lon` of where the reader looks; what is no place there is no place at all, never an error."""
    asked = request.args.get("q", "").strip()
    whole = "whole" in request.args or not wants_json()
    found = search_places(asked, _near(), whole=whole) if 0 < len(asked) <= MAX_TYPED else NOTHING
    items = [_item(each) for each in found.items]
    hint = _house_hint() if found.house else ""
    if wants_json():
        response = Response(orjson.dumps({"items": items, "hint": hint}), mimetype="application/json")
    else:
        page = render_template("public/search.html", asked=asked[:MAX_TYPED], items=items, hint=hint)
        response = make_response(page)
    response.headers["Cache-Control"] = KEPT
    response.vary.add("Accept")
    return response


def _house_hint() -> str:
    return _("House numbers are not known here. Move the pin to the right house.")


def _near() -> At | None:
    try:
        place = geo.point(
            geo.parse_degrees(request.args.get("lon")), geo.parse_degrees(request.args.get("lat")), policy().bounds
        )
    except DomainError:
        return None
    return At(place.x, place.y)


def _item(found: Found) -> dict[str, Any]:
    return {
        "name": found.name,
        "kind": found.kind,
        "kind_text": kind_text(found.kind),
        "parent": found.parent,
        "lat": found.lat,
        "lon": found.lon,
        "zoom": found.zoom,
    }
