"""`/staff/new`: a hazard found on patrol, logged by a plain form or by the script of its page, perhaps long after.

Decision: on the way of a crew's acts (`crew_send.py`): the page is kept on the device, and what is typed without a
network goes by itself, as JSON that names its account. The form's own `client_id` makes two sendings one report, so it
needs no table of what was sent. Turned down: the citizen's way, without a cookie: this is somebody's
work. What was found is reported when it arrives: the clocks start at receipt, and receipt is by us.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.domain.errors import BadClientId, DomainError, OtherPerson
from app.domain.hazard import Channel
from app.domain.permissions import Permission
from app.i18n import gettext as _
from app.web import labels
from app.web.access import access
from app.web.hint_fields import NAMES
from app.web.map_kinds import Kind
from app.web.map_parts import map_parts
from app.web.photos import decoded
from app.web.report_form import LogForm, log_form, log_hazard
from app.web.security import json_intake
from app.web.staff.crew import device_key
from app.web.staff.crew_words import patrol_words
from app.web.staff.routes import bp, where_next
from app.web.typed import keeps_typed

WORDS = ("client_id", "hazard_type", "lat", "lon", "description", "someone_hurt", *NAMES)


def _expired() -> ResponseReturnValue:
    form = log_form()
    form.form_errors = [labels.form_kept(photos=False)]
    return _page(form), 403


@bp.route("/new", methods=["GET", "POST"])
@access(Permission.LOG_PATROL_REPORT)
@json_intake
@keeps_typed(_expired)
def new() -> ResponseReturnValue:
    """Log a hazard found on patrol."""
    return _by_script() if request.is_json else _by_form()


def _by_form() -> ResponseReturnValue:
    form = log_form()
    if not form.validate_on_submit():
        return _page(form), 422 if form.errors else 200
    try:
        made = log_hazard(form, Channel.PATROL)
    except DomainError as error:
        form.form_errors = [labels.error(error)]
        return _page(form), 422
    flash(_said(), "success")
    return redirect(where_next(made.reference), 303)


def _by_script() -> ResponseReturnValue:
    body = request.get_json()
    if not isinstance(body, dict):
        raise BadClientId()
    if body.get("by") != device_key():
        raise OtherPerson()
    form = log_form(formdata=_words_of(body), meta={"csrf": False})
    if not form.validate():
        return jsonify(error="bad_form", message=" ".join(_wrong(form))), 422
    made = log_hazard(form, Channel.PATROL, photos=decoded(body.get("photos") or []))
    return jsonify(version=0, message=_said(), url=where_next(made.reference))


def _words_of(body: dict[str, Any]) -> MultiDict[str, str]:
    return MultiDict({name: str(body[name]) for name in WORDS if body.get(name) not in (None, "", False)})


def _wrong(form: LogForm) -> Sequence[str]:
    """ "Field: sentence" of each refusal; of the whole form without a field."""
    return [
        _("%(field)s: %(value)s", field=form[name].label.text, value=said) if name else str(said)
        for name, errors in form.errors.items()
        for said in errors
    ]


def _said() -> str:
    return _("The hazard was logged and passed to the responsible organisation.")


def _page(form: LogForm) -> str:
    return render_template(
        "staff/new.html",
        form=form,
        parts=map_parts(Kind.PICK),
        device_key=device_key(),
        words=patrol_words(),
    )
