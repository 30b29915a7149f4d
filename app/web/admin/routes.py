"""Administration: hazards nobody answers for, alarms, accounts. Each act is a form with a token and one action.

A hazard of the queue is opened in the staff's page, where "forward" gives it to a body: one place for that act.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField
from wtforms.validators import Email, InputRequired, Length

from app.actions.accounts import create_account, new_password, set_active
from app.actions.alarms import settle_alarm
from app.domain.errors import DomainError, NeedsBody
from app.domain.permissions import BODY_ROLES, Permission, Role
from app.domain.references import show_reference
from app.i18n import format_datetime, gettext, language
from app.i18n import lazy_gettext as _
from app.queries import admin as query
from app.queries.accounts import accounts_by_name
from app.queries.bodies import active_bodies
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now
from app.web.errors import status_of
from app.web.forms import OurForm

bp = Blueprint("admin", __name__, url_prefix="/admin")
REQUIRED = InputRequired(_("Please fill this in"))
EMAIL = Email(_("This is not an e-mail address."))


class AccountForm(OurForm):
    """A new account; its password is made and shown once."""

    name = StringField(_("Name"), [REQUIRED, Length(max=200)])
    email = EmailField(_("E-mail"), [REQUIRED, Length(max=254), EMAIL])
    role = SelectField(_("Role"), choices=[])
    body = SelectField(_("Organisation"), choices=[])


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


@bp.route("/accounts", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def accounts() -> ResponseReturnValue:
    """All accounts, and a form for one more. The new password stands in this answer and nowhere else."""
    form = _account_form()
    if request.method == "GET":
        return _accounts_page(form)
    if not form.validate():
        return _accounts_page(form), 422
    password = new_password()
    try:
        made = _create(form, password)
    except DomainError as error:
        field = form.body if isinstance(error, NeedsBody) else form.email
        field.errors = [labels.error(error)]
        return _accounts_page(form), status_of(error)
    return _accounts_page(_account_form(blank=True), made=made, password=password), 201


@bp.post("/accounts/<int:account_id>/<any(enable, disable):wish>")
@access(Permission.ADMINISTER)
def switch(account_id: int, wish: str) -> ResponseReturnValue:
    """Let an account sign in or not; disabling ends its sessions."""
    try:
        with db() as session:
            set_active(session, by=actor(), account_id=account_id, active=wish == "enable")
    except DomainError as error:
        flash(labels.error(error), "warning")
    return redirect(url_for("admin.accounts"), 303)


def _create(form: AccountForm, password: str) -> str:
    role = Role(form.role.data)
    with db() as session:
        account = create_account(
            session,
            by=actor(),
            email=form.email.data or "",
            name=form.name.data or "",
            roles=[role],
            body_id=int(form.body.data) if role in BODY_ROLES and form.body.data else None,
            language=language(),
            password=password,
            now=now(),
        )
        return account.email


def _account_form(*, blank: bool = False) -> AccountForm:
    form = AccountForm(formdata=None) if blank else AccountForm()
    form.role.choices = [(role.value, labels.role(role)) for role in Role]
    with db() as session:
        bodies = active_bodies(session, language())
    form.body.choices = [("", labels.choose()), *((str(number), name) for number, name in bodies)]
    return form


def _accounts_page(form: AccountForm, **more: Any) -> str:
    with db() as session:
        rows = [_account(account, body) for account, body in accounts_by_name(session)]
    return render_template("admin/accounts.html", form=form, rows=rows, **more)


def _account(account: Any, body: Any) -> dict[str, Any]:
    return {
        "id": account.id,
        "email": account.email,
        "name": account.name,
        "roles": ", ".join(labels.role(role) for role in account.roles),
        "body": body.name(language()) if body else "",
        "active": account.active,
        "mine": account.id == actor().account_id,
    }


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


def _alarm(alarm: Any, body: Any, reference: str | None) -> dict[str, Any]:
    return {
        "id": alarm.id,
        "what": labels.alarm(alarm.kind),
        "body": body.name(language()) if body else alarm.data.get("job", ""),
        "email": body.email if body else None,
        "url": url_for("staff.hazard", reference=show_reference(reference)) if reference else None,
        "reference": show_reference(reference) if reference else "",
        "raised": format_datetime(alarm.raised_at),
    }
