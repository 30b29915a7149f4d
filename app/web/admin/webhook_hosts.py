"""The hosts that webhooks may be at: two administrators allow one, any administrator stops it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.actions.webhooks import allow_host, forbid_host
from app.domain.errors import DomainError
from app.domain.permissions import Permission
from app.i18n import format_datetime, gettext, language
from app.queries.webhooks import bodies_at, hosts
from app.web import labels
from app.web.access import access, actor
from app.web.admin.routes import bp
from app.web.context import db, now


@bp.get("/webhook-hosts")
@access(Permission.ADMINISTER)
def webhook_hosts() -> ResponseReturnValue:
    """Those that wait, then those that are allowed."""
    with db() as session:
        at = bodies_at(session, language())
        rows = [_row(row, at.get(row.WebhookHost.host, [])) for row in hosts(session)]
    return render_template("admin/webhook_hosts.html", rows=rows, form=FlaskForm())


@bp.post("/webhook-hosts/<any(allow, forbid):wish>")
@access(Permission.ADMINISTER)
def decide_webhook_host(wish: str) -> ResponseReturnValue:
    """One administrator's word."""
    host = request.form.get("host", "")[:300]
    try:
        with db() as session:
            kept = (allow_host if wish == "allow" else forbid_host)(session, by=actor(), host=host, now=now())
    except DomainError as error:
        flash(labels.error(error), "warning")
    else:
        flash(_said(kept.first_by, kept.second_by), "success")
    return redirect(url_for("admin.webhook_hosts"), 303)


def _said(first: int | None, second: int | None) -> str:
    if second is not None:
        return gettext("Messages go there from now on.")
    return gettext("A second administrator must agree.") if first else gettext("Nothing goes there any more.")


def _row(row: Any, bodies: list[str]) -> dict[str, Any]:
    host = row.WebhookHost
    return {
        "host": host.host,
        "bodies": bodies,
        "words": [f"{name}, {format_datetime(at)}" for name, at in _words(row) if name and at],
        "allowed": host.second_by is not None,
        "may_allow": host.second_by is None and host.first_by != actor().account_id,
        "may_forbid": host.first_by is not None,
    }


def _words(row: Any) -> list[tuple[str | None, Any]]:
    return [(row.first, row.WebhookHost.first_at), (row.second, row.WebhookHost.second_at)]
