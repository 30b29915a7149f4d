"""All accounts: the administrator invites, disables, gives roles, and helps whoever lost the second factor.

Decision: nobody but its owner ever knows a password, so an account is made by an invitation. Turned down: a password
made here and handed over, which lies in a mailbox or on a note for as long as nobody changes it. The command line still
makes one, for the first administrator (`qauip accounts create`).
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from app.actions import account_links, my_factors
from app.domain.errors import DomainError, NeedsBody
from app.domain.permissions import BODY_ROLES, Permission, Role
from app.i18n import gettext, language
from app.i18n import lazy_gettext as _
from app.queries.bodies import active_bodies
from app.queries.colleagues import accounts_with_state
from app.web import colleagues as shared
from app.web import labels
from app.web.access import access, actor
from app.web.admin.routes import bp
from app.web.colleagues import InviteForm, letters, row_of
from app.web.context import db, now
from app.web.errors import status_of


class AnyInviteForm(InviteForm):
    """With a body, for the roles that work for one."""

    body = SelectField(_("Organisation"), choices=[])


@bp.get("/accounts")
@access(Permission.ADMINISTER)
def accounts() -> ResponseReturnValue:
    """All accounts, and a form to invite one more."""
    return _page(_form(blank=True))


@bp.post("/accounts")
@access(Permission.ADMINISTER)
def invite() -> ResponseReturnValue:
    """Write to somebody new."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    try:
        _invite(form)
    except DomainError as error:
        field = form.body if isinstance(error, NeedsBody) else form.email
        field.errors = [labels.error(error)]
        return _page(form), status_of(error)
    flash(gettext("An invitation is on its way to %(email)s.", email=form.email.data), "success")
    return redirect(_back(), 303)


@bp.post("/accounts/<int:account_id>/<any(enable, disable):wish>")
@access(Permission.ADMINISTER)
def switch(account_id: int, wish: str) -> ResponseReturnValue:
    """Let an account sign in or not."""
    return shared.switch(_back(), account_id, wish)


@bp.post("/accounts/<int:account_id>/role")
@access(Permission.ADMINISTER)
def account_role(account_id: int) -> ResponseReturnValue:
    """Give an account another role."""
    return shared.change_role(_back(), account_id, request.form.get("role", ""), tuple(Role))


@bp.post("/accounts/<int:account_id>/invite")
@access(Permission.ADMINISTER)
def invite_again(account_id: int) -> ResponseReturnValue:
    """Send the letter once more."""
    return shared.send_again(_back(), account_id)


@bp.post("/accounts/<int:account_id>/revoke")
@access(Permission.ADMINISTER)
def revoke_invitation(account_id: int) -> ResponseReturnValue:
    """Take the invitation back."""
    return shared.revoke(_back(), account_id)


@bp.post("/accounts/<int:account_id>/second-factor/remove")
@access(Permission.ADMINISTER)
def drop_second_factor(account_id: int) -> ResponseReturnValue:
    """Let the password alone open the account of somebody who lost the rest."""
    return shared.act(
        _back(),
        lambda session: my_factors.drop_second_factor(session, by=actor(), account_id=account_id, now=now()),
        gettext("The second factor is off. They sign in with the password and should set up a new one."),
    )


def _invite(form: AnyInviteForm) -> None:
    role = Role(form.role.data)
    with db() as session:
        account_links.invite(
            session,
            by=actor(),
            email=form.email.data or "",
            name=form.name.data or "",
            role=role,
            body_id=int(form.body.data) if role in BODY_ROLES and form.body.data else None,
            letters=letters(),
            now=now(),
            language=form.language.data or "",
        )


def _form(*, blank: bool = False) -> AnyInviteForm:
    form = AnyInviteForm(formdata=None) if blank else AnyInviteForm()
    form.role.choices = [(role.value, labels.role(role)) for role in Role]
    with db() as session:
        bodies = active_bodies(session, language())
    form.body.choices = [("", labels.choose()), *((str(number), name) for number, name in bodies)]
    return form


def _page(form: AnyInviteForm) -> str:
    with db() as session:
        rows = [row_of(each) for each in accounts_with_state(session, now=now())]
    roles = [(role.value, labels.role(role)) for role in Role]
    return render_template("admin/accounts.html", form=form, rows=rows, roles=roles)


def _back() -> str:
    return url_for("admin.accounts")
