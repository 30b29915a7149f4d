"""The arbiter's queue: hazards whose owner is not known, the nearest deadline first.

The decision itself is an act on the hazard's own page, where all that is known stands: one place for it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.actions.administration.rules import make_rule_of_decision
from app.domain.errors import DomainError
from app.domain.permissions import Permission
from app.domain.references import parse_reference, show_reference
from app.i18n import gettext, language
from app.queries.owners import last_refusal, owner_unknown, owner_unknown_count
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now, policy
from app.web.staff.words import hazard_url
from app.web.times import staff_due

bp = Blueprint("owners", __name__, url_prefix="/staff/owners")


@bp.get("/")
@access(Permission.ARBITRATE)
def index() -> ResponseReturnValue:
    """Who makes each safe meanwhile, what the last body said, and until when the arbiter must decide."""
    with db() as session:
        found = owner_unknown(session)
        said = last_refusal(session, [row[0].id for row in found])
        total = owner_unknown_count(session)
        rows = [_words(*row, said=said.get(row[0].id, ""), at=now()) for row in found]
    return render_template("staff/owners.html", rows=rows, total=total)


@bp.post("/<reference>/rule")
@access(Permission.ARBITRATE)
def rule(reference: str) -> ResponseReturnValue:
    """Let the decision hold for all hazards of this type in this area from today on."""
    try:
        code = parse_reference(reference)
        with db() as session:
            today = policy().day(now())
            make_rule_of_decision(session, by=actor(), reference=code, today=today, now=now())
    except DomainError as error:
        flash(labels.error(error), "warning")
    else:
        flash(
            gettext("From today on hazards of this kind in this area go there. An administrator can undo this."),
            "success",
        )
    return redirect(url_for("staff.hazard", reference=reference), 303)


def _words(hazard: Any, kind: Any, area: Any, body: Any, *, said: str, at: datetime) -> dict[str, Any]:
    due = hazard.owner_due
    return {
        "url": hazard_url(hazard.reference) + "#arbitrate",
        "reference": show_reference(hazard.reference),
        "title": kind.name(language()),
        "severity": hazard.severity,
        "severity_text": labels.severity(hazard.severity),
        "place": area.name(language()) if area else gettext("Outside all known areas"),
        "body": body.name(language()) if body else gettext("Nobody yet"),
        "said": said,
        "due": staff_due(due, now=at) if due else gettext("No target for this kind"),
        "late": due is not None and due < at,
    }
