"""Who of the own organisation is called to an urgent hazard: the manager's page of the administrator's list."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.actions.administration import duty as actions
from app.actions.administration.duty import DUTY
from app.actions.administration.record import fingerprint
from app.domain import errors
from app.domain.permissions import Permission
from app.i18n import gettext
from app.models import DutyContact
from app.queries.duty import contacts_of
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now
from app.web.duty_contacts import BESIDE, ContactForm, contact_facts, contact_form, contact_row
from app.web.forms import refuse, text
from app.web.staff.body import bp, own_body


@bp.route("/duty", methods=["GET", "POST"])
@access(Permission.MANAGE)
def duty() -> ResponseReturnValue:
    """The list in the order of the calls, and a form for one more."""
    form = contact_form(active=True)
    if not form.validate_on_submit():
        return _list(form), 422 if form.errors else 200
    try:
        with db() as session:
            actions.add_contact(session, by=actor(), body_id=own_body(session).id, facts=contact_facts(form), now=now())
    except errors.DomainError as error:
        status = refuse(form, error, BESIDE)
        return _list(form), status
    flash(gettext("Saved: %(name)s", name=text(form.name.data)), "success")
    return redirect(url_for(".duty"), 303)


@bp.route("/duty/<int:contact_id>", methods=["GET", "POST"])
@access(Permission.MANAGE)
def duty_contact(contact_id: int) -> ResponseReturnValue:
    """Change one."""
    with db() as session:
        now_is = DUTY.snapshot(_own_contact(session, contact_id))
    form = contact_form(**now_is, seen=fingerprint(now_is))
    if not form.validate_on_submit():
        page = render_template("staff/body_duty_contact.html", form=form, name=now_is["name"])
        return page, 422 if form.errors else 200
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
        return render_template("staff/body_duty_contact.html", form=form, name=now_is["name"]), status
    flash(gettext("Saved: %(name)s", name=text(form.name.data)), "success")
    return redirect(url_for(".duty"), 303)


@bp.post("/duty/<int:contact_id>/earlier")
@access(Permission.MANAGE)
def duty_earlier(contact_id: int) -> ResponseReturnValue:
    """Call this one before the one above."""
    return _change(contact_id, actions.call_earlier)


@bp.post("/duty/<int:contact_id>/remove")
@access(Permission.MANAGE)
def duty_remove(contact_id: int) -> ResponseReturnValue:
    """Take one away."""
    return _change(contact_id, actions.remove_contact)


def _change(contact_id: int, act: Callable[..., None]) -> ResponseReturnValue:
    try:
        with db() as session:
            _own_contact(session, contact_id)
            act(session, by=actor(), contact_id=contact_id, now=now())
    except errors.StillInUse:
        flash(gettext("This contact was called before, so it stays in the history. Switch it off instead."), "warning")
    except errors.DomainError as error:
        flash(labels.error(error), "warning")
    return redirect(url_for(".duty"), 303)


def _own_contact(session: Session, contact_id: int) -> DutyContact:
    """A contact of the own body; a 404 for any other."""
    row = session.get(DutyContact, contact_id)
    return row if row is not None and row.body_id == own_body(session).id else abort(404)


def _list(form: ContactForm) -> str:
    with db() as session:
        found = contacts_of(session, own_body(session).id)
        rows = [contact_row(each, url_for(".duty_contact", contact_id=each.id)) for each in found]
    return render_template("staff/body_duty.html", form=form, rows=rows)
