"""What the manager's and the administrator's pages of accounts share: the form of an invitation, a row, the acts.

Decision: the acts are written once, with the blueprint's own list as the page to come back to; who may do what is the
actions' to say (`actions/accounts.editable`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import EmailField, SelectField, StringField
from wtforms.validators import Email, InputRequired, Length

from app.actions import account_links, accounts
from app.actions.account_links import Letters
from app.domain.errors import DomainError, NotPermitted, UnknownAccount
from app.domain.permissions import BODY_ROLES, Role
from app.i18n import NAMES, gettext, language
from app.i18n import lazy_gettext as _
from app.queries.colleagues import Colleague
from app.web import labels
from app.web.access import actor
from app.web.context import db, now, settings
from app.web.forms import OurForm

REQUIRED = InputRequired(_("Please fill this in"))
SHORT = Length(max=254, message=_("This is too long"))
OF_A_BODY = (Role.CREW, Role.DISPATCHER, Role.MANAGER)


class InviteForm(OurForm):
    """Somebody who gets a letter and chooses a password."""

    name = StringField(_("Name"), [REQUIRED, Length(max=200)])
    email = EmailField(_("E-mail"), [REQUIRED, SHORT, Email(_("This is not an e-mail address."))])
    role = SelectField(_("Role"), choices=[])
    language = SelectField(_("Language of the letters"), choices=[], default="")

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.language.choices = [("", gettext("That of the organisation")), *NAMES.items()]


def letters() -> Letters:
    """In the language of this page."""
    return Letters(settings().secret_key.encode(), language())


def row_of(each: Colleague) -> dict[str, Any]:
    """A line of the table."""
    account, mine = each.account, each.account.id == actor().account_id
    return {
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "roles": [labels.role(role) for role in account.roles],
        "role": account.roles[0] if len(account.roles) == 1 else "",
        "body": each.body.name(language()) if each.body else "",
        "state": labels.account_state(each),
        "active": account.active,
        "invited": account.joined_at is None,
        "last_seen_at": account.last_seen_at,
        "second_factor": each.second_factor,
        "mine": mine,
        "beyond": bool(set(account.roles) - BODY_ROLES),
    }


def act(back: str, order: Callable[[Session], object], done: str) -> Response:
    """Do it, say so, and come back to the list. 404 for an account that is none of theirs."""
    try:
        with db() as session:
            order(session)
    except UnknownAccount:
        abort(404)
    except NotPermitted:
        flash(gettext("You cannot change this account."), "warning")
    except DomainError as error:
        flash(labels.error(error), "warning")
    else:
        flash(done, "success")
    return redirect(back, 303)


def switch(back: str, account_id: int, wish: str) -> Response:
    """Let an account sign in or not; disabling ends its sessions."""
    active = wish == "enable"
    return act(
        back,
        lambda session: accounts.set_active(session, by=actor(), account_id=account_id, active=active, now=now()),
        gettext("The account may sign in again.") if active else gettext("The account is disabled and signed out."),
    )


def send_again(back: str, account_id: int) -> Response:
    """One more letter to somebody who is invited."""
    return act(
        back,
        lambda session: account_links.invite_again(
            session, by=actor(), account_id=account_id, letters=letters(), now=now()
        ),
        gettext("A new letter is on its way; the link of the old one is void."),
    )


def revoke(back: str, account_id: int) -> Response:
    """Make an invitation void."""
    return act(
        back,
        lambda session: account_links.revoke_invitation(session, by=actor(), account_id=account_id),
        gettext("The invitation is void."),
    )


def change_role(back: str, account_id: int, wish: str, allowed: tuple[Role, ...]) -> Response:
    """Give another role; its sessions end."""
    if wish not in {role.value for role in allowed}:
        abort(400)
    return act(
        back,
        lambda session: accounts.set_role(session, by=actor(), account_id=account_id, role=Role(wish), now=now()),
        gettext("The role was changed. They sign in anew."),
    )
