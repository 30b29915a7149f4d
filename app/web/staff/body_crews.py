"""Crews of the own organisation: make, rename, close, and who goes out with them."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput

from app.actions.administration.crews import CREW, add_crew, edit_crew
from app.actions.administration.record import fingerprint
from app.domain import errors
from app.domain.permissions import Permission
from app.i18n import gettext
from app.i18n import lazy_gettext as _
from app.models import Crew
from app.queries.crews import all_crews_of, members_of, workers_of
from app.web.access import access, actor
from app.web.context import db, now
from app.web.forms import OurForm, refuse, text
from app.web.staff.body import bp, own_body

REQUIRED = InputRequired(_("Please fill this in"))
BESIDE: dict[type[errors.DomainError], str] = {
    errors.NeedsName: "name",
    errors.CrewNameTaken: "name",
    errors.CrewHasWork: "active",
    errors.UnknownPerson: "members",
}


class NewCrewForm(OurForm):
    name = StringField(_("Name of the crew"), [REQUIRED])


class CrewForm(OurForm):
    name = StringField(_("Name of the crew"), [REQUIRED])
    members = SelectMultipleField(_("Who goes out with it"), coerce=int, option_widget=CheckboxInput())
    active = BooleanField(_("It can be given work"))
    seen = HiddenField()


@bp.route("/crews", methods=["GET", "POST"])
@access(Permission.MANAGE)
def crews() -> ResponseReturnValue:
    """All crews, and a form for one more."""
    form = NewCrewForm()
    if not form.validate_on_submit():
        return _list(form), 422 if form.errors else 200
    try:
        with db() as session:
            made = add_crew(session, by=actor(), body_id=own_body(session).id, name=text(form.name.data), now=now())
    except errors.DomainError as error:
        status = refuse(form, error, BESIDE)
        return _list(form), status
    return redirect(url_for(".crew", crew_id=made.id), 303)


@bp.route("/crews/<int:crew_id>", methods=["GET", "POST"])
@access(Permission.MANAGE)
def crew(crew_id: int) -> ResponseReturnValue:
    """One crew."""
    with db() as session:
        row = _own_crew(session, crew_id)
        now_is = CREW.snapshot(row)
        members = [person.id for person in members_of(session, crew_id)]
        people = [(person.id, person.name) for person in workers_of(session, row.body_id)]
    form = CrewForm(data=now_is | {"members": members, "seen": fingerprint(now_is)})
    form.members.choices = people
    page: dict[str, Any] = {"form": form, "name": now_is["name"]}
    if not form.validate_on_submit():
        return render_template("staff/body_crew.html", **page), 422 if form.errors else 200
    try:
        with db() as session:
            edit_crew(
                session,
                by=actor(),
                crew_id=crew_id,
                name=text(form.name.data),
                active=bool(form.active.data),
                members=form.members.data or [],
                seen=form.seen.data,
                now=now(),
            )
    except errors.DomainError as error:
        status = refuse(form, error, BESIDE)
        form.seen.data = fingerprint(now_is)
        return render_template("staff/body_crew.html", **page), status
    flash(gettext("Saved: %(name)s", name=text(form.name.data)), "success")
    return redirect(url_for(".crews"), 303)


def _own_crew(session: Session, crew_id: int) -> Crew:
    """A crew of the own body; a 404 for any other."""
    row = session.get(Crew, crew_id)
    return row if row is not None and row.body_id == own_body(session).id else abort(404)


def _list(form: NewCrewForm) -> str:
    with db() as session:
        rows = [
            {
                "name": crew.name,
                "url": url_for(".crew", crew_id=crew.id),
                "active": crew.active,
                "members": ", ".join(person.name for person in members_of(session, crew.id)),
            }
            for crew in all_crews_of(session, own_body(session).id)
        ]
    return render_template("staff/body_crews.html", form=form, rows=rows)
