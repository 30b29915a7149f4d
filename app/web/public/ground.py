"""The first picture of the public map: outlines of the areas around its opening view, as SVG.

Decision: tiles come only after the page, Leaflet and our modules; on a bad network that is seconds of grey. One small
picture of our own outlines, drawn to the pixel of the opening view, is there with the page and lies under the tiles.
Turned down: preloading tiles, which asks a stranger's server before anybody knows which ones will be shown.
"""

from __future__ import annotations

import math

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.queries import map_data as query
from app.queries import public
from app.web.access import PUBLIC, access
from app.web.context import public_db, settings
from app.web.public.map_data import OSM_CREDIT

bp = Blueprint("ground", __name__)

WIDTH, HEIGHT = 2048, 1536  # pixels of the page: more than most screens show of it
EQUATOR_M = 2 * math.pi * 6378137


@bp.get("/map/ground.svg")
@access(PUBLIC)
def ground() -> ResponseReturnValue:
    """Outlines of today's areas, `WIDTH` by `HEIGHT` pixels around the centre of the opening view."""
    conf = settings()
    metres = EQUATOR_M / (256 * 2**conf.map_zoom)
    with public_db() as session:
        paths = query.ground(session, conf.map_center, query.Canvas(WIDTH, HEIGHT, metres))
        credit = OSM_CREDIT if public.uses_openstreetmap(session) else ""
    body = render_template("public/ground.svg", paths=paths, width=WIDTH, height=HEIGHT, credit=credit)
    response = Response(body, mimetype="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})
    response.add_etag()
    return response.make_conditional(request)
