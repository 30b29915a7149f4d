"""A moderator's decisions: what the public may read and see.

Until then it sees type, place and status by the type's rule. A decision can be changed later, for a moderator errs too:
the queue's form refuses what a colleague has just decided, the hazard's own form (`again`) takes it back knowingly.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.history import append_event
from app.domain.errors import AlreadyDecided, HazardNotFound
from app.domain.hazard import Moderation, Status
from app.domain.permissions import Actor, Permission, ensure
from app.domain.text import clean
from app.models import Hazard, Photo, Report


def clear_hazard(
    session: Session, *, by: Actor, reference: str, public_text: str | None, now: datetime, again: bool = False
) -> None:
    """Let the public see the hazard, with `public_text` (the moderator may have taken names out) or with no words
    at all. `again`: in place of an earlier decision.
    """
    hazard = _undecided(session, by, reference, again=again)
    hazard.moderation = Moderation.CLEARED.value
    hazard.public_text = clean(public_text) or None if public_text is not None else None
    _decide_reports(session, hazard, Moderation.CLEARED if hazard.public_text else Moderation.REFUSED)
    kind = "text_cleared" if hazard.public_text else "text_refused"
    _append(session, hazard, kind, by=by, now=now)


def hide_hazard(
    session: Session, *, by: Actor, reference: str, reason: str, now: datetime, again: bool = False
) -> None:
    """Keep the hazard from the public altogether; its body goes on working on it. `again`: though it was cleared."""
    hazard = _undecided(session, by, reference, again=again)
    hazard.moderation = Moderation.REFUSED.value
    hazard.public_text = None
    _decide_reports(session, hazard, Moderation.REFUSED)
    _append(session, hazard, "hidden", by=by, now=now, note=clean(reason))


def decide_photo(
    session: Session, *, by: Actor, public_id: str, cleared: bool, now: datetime, again: bool = False
) -> None:
    """Clear or refuse one photograph. Refused ones stay for the body. `again`: in place of an earlier decision."""
    ensure(by, Permission.MODERATE)
    photo = session.scalar(select(Photo).where(Photo.public_id == public_id).with_for_update())
    if photo is None:
        raise HazardNotFound(reference="")
    decision = Moderation.CLEARED if cleared else Moderation.REFUSED
    if photo.moderation == decision or not (again or photo.moderation == Moderation.PENDING):
        raise AlreadyDecided()
    photo.moderation = decision.value
    photo.moderated_at, photo.moderated_by = now, by.account_id
    hazard = session.get_one(Hazard, photo.hazard_id)
    _append(session, hazard, "photo_cleared" if cleared else "photo_refused", by=by, now=now)


def _undecided(session: Session, by: Actor, reference: str, *, again: bool) -> Hazard:
    ensure(by, Permission.MODERATE)
    hazard = session.scalar(select(Hazard).where(Hazard.reference == reference).with_for_update())
    if hazard is None:
        raise HazardNotFound(reference=reference)
    if hazard.moderation != Moderation.PENDING and not again:
        raise AlreadyDecided()
    return hazard


def _decide_reports(session: Session, hazard: Hazard, decision: Moderation) -> None:
    session.execute(update(Report).where(Report.hazard_id == hazard.id).values(moderation=decision.value))


def _append(session: Session, hazard: Hazard, kind: str, *, by: Actor, now: datetime, note: str = "") -> None:
    append_event(
        session,
        hazard_id=hazard.id,
        kind=kind,
        at=now,
        by=by,
        status=Status(hazard.status),
        body_id=hazard.body_id,
        public=False,
        note=note,
    )
