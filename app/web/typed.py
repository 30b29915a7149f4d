"""What a person has typed is never lost: a form that cannot be taken is shown again, or its words, to be copied.

Decision: a view names what shows its form again (`keeps_typed`), and `security.py` calls that when the form's token is
gone; pages that cannot show the form (signed out meanwhile, the hazard passed on) show the words of the free texts.
Of dates and choices the word that was sent comes back with the name of its field.
Only those: no password and no hidden number comes back. Who was signed out takes the free texts along through signing
in, in this tab only and once (`js/typed_back.js`). Turned down: tokens that live for ever, which a stolen page
could use for ever, and keeping drafts in the browser, which leaves them on shared computers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import request
from flask.typing import ResponseReturnValue

from app.domain.hazard import Measure, RejectReason
from app.i18n import gettext
from app.i18n import lazy_gettext as _
from app.web import labels

View = TypeVar("View", bound=Callable[..., Any])
Again = Callable[..., ResponseReturnValue]

FREE_TEXTS = ("description", "note", "reason", "public_text")
CHOSEN = {
    "planned_for": _("Day of the work"),
    "measure": _("What makes it safe now"),
    "reject_reason": _("Reason"),
    "duplicate_of": _("Number of the other hazard"),
    "lat": _("Latitude"),
    "lon": _("Longitude"),
}
WORDS: dict[str, Callable[[str], str]] = {
    "measure": lambda code: labels.measure(Measure(code)),
    "reject_reason": lambda code: labels.reject_reason(RejectReason(code)),
}


def keeps_typed(again: Again) -> Callable[[View], View]:
    """Mark a form's view with what answers without its token: `again(**parts of the address)`, which does nothing."""

    def mark(view: View) -> View:
        view.again = again  # type: ignore[attr-defined]  # functions may carry marks
        return view

    return mark


def again_of(view: Callable[..., Any] | None) -> Again | None:
    """The mark of a view, or None."""
    return cast("Again | None", getattr(view, "again", None))


def typed_fields() -> list[tuple[str, str]]:
    """(name of the field, words) of the free texts: to be put back where they were typed, after signing in."""
    return [(name, words) for name in FREE_TEXTS for words in request.form.getlist(name) if words.strip()]


def typed_words() -> list[str]:
    """The free texts of the form that was sent, as they were typed, and what was chosen beside them."""
    texts = [words for name in FREE_TEXTS for words in request.form.getlist(name) if words.strip()]
    return [*texts, *(line for name in CHOSEN for line in _chosen(name))]


def _chosen(name: str) -> list[str]:
    """ "Field: value" of what was chosen; what is no choice of ours as it was sent."""
    value = request.form.get(name, "").strip()[:100]
    try:
        shown = WORDS[name](value) if name in WORDS else value
    except ValueError:
        shown = value
    return [gettext("%(field)s: %(value)s", field=str(CHOSEN[name]), value=shown)] if value else []
