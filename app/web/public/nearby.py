"""What "Is it this one?" shows before a report is taken in: items for the page and for scripts.

Asked by the report itself and not by an address of its own: the words of a report are read before anybody is asked
anything (decisions §9). Distances are steps of 10 m: the public place of many kinds is no finer (decisions §12).
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from flask import url_for
from shapely.geometry import Point
from sqlalchemy import Row

from app.domain.references import show_reference
from app.i18n import language
from app.queries import nearby as query
from app.web import labels
from app.web.context import now, policy, public_db
from app.web.public.words import hazard_url
from app.web.times import public_since

STEP_M = 10


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
