"""The history of changes: who changed what, from what to what; each can be undone as long as nothing came after.

Auditors read it and undo nothing.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.administration.undo import undo_change
from app.domain.errors import DomainError
from app.domain.permissions import Permission
from app.i18n import gettext, language
from app.queries import audit as query
from app.web import labels
from app.web import labels_admin as words
from app.web.access import access, actor
from app.web.admin.audit_words import Names, entry_words
from app.web.admin.common import chosen, text, whole
from app.web.admin.routes import bp
from app.web.context import db, now, policy


@bp.get("/history")
@access(Permission.AUDIT)
def history() -> ResponseReturnValue:
    """The newest changes, of everything or of one row."""
    asked = {name: text(request.args.get(name))[:200] for name in ("noun", "key")}
    before = whole(request.args.get("before"))
    with db() as session:
        found = query.history(session, noun=asked["noun"] or None, key=asked["key"] or None, before=before)
        names = Names.of(session, [row[0] for row in found], language(), policy().day(now()))
        rows = [entry_words(entry, names, who=who, undone=undone) for entry, who, undone in found[: query.PAGE]]
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return render_template(
        "admin/history.html",
        rows=rows,
        asked=asked,
        nouns=chosen(gettext("Everything"), ((noun, str(name)) for noun, name in words.NOUNS.items())),
        may_undo=actor().may(Permission.ADMINISTER, anywhere=True),
        first=url_for(".history", **kept) if before else None,
        next=url_for(".history", **kept, before=rows[-1]["id"]) if len(found) > query.PAGE else None,
    )


@bp.post("/history/<int:entry_id>/undo")
@access(Permission.ADMINISTER)
def undo(entry_id: int) -> ResponseReturnValue:
    """Take one change back."""
    try:
        with db() as session:
            undo_change(session, by=actor(), entry_id=entry_id, now=now())
        flash(gettext("The change is undone."), "success")
    except DomainError as error:
        flash(labels.error(error), "danger")
    kept: dict[str, Any] = {name: request.form[name][:200] for name in ("noun", "key") if request.form.get(name)}
    return redirect(url_for(".history", **kept), 303)
