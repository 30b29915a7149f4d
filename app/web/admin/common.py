"""What all forms of administration share: names of fields, "choose" lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.i18n import LANGUAGES
from app.web.forms import refuse, text

__all__ = ["beside_names", "chosen", "refuse", "text", "whole"]

Choices = list[tuple[str, str]]


def beside_names(what: str, values: Mapping[str, Any]) -> str:
    """The first field of `what` (name, advice) that is empty in one of the languages."""
    empty = (f"{what}_{code}" for code in LANGUAGES if not values.get(f"{what}_{code}"))
    return next(empty, f"{what}_{LANGUAGES[0]}")


def chosen(empty: str, pairs: Iterable[tuple[Any, str]]) -> Choices:
    """Lines of a list, the empty one first."""
    return [("", empty), *((str(value), text) for value, text in pairs)]


def whole(value: str | None) -> int | None:
    """A typed whole number; None for nothing. Anything else is -1, which no rule allows."""
    typed = text(value)
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1
