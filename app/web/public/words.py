"""A public hazard in the reader's words: the properties the map, the list and the pages share."""

from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import Row

from app.domain.references import show_reference
from app.i18n import format_day
from app.i18n import gettext as _
from app.web import labels, labels_proof
from app.web.times import public_since


def hazard_url(reference: str) -> str:
    return url_for("public.hazard", reference=show_reference(reference))


def place_words(row: Row[Any]) -> str:
    """The nearest known street or quarter and the district; whichever of them is known."""
    return " · ".join(part for part in (row.near, row.area) if part)


def event_facts(row: Row[Any]) -> list[str]:
    """What a public line says beside its words: of a correction what was and what is, of photos what they lack."""
    given = {name: getattr(row, name) for name in ("from_severity", "to_severity", "moved_m")}
    lines = [*labels_proof.corrected(given, row._asdict()), labels_proof.doubt(row.unproven) if row.unproven else ""]
    return [line.rstrip(".") for line in lines if line]


def item(row: Row[Any], today: date) -> dict[str, Any]:
    """The keys of `components/hazard.html` and of the map's single features."""
    return {
        "n": 1,
        "ref": row.reference,
        "type": row.hazard_type,
        "group": row.type_group,
        "status": row.status,
        "state": row.state,
        "severity": row.severity,
        "severity_text": labels.severity(row.severity),
        "title": row.title,
        "status_text": labels.status(row.status, taken_back=row.taken_back),
        "place": place_words(row),
        "since": public_since(row.received_day, today=today),
        "overdue": row.overdue is not None,
        "disputed": row.disputed,
        "url": hazard_url(row.reference),
        "lon": round(row.lon, 6),
        "lat": round(row.lat, 6),
    }


def due_words(due: date | None, *, today: date, late: bool, stopped: str = "", done: bool = False) -> tuple[str, str]:
    """Words and the state for `due()` of a clock, by the day only (decisions §11).

    `late`: that it is known to be so on the very day; of two clocks that have passed the hazard names one only.
    """
    if done:
        return _("Done"), "done"
    if stopped:
        return stopped, "stopped"
    if due is None:
        return _("No target for this kind"), "stopped"
    if due < today:
        return _("Overdue since %(day)s", day=format_day(due)), "overdue"
    if due == today:
        return (_("Overdue"), "overdue") if late else (_("Today"), "soon")
    return _("By %(day)s", day=format_day(due)), "open"
