"""A moderator's decisions: what the public may read and see.

Until then it sees type, place and status by the type's rule. A decision can be changed later, for a moderator errs too:
the queue's form refuses what a colleague has just decided, the hazard's own form (`again`) takes it back knowingly.
Each report is decided for itself (`reports`: ids of those that the moderator has read), so that what came a second ago
is not cleared unread; the words for the public are one text, which the moderator edits.
"""

import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, true, update
from sqlalchemy.orm import Session

from app.actions.history import note_inside
from app.actions.own_words import has_violence, refuse_violence
from app.domain.errors import AlreadyDecided, HazardNotFound
from app.domain.hazard import Moderation
from app.domain.permissions import Actor, Permission, ensure
from app.domain.photo import PhotoFile
from app.domain.policy import Policy
from app.domain.text import clean
from app.models import Hazard, Photo, Report
from app.queries.moderation import INSIDE


def clear_hazard(
    session: Session,
    *,
    by: Actor,
    reference: str,
    public_text: str | None,
    policy: Policy,
    now: datetime,
    again: bool = False,
    reports: Collection[int] | None = None,
) -> None:
    """Let the public see the hazard, with `public_text` (the moderator may have taken names out) or with no words
    at all. `again`: in place of an earlier decision. `reports`: None for all of them. Raises PointsToViolence.
    """
    hazard = _undecided(session, by, reference, again=again)
    _refuse_added_violence(session, hazard, public_text or "", policy)
    hazard.moderation = Moderation.CLEARED.value
    hazard.public_text = clean(public_text) or None if public_text is not None else None
    _decide_reports(session, hazard, Moderation.CLEARED if hazard.public_text else Moderation.REFUSED, reports)
    kind = "text_cleared" if hazard.public_text else "text_refused"
    note_inside(session, hazard, kind, by=by, now=now)


def decide_words(
    session: Session,
    *,
    by: Actor,
    reference: str,
    report_id: int,
    public_text: str | None,
    seen_text: str,
    policy: Policy,
    now: datetime,
) -> None:
    """Decide on a later report of a hazard that is public: `public_text` is the whole text from now on, None leaves it.

    `seen_text`: the text that the moderator had before them. Raises AlreadyDecided where either has changed since,
    and PointsToViolence.
    """
    hazard = _locked(session, by, reference)
    _refuse_added_violence(session, hazard, public_text or "", policy)
    report = session.scalar(select(Report).where(Report.id == report_id, Report.hazard_id == hazard.id))
    if report is None:
        raise HazardNotFound(reference=reference)
    changed = (hazard.public_text or "") != clean(seen_text)
    hidden = hazard.moderation != Moderation.CLEARED
    if report.moderation != Moderation.PENDING or (public_text is not None and (changed or hidden)):
        raise AlreadyDecided()
    if public_text is not None:
        hazard.public_text = clean(public_text) or None
    report.moderation = (Moderation.REFUSED if public_text is None else Moderation.CLEARED).value
    kind = "text_refused" if public_text is None else "text_cleared"
    note_inside(session, hazard, kind, by=by, now=now)


def hide_hazard(
    session: Session,
    *,
    by: Actor,
    reference: str,
    reason: str,
    policy: Policy,
    now: datetime,
    again: bool = False,
    reports: Collection[int] | None = None,
) -> None:
    """Keep the hazard from the public altogether; its body goes on working on it. `again`: though it was cleared.

    The body reads the reason: what a moderator has read of violence does not reach it that way either, not even where
    a report says the same. Raises PointsToViolence.
    """
    hazard = _undecided(session, by, reference, again=again)
    refuse_violence(session, reason, hazard_type=hazard.hazard_type, policy=policy)
    hazard.moderation = Moderation.REFUSED.value
    hazard.public_text = None
    _decide_reports(session, hazard, Moderation.REFUSED, reports)
    note_inside(session, hazard, "hidden", by=by, now=now, note=clean(reason))


def decide_photo(
    session: Session, *, by: Actor, public_id: str, cleared: bool, now: datetime, again: bool = False
) -> None:
    """Clear or refuse one photograph. Refused ones stay for the body. `again`: in place of an earlier decision."""
    photo = _locked_photo(session, by, public_id)
    decision = Moderation.CLEARED if cleared else Moderation.REFUSED
    if photo.moderation == decision or not (again or photo.moderation == Moderation.PENDING):
        raise AlreadyDecided()
    photo.moderation = decision.value
    photo.moderated_at, photo.moderated_by = now, by.account_id
    hazard = session.get_one(Hazard, photo.hazard_id)
    note_inside(session, hazard, "photo_cleared" if cleared else "photo_refused", by=by, now=now)


def replace_photo(session: Session, *, by: Actor, public_id: str, seen: str, edited: PhotoFile, now: datetime) -> str:
    """Show `edited` in place of the picture with the key `seen`; its new public id, for the old address must lead
    nowhere. It waits for a decision again, whoever edited it. Raises AlreadyDecided where it is another by now.
    """
    photo = _locked_photo(session, by, public_id)
    if photo.content_key != seen:
        raise AlreadyDecided()
    photo.public_id = secrets.token_urlsafe(16)
    photo.content_key, photo.width, photo.height = edited.content_key, edited.width, edited.height
    photo.moderation, photo.moderated_at, photo.moderated_by = Moderation.PENDING.value, None, None
    note_inside(session, session.get_one(Hazard, photo.hazard_id), "photo_edited", by=by, now=now)
    return photo.public_id


def _locked_photo(session: Session, by: Actor, public_id: str) -> Photo:
    """Nobody decides over what a body shows to its own people alone."""
    ensure(by, Permission.MODERATE)
    photo = session.scalar(select(Photo).where(Photo.public_id == public_id, ~INSIDE).with_for_update())
    if photo is None:
        raise HazardNotFound(reference="")
    return photo


def _locked(session: Session, by: Actor, reference: str) -> Hazard:
    ensure(by, Permission.MODERATE)
    hazard = session.scalar(select(Hazard).where(Hazard.reference == reference).with_for_update())
    if hazard is None:
        raise HazardNotFound(reference=reference)
    return hazard


def _undecided(session: Session, by: Actor, reference: str, *, again: bool) -> Hazard:
    hazard = _locked(session, by, reference)
    if hazard.moderation != Moderation.PENDING and not again:
        raise AlreadyDecided()
    return hazard


def _refuse_added_violence(session: Session, hazard: Hazard, text: str, policy: Policy) -> None:
    """Raises PointsToViolence for words that no report brought: those of reports were asked about at their door, and
    where the list of signs errs, a moderator has read them and decides.
    """
    said = session.scalars(select(Report.text).where(Report.hazard_id == hazard.id))
    if not any(has_violence(session, each, hazard_type=hazard.hazard_type, policy=policy) for each in said):
        refuse_violence(session, text, hazard_type=hazard.hazard_type, policy=policy)


def _decide_reports(
    session: Session, hazard: Hazard, decision: Moderation, reports: Collection[int] | None = None
) -> None:
    which = true() if reports is None else Report.id.in_(reports)
    session.execute(update(Report).where(Report.hazard_id == hazard.id, which).values(moderation=decision.value))
