"""Who is told when a clock runs out: the steps by severity in words, and how long somebody on duty may be silent.

A step that open hazards have passed already would be told of at the next sweep, all at once: their number is shown and
a tick asked for, as where a kind of hazard would leave a gap. Turned down: letting a new step hold for later hazards
only, which an administrator who has just seen somebody forgotten would not expect.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField

from app.actions.administration import escalation as actions
from app.actions.administration.escalation import DUTY_CODE, DUTY_RULE, STEP, StepFacts
from app.actions.administration.record import fingerprint
from app.domain import errors
from app.domain.escalation import Audience, Step
from app.domain.hazard import Clock, Severity
from app.domain.permissions import Permission
from app.i18n import gettext, ngettext
from app.i18n import lazy_gettext as _
from app.models import DutyRule, EscalationStep
from app.queries.escalation import acknowledge_within, already_past, step_of, steps_of
from app.web import labels, labels_escalation
from app.web.access import access, actor
from app.web.admin.common import refuse, text, whole
from app.web.admin.routes import bp
from app.web.context import db, now
from app.web.forms import OurForm

BESIDE: dict[type[errors.DomainError], str] = {
    errors.BadMoment: "amount",
    errors.SameStep: "amount",
    errors.NobodyTold: "tell",
    errors.BadMinutes: "minutes",
}
WRONG = -1.0
"""What was typed is no number: no rule allows it."""


class StepForm(OurForm):
    """`severity` is asked only of a new one. `amount`: per cent or hours, as `when` says."""

    severity = SelectField(_("Severity of the hazard"), validate_choice=False)
    when = RadioField(_("When"), choices=[], default="before", validate_choice=False)
    amount = StringField(_("How much"))
    clock = SelectField(_("Which time"), validate_choice=False)
    tell = SelectMultipleField(_("Who is told"), validate_choice=False)
    sure = BooleanField(_("Save it all the same"))
    seen = HiddenField()


class DutyForm(OurForm):
    minutes = StringField(_("Minutes to answer"))
    seen = HiddenField()


@bp.route("/escalation", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def escalation() -> ResponseReturnValue:
    """The schedule, and a form for one more step."""
    form = _with_choices(StepForm())
    if not form.validate_on_submit():
        return _list(form), 422 if form.errors else 200
    severity, facts = text(form.severity.data), _facts(form)
    if _unsure(form, severity, facts):
        return _list(form), 422
    try:
        with db() as session:
            actions.add_step(session, by=actor(), severity=severity, facts=facts, now=now())
    except errors.DomainError as error:
        status = refuse(form, error, BESIDE)
        return _list(form), status
    return _saved(severity, facts)


@bp.route("/escalation/<severity>/<code>", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def escalation_step(severity: str, code: str) -> ResponseReturnValue:
    """Change one step."""
    key = f"{severity}:{code}"
    with db() as session:
        now_is = STEP.snapshot(session.get(EscalationStep, key) or abort(404))
    form = _with_choices(StepForm(data=_typed(now_is)))
    del form.severity
    if not form.validate_on_submit():
        return _page(form, now_is), 422 if form.errors else 200
    facts = _facts(form)
    if _unsure(form, severity, facts, code):
        return _page(form, now_is), 422
    try:
        with db() as session:
            actions.edit_step(session, by=actor(), key=key, facts=facts, now=now(), seen=form.seen.data)
    except errors.DomainError as error:
        status = refuse(form, error, BESIDE)
        if isinstance(error, errors.StaleVersion):
            form.seen.data = fingerprint(now_is)
        return _page(form, now_is), status
    return _saved(severity, facts)


@bp.post("/escalation/<severity>/<code>/remove")
@access(Permission.ADMINISTER)
def escalation_remove(severity: str, code: str) -> ResponseReturnValue:
    """Take one step away."""
    try:
        with db() as session:
            actions.remove_step(session, by=actor(), key=f"{severity}:{code}", now=now())
        flash(gettext("The step is taken away."), "success")
    except errors.LastStep as error:
        flash(labels.error(error), "warning")
    return redirect(url_for(".escalation", _anchor=severity), 303)


@bp.post("/escalation/duty")
@access(Permission.ADMINISTER)
def escalation_duty() -> ResponseReturnValue:
    """How long whoever is on duty may be silent."""
    form = DutyForm()
    try:
        with db() as session:
            minutes = whole(form.minutes.data) or 0
            actions.edit_acknowledge(session, by=actor(), minutes=minutes, now=now(), seen=form.seen.data or None)
    except errors.NothingChanged:
        pass
    except errors.DomainError as error:
        status = refuse(form, error, BESIDE)
        return _list(_with_choices(StepForm(formdata=None)), form), status
    flash(gettext("Saved: %(name)s", name=gettext("Night duty")), "success")
    return redirect(url_for(".escalation", _anchor="duty"), 303)


def _with_choices(form: StepForm) -> StepForm:
    form.severity.choices = [(each.value, labels.severity(each)) for each in reversed(Severity)]
    form.when.choices = [
        ("share", gettext("When a part of the time is over, per cent")),
        ("before", gettext("Before the due time, hours")),
        ("at", gettext("At the due time")),
        ("after", gettext("After the due time, hours")),
    ]
    form.clock.choices = [("", str(labels_escalation.BOTH_CLOCKS))]
    form.clock.choices += [(each.value, labels_escalation.clock(each)) for each in Clock]
    form.tell.choices = [(each.value, str(labels_escalation.WHO[each])) for each in Audience]
    return form


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    """The row as the form shows it."""
    hours, share = row["hours"], row["share"]
    when = "share" if share is not None else "at" if not hours else "before" if hours < 0 else "after"
    amount = 100 * share if share is not None else abs(hours)
    shown = f"{round(amount, 2):g}" if amount else ""
    return row | {"when": when, "amount": shown, "clock": row["clock"] or "", "seen": fingerprint(row)}


def _facts(form: StepForm) -> StepFacts:
    """What was typed; a time that is none becomes one that no rule allows."""
    amount, when = _number(form.amount.data), form.when.data
    share = amount / 100 if when == "share" else None
    hours = {"share": None, "at": 0.0, "before": -amount, "after": amount}.get(when, 10_000.0)
    if when in {"before", "after"} and amount <= 0:
        hours = 10_000.0
    return StepFacts(text(form.clock.data) or None, share, hours, list(dict.fromkeys(form.tell.data or [])))


def _number(value: str | None) -> float:
    """A typed number with a point or a comma."""
    typed = text(value).replace(",", ".")
    plain = typed.replace(".", "", 1)
    return float(typed) if plain.isascii() and plain.isdecimal() and len(typed) < 9 else WRONG


def _unsure(form: StepForm, severity: str, facts: StepFacts, code: str = "") -> bool:
    """Whether open hazards would be told of at once, and nobody has said that it is meant so."""
    hours = facts.hours or 0.0
    if form.sure.data or not facts.tell or abs(hours) > 9_000:
        return False
    step = Step(code, (Audience.HEAD,), hours, facts.share, Clock(facts.clock) if facts.clock in list(Clock) else None)
    with db() as session:
        count = already_past(session, severity=severity, step=step, now=now())
    if count:
        said = ngettext(
            "%(num)s open hazard has come so far already: whoever is named is told of it at once.",
            "%(num)s open hazards have come so far already: whoever is named is told of all of them at once.",
            count,
        )
        form.sure.errors = [f"{said} {gettext('Tick the box if it is meant so.')}"]
    return bool(count)


def _saved(severity: str, facts: StepFacts) -> ResponseReturnValue:
    flash(gettext("Saved: %(name)s", name=labels_escalation.moment(facts.share, facts.hours)), "success")
    return redirect(url_for(".escalation", _anchor=severity), 303)


def _list(form: StepForm, duty: DutyForm | None = None) -> str:
    with db() as session:
        groups = [_group(session, each) for each in reversed(Severity)]
        duty = duty or _duty_form(session)
    return render_template("admin/escalation.html", form=form, groups=groups, duty=duty)


def _duty_form(session: Session) -> DutyForm:
    row = session.get(DutyRule, DUTY_CODE)
    minutes = acknowledge_within(session) // timedelta(minutes=1)
    return DutyForm(
        formdata=None, data={"minutes": minutes, "seen": fingerprint(DUTY_RULE.snapshot(row)) if row else ""}
    )


def _group(session: Session, severity: Severity) -> dict[str, Any]:
    rows = sorted(steps_of(session, severity), key=lambda row: step_of(row).order())
    return {"code": severity.value, "name": labels.severity(severity), "rows": [_row(row) for row in rows]}


def _row(row: EscalationStep) -> dict[str, Any]:
    return {
        "url": url_for(".escalation_step", severity=row.severity, code=row.code),
        "when": labels_escalation.moment(row.share, row.hours),
        "late": (row.hours or 0) > 0,
        "clock": labels_escalation.clock(row.clock),
        "who": labels_escalation.told(row.tell),
    }


def _page(form: StepForm, row: dict[str, Any]) -> str:
    title = labels_escalation.moment(row["share"], row["hours"])
    return render_template(
        "admin/escalation_step.html", form=form, row=row, title=title, severity=labels.severity(row["severity"])
    )
