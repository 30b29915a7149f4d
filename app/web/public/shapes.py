"""`/report/shapes`: imported power lines and waters near the pin, which a report may choose as its line or area."""

from __future__ import annotations

import orjson
from flask import Response, request

from app.domain import geo
from app.i18n import language
from app.queries.shapes import shapes_near
from app.web.access import PUBLIC, access
from app.web.context import policy, public_db
from app.web.public.search import KEPT, bp

TYPE_MAX = 40


@bp.get("/report/shapes")
@access(PUBLIC)
def shapes() -> Response:
    """`type`, `lat`, `lon`: a GeoJSON FeatureCollection; a place that is none is refused."""
    lat, lon = (geo.parse_degrees(request.args.get(name)) for name in ("lat", "lon"))
    place = geo.point(lon, lat, policy().bounds)
    with public_db() as session:
        rows = shapes_near(session, language(), request.args.get("type", "")[:TYPE_MAX], place.x, place.y)
    features = [
        {
            "type": "Feature",
            "geometry": orjson.Fragment(row.geometry),
            "properties": {"id": row.external_id, "kind": row.kind, "name": row.name},
        }
        for row in rows
    ]
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return Response(body, mimetype="application/geo+json", headers={"Cache-Control": KEPT})
