"""The shift plan of the own organisation, and who stands in for whoever is away.

The plan is the manager's. Deputies are named by the manager for anybody, and by everybody for themselves.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import DateField, SelectField, SelectMultipleField, TimeField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput

from app.actions.administration.deputies import add_deputy, remove_deputy
from app.actions.administration.shifts import ShiftFacts, add_shifts, remove_shift
from app.domain import errors
from app.domain.permissions import Permission
from app.domain.shifts import clock, is_on
from app.i18n import format_day, gettext
from app.i18n import lazy_gettext as _
from app.models import Deputy, Shift
from app.queries.crews import crews_of, workers_of
from app.queries.shifts import away_of, plan_of
from app.web import labels
from app.web import labels_admin as words
from app.web.access import access, actor
from app.web.context import db, now, policy
from app.web.forms import OurForm, day_between, refuse
from app.web.staff.body import bp, own_body

REQUIRED = InputRequired(_("Please fill this in"))
AHEAD = timedelta(days=2 * 366)
BESIDE: dict[type[errors.DomainError], str] = {
    errors.NeedsCrew: "who",
    errors.UnknownCrew: "who",
    errors.UnknownPerson: "who",
    errors.BadChoice: "weekdays",
}
BESIDE_DEPUTY: dict[type[errors.DomainError], str] = {
    errors.OwnDeputy: "deputy",
    errors.UnknownPerson: "deputy",
    errors.PeriodBackwards: "ends_on",
    errors.DayPast: "ends_on",
}


def _days() -> tuple[date, date]:
    today = policy().day(now())
    return today - AHEAD, today + AHEAD


class ShiftForm(OurForm):
    who = SelectField(_("Crew or person"), [REQUIRED])
    weekdays = SelectMultipleField(_("Days of the week"), coerce=int, option_widget=CheckboxInput())
    starts = TimeField(_("Begins"), [REQUIRED])
    ends = TimeField(_("Ends"), [REQUIRED])


class DeputyForm(OurForm):
    person = SelectField(_("Who is away"), coerce=int)
    deputy = SelectField(_("Who stands in"), coerce=int)
    starts_on = DateField(_("First day away"), [InputRequired(_("Choose the day.")), day_between(_days)])
    ends_on = DateField(_("Last day away"), [InputRequired(_("Choose the day.")), day_between(_days)])


@bp.route("/shifts", methods=["GET", "POST"])
@access(Permission.MANAGE)
def shifts() -> ResponseReturnValue:
    """The week, and a form for more."""
    with db() as session:
        form = _shift_form(session)
    if not form.validate_on_submit():
        return _plan(form), 422 if form.errors else 200
    try:
        with db() as session:
            add_shifts(
                session,
                by=actor(),
                body_id=own_body(session).id,
                weekdays=form.weekdays.data or [],
                facts=_facts(form),
                now=now(),
            )
    except errors.DomainError as error:
        status = refuse(form, error, BESIDE)
        return _plan(form), status
    flash(gettext("The shift stands in the plan."), "success")
    return redirect(url_for(".shifts"), 303)


@bp.post("/shifts/<int:shift_id>/remove")
@access(Permission.MANAGE)
def shift_remove(shift_id: int) -> ResponseReturnValue:
    """Take one out of the plan."""
    with db() as session:
        row = session.get(Shift, shift_id)
        if row is None or row.body_id != own_body(session).id:
            abort(404)
        remove_shift(session, by=actor(), shift_id=shift_id, now=now())
    flash(gettext("The shift was taken out of the plan."), "success")
    return redirect(url_for(".shifts"), 303)


@bp.route("/deputies", methods=["GET", "POST"])
@access(Permission.SEE_BODY_HAZARDS)
def deputies() -> ResponseReturnValue:
    """Who is or will be away, and a form for one more absence."""
    with db() as session:
        form = _deputy_form(session)
    if not form.validate_on_submit():
        return _absences(form), 422 if form.errors else 200
    try:
        with db() as session:
            _ensure_own_person(session, form.person.data)
            add_deputy(
                session,
                by=actor(),
                account_id=form.person.data,
                deputy_id=form.deputy.data,
                starts_on=_day(form.starts_on.data),
                ends_on=_day(form.ends_on.data),
                today=policy().day(now()),
                now=now(),
            )
    except errors.DomainError as error:
        status = refuse(form, error, BESIDE_DEPUTY)
        return _absences(form), status
    flash(gettext("What goes to the one goes to the other too in these days."), "success")
    return redirect(url_for(".deputies"), 303)


@bp.post("/deputies/<int:deputy_id>/remove")
@access(Permission.SEE_BODY_HAZARDS)
def deputy_remove(deputy_id: int) -> ResponseReturnValue:
    """Somebody is back."""
    try:
        with db() as session:
            row = session.get(Deputy, deputy_id) or abort(404)
            _ensure_own_person(session, row.account_id)
            remove_deputy(session, by=actor(), deputy_id=deputy_id, now=now())
    except errors.DomainError as error:
        flash(labels.error(error), "warning")
    else:
        flash(gettext("The absence was taken away."), "success")
    return redirect(url_for(".deputies"), 303)


def _shift_form(session: Session) -> ShiftForm:
    body_id = own_body(session).id
    form = ShiftForm()
    crews = [(f"crew:{crew.id}", crew.name) for crew in crews_of(session, body_id)]
    people = [(f"person:{person.id}", person.name) for person in workers_of(session, body_id)]
    form.who.choices = [("", labels.choose()), *crews, *people]
    form.weekdays.choices = [(day, words.weekday(day)) for day in range(7)]
    return form


def _facts(form: ShiftForm) -> ShiftFacts:
    kind, _sign, number = str(form.who.data).partition(":")
    starts, ends = (each.data.hour * 60 + each.data.minute for each in (form.starts, form.ends) if each.data)
    return ShiftFacts(
        starts,
        ends,
        account_id=int(number) if kind == "person" else None,
        crew_id=int(number) if kind == "crew" else None,
    )


def _plan(form: ShiftForm) -> str:
    local = now().astimezone(policy().timezone)
    with db() as session:
        rows = plan_of(session, own_body(session).id)
    days: list[dict[str, Any]] = [{"name": words.weekday(day), "shifts": []} for day in range(7)]
    for shift, person, crew in rows:
        days[shift.weekday]["shifts"].append(
            {
                "id": shift.id,
                "who": crew or person,
                "hours": f"{clock(shift.starts)}–{clock(shift.ends)}",
                "next_day": shift.ends <= shift.starts,
                "on": is_on(shift.weekday, shift.starts, shift.ends, local),
            }
        )
    return render_template("staff/body_shifts.html", form=form, days=days)


def _deputy_form(session: Session) -> DeputyForm:
    """Whoever manages nothing can name a deputy for themselves only."""
    people = [(person.id, person.name) for person in workers_of(session, own_body(session).id)]
    form = DeputyForm(data={"person": actor().account_id})
    form.person.choices = people if _manages() else [pair for pair in people if pair[0] == actor().account_id]
    form.deputy.choices = [pair for pair in people if _manages() or pair[0] != actor().account_id]
    return form


def _absences(form: DeputyForm) -> str:
    with db() as session:
        found = away_of(session, own_body(session).id, day=policy().day(now()), planned=True)
    rows = [
        {
            "id": each.id,
            "name": each.name,
            "deputy": each.deputy,
            "days": f"{format_day(each.starts_on)} — {format_day(each.ends_on)}",
            "may": _manages() or each.account_id == actor().account_id,
        }
        for each in found
    ]
    return render_template("staff/body_deputies.html", form=form, rows=rows, manages=_manages())


def _ensure_own_person(session: Session, account_id: int) -> None:
    """A 404 for a person of another body."""
    if account_id not in {person.id for person in workers_of(session, own_body(session).id)}:
        abort(404)


def _manages() -> bool:
    return actor().may(Permission.MANAGE, body_id=actor().body_id)


def _day(typed: date | None) -> date:
    if typed is None:  # the form has refused it already
        raise errors.NeedsDate()
    return typed
