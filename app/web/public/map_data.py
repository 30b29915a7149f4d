"""What the map fetches: hazards of a viewport, and outlines of areas. Contract: `static/js/map/features.js`."""

import math
from typing import Any

import orjson
from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from app.i18n import language
from app.queries import map_data as query
from app.queries import public
from app.queries.map_data import View
from app.queries.public import Box, Filters
from app.web.access import PUBLIC, access
from app.web.context import now, policy, public_db
from app.web.public.words import item

bp = Blueprint("map_data", __name__)

MAX_ZOOM = 19
MAX_TILES = 192  # a 4K screen shows 15 × 9 tiles
STATES = ("open", "safe", "closed")
SINGLES = 200
OSM_CREDIT = "© OpenStreetMap contributors, ODbL"


def filters_asked() -> Filters:
    """The address's `type`, `group` and `status`; unknown states are left out, unknown codes match nothing."""
    states = tuple(state for state in request.args.getlist("status") if state in STATES) or Filters.states
    return Filters(tuple(request.args.getlist("type")[:60]), tuple(request.args.getlist("group")[:20]), states)


@bp.get("/map/<int:z>/<int:x0>/<int:y0>/<int:x1>/<int:y1>")
@access(PUBLIC)
def features(z: int, x0: int, y0: int, x1: int, y1: int) -> Response:
    """Clusters and single hazards of a viewport, and the worst of them for the list, as GeoJSON."""
    view = _checked(z, x0, y0, x1, y1)
    box, filters, today = _box(view), filters_asked(), policy().day(now())
    with public_db() as session:
        cells = query.cells(session, view, box, filters)
        total = sum(cell.n for cell in cells)
        single = [cell.reference for cell in cells if cell.n == 1 and cell.reference][:SINGLES]
        rows = public.by_references(session, language(), single) if single else []
        worst = public.worst_in_view(session, language(), box, filters, among=total)
    singles = {row.reference: item(row, today) for row in rows}
    body = {
        "type": "FeatureCollection",
        "total": total,
        "items": [item(row, today) for row in worst],
        "features": [_feature(view.z, cell, singles) for cell in cells],
    }
    return _json(body, "public, max-age=30")


@bp.get("/map/outlines")
@access(PUBLIC)
def outlines() -> ResponseReturnValue:
    """Areas with their names, for a map without tiles."""
    with public_db() as session:
        rows = query.outlines(session)
        credit = OSM_CREDIT if public.uses_openstreetmap(session) else None
    body = {"type": "FeatureCollection", "features": [_outline(row) for row in rows], "credit": credit}
    response = _json(body, "public, max-age=86400")
    response.add_etag()
    return response.make_conditional(request)


def _outline(row: Row[Any]) -> dict[str, Any]:
    name = getattr(row, f"name_{language()}")
    return {
        "type": "Feature",
        "geometry": orjson.Fragment(row.geometry),
        "properties": {"code": row.code, "kind": row.kind, "name": name},
    }


def _checked(z: int, x0: int, y0: int, x1: int, y1: int) -> View:
    side = 2**z if z <= MAX_ZOOM else 0
    if not (0 <= x0 <= x1 < side and 0 <= y0 <= y1 < side):
        abort(404)
    if (x1 - x0 + 1) * (y1 - y0 + 1) > MAX_TILES:
        abort(400)
    return View(z, x0, y0, x1, y1)


def _box(view: View) -> Box:
    edges = view.parameters
    return Box(_lon(edges["fx0"]), _lat(edges["fy1"]), _lon(edges["fx1"]), _lat(edges["fy0"]))


def _lon(x: float) -> float:
    return x * 360 - 180


def _lat(y: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))


def _feature(z: int, cell: Row[Any], singles: dict[str, dict[str, Any]]) -> dict[str, Any]:
    one = singles.get(cell.reference) if cell.n == 1 else None
    if one:
        return {"type": "Feature", "geometry": _point(one["lon"], one["lat"]), "properties": one}
    group = cell.first_group if cell.first_group == cell.last_group else "mixed"
    properties = {"n": cell.n, "open": cell.open, "group": group, "key": f"{z}/{cell.cx}/{cell.cy}"}
    return {"type": "Feature", "geometry": _point(_lon(cell.x), _lat(cell.y)), "properties": properties}


def _point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}


def _json(body: dict[str, Any], cache: str) -> Response:
    return Response(orjson.dumps(body), mimetype="application/geo+json", headers={"Cache-Control": cache})
