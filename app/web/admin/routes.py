"""Administration: hazards nobody answers for, alarms. Each act is a form with a token and one action.

A hazard of the queue is opened in the staff's page, where "forward" gives it to a body: one place for that act.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.actions.alarms import settle_alarm
from app.domain.errors import DomainError
from app.domain.permissions import Permission
from app.domain.references import show_reference
from app.i18n import format_datetime, gettext, language
from app.queries import admin as query
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.get("/")
@access(Permission.ADMINISTER)
def index() -> ResponseReturnValue:
    """The queue and the alarms."""
    after = query.After.parse(request.args.get("after", ""))
    with db() as session:
        queue = query.without_body(session, after=after)
        waiting = [_waiting(*row) for row in queue.rows]
        alarms = [_alarm(*row) for row in query.standing_alarms(session)]
    return render_template(
        "admin/index.html",
        waiting=waiting,
        total=queue.total,
        first=url_for(".index", _anchor="queue") if after else None,
        next=url_for(".index", after=str(queue.next), _anchor="queue") if queue.next else None,
        alarms=alarms,
        form=FlaskForm(),
    )


@bp.post("/alarms/<int:alarm_id>/settle")
@access(Permission.ADMINISTER)
def settle(alarm_id: int) -> ResponseReturnValue:
    """Settle an alarm; one that is settled already stays so."""
    try:
        with db() as session:
            settle_alarm(session, by=actor(), alarm_id=alarm_id, now=now())
        flash(gettext("The alarm is settled."), "success")
    except DomainError as error:
        flash(labels.error(error), "warning")
    return redirect(url_for("admin.index"), 303)


def _waiting(hazard: Any, kind: Any, area: Any) -> dict[str, Any]:
    return {
        "url": url_for("staff.hazard", reference=show_reference(hazard.reference)),
        "reference": show_reference(hazard.reference),
        "title": kind.name(language()),
        "severity": hazard.severity,
        "severity_text": labels.severity(hazard.severity),
        "place": area.name(language()) if area else gettext("Outside all known areas"),
        "received": format_datetime(hazard.received_at),
    }


def _alarm(alarm: Any, body: Any, reference: str | None, person: str | None) -> dict[str, Any]:
    return {
        "id": alarm.id,
        "what": labels.alarm(alarm.kind),
        "body": person or (body.name(language()) if body else alarm.data.get("job", "")),
        "email": body.email if body else None,
        "url": url_for("staff.hazard", reference=show_reference(reference)) if reference else None,
        "reference": show_reference(reference) if reference else "",
        "raised": format_datetime(alarm.raised_at),
    }
