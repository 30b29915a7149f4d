"""What nobody took: why, once more, or thrown away with a reason."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.actions import dead_letters as actions
from app.domain.dead_letters import Source, why
from app.domain.errors import DomainError
from app.domain.permissions import Permission
from app.domain.references import show_reference
from app.i18n import format_datetime, gettext, language, ngettext
from app.queries.dead_letters import Dead, DeadLetter, dead_letters
from app.web import labels
from app.web import labels_notices as words
from app.web.access import access, actor
from app.web.admin.routes import bp
from app.web.context import db, now


@bp.get("/dead-letters")
@access(Permission.ADMINISTER)
def dead_letter_page() -> ResponseReturnValue:
    """All sources that have any."""
    with db() as session:
        found = dead_letters(session, language())
    groups = [_group(source, dead) for source, dead in found.items() if dead.total]
    return render_template("admin/dead_letters.html", groups=groups, form=FlaskForm())


@bp.post("/dead-letters/<source>/retry")
@access(Permission.ADMINISTER)
def retry_dead_letters(source: str) -> ResponseReturnValue:
    """All of a source once more."""
    with db() as session:
        many = actions.retry_all(session, by=actor(), source=_source(source), now=now())
    flash(ngettext("%(num)s message is sent again.", "%(num)s messages are sent again.", many), "success")
    return _back()


@bp.post("/dead-letters/<source>/<int:letter_id>/<any(retry, discard):wish>")
@access(Permission.ADMINISTER)
def one_dead_letter(source: str, letter_id: int, wish: str) -> ResponseReturnValue:
    """One once more, or away."""
    given: dict[str, Any] = {"by": actor(), "source": _source(source), "letter_id": letter_id, "now": now()}
    try:
        with db() as session:
            if wish == "retry":
                actions.retry(session, **given)
            else:
                actions.discard(session, **given, reason=request.form.get("reason", "")[:500])
    except DomainError as error:
        flash(labels.error(error), "warning")
    else:
        flash(gettext("It is sent again.") if wish == "retry" else gettext("It was thrown away."), "success")
    return _back()


def _source(code: str) -> Source:
    try:
        return Source(code)
    except ValueError:
        abort(404)


def _back() -> ResponseReturnValue:
    return redirect(url_for("admin.dead_letter_page"), 303)


def _group(source: Source, dead: Dead) -> dict[str, Any]:
    return {
        "source": source.value,
        "name": words.source(source),
        "total": dead.total,
        "more": dead.total - len(dead.rows),
        "rows": [_row(each) for each in dead.rows],
    }


def _row(dead: DeadLetter) -> dict[str, Any]:
    reference = show_reference(dead.reference) if dead.reference else ""
    return {
        "id": dead.id,
        "what": dead.kind if dead.source is Source.JOB else reference or gettext("Several hazards"),
        "url": url_for("staff.hazard", reference=reference) if reference else None,
        "to": dead.to or gettext("A follower") if dead.source is Source.NOTICE else dead.to,
        "channel": "" if dead.channel in {"", "webhook"} else words.channel(dead.channel),
        "why": words.why(why(dead.source, dead.state, dead.error)),
        "error": dead.error,
        "at": format_datetime(dead.at) if dead.at else "",
    }
