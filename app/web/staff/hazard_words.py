"""What the page of a hazard says of waiting second persons, inspections, holds, and of photos before and after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from app.domain.hazard import PhotoKind, Proposal
from app.domain.proof import PlacedBy
from app.i18n import gettext as _
from app.i18n import lazy_gettext
from app.models import Hazard
from app.queries.names import crew_names, people_names
from app.web import labels
from app.web.times import staff_moment

Words = dict[str, Any]
PROPOSALS = {
    Proposal.NOT_FOUND: lazy_gettext("Not found on site: it stays open until another person confirms this."),
    Proposal.DUPLICATE: lazy_gettext(
        "It is said to be the same as a hazard that is fixed: it stays open until another person confirms this."
    ),
    Proposal.HAND_OVER: lazy_gettext(
        "It is proposed to hand this to the emergency service: it stays open until a second person confirms."
    ),
}
AFTER = (PhotoKind.FIXED, PhotoKind.MADE_SAFE)
BEFORE = (PhotoKind.BEFORE, PhotoKind.REPORT)
SOON_PERCENT = 75


def waiting_words(hazard: Hazard) -> Words:
    """Sentences, or None each: a proposal, an inspection that is due, what a hold waits for."""
    proposal = PROPOSALS.get(Proposal(hazard.proposal)) if hazard.proposal else None
    return {
        "proposal": str(proposal) if proposal else None,
        "inspect": _inspect(hazard) if hazard.is_open else None,
        "held_up": labels.hold_reason(hazard.hold_reason) if hazard.hold_reason else None,
        "fix_reported": hazard.status == "fix_reported",
    }


def worker_words(session: Session, hazard: Hazard) -> str | None:
    """The crew and the person who do the work."""
    crew = crew_names(session, {hazard.crew_id}).get(hazard.crew_id) if hazard.crew_id else None
    person = people_names(session, {hazard.assignee_id}).get(hazard.assignee_id) if hazard.assignee_id else None
    return " · ".join(name for name in (crew, person) if name) or None


def percent_used(received: datetime, due: datetime | None, now: datetime) -> int | None:
    """Of a clock's time, from 0 to 100."""
    if due is None or due <= received:
        return None
    return max(0, min(100, round(100 * ((now - received) / (due - received)))))


def photo_words(photo: Any) -> Words:
    """One photo, with where and when it was taken as far as that is known."""
    where = {"public_id": photo.public_id}
    return {
        "url": url_for("staff.photo", size="thumb", **where), "full": url_for("staff.photo", size="full", **where),
        "medium": url_for("staff.photo", size="medium", **where),
        "alt": labels.photo_kind(photo.kind), "caption": labels.moderation(photo.moderation),
        "public_id": photo.public_id, "event_id": photo.event_id, "kind": photo.kind, "taken": _taken(photo),
        "weak": photo.placed_by == PlacedBy.DEVICE,
    }  # fmt: skip


def pair_of(photos: list[Words]) -> tuple[Words, Words] | None:
    """How it was and how it is: the newest photo of each, where there are both."""
    after = next((photo for kind in AFTER for photo in reversed(photos) if photo["kind"] == kind), None)
    before = next((photo for kind in BEFORE for photo in reversed(photos) if photo["kind"] == kind), None)
    return (before, after) if before and after else None


def _inspect(hazard: Hazard) -> str | None:
    if hazard.inspect_measure is None or hazard.inspect_due is None:
        return None
    return _(
        "%(measure)s: could be trusted until %(moment)s. Go there and look: still safe, or make it safe anew.",
        measure=labels.measure(hazard.inspect_measure),
        moment=staff_moment(hazard.inspect_due),
    )


def _taken(photo: Any) -> str | None:
    if photo.taken_at is None or photo.distance_m is None:
        return None
    values = {"metres": photo.distance_m, "moment": staff_moment(photo.taken_at)}
    if photo.placed_by == PlacedBy.CAMERA:
        return _("Taken %(metres)s m from the hazard, %(moment)s", **values)
    return _("Taken %(metres)s m from the hazard, %(moment)s, as the device says", **values)
