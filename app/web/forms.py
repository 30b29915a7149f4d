"""The form that all our forms are, so that what WTForms says by itself is said in the page's language.

Decision: our own sentences for the few refusals that can come up, and one for all others, so that no English one is
left on a Kazakh page. Turned down: the catalogues that come with WTForms, which know no Kazakh.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, ValidationError

from app.domain.errors import DomainError
from app.i18n import format_day, gettext
from app.i18n import lazy_gettext as _
from app.web import labels
from app.web.errors import status_of

OTHER = _("This answer cannot be used. Check it and send again.")
SAID = {
    "Not a valid choice.": _("This answer is not one of the choices. Choose again."),
    "Invalid Choice: could not coerce.": _("This answer is not one of the choices. Choose again."),
    "Not a valid date value.": _("This is not a date. Give it as year-month-day, for example 2026-11-24."),
    "This field is required.": _("Please fill this in"),
}


class _Ours:
    """What WTForms asks for words."""

    def gettext(self, said: str) -> str:
        return str(SAID.get(said, OTHER))

    def ngettext(self, one: str, _many: str, _num: int) -> str:
        return self.gettext(one)


def day_between(bounds: Callable[[], tuple[date, date]]) -> Callable[[FlaskForm, DateField], None]:
    """A validator: a year that was mistyped is refused in words. The bounds are asked for when a form is sent."""

    def check(_form: FlaskForm, field: DateField) -> None:
        first, last = bounds()
        if field.data is not None and not first <= field.data <= last:
            raise ValidationError(
                gettext("Choose a day from %(first)s to %(last)s.", first=format_day(first), last=format_day(last))
            )

    return check


class OurForm(FlaskForm):
    """A form with its token that refuses in the page's language."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _Ours:
            return _Ours()


def refuse(form: FlaskForm, error: DomainError, beside: Mapping[type[DomainError], str]) -> int:
    """Put the sentence of `error` beside the field that it is about, else above the form; the answer's status."""
    name = beside.get(type(error))
    sentence = labels.error(error)
    if name is None:
        form.form_errors = [sentence]
    else:
        form[name].errors = [sentence]
    status = status_of(error)
    return status if status == 409 else 422


def text(value: str | None) -> str:
    """What was typed, without blanks around it."""
    return (value or "").strip()
