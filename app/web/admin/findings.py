"""What a change would bring about, in words: of a rule, or of a body that is switched off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.domain.rule_change import Finding
from app.i18n import format_day, gettext, language, ngettext
from app.queries.hazard_types import all_types
from app.queries.names import area_names, body_names
from app.web import labels_admin as words


def in_words(session: Session, found: Sequence[Finding], today: date, *, here: str = "") -> list[dict[str, Any]]:
    """The findings as sentences, with the kinds of hazards each is about; areas are named but for the one that is
    `here` (a code).
    """
    bodies = body_names(session, {code for each in found for code in (each.was, each.now) if code}, language())
    areas = area_names(session, {each.area for each in found}, language(), day=today)
    types = {kind.code: kind.name(language()) for kind in all_types(session)}
    return [
        {
            "warning": each.is_warning,
            "text": words.concern(each.concern, was=bodies.get(each.was or "", ""), now=bodies.get(each.now or "", "")),
            "day": format_day(each.day) if each.day != today else "",
            "area": areas.get(each.area, each.area) if each.area != here else "",
            "types": [types[code] for code in each.types],
        }
        for each in found
    ]


def verdict(found: Sequence[Finding]) -> dict[str, Any]:
    """Whether anything is to be warned of, and the last word."""
    count = sum(each.is_warning for each in found)
    if count:
        return {"warn": True, "text": ngettext("%(num)s warning", "%(num)s warnings", count)}
    return {
        "warn": False,
        "text": gettext("Nothing speaks against it.") if found else gettext("It changes nobody's work."),
    }
