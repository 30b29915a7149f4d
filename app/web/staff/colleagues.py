"""The colleagues of one's own body: a manager invites, disables, and gives roles. Other bodies do not exist here."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions import account_links
from app.domain.errors import DomainError
from app.domain.permissions import Permission, Role
from app.i18n import gettext
from app.queries.colleagues import accounts_with_state
from app.web import colleagues as shared
from app.web import labels
from app.web.access import access, actor
from app.web.colleagues import OF_A_BODY, InviteForm, letters, row_of
from app.web.context import db, now
from app.web.errors import status_of

bp = Blueprint("colleagues", __name__, url_prefix="/staff/colleagues")


@bp.get("/")
@access(Permission.MANAGE)
def index() -> ResponseReturnValue:
    """Who works here, and a form to invite one more."""
    return _page(_form(blank=True))


@bp.post("/")
@access(Permission.MANAGE)
def invite() -> ResponseReturnValue:
    """Write to a new colleague."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    try:
        _invite(form)
    except DomainError as error:
        form.email.errors = [labels.error(error)]
        return _page(form), status_of(error)
    flash(gettext("An invitation is on its way to %(email)s.", email=form.email.data), "success")
    return redirect(_back(), 303)


@bp.post("/<int:account_id>/<any(enable, disable):wish>")
@access(Permission.MANAGE)
def switch(account_id: int, wish: str) -> ResponseReturnValue:
    """Let a colleague sign in or not."""
    return shared.switch(_back(), account_id, wish)


@bp.post("/<int:account_id>/role")
@access(Permission.MANAGE)
def role(account_id: int) -> ResponseReturnValue:
    """Give a colleague another role."""
    return shared.change_role(_back(), account_id, request.form.get("role", ""), OF_A_BODY)


@bp.post("/<int:account_id>/invite")
@access(Permission.MANAGE)
def send_again(account_id: int) -> ResponseReturnValue:
    """Send the letter once more."""
    return shared.send_again(_back(), account_id)


@bp.post("/<int:account_id>/revoke")
@access(Permission.MANAGE)
def revoke(account_id: int) -> ResponseReturnValue:
    """Take the invitation back."""
    return shared.revoke(_back(), account_id)


def _invite(form: InviteForm) -> None:
    me = actor()
    with db() as session:
        account_links.invite(
            session,
            by=me,
            email=form.email.data or "",
            name=form.name.data or "",
            role=Role(form.role.data),
            body_id=me.body_id,
            letters=letters(),
            now=now(),
            language=form.language.data or "",
        )


def _form(*, blank: bool = False) -> InviteForm:
    form = InviteForm(formdata=None) if blank else InviteForm()
    form.role.choices = [(role.value, labels.role(role)) for role in OF_A_BODY]
    return form


def _page(form: InviteForm) -> str:
    with db() as session:
        rows = [row_of(each) for each in accounts_with_state(session, now=now(), body_id=actor().body_id or 0)]
    roles = [(role.value, labels.role(role)) for role in OF_A_BODY]
    return render_template("staff/colleagues.html", form=form, rows=rows, roles=roles)


def _back() -> str:
    return url_for("colleagues.index")
