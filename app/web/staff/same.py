"""What a hazard has to do with others, for its page: likely duplicates, joinings and their undoing, earlier ones."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.domain.duplicates import Part, Reason
from app.domain.lifecycle import Act
from app.domain.permissions import Actor, Permission
from app.domain.references import show_reference
from app.i18n import format_day, language, ngettext
from app.i18n import gettext as _
from app.models import Hazard
from app.queries.duplicates import Suggestion, duplicates_of, likely_duplicates
from app.queries.merges import goes_on, is_joined, standing_merges
from app.queries.names import NAMES
from app.queries.repeats import cause_of_spot, earlier_of_spot, photos_of, repeats_among
from app.web import labels
from app.web.access import actor
from app.web.context import now, policy
from app.web.staff.words import hazard_url
from app.web.times import staff_moment

MOST_PHOTOS = 2


def body_seen() -> int | None:
    """The body whose hazards the person sees; None: those of all."""
    return None if actor().may(Permission.SEE_ALL_HAZARDS) else actor().body_id


def same_words(session: Session, hazard: Hazard) -> dict[str, Any]:
    """What `staff/hazard_same.html` shows."""
    found = [
        each
        for each in duplicates_of(session, hazard, body_id=body_seen())
        if each.row.id != hazard.proposed_into_id  # that one waits for its answer
    ]
    photos = photos_of(session, [each.row.id for each in found], actor=actor())
    return {
        "same": [_suggestion(hazard, each, photos.get(each.row.id, [])) for each in found],
        "proposed": _proposed(session, hazard),
        "merges": [_merge(session, hazard, row) for row in standing_merges(session, hazard.id)],
        "repeat": _repeat(session, hazard),
    }


def fitting(session: Session, hazard: Hazard, acts: list[Act]) -> list[Act]:
    """Without what another way does: the joined is taken back, not reopened, which brings its reports along; whether it
    is a duplicate of what is open or fixed, the comparison finds. None confirms what they may not see.
    """
    never = {Act.PROPOSE_DUPLICATE}
    if is_joined(session, hazard.id):
        never.add(Act.REOPEN)
    if hazard.proposed_into_id is not None and not _may_decide(session, hazard):
        never.add(Act.CONFIRM_DUPLICATE)
    return [act for act in acts if act not in never]


def _may_decide(session: Session, hazard: Hazard) -> bool:
    into = session.get_one(Hazard, hazard.proposed_into_id)
    return not into.held and may_join(actor(), hazard.body_id, into.body_id)


def mark_alike(
    session: Session, rows: Collection[Any], sections: Collection[dict[str, Any]]
) -> Collection[dict[str, Any]]:
    """The inbox's sections, each row of them marked where it is likely a duplicate (`same`) or a repeat (`repeat`)."""
    ids = {row.reference: row.id for row in rows if row.is_open}
    alike = likely_duplicates(session, ids.values(), body_id=body_seen())
    repeats = repeats_among(session, ids.values())
    for row in (row for section in sections for row in section["rows"]):
        number = ids.get(row["ref"])
        row["same"], row["repeat"] = number in alike, number in repeats
    return sections


def why_alike(parts: Collection[Part]) -> str:
    """One sentence: "12 m away, same kind, reported 2 days later"."""
    return ", ".join(_part(part) for part in parts)


def _part(part: Part) -> str:
    match part.reason:
        case Reason.DISTANCE:
            return _("%(metres)s m away", metres=part.value)
        case Reason.SAME_TYPE:
            return _("same kind")
        case Reason.SAME_GROUP:
            return _("similar kind")
        case Reason.LATER if part.value:
            return ngettext("reported %(num)s day later", "reported %(num)s days later", part.value)
        case Reason.EARLIER if part.value:
            return ngettext("reported %(num)s day earlier", "reported %(num)s days earlier", part.value)
        case _:
            return _("reported within a day")


def _suggestion(hazard: Hazard, found: Suggestion, photos: list[Row[Any]]) -> dict[str, Any]:
    row, one, other = found.row, show_reference(hazard.reference), show_reference(found.row.reference)
    may = may_join(actor(), hazard.body_id, row.body_id)
    return {
        "reference": other,
        "url": hazard_url(row.reference),
        "title": getattr(row, NAMES[language()]),
        "why": why_alike(found.likeness.because),
        "likely": found.likeness.likely,
        "status": row.status,
        "status_text": labels.status(row.status),
        "waits": row.moderation == "pending",
        "photo": _thumb(photos[0]) if photos else None,
        "compare_url": url_for("merge.compare", reference=one, other=other) if may else None,
        "different_url": url_for("merge.different", reference=one, other=other) if may else None,
    }


