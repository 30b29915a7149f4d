"""Who of the own organisation is called to an urgent hazard: the manager's page of the administrator's list."""

from __future__ import annotations

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue

from app.actions.administration import duty as actions
from app.domain.permissions import Permission
from app.models import DutyContact
from app.web.access import access
from app.web.context import db
from app.web.duty_contacts import ContactForm
from app.web.duty_pages import DutyPages, Rows
from app.web.staff.body import bp, own_body


@bp.route("/duty", methods=["GET", "POST"])
@access(Permission.MANAGE)
def duty() -> ResponseReturnValue:
    """The list in the order of the calls, and a form for one more."""
    return _pages().listed()


@bp.route("/duty/<int:contact_id>", methods=["GET", "POST"])
@access(Permission.MANAGE)
def duty_contact(contact_id: int) -> ResponseReturnValue:
    """Change one."""
    return _pages().one(_own_contact(contact_id))


@bp.post("/duty/<int:contact_id>/earlier")
@access(Permission.MANAGE)
def duty_earlier(contact_id: int) -> ResponseReturnValue:
    """Call this one before the one above."""
    return _pages().change(_own_contact(contact_id).id, actions.call_earlier)


@bp.post("/duty/<int:contact_id>/remove")
@access(Permission.MANAGE)
def duty_remove(contact_id: int) -> ResponseReturnValue:
    """Take one away."""
    return _pages().change(_own_contact(contact_id).id, actions.remove_contact)


def _pages() -> DutyPages:
    return DutyPages(
        body_id=lambda session: own_body(session).id,
        list_url=url_for(".duty"),
        contact_url=lambda contact_id: url_for(".duty_contact", contact_id=contact_id),
        list_page=_list,
        contact_page=lambda form, name: render_template("staff/body_duty_contact.html", form=form, name=name),
    )


def _own_contact(contact_id: int) -> DutyContact:
    """A contact of the own body; a 404 for any other."""
    with db() as session:
        row = session.get(DutyContact, contact_id)
        return row if row is not None and row.body_id == own_body(session).id else abort(404)


def _list(form: ContactForm, rows: Rows, minutes: int) -> str:
    return render_template("staff/body_duty.html", form=form, rows=rows, minutes=minutes)
