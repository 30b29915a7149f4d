"""Organisations: a list to search, a form to make one, a form to change one. A body is switched off, never deleted."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired

from app.actions.administration.bodies import BODY, BodyFacts, edit_body, make_body
from app.actions.administration.record import fingerprint
from app.domain import errors
from app.domain.permissions import Permission
from app.i18n import LANGUAGES, gettext, language, ngettext
from app.i18n import lazy_gettext as _
from app.models import Body
from app.queries import bodies as query
from app.queries.gap_check import check_body
from app.web import labels
from app.web import labels_admin as words
from app.web.access import access, actor
from app.web.admin.common import beside_names, chosen, refuse, text, whole
from app.web.admin.findings import in_words
from app.web.admin.routes import bp
from app.web.context import db, now, policy
from app.web.forms import OurForm

REQUIRED = InputRequired(_("Please fill this in"))
BESIDE: dict[type[errors.DomainError], str] = {
    errors.BadBodyCode: "code",
    errors.BodyCodeTaken: "code",
    errors.BadEmail: "email",
    errors.BadPublicPhone: "phone",
    errors.ParentCycle: "parent_id",
    errors.BodyHasHazards: "leave_hazards",
}


class BodyForm(OurForm):
    """`code` is asked once; `leave_hazards` only of a body with open hazards that is switched off."""

    code = StringField(words.FIELDS["code"], [REQUIRED])
    name_kk = StringField(words.FIELDS["name_kk"], [REQUIRED])
    name_ru = StringField(words.FIELDS["name_ru"], [REQUIRED])
    name_en = StringField(words.FIELDS["name_en"], [REQUIRED])
    kind = SelectField(words.FIELDS["kind"], [REQUIRED], validate_choice=False)
    email = StringField(words.FIELDS["email"])
    phone = StringField(words.FIELDS["phone"])
    working_hours = StringField(words.FIELDS["working_hours"])
    parent_id = SelectField(words.FIELDS["parent_id"], validate_choice=False)
    language = SelectField(words.FIELDS["language"], validate_choice=False)
    active = BooleanField(words.FIELDS["active"])
    leave_hazards = BooleanField()
    seen = HiddenField()


@bp.get("/bodies")
@access(Permission.ADMINISTER)
def bodies() -> ResponseReturnValue:
    """The list, by name."""
    asked = {name: text(request.args.get(name))[:200] for name in ("q", "kind", "state", "after")}
    active = {"": True, "off": False}.get(asked["state"])
    wanted = query.Wanted(asked["q"], asked["kind"], active, asked["after"])
    with db() as session:
        found = query.body_list(session, wanted, language())
        rows = [_row(*each) for each in found[: query.PAGE]]
        kinds = chosen(gettext("All kinds"), query.body_kinds(session, language()))
    states = [("", gettext("Active")), ("off", gettext("Switched off")), ("all", gettext("All"))]
    kept: dict[str, Any] = {name: asked[name] for name in ("q", "kind", "state") if asked[name]}
    return render_template(
        "admin/bodies.html",
        rows=rows,
        asked=asked,
        kinds=kinds,
        states=states,
        first=url_for(".bodies", **kept) if asked["after"] else None,
        next=url_for(".bodies", **kept, after=rows[-1]["code"]) if len(found) > query.PAGE else None,
    )


@bp.route("/bodies/new", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def body_new() -> ResponseReturnValue:
    """Make one."""
    form = BodyForm(active=True)
    if not _is_sent(form):
        return _page(form), 422 if form.errors else 200
    try:
        with db() as session:
            made = make_body(session, by=actor(), code=text(form.code.data), facts=_facts(form), now=now())
            name = made.name(language())
    except errors.DomainError as error:
        status = refuse(form, error, BESIDE | {errors.NeedsNames: beside_names("name", form.data)})
        return _page(form), status
    flash(gettext("Made: %(name)s. Now say what it answers for.", name=name), "success")
    return redirect(url_for(".rules", body=text(form.code.data)), 303)


@bp.route("/bodies/<path:code>", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def body(code: str) -> ResponseReturnValue:
    """Change one."""
    with db() as session:
        row = query.body_by_code(session, code) or abort(404)
        now_is = BODY.snapshot(row)
        count = query.open_hazards_of(session, row.id)
        shown = _shown(row, count)
    form = BodyForm(data={**now_is, "parent_id": str(now_is["parent_id"] or ""), "seen": fingerprint(now_is)})
    del form.code
    form.leave_hazards.label.text = _leave(0 if form.active.data else count)
    if not _is_sent(form):
        return _page(form, **shown), 422 if form.errors else 200
    if not form.leave_hazards.data:
        shown["said"] = _warnings(form, row)
        if shown["said"]:
            form.leave_hazards.errors = [gettext("This would leave gaps. Tick the box if it is meant so.")]
            return _page(form, **shown), 422
    try:
        with db() as session:
            edit_body(
                session,
                by=actor(),
                code=code,
                facts=_facts(form),
                now=now(),
                seen=form.seen.data,
                leave_hazards=bool(form.leave_hazards.data),
            )
    except errors.DomainError as error:
        status = refuse(form, error, BESIDE | {errors.NeedsNames: beside_names("name", form.data)})
        if isinstance(error, errors.StaleVersion):
            form.seen.data = fingerprint(now_is)
        return _page(form, **shown), status
    flash(gettext("Saved: %(name)s", name=shown["name"]), "success")
    return redirect(url_for(".bodies"), 303)


def _warnings(form: BodyForm, row: Body) -> list[dict[str, Any]]:
    """What would be missing where its rules are, if it were as typed."""
    if form.kind.data == row.kind and (form.active.data or not row.active):
        return []
    today = policy().day(now())
    with db() as session:
        found = check_body(session, row.id, kind=form.kind.data, active=bool(form.active.data), today=today)
        return in_words(session, [each for each in found if each.is_warning], today)


def _is_sent(form: BodyForm) -> bool:
    """Fill the lists, then judge what was sent, if it was."""
    with db() as session:
        form.kind.choices = chosen(labels.choose(), query.body_kinds(session, language()))
        form.parent_id.choices = _parents(session)
    form.language.choices = [(code, words.mail_language(code)) for code in LANGUAGES]
    return bool(form.validate_on_submit())


def _parents(session: Session) -> list[tuple[str, str]]:
    found = query.all_bodies(session, language())
    return chosen(gettext("Nobody"), ((number, name) for number, name, _active in found))


def _facts(form: BodyForm) -> BodyFacts:
    return BodyFacts(
        name_kk=text(form.name_kk.data),
        name_ru=text(form.name_ru.data),
        name_en=text(form.name_en.data),
        kind=form.kind.data,
        email=text(form.email.data) or None,
        phone=text(form.phone.data) or None,
        working_hours=text(form.working_hours.data),
        parent_id=whole(form.parent_id.data),
        language=form.language.data,
        active=bool(form.active.data),
    )


def _leave(count: int) -> str:
    if not count:
        return gettext("Save it all the same")
    return ngettext(
        "Switch it off although it has %(num)s open hazard, which stays with it",
        "Switch it off although it has %(num)s open hazards, which stay with it",
        count,
    )


def _page(form: BodyForm, **shown: Any) -> str:
    return render_template("admin/body.html", form=form, body=shown or None)


def _shown(row: Body, count: int) -> dict[str, Any]:
    return {"name": row.name(language()), "code": row.code, "open": count}


def _row(body: Body, kind: Any, hazards: int, rules: int) -> dict[str, Any]:
    return {
        "code": body.code,
        "name": body.name(language()),
        "url": url_for(".body", code=body.code),
        "kind": kind.name(language()),
        "email": body.email or "",
        "phone": body.phone or "",
        "open": hazards,
        "rules": rules,
        "rules_url": url_for(".rules", body=body.code),
        "active": body.active,
    }
