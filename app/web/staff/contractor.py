"""A contractor's link, for those who give it: which ones a hazard has, a new one, and its end.

The address of a new link is shown once, on the answer to its form, and stands nowhere afterwards: of its token only the
hash is kept. Links of a body that had the hazard before are not shown to the one that has it now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from app import i18n
from app.actions.contractor import NAME_MAX, NEEDED_MAX, TAKEN_ON, LinkFacts, NewLink, give_link, revoke_link
from app.domain.errors import DomainError, HazardNotFound
from app.domain.hazard import MOST_LINK_DAYS, Status
from app.domain.permissions import Permission
from app.domain.references import show_reference
from app.i18n import gettext
from app.i18n import lazy_gettext as _
from app.models import ContractorLink, Hazard
from app.queries.contractor import links_of
from app.queries.staff import StaffHazard, hazard_for_staff, visible_hazard
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now, settings
from app.web.forms import OurForm
from app.web.sent import reference_or_404
from app.web.staff.words import page_words
from app.web.times import staff_moment
from app.web.typed import keeps_typed

bp = Blueprint("contractors", __name__, url_prefix="/staff/h")
USUAL_DAYS = 7


class LinkForm(OurForm):
    """What the link is for."""

    name = StringField(_("Contractor"), [InputRequired(), Length(max=NAME_MAX)])
    language = SelectField(_("Language of the page"), [InputRequired()])
    days = IntegerField(
        _("Good for so many days"), [InputRequired(), NumberRange(1, MOST_LINK_DAYS)], default=USUAL_DAYS
    )
    needed = TextAreaField(_("What is to be done"), [InputRequired(), Length(max=NEEDED_MAX)])
    photos = SelectMultipleField(_("Photos the contractor may see"), validate_choice=False)


def _expired(reference: str) -> ResponseReturnValue:
    form = _form()
    form.form_errors = [labels.form_kept()]
    return _page(_parsed(reference), form), 403


@bp.route("/<reference>/contractor", methods=["GET", "POST"])
@access(Permission.DISPATCH)
@keeps_typed(_expired)
def links(reference: str) -> ResponseReturnValue:
    """The links of a hazard and the form of a new one; a POST answers with the new address."""
    code, form = _parsed(reference), _form()
    if not form.validate_on_submit():
        return _page(code, form), 422 if form.errors else 200
    try:
        with db() as session:
            made = give_link(session, by=actor(), reference=code, facts=_facts(form), now=now())
    except DomainError as error:
        form.form_errors = [labels.error(error)]
        return _page(code, form), 422
    return _page(code, LinkForm(formdata=None), made=made)


@bp.post("/<reference>/contractor/<int:link_id>/revoke")
@access(Permission.DISPATCH)
def revoke(reference: str, link_id: int) -> ResponseReturnValue:
    """The link opens nothing from now on."""
    code = _parsed(reference)
    with db() as session:
        revoke_link(session, by=actor(), reference=code, link_id=link_id, now=now())
    flash(gettext("The link was revoked."), "success")
    return redirect(url_for(".links", reference=show_reference(code)), 303)


def contractor_words(session: Session, hazard: Hazard) -> dict[str, Any]:
    """What the page of a hazard shows of its links: `may` give one, and the links with their state."""
    may = actor().may(Permission.DISPATCH, body_id=hazard.body_id)
    shown = links_of(session, hazard.id) if may else ()
    moment = now()
    return {
        "may": may and hazard.is_open and Status(hazard.status) in TAKEN_ON,
        "links": [_link(row, hazard, moment) for row in shown if row.ContractorLink.body_id == hazard.body_id],
        "url": url_for("contractors.links", reference=show_reference(hazard.reference)),
    }


def _link(row: Any, hazard: Hazard, moment: datetime) -> dict[str, Any]:
    link: ContractorLink = row.ContractorLink
    state, tone = _state(link, hazard, moment)
    return {
        "id": link.id,
        "name": link.name,
        "needed": link.needed,
        "state": state,
        "tone": tone,
        "lives": tone in {"open", "good"},
        "given": gettext("%(who)s, %(when)s", who=row.who, when=staff_moment(link.made_at)),
    }


def _state(link: ContractorLink, hazard: Hazard, moment: datetime) -> tuple[str, str]:
    """Words and tone of where a link stands."""
    if link.revoked_at is not None:
        return gettext("Revoked: %(when)s", when=staff_moment(link.revoked_at)), "closed"
    if link.expires_at <= moment or not hazard.is_open:
        return gettext("Over"), "closed"
    until = staff_moment(link.expires_at)
    if link.used_at is not None:
        return gettext("Used: %(when)s. Good until %(until)s", when=staff_moment(link.used_at), until=until), "good"
    return gettext("Good until %(until)s", until=until), "open"


def _form() -> LinkForm:
    form = LinkForm()
    form.language.choices = list(i18n.NAMES.items())
    return form


def _facts(form: LinkForm) -> LinkFacts:
    return LinkFacts(
        name=form.name.data or "",
        language=form.language.data,
        needed=form.needed.data or "",
        days=form.days.data or 0,
        photos=[str(name)[:40] for name in form.photos.data or ()],
    )


def _page(code: str, form: LinkForm, *, made: NewLink | None = None) -> str:
    form.language.choices = list(i18n.NAMES.items())
    with db() as session:
        page = hazard_for_staff(session, actor=actor(), reference=code, language=i18n.language())
        if not actor().may(Permission.DISPATCH, body_id=page.hazard.body_id):
            abort(404)
        return render_template(
            "staff/contractor.html",
            **page_words(page, now()),
            contractor=contractor_words(session, page.hazard),
            form=form,
            chosen=_chosen(form, page),
            address=_address(made) if made else None,
            made=made.link if made else None,
        )


def _chosen(form: LinkForm, page: StaffHazard) -> Sequence[str]:
    """Photos that are ticked: none at first, since each may show somebody."""
    return [photo.public_id for photo in page.photos if photo.public_id in (form.photos.data or ())]


def _address(made: NewLink) -> str:
    language = made.link.language
    prefix = "" if language == settings().default_language else f"/{language}"
    return f"{prefix}/job/{made.token}"


def _parsed(reference: str) -> str:
    code = reference_or_404(reference)
    try:
        with db() as session:
            visible_hazard(session, actor=actor(), reference=code)
    except HazardNotFound:
        abort(404)
    return code
