"""What a correction has changed, and what a photo does not show: lines of a history, the same for public and staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import i18n
from app.domain.correction import STEP_M
from app.domain.proof import Doubt
from app.i18n import gettext
from app.i18n import lazy_gettext as _
from app.web import labels

DOUBTS = {
    Doubt.USED: _("This photo was used before."),
    Doubt.MOVED: _("The pin was moved after the report, so the photo alone does not show that it is the same place."),
    Doubt.DEVICE: _("Only the device of whoever sent the photo says where it was taken."),
    Doubt.TIME: _("The photo does not show that it was taken since then."),
    Doubt.FAR: _("The photo was taken at another place."),
    Doubt.NO_PLACE: _("The photo does not show where it was taken."),
}


def doubt(code: Doubt | str) -> str:
    """Why photos prove nothing by themselves."""
    return str(DOUBTS[Doubt(code)])


def only_reported(code: str | None) -> str:
    """What a fix without a proof has come to."""
    said = gettext("Reported as fixed. Another person must confirm it before it is closed.")
    return f"{said} {doubt(code)}" if code else said


def corrected(data: Mapping[str, Any], names: Mapping[str, Any]) -> list[str]:
    """What was before and what is now, a line each. `data`: the facts of `domain/correction.py`; `names` of the codes:
    from_type, to_type, from_body, to_body. Where `data` has no exact place, the public reads it.
    """
    lines = [
        _pair(gettext("Kind"), names.get("from_type"), names.get("to_type")),
        _pair(gettext("Danger"), *(_severity(data.get(key)) for key in ("from_severity", "to_severity"))),
        _pair(gettext("Organisation"), names.get("from_body"), names.get("to_body")),
        _moved(data),
        labels.severity_reason("kept").capitalize() if data.get("kept") else None,
    ]
    return [line for line in lines if line]


def _pair(what: str, before: str | None, after: str | None) -> str | None:
    return f"{what}: {before} → {after}" if before and after else None


def _severity(code: str | None) -> str | None:
    return labels.severity(code) if code else None


def _moved(data: Mapping[str, Any]) -> str | None:
    metres = int(data.get("moved_m") or 0)
    about = STEP_M * round(metres / STEP_M)
    if "from_place" not in data:
        return gettext("Place: moved by about %(metres)s m", metres=about) if about else None
    language = i18n.language()
    before, after = ((data.get(key) or {}).get(language) for key in ("from_near", "to_near"))
    was = ", ".join(part for part in (before, data["from_place"]) if part)
    line = gettext("Place: moved by %(metres)s m; it was: %(place)s", metres=metres, place=was)
    return f"{line} → {after}" if after and after != before else line
