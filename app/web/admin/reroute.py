"""Decide anew who answers: look at what would move, from whom to whom and where, then let it run, stop it, go on.

Decision: the preview is a page of its own address, since it is a stored run that the job then does row by row. Nothing
moves by looking.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import orjson
from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, TextAreaField
from wtforms.validators import Optional

from app.actions.reroute import start_reroute, stop_reroute
from app.actions.reroute_preview import look_at_once_or_later, order_preview
from app.domain.errors import DomainError, NeedsReason, NoBordersThen
from app.domain.permissions import Permission
from app.i18n import format_day, gettext, language
from app.i18n import lazy_gettext as _
from app.models import RerouteRun
from app.queries.names import body_names_by_id
from app.queries.reroute import Flow, reroute_run, reroute_runs, reroute_summary
from app.web import labels
from app.web.access import access, actor
from app.web.admin.common import refuse
from app.web.admin.routes import bp
from app.web.context import db, now, policy
from app.web.forms import OurForm
from app.web.map_kinds import Kind
from app.web.map_parts import map_parts
from app.web.times import staff_moment

TURNS: dict[str, Callable[..., RerouteRun]] = {"start": start_reroute, "stop": stop_reroute}
SAMPLES = 40


class PreviewForm(OurForm):
    """What to decide anew by."""

    as_of = DateField(_("By the borders and rules of this day"), [Optional()])
    reason = TextAreaField(_("Reason, for everybody to read in the history of each hazard"))
    forced = BooleanField(_("Also those that an organisation confirmed or somebody sent where they are"))


@bp.route("/reroute", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def reroute() -> ResponseReturnValue:
    """The runs so far, and a form for one more look."""
    form = PreviewForm()
    form.reason.flags.required = True
    if not form.validate_on_submit():
        return _runs_page(form), 422 if form.errors else 200
    try:
        with db() as session:
            run = order_preview(
                session,
                by=actor(),
                as_of=form.as_of.data,
                forced=bool(form.forced.data),
                reason=form.reason.data or "",
                policy=policy(),
                now=now(),
            )
            look_at_once_or_later(session, run=run, policy=policy(), now=now())
            run_id = run.id
    except DomainError as error:
        status = refuse(
            form, error, {NeedsReason: "reason", NoBordersThen: "as_of"}
        )  # before the page is made: it shows what is refused
        return _runs_page(form), status
    return redirect(url_for("admin.reroute_one", run_id=run_id), 303)


@bp.get("/reroute/<int:run_id>")
@access(Permission.ADMINISTER)
def reroute_one(run_id: int) -> ResponseReturnValue:
    """One run: how many hazards from whom to whom, on a map, and what may be done with it now."""
    with db() as session:
        run = reroute_run(session, run_id)
        if run is None:
            abort(404)
        flows = reroute_summary(session, run_id, samples=0)
        names = body_names_by_id(session, _ids(flows), language())
        return render_template(
            "admin/reroute_run.html",
            run=_words(run),
            flows=[_flow(flow, names) for flow in flows],
            total=sum(flow.hazards for flow in flows),
            moved=sum(flow.moved for flow in flows),
            passed=sum(flow.passed for flow in flows),
            form=FlaskForm(),
            parts=map_parts(Kind.AREAS),
            places=url_for("admin.reroute_places", run_id=run_id),
        )


@bp.get("/reroute/<int:run_id>/places")
@access(Permission.ADMINISTER)
def reroute_places(run_id: int) -> Response:
    """Some places of each flow as GeoJSON, named by where they go."""
    with db() as session:
        flows = reroute_summary(session, run_id, samples=SAMPLES)
        names = body_names_by_id(session, _ids(flows), language())
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [place.x, place.y]},
            "properties": {"name": f"{words['from']} → {words['to']}"},
        }
        for flow, words in ((flow, _flow(flow, names)) for flow in flows)
        for place in flow.samples
    ]
    return Response(orjson.dumps({"type": "FeatureCollection", "features": features}), mimetype="application/geo+json")


@bp.post("/reroute/<int:run_id>/<any(start, stop):wish>")
@access(Permission.ADMINISTER)
def turn_reroute(run_id: int, wish: str) -> ResponseReturnValue:
    """Let it run, or stop it; the worker does the moving."""
    try:
        with db() as session:
            TURNS[wish](session, by=actor(), run_id=run_id)
    except DomainError as error:
        flash(labels.error(error), "warning")
    return redirect(url_for("admin.reroute_one", run_id=run_id), 303)


def _runs_page(form: PreviewForm) -> str:
    with db() as session:
        runs = [_words(run) for run in reroute_runs(session)]
    return render_template("admin/reroute.html", form=form, runs=runs, today=policy().day(now()).isoformat())


def _ids(flows: list[Flow]) -> set[int]:
    return {number for flow in flows for number in (flow.from_body_id, flow.to_body_id) if number is not None}


def _flow(flow: Flow, names: dict[int, str]) -> dict[str, Any]:
    nobody = gettext("Nobody yet")
    return {
        "from": names.get(flow.from_body_id or 0, nobody),
        "to": names.get(flow.to_body_id or 0, nobody),
        "hazards": flow.hazards,
        "moved": flow.moved,
        "passed": flow.passed,
    }


def _words(run: RerouteRun) -> dict[str, Any]:
    as_of: date = run.as_of
    return {
        "id": run.id,
        "url": url_for("admin.reroute_one", run_id=run.id),
        "made": staff_moment(run.made_at),
        "as_of": format_day(as_of),
        "reason": run.reason,
        "forced": run.forced,
        "state": run.state,
        "state_text": labels.run_state(run.state),
        "looked_at": run.looked_at,
        "may_start": run.state in {"preview", "stopped"},
        "may_stop": run.state == "running",
    }
