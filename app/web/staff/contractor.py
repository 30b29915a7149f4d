"""A contractor's link, for those who give it: which ones a hazard has, a new one, and its end.

The address of a new link is shown once, on the page after its form, and stands nowhere afterwards: of its token only
the hash is kept. Decision: from the form to that page it goes in the signed cookie of the browser that made it, for one
look; shown as the answer to the form it was made anew by each reload. Turned down: a copy on the server, which is what
the hash avoids, and the token in the page's address, which stays in the browser's history. Links of a body that had the
hazard before are not shown to the one that has it now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from app import i18n
from app.actions.contractor import NAME_MAX, NEEDED_MAX, TAKEN_ON, LinkFacts, give_link, revoke_link
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
NEW = "new_link"


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
    """The links of a hazard and the form of a new one; after a POST the page shows the new address once."""
    code, form = _parsed(reference), _form()
    if not form.validate_on_submit():
        return _page(code, form, new=_new_one()), 422 if form.errors else 200
    try:
        with db() as rows:
            made = give_link(rows, by=actor(), reference=code, facts=_facts(form), now=now())
    except DomainError as error:
        form.form_errors = [labels.error(error)]
        return _page(code, form), 422
    session[NEW] = [made.link.id, made.token]
    return redirect(url_for(".links", reference=show_reference(code)), 303)


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


def _new_one() -> tuple[int, str] | None:
    """Number and token of the link that was just made, once."""
    kept = session.pop(NEW, None) if request.method == "GET" else None
    return (int(kept[0]), str(kept[1])) if kept else None


def _page(code: str, form: LinkForm, *, new: tuple[int, str] | None = None) -> str:
    form.language.choices = list(i18n.NAMES.items())
    with db() as rows:
        page = hazard_for_staff(rows, actor=actor(), reference=code, language=i18n.language())
        if not actor().may(Permission.DISPATCH, body_id=page.hazard.body_id):
            abort(404)
        made = _mine(rows, page.hazard, new[0]) if new else None
        return render_template(
            "staff/contractor.html",
            **page_words(page, now()),
            contractor=contractor_words(rows, page.hazard),
            form=form,
            chosen=_chosen(form, page),
            address=_address(made.language, new[1]) if made and new else None,
            made=made,
        )


def _mine(rows: Session, hazard: Hazard, link_id: int) -> ContractorLink | None:
    """A link to this hazard that the actor made."""
    links = (row.ContractorLink for row in links_of(rows, hazard.id))
    return next((link for link in links if link.id == link_id and link.made_by == actor().account_id), None)


def _chosen(form: LinkForm, page: StaffHazard) -> Sequence[str]:
    """Photos that are ticked: none at first, since each may show somebody."""
    return [photo.public_id for photo in page.photos if photo.public_id in (form.photos.data or ())]


def _address(language: str, token: str) -> str:
    prefix = "" if language == settings().default_language else f"/{language}"
    return f"{prefix}/job/{token}"


def _parsed(reference: str) -> str:
    code = reference_or_404(reference)
    try:
        with db() as session:
            visible_hazard(session, actor=actor(), reference=code)
    except HazardNotFound:
        abort(404)
    return code
