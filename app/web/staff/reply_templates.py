"""The page of the templates of replies: a manager's own body, an administrator's everybody and every body."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from app.actions.administration.own_body import keeps
from app.actions.administration.record import fingerprint
from app.actions.reply_templates import (
    TEMPLATE,
    TemplateFacts,
    add_template,
    edit_template,
    remove_template,
)
from app.domain import errors
from app.domain.errors import DomainError
from app.domain.lifecycle import Act
from app.domain.permissions import Permission
from app.domain.reply import MAX_TEMPLATE
from app.i18n import gettext, language
from app.i18n import lazy_gettext as _
from app.models import Body, ReplyTemplate
from app.queries.bodies import active_bodies
from app.queries.reply_templates import kept_templates, template_by_code
from app.queries.staff import reportable_types
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now
from app.web.errors import status_of
from app.web.forms import OurForm
from app.web.staff.acts import shown_fields
from app.web.typed import keeps_typed

bp = Blueprint("reply_templates", __name__, url_prefix="/staff/templates")
KEEPERS = (Permission.MANAGE, Permission.ADMINISTER)
REQUIRED = InputRequired(_("Please fill this in"))
GROUP = "group:"
ACTS = tuple(act for act in Act if act is not Act.DISPUTE and {"note", "reason"} & set(shown_fields(act)))
"""The acts of people whose form takes words."""


class TemplateForm(OurForm):
    """`kind`: a code of a type, `group:…`, or nothing for every kind."""

    body = SelectField(_("For whom"))
    act = SelectField(_("For which step"))
    kind = SelectField(_("For which hazards"))
    text_kk = TextAreaField(_("Text in Kazakh"), [REQUIRED])
    text_ru = TextAreaField(_("Text in Russian"), [REQUIRED])
    text_en = TextAreaField(_("Text in English"), [REQUIRED])
    offered = BooleanField(_("Is offered"))
    seen = HiddenField()


@bp.get("")
@access(*KEEPERS)
def index() -> ResponseReturnValue:
    """Those of the own body and the ones for everybody; an administrator sees all."""
    everybodys = actor().may(Permission.ADMINISTER)
    with db() as session:
        found = kept_templates(session, body_id=actor().body_id, everybodys=everybodys)
        names = {code: name for code, _group, name in reportable_types(session, language())}
        rows = [_row(template, body, names) for template, body in found]
    return render_template("staff/templates.html", rows=rows, everybodys=everybodys)


def _new_expired() -> ResponseReturnValue:
    with db() as session:
        return _page(_form(session), error=labels.form_kept()), 403


@bp.route("/new", methods=["GET", "POST"])
@access(*KEEPERS)
@keeps_typed(_new_expired)
def new() -> ResponseReturnValue:
    """One more."""
    with db() as session:
        form = _form(session, offered=True, body=_own())
    if not form.validate_on_submit():
        return _page(form), 422 if form.errors else 200
    try:
        with db() as session:
            add_template(session, by=actor(), body_id=_body_of(form), facts=_facts(form), now=now())
    except DomainError as error:
        return _page(form, error=labels.error(error)), _refused(error)
    return _saved()


def _edit_expired(code: str) -> ResponseReturnValue:
    with db() as session:
        row = _kept(session, code)
        return _page(_form(session), row=row, error=labels.form_kept()), 403


@bp.route("/<code>", methods=["GET", "POST"])
@access(*KEEPERS)
@keeps_typed(_edit_expired)
def edit(code: str) -> ResponseReturnValue:
    """Change one."""
    with db() as session:
        row = _kept(session, code)
        form = _form(session, **_as_it_is(row))
    if not form.validate_on_submit():
        return _page(form, row=row), 422 if form.errors else 200
    try:
        with db() as session:
            edit_template(session, by=actor(), code=code, facts=_facts(form), now=now(), seen=form.seen.data or None)
    except errors.NothingChanged:
        return _saved()
    except DomainError as error:
        return _page(form, row=row, error=labels.error(error)), _refused(error)
    return _saved()


@bp.post("/<code>/remove")
@access(*KEEPERS)
def remove(code: str) -> ResponseReturnValue:
    """Take one away; an administrator can take that back in the history of changes."""
    with db() as session:
        remove_template(session, by=actor(), code=code, now=now())
    flash(gettext("The template is gone."), "success")
    return redirect(url_for(".index"), 303)


def _saved() -> ResponseReturnValue:
    flash(gettext("The template is saved."), "success")
    return redirect(url_for(".index"), 303)


def _page(form: TemplateForm, *, row: ReplyTemplate | None = None, error: str | None = None) -> str:
    if error is not None:
        form.form_errors = [error]
    may_choose = row is None and actor().may(Permission.ADMINISTER)
    return render_template("staff/template.html", form=form, row=row, may_choose=may_choose, limit=MAX_TEMPLATE)


def _form(session: Session, **data: Any) -> TemplateForm:
    form = TemplateForm(data=data)
    bodies = active_bodies(session, language()) if actor().may(Permission.ADMINISTER) else ()
    everybody = [("", gettext("All organisations")), *((str(key), name) for key, name in bodies)]
    own = _own()
    form.body.choices = [(own, gettext("My organisation"))] if own else everybody
    form.act.choices = [("", gettext("Every step with words")), *((act.value, labels.act(act)) for act in ACTS)]
    form.kind.choices = _kinds(session)
    return form


def _kinds(session: Session) -> dict[str, list[tuple[str, str]]]:
    """Every kind, then each group as a whole and its types."""
    offered: dict[str, list[tuple[str, str]]] = {"": [("", gettext("Hazards of every kind"))]}
    for code, group, name in reportable_types(session, language()):
        title = labels.group(group)
        whole = (GROUP + group, gettext("%(group)s: all kinds", group=title))
        offered.setdefault(title, [whole]).append((code, name))
    return offered


def _own() -> str:
    return "" if actor().may(Permission.ADMINISTER) or actor().body_id is None else str(actor().body_id)


def _body_of(form: TemplateForm) -> int | None:
    """A manager's own, whatever was sent."""
    chosen = form.body.data if actor().may(Permission.ADMINISTER) else _own()
    return int(chosen) if chosen else None


