"""Who is on duty of an organisation: add, change, order, take away."""

from __future__ import annotations

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.actions.administration import duty as actions
from app.domain.permissions import Permission, Role
from app.i18n import language
from app.models import Body, DutyContact
from app.queries.bodies import body_by_code
from app.web import labels
from app.web.access import access
from app.web.admin.routes import bp
from app.web.context import db
from app.web.duty_contacts import ContactForm
from app.web.duty_pages import DutyPages, Rows

COORDINATOR = "_coordinator"
"""In place of a body's code; no body can have it."""


@bp.route("/duty/<path:code>", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def duty_contacts(code: str) -> ResponseReturnValue:
    """The list in the order of the calls, and a form for one more."""
    return _pages(code).listed()


@bp.route("/duty-contact/<int:contact_id>", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def duty_contact(contact_id: int) -> ResponseReturnValue:
    """Change one."""
    contact, code = _contact(contact_id)
    return _pages(code).one(contact)


@bp.post("/duty-contact/<int:contact_id>/earlier")
@access(Permission.ADMINISTER)
def duty_earlier(contact_id: int) -> ResponseReturnValue:
    """Call this one before the one above."""
    return _pages(_contact(contact_id)[1]).change(contact_id, actions.call_earlier)


@bp.post("/duty-contact/<int:contact_id>/remove")
@access(Permission.ADMINISTER)
def duty_remove(contact_id: int) -> ResponseReturnValue:
    """Take one away."""
    return _pages(_contact(contact_id)[1]).change(contact_id, actions.remove_contact)


def _pages(code: str) -> DutyPages:
    """Of the body with this code."""

    def listed(form: ContactForm, rows: Rows, minutes: int) -> str:
        with db() as session:
            body_id, name = _of(session, code)
        body = {"name": name, "code": code, "own": body_id is not None}
        return render_template("admin/duty.html", form=form, rows=rows, minutes=minutes, body=body)

    return DutyPages(
        body_id=lambda session: _of(session, code)[0],
        list_url=url_for(".duty_contacts", code=code),
        contact_url=lambda contact_id: url_for(".duty_contact", contact_id=contact_id),
        list_page=listed,
        contact_page=lambda form, name: render_template("admin/duty_contact.html", form=form, name=name, code=code),
    )


def _of(session: Session, code: str) -> tuple[int | None, str]:
    """The body's id and name; of the coordinator None."""
    if code == COORDINATOR:
        return None, labels.role(Role.COORDINATOR)
    body = body_by_code(session, code) or abort(404)
    return body.id, body.name(language())


def _contact(contact_id: int) -> tuple[DutyContact, str]:
    """The contact, and the code of whose list it is on."""
    with db() as session:
        row = session.get(DutyContact, contact_id) or abort(404)
        return row, COORDINATOR if row.body_id is None else session.get_one(Body, row.body_id).code
