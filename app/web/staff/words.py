"""A hazard in words for staff: exact times, and all that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import Row

from app import i18n
from app.domain.hazard import Clock, Measure
from app.domain.references import show_reference
from app.domain.routing import Why
from app.domain.taken_back import is_taken_back
from app.i18n import format_day, ngettext
from app.i18n import gettext as _
from app.models import Hazard
from app.queries.own_matters import StaffEvent
from app.queries.staff import StaffHazard
from app.web import labels, labels_escalation, labels_proof
from app.web.clock_words import fix_words, make_safe_words, must_be_safe_by
from app.web.event_look import event_look
from app.web.staff.hazard_words import SOON_PERCENT, pair_of, percent_used, photo_words, waiting_words
from app.web.times import done_and_arrived, staff_due, staff_moment

MOST_STEPS = 60
"""Of a trace: in a city of a thousand building managers the rest says the same."""


def hazard_url(reference: str) -> str:
    return url_for("staff.hazard", reference=show_reference(reference))


def state_of(hazard: Any) -> str:
    """open, safe or closed: the mark's shape. Takes a Hazard or a row of the inbox."""
    if not hazard.is_open:
        return "closed"
    return "safe" if hazard.made_safe_at else "open"


def status_words(row: Any) -> str:
    """Of a hazard, or of a row with its columns: what its reporter took back was rejected by nobody."""
    return labels.status(row.status, taken_back=is_taken_back(row.status, row.rejection_reason))


def inbox_row(row: Row[Any], now: datetime) -> dict[str, Any]:
    """What a line of the inbox shows."""
    return {
        "url": hazard_url(row.reference), "title": row.title, "group": row.type_group, "state": state_of(row),
        "reference": show_reference(row.reference), "severity": row.severity,
        "severity_text": labels.severity(row.severity), "status": row.status,
        "status_text": status_words(row), "place": " · ".join(p for p in (row.near, row.area) if p) or "—",
        "body": row.body, "urgent": row.urgent, "overdue": row.overdue is not None,
        "rejection": row.rejection_reason is not None, "owner_unknown": row.owner_unknown,
        "make_safe": make_safe_words(row, now), "fix": fix_words(row, now),
    }  # fmt: skip


def page_words(page: StaffHazard, now: datetime) -> dict[str, Any]:
    """Everything of the page but its forms."""
    hazard, language = page.hazard, i18n.language()
    place = " · ".join(p for p in (page.near, page.area.name(language) if page.area else None) if p)
    photos = [photo_words(photo) for photo in page.photos]
    return {
        "h": {
            "group": page.kind.group, "state": state_of(hazard), "status": hazard.status,
            "status_text": status_words(hazard), "title": page.kind.name(language), "place": place or None,
            "overdue": hazard.overdue is not None, "disputed": hazard.disputed, "severity": hazard.severity,
            "severity_text": labels.severity(hazard.severity),
        },
        "reference": show_reference(hazard.reference), "hazard": hazard,
        "lat": f"{hazard.label.y:.6f}", "lon": f"{hazard.label.x:.6f}",
        "body": page.body.name(language) if page.body else None,
        "area": page.area.name(language) if page.area else None,
        "basis": labels.basis_for_staff(hazard.basis) if hazard.basis else None,
        "trace": _trace(page), "crossed": _crossed(page),
        "hints": labels.hint_words(hazard.hints, page.trace_names[0]), "made_safe": _made_safe(hazard),
        "dues": _dues(hazard, now), "planned": format_day(hazard.planned_for) if hazard.planned_for else None,
        "received": staff_moment(hazard.received_at),
        "reasons": [labels.severity_reason(part["reason"], part.get("metres")) for part in hazard.severity_why],
        "moderation": labels.moderation(hazard.moderation),
        "owner_due": _owner_due(hazard, now),
        "rejection": _rejection(hazard),
        "duplicate_of": show_reference(page.duplicate_of) if page.duplicate_of else None,
        "reports": [_report(report) for report in page.reports],
        "photos": photos, "pair": pair_of(photos), **waiting_words(hazard),
        "public_events": [event_words(e, photos) for e in page.events if e.public],
        "internal_events": [event_words(e, photos) for e in page.events if not e.public],
        "calls": [_call(call) for call in page.calls],
    }  # fmt: skip


def _call(call: Row[Any]) -> dict[str, Any]:
    """Who on duty was told, and whether they know."""
    if call.acknowledged_at:
        said, tone = _("Knows since %(moment)s", moment=staff_moment(call.acknowledged_at)), "good"
    elif call.passed_on_at:
        said, tone = _("Did not answer"), "late"
    else:
        said, tone = _("Told, no answer yet"), "closed"
    return {"name": call.name, "phone": call.phone, "said": said, "tone": tone}