def _facts(form: TemplateForm) -> TemplateFacts:
    kind = form.kind.data or ""
    return TemplateFacts(
        text_kk=form.text_kk.data or "",
        text_ru=form.text_ru.data or "",
        text_en=form.text_en.data or "",
        act=form.act.data or None,
        hazard_type=kind if kind and not kind.startswith(GROUP) else None,
        group=kind.removeprefix(GROUP) if kind.startswith(GROUP) else None,
        offered=bool(form.offered.data),
    )


def _as_it_is(row: ReplyTemplate) -> dict[str, Any]:
    texts = {name: getattr(row, name) for name in ("text_kk", "text_ru", "text_en", "offered")}
    kind = row.hazard_type or (GROUP + row.group if row.group else "")
    seen = fingerprint(TEMPLATE.snapshot(row))
    return texts | {"act": row.act or "", "kind": kind, "body": str(row.body_id or ""), "seen": seen}


def _kept(session: Session, code: str) -> ReplyTemplate:
    """404 for what the reader does not keep."""
    row = template_by_code(session, code[:80])
    if row is None or not keeps(actor(), row.body_id):
        abort(404)
    return row


def _row(template: ReplyTemplate, body: Body | None, names: dict[str, str]) -> dict[str, Any]:
    kind = names.get(template.hazard_type or "") or (labels.group(template.group) if template.group else None)
    return {
        "text": template.text(language()),
        "act": labels.act(template.act) if template.act else gettext("Every step with words"),
        "kind": kind or gettext("Hazards of every kind"),
        "body": body.name(language()) if body else gettext("All organisations"),
        "offered": template.offered,
        "url": url_for(".edit", code=template.code) if keeps(actor(), template.body_id) else None,
    }


def _refused(error: DomainError) -> int:
    status = status_of(error)
    return status if status in {403, 404, 409} else 422
