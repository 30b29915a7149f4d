"""What an organisation keeps of its own, by its manager: one page of cards, and how it is reached.

All pages below stand on this blueprint and speak of the manager's own body only: no address holds a body's number.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import HiddenField, SelectField, StringField

from app.actions.administration.bodies import BODY
from app.actions.administration.contacts import ReachFacts, edit_reach
from app.actions.administration.record import fingerprint
from app.domain import errors
from app.domain.permissions import Permission
from app.i18n import LANGUAGES, gettext, language
from app.i18n import lazy_gettext as _
from app.models import Body
from app.web import labels_admin as words
from app.web.access import access, actor
from app.web.context import db, now
from app.web.forms import OurForm, refuse, text
from app.web.staff.on_duty import on_duty_words

bp = Blueprint("own_body", __name__, url_prefix="/staff/body")
BESIDE: dict[type[errors.DomainError], str] = {errors.BadEmail: "email", errors.BadPublicPhone: "phone"}
CARDS = (
    ("/staff/body/contacts", _("Contacts and hours"), _("E-mail, telephone and when somebody is there"), "phone"),
    ("/staff/colleagues", _("Colleagues"), _("Accounts, roles and invitations"), "person"),
    ("/staff/body/crews", _("Crews"), _("Who goes out together"), "tool"),
    ("/staff/body/shifts", _("Shift plan"), _("Who is at work, on which days and hours"), "calendar"),
    ("/staff/body/deputies", _("Deputies"), _("Who stands in for whoever is away"), "forward"),
    (
        "/staff/body/duty",
        _("Who is on duty"),
        _("Who is called to a life-threatening hazard, in which order"),
        "warning",
    ),
    ("/staff/alarms", _("Alarms"), _("What is waiting because mail fails"), "mail"),
    ("/staff/templates", _("Templates of replies"), _("Sentences that are written often"), "copy"),
    ("/staff/body/webhook", _("Messages to your own system"), _("A signed message for each event"), "settings"),
)
"""Address, name, what is there, icon; a card shows when its page exists."""


class ReachForm(OurForm):
    email = StringField(_("E-mail"))
    phone = StringField(_("Phone"))
    working_hours = StringField(_("Working hours"))
    language = SelectField(_("Language of its letters"))
    seen = HiddenField()


@bp.get("")
@access(Permission.MANAGE)
def index() -> ResponseReturnValue:
    """The cards."""
    paths = {str(rule).rstrip("/") for rule in current_app.url_map.iter_rules()}
    with db() as session:
        body = own_body(session)
        name, duty = body.name(language()), on_duty_words(session, actor(), now())
    cards = [(path, title, said, icon) for path, title, said, icon in CARDS if path in paths]
    return render_template("staff/body.html", name=name, cards=cards, duty=duty)


@bp.route("/contacts", methods=["GET", "POST"])
@access(Permission.MANAGE)
def contacts() -> ResponseReturnValue:
    """How it is reached."""
    with db() as session:
        body = own_body(session)
        body_id, now_is = body.id, BODY.snapshot(body)
    form = _form(now_is)
    if not form.validate_on_submit():
        return render_template("staff/body_contacts.html", form=form), 422 if form.errors else 200
    try:
        with db() as session:
            edit_reach(session, by=actor(), body_id=body_id, facts=_facts(form), now=now(), seen=form.seen.data)
    except errors.DomainError as error:
        status = refuse(form, error, BESIDE)
        form.seen.data = fingerprint(now_is)
        return render_template("staff/body_contacts.html", form=form), status
    flash(gettext("Saved: %(name)s", name=gettext("Contacts and hours")), "success")
    return redirect(url_for(".index"), 303)


def own_body(session: Session) -> Body:
    """The body of whoever is signed in; a 404 without one."""
    body_id = actor().body_id
    found = session.get(Body, body_id) if body_id is not None else None
    return found or abort(404)


def _form(now_is: dict[str, Any]) -> ReachForm:
    form = ReachForm(data=now_is | {"seen": fingerprint(now_is)})
    form.language.choices = [(code, words.mail_language(code)) for code in LANGUAGES]
    return form


def _facts(form: ReachForm) -> ReachFacts:
    return ReachFacts(
        email=text(form.email.data) or None,
        phone=text(form.phone.data) or None,
        working_hours=text(form.working_hours.data),
        language=form.language.data,
    )
