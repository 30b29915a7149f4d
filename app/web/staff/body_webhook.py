"""A body's own system: the address it is told at, the secret, and what became of the last messages."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from app.actions.webhooks import rotate_secret, set_webhook
from app.domain.dead_letters import Source, why
from app.domain.errors import BadWebhook, DomainError
from app.domain.permissions import Permission
from app.domain.references import show_reference
from app.domain.webhooks import LEFT, webhook_secret
from app.i18n import format_datetime, gettext
from app.i18n import lazy_gettext as _
from app.models import Webhook
from app.queries.webhooks import Delivered, last_deliveries, webhook_of
from app.web import labels
from app.web import labels_notices as words
from app.web.access import access, actor
from app.web.context import db, now, settings
from app.web.forms import OurForm, refuse, text
from app.web.staff.body import bp


class WebhookForm(OurForm):
    url = StringField(_("Address of your system"), [InputRequired(_("Please fill this in")), Length(max=500)])
    active = BooleanField(_("Send messages there"))


@bp.get("/webhook")
@access(Permission.MANAGE)
def webhook() -> ResponseReturnValue:
    """What is set."""
    return _page()


@bp.post("/webhook")
@access(Permission.MANAGE)
def set_own_webhook() -> ResponseReturnValue:
    """Keep the address. The first secret stands in this answer and nowhere else."""
    form = WebhookForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        with db() as session:
            fresh = webhook_of(session, _body()) is None
            kept = set_webhook(
                session,
                by=actor(),
                body_id=_body(),
                url=text(form.url.data),
                active=bool(form.active.data),
                test_hosts=frozenset(settings().webhook_test_hosts),
                now=now(),
            )
    except DomainError as error:
        status = refuse(form, error, {BadWebhook: "url"})
        return _page(form), status
    if fresh:
        return _page(secret=_secret(kept), first=True), 201
    flash(gettext("Saved."), "success")
    return redirect(url_for("own_body.webhook"), 303)


@bp.post("/webhook/secret")
@access(Permission.MANAGE)
def change_webhook_secret() -> ResponseReturnValue:
    """A new secret, shown in this answer only."""
    try:
        with db() as session:
            kept = rotate_secret(session, by=actor(), body_id=_body(), now=now())
    except DomainError as error:
        flash(labels.error(error), "warning")
        return redirect(url_for("own_body.webhook"), 303)
    return _page(secret=_secret(kept)), 201


def _body() -> int:
    return actor().body_id or 0


def _secret(kept: Webhook) -> str:
    return webhook_secret(settings().require_secret().encode(), kept.id, kept.secret_version)


def _page(form: WebhookForm | None = None, *, secret: str | None = None, first: bool = False) -> str:
    with db() as session:
        found = webhook_of(session, _body())
        hook, host = found or (None, None)
        rows = [_delivery(each) for each in last_deliveries(session, hook)] if hook else []
    if form is None:
        form = WebhookForm(formdata=None, data={"url": hook.url if hook else "", "active": hook is None or hook.active})
    return render_template(
        "staff/body_webhook.html",
        form=form,
        token=FlaskForm(),
        set=hook is not None,
        allowed=host is not None and host.second_by is not None,
        failed=hook is not None and hook.failed_at is not None,
        secret=secret,
        first=first,
        rows=rows,
    )


def _delivery(each: Delivered) -> dict[str, Any]:
    reference, sent = show_reference(each.reference), each.delivery
    return {
        "event": gettext("Another organisation answers for it now") if each.kind == LEFT else labels.event(each.kind),
        "reference": reference,
        "url": url_for("staff.hazard", reference=reference) if each.theirs else None,
        "state": words.delivery(sent.state),
        "why": words.why(why(Source.WEBHOOK, sent.state, sent.error)) if sent.state == "refused" else "",
        "error": sent.error,
        "at": format_datetime(sent.sent_at or sent.created_at),
    }