def may_join(by: Actor, *bodies: int | None) -> bool:
    """Whether somebody dispatches for all of these bodies."""
    return all(by.may(Permission.DISPATCH, body_id=body_id) for body_id in bodies)


def _proposed(session: Session, hazard: Hazard) -> dict[str, Any] | None:
    """The fixed hazard that this one is said to be; of another body's not even the number."""
    if hazard.proposed_into_id is None:
        return None
    into = session.get_one(Hazard, hazard.proposed_into_id)
    if body_seen() not in {None, into.body_id} or into.held:
        return {"reference": None}
    one, other = show_reference(hazard.reference), show_reference(into.reference)
    may = may_join(actor(), hazard.body_id, into.body_id)
    return {
        "reference": other, "url": hazard_url(into.reference),
        "compare_url": url_for("merge.compare", reference=one, other=other) if may else None,
    }  # fmt: skip


def _merge(session: Session, hazard: Hazard, row: Row[Any]) -> dict[str, Any]:
    """A joining as one side of it sees it; of another body's hazard not even the number."""
    is_duplicate = row.Merge.hazard_id == hazard.id
    body_id = row.kept_body if is_duplicate else row.duplicate_body
    other = row.kept if is_duplicate else row.duplicate
    seen = body_seen() in {None, body_id}
    may = may_join(actor(), row.duplicate_body, row.kept_body) and not goes_on(session, row.Merge)
    return {
        "is_duplicate": is_duplicate,
        "reference": show_reference(other) if seen else None,
        "url": hazard_url(other) if seen else None,
        "who": row.who,
        "when": staff_moment(row.Merge.at),
        "undo_url": url_for("merge.undo", merge_id=row.Merge.id) if may and _in_time(row.Merge.at) else None,
        "until": format_day(policy().day(row.Merge.at + policy().undo_merge_within)),
    }


def _in_time(at: datetime) -> bool:
    return at >= now() - policy().undo_merge_within


def _repeat(session: Session, hazard: Hazard) -> dict[str, Any] | None:
    """The earlier ones of the spot, or None where there are none."""
    number, rows = earlier_of_spot(session, hazard, body_id=body_seen(), language=language())
    if not number:
        return None
    photos = photos_of(session, [row.Hazard.id for row in rows], actor=actor())
    cause = cause_of_spot(session, hazard.spot_id, body_id=body_seen()) if hazard.spot_id else None
    return {
        "number": number + 1,
        "text": again_words(number + 1),
        "earlier": [_earlier(row, photos.get(row.Hazard.id, [])) for row in rows],
        "hidden": number - len(rows),
        "cause": cause_state(cause.state) if cause else None,
        "cause_url": url_for("root_causes.index") if cause and may_join(actor(), cause.body_id) else None,
    }


def again_words(number: int) -> str:
    """For which time the spot is dangerous."""
    return _("Repeat: number %(number)s at this spot", number=number)


def cause_state(state: str) -> str:
    """What became of a task about a cause."""
    return {
        "proposed": _("To be decided"),
        "accepted": _("Accepted"),
        "done": _("Done"),
        "declined": _("Declined"),
    }[state]


def _earlier(row: Row[Any], photos: list[Row[Any]]) -> dict[str, Any]:
    return {
        "url": hazard_url(row.Hazard.reference),
        "reference": show_reference(row.Hazard.reference),
        "reported": format_day(row.Hazard.received_day),
        "fixed": staff_moment(row.fixed_at or row.Hazard.closed_at),
        "who": " · ".join(part for part in (row.who, row.body) if part),
        "note": row.note,
        "photos": [_thumb(photo) for photo in photos[-MOST_PHOTOS:]],
    }


def _thumb(photo: Row[Any]) -> dict[str, str]:
    return {
        "url": url_for("staff.photo", size="thumb", public_id=photo.public_id),
        "full": url_for("staff.photo", size="full", public_id=photo.public_id),
        "alt": labels.photo_kind(photo.kind),
    }
