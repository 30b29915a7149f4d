"""The form and the list of who is on duty, of the administrator's page and of the manager's."""

from __future__ import annotations

from datetime import time
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField, TimeField
from wtforms.validators import InputRequired, Optional

from app.actions.administration.duty import ContactFacts
from app.domain import errors
from app.domain.duty import EVERY_DAY
from app.domain.shifts import clock
from app.i18n import LANGUAGES
from app.i18n import lazy_gettext as _
from app.models import DutyContact
from app.web import labels_admin as words
from app.web.forms import OurForm, text

REQUIRED = InputRequired(_("Please fill this in"))
BESIDE: dict[type[errors.DomainError], str] = {
    errors.BadEmail: "email",
    errors.NeedsName: "name",
    errors.HalfHours: "starts",
}


class ContactForm(OurForm):
    name = StringField(_("Name or post"), [REQUIRED])
    email = StringField(_("E-mail"), [REQUIRED])
    phone = StringField(_("Phone"))
    language = SelectField(_("Language of its letters"))
    active = BooleanField(_("Is called"))
    weekdays = SelectMultipleField(_("On which days"), coerce=int, validate_choice=False)
    starts = TimeField(_("From"), [Optional()])
    ends = TimeField(_("To"), [Optional()])
    seen = HiddenField()


def contact_form(**data: Any) -> ContactForm:
    """The form, filled with `data` where nothing was sent."""
    hours = {name: _as_time(data.get(name)) for name in ("starts", "ends")}
    form = ContactForm(data={"weekdays": EVERY_DAY, **data, **hours})
    form.weekdays.choices = [(day, words.weekday(day - 1)) for day in EVERY_DAY]
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
        "hours": hours_words(contact),
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
        weekdays=sorted(set(form.weekdays.data or [])),
        starts=_minutes(form.starts.data),
        ends=_minutes(form.ends.data),
    )


def hours_words(contact: DutyContact) -> str:
    """When on duty, in short: "Mon, Tue 18:00-08:00"; "" for always."""
    every = tuple(contact.weekdays) == EVERY_DAY
    days = "" if every else ", ".join(words.weekday(day - 1, width="abbreviated") for day in contact.weekdays)
    times = "" if contact.starts is None or contact.ends is None else f"{clock(contact.starts)}–{clock(contact.ends)}"
    return " ".join(part for part in (days, times) if part)


def _as_time(minutes: int | None) -> time | None:
    return None if minutes is None else time(*divmod(minutes, 60))


def _minutes(typed: time | None) -> int | None:
    return None if typed is None else typed.hour * 60 + typed.minute