def event_words(event: StaffEvent, photos: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """A line of the history: what, exactly when, who of which organisation, with its photos."""
    data = event.data
    notes = [
        labels.measure(Measure(data["measure"])) if data.get("measure") else "",
        labels.reject_reason(data["reason_code"]) if data.get("reason_code") else "",
        labels.hold_reason(data["hold_reason"]) if data.get("hold_reason") else "",
        *labels_proof.corrected(data, data.get("names") or {}),
        labels_proof.doubt(data["unproven"]) if data.get("unproven") else "",
        _escalated(data) if "told" in data else "",
        *(f"{what}: {seen}" for what, seen in labels.hint_words(data.get("hints") or {}, {})),
        event.note,
    ]
    return {
        "title": labels.event(event.kind), "when": done_and_arrived(data.get("done_at"), event.at),
        "who": " · ".join(part for part in (event.who, event.body) if part) or None,
        **event_look(event.kind),
        "note": "\n".join(note for note in notes if note),
        "photos": [photo for photo in photos if photo["event_id"] == event.id],
    }  # fmt: skip


def _escalated(data: Mapping[str, Any]) -> str:
    """Which clock had gone how far, and who was told. Older lines do not say how far."""
    share, hours = data.get("share"), data.get("hours")
    said = labels.escalation(data["clock"], data["told"])
    return said if share is hours is None else f"{said}. {labels_escalation.moment(share, hours)}"


def _dues(hazard: Hazard, now: datetime) -> list[dict[str, Any]]:
    clocks = ((Clock.MAKE_SAFE, make_safe_words, must_be_safe_by(hazard)), (Clock.FIX, fix_words, hazard.fix_due))
    return [
        {
            "label": labels.clock(clock),
            "words": _soon(words(hazard, now), hazard, due, now),
            "when": staff_moment(due) if due else None,
            "percent": percent_used(hazard.received_at, due, now),
        }
        for clock, words, due in clocks
    ]


def _soon(words: tuple[str, str], hazard: Hazard, due: datetime | None, now: datetime) -> tuple[str, str]:
    used = percent_used(hazard.received_at, due, now)
    return (words[0], "soon") if words[1] == "open" and used is not None and used >= SOON_PERCENT else words


def _made_safe(hazard: Hazard) -> str | None:
    if not hazard.is_open or hazard.made_safe_measure is None or hazard.made_safe_until is None:
        return None
    return _(
        "%(measure)s. Check it again by %(moment)s.",
        measure=labels.measure(hazard.made_safe_measure),
        moment=staff_moment(hazard.made_safe_until),
    )


def _rejection(hazard: Hazard) -> str | None:
    """The reason that waits for a moderator; None once it is decided."""
    return labels.reject_reason(hazard.rejection_reason) if hazard.is_open and hazard.rejection_reason else None


def _owner_due(hazard: Hazard, now: datetime) -> str | None:
    """Until when the arbiter decides; None where the owner is known or it is closed."""
    if not (hazard.is_open and hazard.owner_unknown and hazard.owner_due):
        return None
    return staff_due(hazard.owner_due, now=now)


def _trace(page: StaffHazard) -> list[str]:
    bodies, areas = page.trace_names
    told = [labels.trace_step(step, bodies=bodies, areas=areas) for step in page.trace if "why" in step]
    more = len(told) - MOST_STEPS
    return (
        told if more <= 0 else [*told[:MOST_STEPS], ngettext("and %(num)s more rule", "and %(num)s more rules", more)]
    )


def _crossed(page: StaffHazard) -> list[str]:
    """Bodies that a line or an area lies with, with their shares, where there is more than one."""
    shares = [step for step in page.trace if step.get("share") is not None and step.get("body")]
    if not any(step.get("why") == Why.CROSSED for step in shares):
        return []
    names = page.trace_names[0]
    return [
        _("%(body)s: %(share)s %%", body=names.get(step["body"], step["body"]), share=round(100 * step["share"]))
        for step in shares
    ]


def _report(report: Row[Any]) -> dict[str, Any]:
    return {
        "text": report.text, "language": report.language, "kind": labels.said(report.kind),
        "channel": labels.channel(report.channel),
        "hurt": report.someone_hurt, "when": staff_moment(report.received_at),
        "language_name": i18n.NAMES.get(report.language, report.language),
    }  # fmt: skip
