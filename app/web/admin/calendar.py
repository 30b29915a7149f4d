"""The calendar: the days of a year on which work differs from Monday to Friday."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, HiddenField, RadioField, StringField
from wtforms.validators import InputRequired

from app.actions.administration.calendar import DAY, Names, add_day, edit_day, remove_day
from app.actions.administration.record import fingerprint
from app.domain import errors
from app.domain.permissions import Permission
from app.i18n import format_day, gettext, language, ngettext
from app.i18n import lazy_gettext as _
from app.models import CalendarDay
from app.queries.calendar import counted_over, days_of, years
from app.web import labels
from app.web import labels_admin as words
from app.web.access import access, actor
from app.web.admin.common import beside_names, refuse, text, whole
from app.web.admin.routes import bp
from app.web.context import db, now, policy
from app.web.forms import OurForm, day_between

REQUIRED = InputRequired(_("Please fill this in"))
FIRST, LAST = date(2020, 1, 1), date(2100, 12, 31)
BESIDE: dict[type[errors.DomainError], str] = {errors.DayTaken: "day"}


class DayForm(OurForm):
    """`day` is asked only of a new one."""

    day = DateField(words.FIELDS["day"], [InputRequired(_("Choose the day.")), day_between(lambda: (FIRST, LAST))])
    working = RadioField(_("What kind of day it is"), choices=[], default="off", validate_choice=False)
    name_kk = StringField(words.FIELDS["name_kk"], [REQUIRED])
    name_ru = StringField(words.FIELDS["name_ru"], [REQUIRED])
    name_en = StringField(words.FIELDS["name_en"], [REQUIRED])
    seen = HiddenField()


@bp.route("/calendar", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def calendar() -> ResponseReturnValue:
    """The days of a year, and a form for one more."""
    form = _with_choices(DayForm())
    if not form.validate_on_submit():
        return _list(form), 422 if form.errors else 200
    day: Any = form.day.data
    try:
        with db() as session:
            add_day(session, by=actor(), day=day, working=_working(form), names=_names(form), now=now())
    except errors.DomainError as error:
        status = refuse(form, error, BESIDE | {errors.NeedsNames: beside_names("name", form.data)})
        return _list(form), status
    flash(gettext("In the calendar: %(day)s", day=format_day(day)), "success")
    flash(_depends(day), "info")
    return redirect(url_for(".calendar", year=day.year, _anchor="main"), 303)


@bp.route("/calendar/<day>", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def calendar_day(day: str) -> ResponseReturnValue:
    """Change one day, or take it out."""
    wanted = DAY.key_value(day) or abort(404)
    with db() as session:
        row = session.get(CalendarDay, wanted) or abort(404)
        now_is = DAY.snapshot(row)
    at_first = now_is | {"working": "work" if row.working else "off", "seen": fingerprint(now_is)}
    form = _with_choices(DayForm(data=at_first))
    del form.day
    if not form.validate_on_submit():
        return _page(form, wanted), 422 if form.errors else 200
    try:
        with db() as session:
            edit_day(
                session,
                by=actor(),
                day=wanted,
                working=_working(form),
                names=_names(form),
                now=now(),
                seen=form.seen.data,
            )
    except errors.DomainError as error:
        status = refuse(form, error, {errors.NeedsNames: beside_names("name", form.data)})
        if isinstance(error, errors.StaleVersion):
            form.seen.data = fingerprint(now_is)
        return _page(form, wanted), status
    flash(gettext("Saved: %(name)s", name=format_day(wanted)), "success")
    return redirect(url_for(".calendar", year=wanted.year), 303)


@bp.post("/calendar/<day>/remove")
@access(Permission.ADMINISTER)
def calendar_remove(day: str) -> ResponseReturnValue:
    """Take a day out: it is then like any other."""
    wanted = DAY.key_value(day) or abort(404)
    try:
        with db() as session:
            remove_day(session, by=actor(), day=wanted, now=now())
        flash(gettext("Taken out of the calendar: %(day)s", day=format_day(wanted)), "success")
    except errors.DomainError as error:
        flash(labels.error(error), "warning")
    return redirect(url_for(".calendar", year=wanted.year), 303)


def _with_choices(form: DayForm) -> DayForm:
    form.working.choices = [("off", gettext("A day off")), ("work", gettext("A working day"))]
    return form


def _list(form: DayForm) -> str:
    this_year = policy().day(now()).year
    year = whole(request.args.get("year")) or this_year
    if not FIRST.year <= year <= LAST.year:
        abort(404)
    with db() as session:
        rows = [_row(row) for row in days_of(session, year)]
        known = sorted({*years(session), this_year, this_year + 1, year})
    chips = [{"text": str(each), "href": url_for(".calendar", year=each), "current": each == year} for each in known]
    return render_template("admin/calendar.html", form=form, rows=rows, years=chips, year=year)


def _page(form: DayForm, day: date) -> str:
    return render_template("admin/calendar_day.html", form=form, day=day, depends=_depends(day))


def _row(row: CalendarDay) -> dict[str, Any]:
    return {
        "day": format_day(row.day),
        "weekday": words.weekday(row.day.weekday()),
        "key": row.day.isoformat(),
        "url": url_for(".calendar_day", day=row.day.isoformat()),
        "working": row.working,
        "name": row.name(language()),
    }


def _depends(day: date) -> str:
    with db() as session:
        count = counted_over(session, day)
    if not count:
        return gettext("No open hazard has a due time that was counted over this day.")
    return ngettext(
        "%(num)s open hazard has a due time that was counted over this day; it keeps the due time it has.",
        "%(num)s open hazards have a due time that was counted over this day; they keep the due time they have.",
        count,
    )


def _working(form: DayForm) -> bool:
    return bool(form.working.data == "work")


def _names(form: DayForm) -> Names:
    return text(form.name_kk.data), text(form.name_ru.data), text(form.name_en.data)
