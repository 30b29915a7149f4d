"""The page of a crew: its jobs by danger, by nearness or as a route, and one page for each job.

Decision: distances are reckoned in the browser, from the places of the jobs that stand in the page, so that where
somebody is stays on the telephone; only "route from here" sends the position, once, in the body of a form, and nothing
keeps it. Each act goes the one way of all acts (`crew_send.py`). The telephone keeps the list and these pages, with the
small pictures, until sign-out (`static/js/crew_keep.js`); the kept page leaves out what people wrote as they reported,
since no moderator has read that. Turned down: an application of its own, which must be installed, and a page that only
a script can draw.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import i18n
from app.domain import geo
from app.domain.errors import DomainError
from app.domain.hazard import Severity
from app.domain.lifecycle import Act
from app.domain.permissions import Permission
from app.domain.tour import Place, Stop, press_of, tour
from app.queries.crew_jobs import my_jobs
from app.queries.staff import StaffHazard, hazard_for_staff
from app.web.access import access, actor
from app.web.context import db, now, policy, settings
from app.web.map_kinds import Kind
from app.web.map_parts import map_parts
from app.web.sent import reference_or_404
from app.web.staff import acts
from app.web.staff.crew_words import job_forms, job_row, job_words, script_words
from app.web.typed import keeps_typed

bp = Blueprint("crew", __name__, url_prefix="/staff/crew")


@bp.get("")
@access(Permission.WORK)
def index() -> ResponseReturnValue:
    """My jobs: danger first, or with `order=route` as a route that begins at the first of them."""
    return _list(by_route=request.args.get("order") == "route")


def _route_expired() -> ResponseReturnValue:
    return _list(by_route=True), 403


@bp.post("/route")
@access(Permission.WORK)
@keeps_typed(_route_expired)
def route() -> ResponseReturnValue:
    """The same as a route from where the device is. No position, or none of a place: from the first job."""
    return _list(by_route=True, start=_place_sent())


@bp.get("/<reference>")
@access(Permission.WORK)
def job(reference: str) -> ResponseReturnValue:
    """One job: what, where, and what to do."""
    with db() as session:
        page = hazard_for_staff(session, actor=actor(), reference=reference_or_404(reference), language=i18n.language())
        return job_page(session, page)


def device_key() -> str:
    """By which a device tells whose acts it keeps: alike for one account, and nobody's number."""
    who = f"crew device of {actor().account_id}".encode()
    return hmac.digest(settings().require_secret().encode(), who, "sha256").hex()[:16]


def job_page(
    session: Session,
    page: StaffHazard,
    *,
    refused: tuple[Act, acts.ActForm] | None = None,
    news: Sequence[dict[str, Any]] = (),
) -> str:
    """The page of a job, with a refused form open in it."""
    if not actor().may(Permission.WORK, body_id=page.hazard.body_id):
        abort(404)
    return render_template(
        "staff/crew_job.html",
        **job_words(session, page, actor(), now()),
        forms=job_forms(session, page, actor(), refused=refused),
        news=news,
        kept="kept" in request.args,
        device_key=device_key(),
        words=script_words(),
        parts=map_parts(Kind.HAZARD),
    )


def _list(*, by_route: bool, start: Place | None = None) -> str:
    with db() as session:
        rows = my_jobs(session, actor=actor(), language=i18n.language(), day=policy().day(now()))
    moment = now()
    jobs = [job_row(row, moment) for row in rows]
    if by_route:
        jobs = [jobs[at] for at in tour([_stop(row) for row in rows], start)]
    return render_template(
        "staff/crew.html",
        jobs=jobs,
        by_route=by_route,
        from_here=start is not None,
        may_log=actor().may(Permission.LOG_PATROL_REPORT, anywhere=True),
        device_key=device_key(),
        words=script_words(),
        parts=map_parts(Kind.HAZARD),
    )


def _stop(row: Any) -> Stop:
    press = press_of(
        made_safe=row.made_safe_at is not None,
        overdue=row.overdue is not None,
        urgent=row.urgent,
        critical=row.severity == Severity.CRITICAL,
    )
    return Stop((row.lat, row.lon), press)


def _place_sent() -> Place | None:
    try:
        lat, lon = (geo.parse_degrees(request.form.get(name)) for name in ("lat", "lon"))
        spot = geo.point(lon, lat, policy().bounds)
    except DomainError:
        return None
    return spot.y, spot.x
