"""The form and the list of who is on duty, of the administrator's page and of the manager's."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired

from app.actions.administration.duty import ContactFacts
from app.domain import errors
from app.i18n import LANGUAGES
from app.i18n import lazy_gettext as _
from app.models import DutyContact
from app.web import labels_admin as words
from app.web.forms import OurForm, text

REQUIRED = InputRequired(_("Please fill this in"))
BESIDE: dict[type[errors.DomainError], str] = {errors.BadEmail: "email", errors.NeedsName: "name"}


class ContactForm(OurForm):
    name = StringField(_("Name or post"), [REQUIRED])
    email = StringField(_("E-mail"), [REQUIRED])
    phone = StringField(_("Phone"))
    language = SelectField(_("Language of its letters"))
    active = BooleanField(_("Is called"))
    seen = HiddenField()


def contact_form(**data: Any) -> ContactForm:
    """The form, filled with `data` where nothing was sent."""
    form = ContactForm(data=data)
    form.language.choices = [(code, words.mail_language(code)) for code in LANGUAGES]
    return form


def contact_row(contact: DutyContact, url: str) -> dict[str, Any]:
    """A line of the list; `url` leads to its page."""
    return {
        "id": contact.id,
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone or "",
        "active": contact.active,
        "url": url,
    }


def contact_facts(form: ContactForm) -> ContactFacts:
    """What was typed."""
    return ContactFacts(
        name=text(form.name.data),
        email=text(form.email.data),
        phone=text(form.phone.data) or None,
        language=form.language.data,
        active=bool(form.active.data),
    )
