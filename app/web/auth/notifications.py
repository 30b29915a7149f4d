"""What I am told, by what, and when not. A plain form; only the browser's messages need a script.

Decision: one table of kinds and channels with one button, so that a person sees all of it at once. Turned down: a
switch that saves by itself for each cell, which nobody can take back and which does not work without a script.
"""

from __future__ import annotations

import json
from typing import Any

from flask import abort, flash, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField, TimeField
from wtforms.validators import Length, Optional

from app.actions.staff_choices import Wishes, add_browser, remove_browser, save_wishes
from app.domain.errors import BadHours, BadPhone, DomainError
from app.domain.staff_notices import URGENT, Channel, is_default, kinds_for
from app.i18n import gettext
from app.i18n import lazy_gettext as _
from app.queries.staff_notices import MyWishes, my_wishes
from app.web import labels_notices as words
from app.web.access import SIGNED_IN, access, actor
from app.web.auth.common import bp, go, me, my_id
from app.web.context import db, now, settings
from app.web.errors import status_of
from app.web.forms import OurForm, refuse, text
from app.web.labels import error as error_words
from app.web.push_subscription import read_subscription, staff_browser_key
from app.web.vault import sealer


class WishesForm(OurForm):
    """Telephone, quiet hours, digest; the table's ticks are read as they are."""

    phone = StringField(_("Phone for SMS"), [Optional(), Length(max=40)])
    quiet_from = TimeField(_("From"), [Optional()])
    quiet_until = TimeField(_("To"), [Optional()])
    digest = SelectField(_("E-mails and messages that are not urgent"), choices=[])


@bp.get("/account/notifications")
@access(SIGNED_IN)
def notifications() -> ResponseReturnValue:
    """What I have chosen so far."""
    with db() as session:
        kept = my_wishes(session, my_id())
    setting = kept.setting
    form = _form(
        data={
            "phone": setting.phone if setting else "",
            "quiet_from": setting.quiet_from if setting else None,
            "quiet_until": setting.quiet_until if setting else None,
            "digest": "" if setting is None or setting.digest_hour is None else str(setting.digest_hour),
        }
    )
    return _page(form, kept, _ticked(kept))


@bp.post("/account/notifications")
@access(SIGNED_IN)
def save_notifications() -> ResponseReturnValue:
    """Keep all of the page."""
    form = _form()
    ticked = {tuple(each.split(":", 1)) for each in request.form.getlist("want") if ":" in each}
    status = 422
    if form.validate_on_submit():
        try:
            with db() as session:
                save_wishes(session, by=actor(), wishes=_wishes(form, ticked))
        except DomainError as error:
            status = refuse(form, error, {BadPhone: "phone", BadHours: "quiet_from"})
        else:
            flash(gettext("Your choices are saved."), "success")
            return go(url_for("auth.notifications"))
    with db() as session:
        kept = my_wishes(session, my_id())
    return _page(form, kept, ticked), status


@bp.post("/account/notifications/browser")
@access(SIGNED_IN)
def subscribe_browser() -> ResponseReturnValue:
    """From the page's script: tell me in this browser. The address of its service is a secret and is sealed here."""
    sent = request.get_json(silent=True)
    try:
        endpoint, contact = read_subscription(sent.get("subscription") if isinstance(sent, dict) else None)
    except DomainError as error:
        return jsonify(error=error.code, message=error_words(error)), status_of(error)
    with db() as session:
        add_browser(
            session,
            by=actor(),
            endpoint_key=staff_browser_key(endpoint),
            contact=sealer().seal(json.dumps(contact).encode()),
            now=now(),
        )
    return jsonify(subscribed=True)


@bp.post("/account/notifications/browser/<int:browser_id>/forget")
@access(SIGNED_IN)
def forget_browser(browser_id: int) -> ResponseReturnValue:
    """No more messages there."""
    with db() as session:
        if not remove_browser(session, by=actor(), browser_id=browser_id):
            abort(404)
    flash(gettext("That browser is told nothing more."), "success")
    return go(url_for("auth.notifications"))


def _form(**given: Any) -> WishesForm:
    form = WishesForm(**given)
    daily = [(str(hour), gettext("Once a day, at %(hour)s:00", hour=f"{hour:02}")) for hour in range(24)]
    form.digest.choices = [("", gettext("At once")), *daily]
    return form


def _wishes(form: WishesForm, ticked: set[tuple[str, ...]]) -> Wishes:
    return Wishes(
        wanted={(each[0], each[1]) for each in ticked},
        phone=text(form.phone.data),
        quiet_from=form.quiet_from.data,
        quiet_until=form.quiet_until.data,
        digest_hour=int(form.digest.data) if form.digest.data else None,
    )


def _kinds() -> list[str]:
    return [URGENT, *(kind.value for kind in kinds_for(actor().roles))]


def _ticked(kept: MyWishes) -> set[tuple[str, ...]]:
    return {
        (kind, channel.value)
        for kind in _kinds()
        for channel in Channel
        if kept.choices.get((kind, channel.value), is_default(kind, channel))
    }


def _page(form: WishesForm, kept: MyWishes, ticked: set[tuple[str, ...]]) -> str:
    rows = [
        {
            "name": words.staff_kind(kind),
            "ticks": [
                {
                    "value": f"{kind}:{channel.value}",
                    "name": words.tick(kind, channel.value),
                    "channel": words.channel(channel.value),
                    "on": (kind, channel.value) in ticked,
                }
                for channel in Channel
            ],
        }
        for kind in _kinds()
    ]
    return render_template(
        "auth/notifications.html",
        form=form,
        me=me(),
        rows=rows,
        channels=[words.channel(channel.value) for channel in Channel],
        browsers=kept.browsers,
        sms=bool(settings().sms_url),
        mail_failed=kept.mail_failed,
        phone_failed=kept.setting is not None and kept.setting.phone_failed_at is not None,
    )
