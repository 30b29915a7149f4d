"""Responsibilities: who answers where for what. What a rule would change is shown before it is saved.

The form is sent twice: the first answer tells what would change and offers to save; only what was shown is saved, a
form that was changed in between is looked at again. That needs no script and no draft in the database.
"""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.actions.administration.record import fingerprint
from app.actions.administration.rules import RULE, delete_rule, edit_rule, make_rule
from app.domain import errors
from app.domain.permissions import Permission
from app.domain.rule_change import RuleFacts
from app.i18n import gettext, language
from app.models import Responsibility
from app.queries.bodies import all_bodies, body_by_code
from app.queries.names import body_choices, body_names
from app.queries.rule_check import check_rule
from app.queries.rules import PAGE, WantedRules, areas_like, rule_list, suggested_areas
from app.web import labels
from app.web.access import access, actor
from app.web.admin import rule_form as forms
from app.web.admin.common import chosen, refuse, text, whole
from app.web.admin.findings import in_words, verdict
from app.web.admin.routes import bp
from app.web.context import db, now, policy

BESIDE: dict[type[errors.DomainError], str] = {
    errors.UnknownBody: "body_id",
    errors.UnknownArea: "area_code",
    errors.BadHint: "seen_there",
    errors.BadRank: "rank",
    errors.BadPeriod: "valid_until",
    errors.SameRule: "valid_from",
}


@bp.get("/rules")
@access(Permission.ADMINISTER)
def rules() -> ResponseReturnValue:
    """The list, of one body or one area."""
    asked = {name: text(request.args.get(name))[:200] for name in ("body", "area", "ended")}
    after = whole(request.args.get("after")) or 0
    today = policy().day(now())
    with db() as session:
        area = _area_code(session, asked["area"])
        wanted = WantedRules(asked["body"], area, None if asked["ended"] else today, max(after, 0))
        found = rule_list(session, wanted)
        rows = forms.rule_words(session, found[:PAGE], today)
        body = body_by_code(session, asked["body"]) if asked["body"] else None
        page = {
            "bodies": _body_filter(session, asked["body"]),
            "body_name": body.name(language()) if body else "",
            "areas": suggested_areas(session, language()),
            "area_name": forms.area_field_name(session, area, today),
        }
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return render_template(
        "admin/rules.html",
        rows=rows,
        asked=asked,
        new=url_for(".rule_new", **{name: kept[name] for name in ("body", "area") if name in kept}),
        first=url_for(".rules", **kept) if after else None,
        next=url_for(".rules", **kept, after=rows[-1]["id"]) if len(found) > PAGE else None,
        **page,
    )


@bp.route("/rules/new", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def rule_new() -> ResponseReturnValue:
    """Make one: look at it, then save it."""
    with db() as session:
        body = body_by_code(session, text(request.args.get("body")))
    at_first = {"body_id": str(body.id) if body else "", "area_code": text(request.args.get("area")), "rank": "100"}
    return _looked_at(forms.RuleForm(data=at_first | {"valid_from": policy().day(now())}), None)


@bp.route("/rules/<int:rule_id>", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def rule(rule_id: int) -> ResponseReturnValue:
    """Change or end one: look at what becomes of it, then save it."""
    with db() as session:
        row = session.get(Responsibility, rule_id) or abort(404)
        form = forms.RuleForm(data=forms.typed(row))
    return _looked_at(form, rule_id)


@bp.post("/rules/<int:rule_id>/delete")
@access(Permission.ADMINISTER)
def rule_delete(rule_id: int) -> ResponseReturnValue:
    """Take away one that was never in force."""
    try:
        with db() as session:
            delete_rule(session, by=actor(), rule_id=rule_id, today=policy().day(now()), now=now())
        flash(gettext("The rule is deleted."), "success")
    except errors.DomainError as error:
        flash(labels.error(error), "warning")
        return redirect(url_for(".rule", rule_id=rule_id), 303)
    return redirect(url_for(".rules"), 303)


def _looked_at(form: forms.RuleForm, rule_id: int | None) -> ResponseReturnValue:
    """The first sending is looked at, the second one of the same facts is saved."""
    with db() as session:
        forms.fill(session, form)
        given = forms.facts(session, form) if form.validate_on_submit() else None
    if given is None:
        return _page(form, rule_id), 422 if form.errors else 200
    save = request.form.get("step") == "save" and form.checked.data == forms.print_of(given)
    try:
        return _saved(form, given, rule_id) if save else _found(form, given, rule_id)
    except errors.DomainError as error:
        status = refuse(form, error, BESIDE)
        if isinstance(error, errors.StaleVersion) and rule_id is not None:
            with db() as session:
                form.seen.data = fingerprint(RULE.snapshot(session.get_one(Responsibility, rule_id)))
        return _page(form, rule_id), status


def _saved(form: forms.RuleForm, given: RuleFacts, rule_id: int | None) -> ResponseReturnValue:
    with db() as session:
        _write(session, form, given, rule_id)
        body = next(name for number, name, _on in all_bodies(session, language()) if number == given.body_id)
    flash(gettext("The rule is saved: %(body)s", body=body), "success")
    return redirect(url_for(".rules", area=given.area_code), 303)


def _found(form: forms.RuleForm, given: RuleFacts, rule_id: int | None) -> ResponseReturnValue:
    """What would change. The action itself says first whether it would be refused; nothing of it is kept."""
    today = policy().day(now())
    with db() as session:
        _write(session, form, given, rule_id)
        session.rollback()
    with db() as session:
        found = check_rule(session, given, rule_id=rule_id, today=today)
        said = in_words(session, found, today, here=given.area_code)
    form.checked.data = forms.print_of(given)
    return _page(form, rule_id, said=said, verdict=verdict(found))


def _write(session: Session, form: forms.RuleForm, given: RuleFacts, rule_id: int | None) -> None:
    if rule_id is None:
        make_rule(session, by=actor(), facts=given, now=now())
    else:
        edit_rule(session, by=actor(), rule_id=rule_id, facts=given, now=now(), seen=form.seen.data)


def _page(form: forms.RuleForm, rule_id: int | None, **more: Any) -> str:
    today = policy().day(now())
    with db() as session:
        areas = suggested_areas(session, language())
        area_name = forms.area_field_name(session, text(form.area_code.data), today)
        row = session.get(Responsibility, rule_id) if rule_id is not None else None
        deletable = row is not None and row.valid_from > today
    return render_template(
        "admin/rule.html", form=form, rule_id=rule_id, areas=areas, area_name=area_name, deletable=deletable, **more
    )


def _body_filter(session: Session, asked: str) -> list[tuple[str, str]]:
    """Active bodies, and the one that is shown."""
    choices = dict(body_choices(session, language())) | body_names(session, {asked}, language())
    return chosen(gettext("All organisations"), sorted(choices.items(), key=lambda pair: pair[1]))


def _area_code(session: Session, asked: str) -> str:
    """The area of a filter: by its code or its name; what is not known finds nothing."""
    found = areas_like(session, asked, language()) if asked else []
    return found[0][0] if found else asked
