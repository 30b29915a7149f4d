"""Who is on duty of an organisation: add, change, order, take away."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.actions.administration import duty as actions
from app.actions.administration.duty import DUTY
from app.actions.administration.record import fingerprint
from app.domain import errors
from app.domain.permissions import Permission, Role
from app.i18n import gettext, language
from app.models import Body, DutyContact
from app.queries.bodies import body_by_code
from app.queries.duty import contacts_of
from app.web import labels
from app.web.access import access, actor
from app.web.admin.routes import bp
from app.web.context import db, now
from app.web.duty_contacts import BESIDE, ContactForm, contact_facts, contact_form, contact_row
from app.web.forms import refuse, text

COORDINATOR = "_coordinator"
"""In place of a body's code; no body can have it."""


@bp.route("/duty/<path:code>", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def duty_contacts(code: str) -> ResponseReturnValue:
    """The list in the order of the calls, and a form for one more."""
    form = contact_form(active=True)
    if form.validate_on_submit():
        try:
            with db() as session:
                body_id, _name = _of(session, code)
                actions.add_contact(session, by=actor(), body_id=body_id, facts=contact_facts(form), now=now())
        except errors.DomainError as error:
            status = refuse(form, error, BESIDE)
            return _list(code, form), status
        flash(gettext("Saved: %(name)s", name=text(form.name.data)), "success")
        return redirect(url_for(".duty_contacts", code=code), 303)
    return _list(code, form), 422 if form.errors else 200


@bp.route("/duty-contact/<int:contact_id>", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def duty_contact(contact_id: int) -> ResponseReturnValue:
    """Change one."""
    with db() as session:
        row = session.get(DutyContact, contact_id) or abort(404)
        now_is, code = DUTY.snapshot(row), _code(session, row)
    form = contact_form(**now_is, seen=fingerprint(now_is))
    if form.validate_on_submit():
        try:
            with db() as session:
                actions.edit_contact(
                    session,
                    by=actor(),
                    contact_id=contact_id,
                    facts=contact_facts(form),
                    seen=form.seen.data,
                    now=now(),
                )
        except errors.DomainError as error:
            status = refuse(form, error, BESIDE)
            return render_template("admin/duty_contact.html", form=form, contact=now_is, code=code), status
        flash(gettext("Saved: %(name)s", name=text(form.name.data)), "success")
        return redirect(url_for(".duty_contacts", code=code), 303)
    page = render_template("admin/duty_contact.html", form=form, contact=now_is, code=code)
    return page, 422 if form.errors else 200


@bp.post("/duty-contact/<int:contact_id>/earlier")
@access(Permission.ADMINISTER)
def duty_earlier(contact_id: int) -> ResponseReturnValue:
    """Call this one before the one above."""
    return _change(contact_id, actions.call_earlier)


@bp.post("/duty-contact/<int:contact_id>/remove")
@access(Permission.ADMINISTER)
def duty_remove(contact_id: int) -> ResponseReturnValue:
    """Take one away."""
    return _change(contact_id, actions.remove_contact)


def _change(contact_id: int, act: Callable[..., None]) -> ResponseReturnValue:
    with db() as session:
        row = session.get(DutyContact, contact_id) or abort(404)
        code = _code(session, row)
    try:
        with db() as session:
            act(session, by=actor(), contact_id=contact_id, now=now())
    except errors.StillInUse:
        flash(gettext("This contact was called before, so it stays in the history. Switch it off instead."), "warning")
    except errors.DomainError as error:
        flash(labels.error(error), "warning")
    return redirect(url_for(".duty_contacts", code=code), 303)


def _list(code: str, form: ContactForm) -> str:
    with db() as session:
        body_id, name = _of(session, code)
        rows = [
            contact_row(each, url_for(".duty_contact", contact_id=each.id)) for each in contacts_of(session, body_id)
        ]
        body = {"name": name, "code": code, "own": body_id is not None}
        return render_template("admin/duty.html", form=form, rows=rows, body=body)


def _of(session: Session, code: str) -> tuple[int | None, str]:
    """The body's id and name; of the coordinator None."""
    if code == COORDINATOR:
        return None, labels.role(Role.COORDINATOR)
    body = body_by_code(session, code) or abort(404)
    return body.id, body.name(language())


def _code(session: Session, row: DutyContact) -> str:
    return COORDINATOR if row.body_id is None else session.get_one(Body, row.body_id).code
