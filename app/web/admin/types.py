"""Kinds of hazards: names, advice, severity, target times, who answers in which order, what everybody sees.

Who answers is a list of numbered choices rather than one to drag: it works without script and is read out in order.
"""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, FieldList, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired

from app.actions.administration.record import fingerprint
from app.actions.administration.types import TYPE, TypeFacts, edit_type
from app.domain import errors
from app.domain.hazard import FixUnit, Publish, Severity
from app.domain.permissions import Permission
from app.domain.type_rules import in_order
from app.i18n import gettext, language, ngettext
from app.i18n import lazy_gettext as _
from app.models import HazardType
from app.queries.bodies import body_kinds
from app.queries.gap_check import check_type
from app.queries.hazard_types import all_types
from app.web import labels
from app.web import labels_admin as words
from app.web.access import access, actor
from app.web.admin.common import chosen, refuse, text, whole
from app.web.admin.findings import in_words
from app.web.admin.routes import bp
from app.web.context import db, now, policy
from app.web.forms import OurForm

REQUIRED = InputRequired(_("Please fill this in"))
PLACES = 6
BESIDE: dict[type[errors.DomainError], str] = {errors.BadTarget: "fix_value", errors.NeverPublic: "publish"}


def _field(kind: Any, name: str, *more: Any, **options: Any) -> Any:
    return kind(words.FIELDS[name], *more, **options)


class TypeForm(OurForm):
    """All but the code, the shape, the questions and the numbers to dial, which belong to the taxonomy."""

    name_kk = _field(StringField, "name_kk", [REQUIRED])
    name_ru = _field(StringField, "name_ru", [REQUIRED])
    name_en = _field(StringField, "name_en", [REQUIRED])
    advice_kk = _field(TextAreaField, "advice_kk", [REQUIRED])
    advice_ru = _field(TextAreaField, "advice_ru", [REQUIRED])
    advice_en = _field(TextAreaField, "advice_en", [REQUIRED])
    severity = _field(SelectField, "severity", validate_choice=False)
    make_safe_hours = _field(StringField, "make_safe_hours")
    fix_value = _field(StringField, "fix_value")
    fix_unit = _field(SelectField, "fix_unit", validate_choice=False)
    publish = _field(SelectField, "publish", validate_choice=False)
    season = _field(SelectMultipleField, "season", coerce=int, validate_choice=False)
    responsible = FieldList(SelectField(validate_choice=False), words.FIELDS["responsible"], min_entries=PLACES)
    reportable = _field(BooleanField, "reportable")
    sure = BooleanField(_("Save it all the same"))
    seen = HiddenField()


@bp.get("/types")
@access(Permission.ADMINISTER)
def types() -> ResponseReturnValue:
    """All kinds, by group."""
    with db() as session:
        rows = [_row(kind) for kind in all_types(session)]
    return render_template("admin/types.html", rows=rows)


@bp.route("/types/<code>", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def type_(code: str) -> ResponseReturnValue:
    """Change one kind."""
    with db() as session:
        row = session.get(HazardType, code) or abort(404)
        now_is = TYPE.snapshot(row)
        kinds = chosen("—", body_kinds(session, language()))
    form = TypeForm(data=_typed(now_is))
    _fill(form, kinds)
    if not form.validate_on_submit():
        return _page(form, row), 422 if form.errors else 200
    said = [] if form.sure.data else _warnings(form, row)
    if said:
        form.sure.errors = [gettext("This would leave gaps. Tick the box if it is meant so.")]
        return _page(form, row, said=said), 422
    try:
        with db() as session:
            edit_type(session, by=actor(), code=code, facts=_facts(form), now=now(), seen=form.seen.data)
    except errors.DomainError as error:
        status = refuse(form, error, BESIDE)
        if isinstance(error, errors.StaleVersion):
            form.seen.data = fingerprint(now_is)
        return _page(form, row), status
    flash(gettext("Saved: %(name)s", name=row.name(language())), "success")
    return redirect(url_for(".types"), 303)


def _warnings(form: TypeForm, row: HazardType) -> list[dict[str, Any]]:
    """Where nobody would answer any more, if other kinds of organisations were named."""
    named = [kind for kind in form.responsible.data if kind]
    if named == row.responsible or not named:
        return []
    today = policy().day(now())
    with db() as session:
        found = check_type(session, row.key, responsible=named, today=today)
        return in_words(session, [each for each in found if each.is_warning], today)


def _typed(now_is: dict[str, Any]) -> dict[str, Any]:
    """What stands in the fields at first. There are always two places more than kinds."""
    places = max(PLACES, len(now_is["responsible"]) + 2)
    return now_is | {
        "make_safe_hours": _number(now_is["make_safe_hours"]),
        "fix_value": _number(now_is["fix_value"]),
        "fix_unit": now_is["fix_unit"] or "",
        "responsible": [*now_is["responsible"], *[""] * (places - len(now_is["responsible"]))],
        "seen": fingerprint(now_is),
    }


def _fill(form: TypeForm, kinds: list[tuple[str, str]]) -> None:
    form.severity.choices = [(each.value, labels.severity(each)) for each in Severity]
    form.fix_unit.choices = chosen("—", ((each.value, words.fix_unit(each)) for each in FixUnit))
    form.publish.choices = [(each.value, words.publish(each)) for each in Publish]
    form.season.choices = [(number, words.month(number)) for number in words.MONTHS]
    for entry in form.responsible:
        entry.choices = kinds


def _facts(form: TypeForm) -> TypeFacts:
    said = {
        f"{what}_{code}": text(form[f"{what}_{code}"].data)
        for what in ("name", "advice")
        for code in ("kk", "ru", "en")
    }
    return TypeFacts(
        **said,
        severity=form.severity.data,
        make_safe_hours=whole(form.make_safe_hours.data),
        fix_value=whole(form.fix_value.data),
        fix_unit=form.fix_unit.data or None,
        publish=form.publish.data,
        season=in_order(form.season.data or []),
        responsible=[kind for kind in form.responsible.data if kind],
        reportable=bool(form.reportable.data),
    )


def _page(form: TypeForm, row: HazardType, **more: Any) -> str:
    name = row.name(language())
    return render_template("admin/type.html", form=form, name=name, group=row.group, code=row.code, **more)


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _row(kind: HazardType) -> dict[str, Any]:
    return {
        "url": url_for(".type_", code=kind.code),
        "name": kind.name(language()),
        "group": kind.group,
        "group_text": labels.group(kind.group),
        "severity": kind.severity,
        "severity_text": labels.severity(kind.severity),
        "make_safe": _hours(kind.make_safe_hours),
        "fix": _fix(kind),
        "publish": words.publish(kind.publish),
        "season": words.months(kind.season),
        "reportable": kind.reportable,
    }


def _hours(value: int | None) -> str:
    return "—" if value is None else ngettext("%(num)s hour", "%(num)s hours", value)


def _fix(kind: HazardType) -> str:
    if kind.fix_value is None:
        return "—"
    if kind.fix_unit == FixUnit.HOURS:
        return _hours(kind.fix_value)
    return ngettext("%(num)s working day", "%(num)s working days", kind.fix_value)
