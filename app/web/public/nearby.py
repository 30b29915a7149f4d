"""`GET /report/nearby`: what "Is it this one?" shows before a report is sent; JSON for scripts, items for the page.

Distances are steps of 10 m: the public place of many kinds is no finer (decisions §12).
"""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any

from flask import Response, jsonify, request, url_for
from shapely.geometry import Point
from sqlalchemy import Row

from app.domain import geo
from app.domain.errors import UnknownHazardType
from app.domain.references import show_reference
from app.i18n import language
from app.queries import nearby as query
from app.web import labels
from app.web.access import PUBLIC, access
from app.web.context import now, policy, public_db
from app.web.public.pages import bp
from app.web.public.words import hazard_url
from app.web.times import public_since

TYPE_CODE = re.compile(r"[A-Z][A-Z_]{0,39}")
STEP_M = 10


@bp.get("/report/nearby")
@access(PUBLIC)
def nearby() -> Response:
    """Open public hazards of the group of `type` around `lat`, `lon`; 400 with a sentence for what is no place."""
    code = request.args.get("type", "")
    if not TYPE_CODE.fullmatch(code):
        raise UnknownHazardType(hazard_type="")
    lon, lat = geo.parse_degrees(request.args.get("lon")), geo.parse_degrees(request.args.get("lat"))
    response = jsonify(items=suggestions(code, geo.point(lon, lat, policy().bounds)))
    response.headers["Cache-Control"] = "private, max-age=30"
    return response


def suggestions(hazard_type: str, place: Point) -> list[dict[str, Any]]:
    """The items of the contract, nearest first."""
    today = policy().day(now())
    with public_db() as session:
        rows = query.nearby(session, language(), hazard_type=hazard_type, place=place)
    return [_item(row, today) for row in rows]


def _item(row: Row[Any], today: date) -> dict[str, Any]:
    return {
        "ref": row.reference,
        "reference": show_reference(row.reference),
        "type": row.hazard_type,
        "group": row.type_group,
        "title": row.title,
        "distance_m": max(STEP_M, math.ceil(row.distance_m / STEP_M) * STEP_M),
        "status": row.status,
        "status_text": labels.status(row.status),
        "state": row.state,
        "since": public_since(row.received_day, today=today),
        "overdue": row.overdue is not None,
        "photo": url_for("public.photo", public_id=row.photo, size="thumb") if row.photo else None,
        "reports": row.reports,
        "lat": round(row.lat, 6),
        "lon": round(row.lon, 6),
        "url": hazard_url(row.reference),
    }
