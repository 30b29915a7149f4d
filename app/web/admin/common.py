"""What all forms of administration share: what the fields are called, refusals beside them, "choose" lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_wtf import FlaskForm

from app.domain.errors import DomainError
from app.i18n import LANGUAGES
from app.web import labels
from app.web.errors import status_of

Choices = list[tuple[str, str]]


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


def beside_names(what: str, values: Mapping[str, Any]) -> str:
    """The first field of `what` (name, advice) that is empty in one of the languages."""
    empty = (f"{what}_{code}" for code in LANGUAGES if not values.get(f"{what}_{code}"))
    return next(empty, f"{what}_{LANGUAGES[0]}")


def chosen(empty: str, pairs: Iterable[tuple[Any, str]]) -> Choices:
    """Lines of a list, the empty one first."""
    return [("", empty), *((str(value), text) for value, text in pairs)]


def text(value: str | None) -> str:
    """What was typed, without blanks around it."""
    return (value or "").strip()


def whole(value: str | None) -> int | None:
    """A typed whole number; None for nothing. Anything else is -1, which no rule allows."""
    typed = text(value)
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1
