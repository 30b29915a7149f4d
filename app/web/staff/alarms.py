"""Alarms: for coordinators those of all bodies, for a manager those of the own. An administrator settles them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.domain.references import show_reference
from app.i18n import format_datetime, language
from app.queries.admin import standing_alarms
from app.web import labels
from app.web.access import access, actor
from app.web.context import db

bp = Blueprint("alarms", __name__, url_prefix="/staff/alarms")


@bp.get("")
@access(Permission.ARBITRATE, Permission.MANAGE)
def index() -> ResponseReturnValue:
    """What stands, the oldest first."""
    everywhere = actor().may(Permission.ARBITRATE)
    with db() as session:
        found = standing_alarms(session, body_id=None if everywhere else actor().body_id or 0)
        rows = [_row(*each) for each in found]
    return render_template("staff/alarms.html", rows=rows, settles=actor().may(Permission.ADMINISTER))


def _row(alarm: Any, body: Any, reference: str | None, person: str | None) -> dict[str, Any]:
    return {
        "what": labels.alarm(alarm.kind),
        "body": body.name(language()) if body else "",
        "person": person or "",
        "url": url_for("staff.hazard", reference=show_reference(reference)) if reference else None,
        "reference": show_reference(reference) if reference else "",
        "raised": format_datetime(alarm.raised_at),
    }
