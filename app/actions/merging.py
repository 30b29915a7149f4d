"""Join a duplicate to the hazard that stays; take that back; say that two are not the same. People do, no machine does.

Decision: whoever dispatches for the bodies of both may join them, within what `domain/merging` allows; hazards of two
bodies are for the coordinator, who dispatches everywhere. A duplicate of a duplicate is not joined to: the one that
stays is. Undone is the last joining first, and for `policy.undo_merge_within` only.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actions.hazards import act_on_hazard
from app.actions.merge_undone import take_back
from app.actions.merged import locked, note_on, sees
from app.domain.errors import (
    AlreadyUndone,
    HazardNotFound,
    NeedsNote,
    NothingChanged,
    StaleVersion,
    UndoLaterFirst,
    UndoTooLate,
    UnknownMerge,
)
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Actor, Permission, ensure
from app.domain.policy import Policy
from app.domain.text import clean
from app.models import Hazard, Merge, NotSame
from app.outbox import JobName, enqueue


def merge_hazards(
    session: Session,
    *,
    by: Actor,
    duplicate: str,
    into: str,
    versions: tuple[int, int],
    note: str,
    policy: Policy,
    now: datetime,
) -> Hazard:
    """Join `duplicate` to `into` (references), or propose it where that one is fixed; the duplicate, then still open.

    `versions`: what the actor saw of them, in this order. Raises DomainError: HazardNotFound, StaleVersion, NeedsNote,
    NotPermitted, MergeWouldHide, CannotStay, OtherGroup, TooFarToJoin, EndWaits, ReportedAfterFix …
    """
    if not clean(note):
        raise NeedsNote(act=Act.MARK_DUPLICATE.value)
    ids = {row.reference: row.id for row in _ids(session, duplicate, into)}
    if into not in ids or duplicate not in ids:
        raise HazardNotFound(reference="")
    kept = locked(session, *ids.values())[ids[into]]
    if not sees(by, kept):
        raise HazardNotFound(reference="")
    if kept.version != versions[1]:
        raise StaleVersion(reference=into)
    return act_on_hazard(
        session, by=by, reference=duplicate, act=Act.MARK_DUPLICATE, version=versions[0],
        given=Given(note=note, other_hazard_id=kept.id), policy=policy, now=now,
    )  # fmt: skip


def undo_merge(session: Session, *, by: Actor, merge_id: int, policy: Policy, now: datetime) -> Hazard:
    """Make the duplicate a hazard of its own again, as it was; it. Raises UnknownMerge, AlreadyUndone, UndoLaterFirst,
    UndoTooLate, NotPermitted.
    """
    found = session.get(Merge, merge_id)
    if found is None:
        raise UnknownMerge()
    both = locked(session, found.hazard_id, found.into_id)
    merge = session.get_one(Merge, merge_id, with_for_update=True, populate_existing=True)
    duplicate, kept = both[merge.hazard_id], both[merge.into_id]
    if not (sees(by, duplicate) and sees(by, kept)) or duplicate.held or kept.held:
        raise UnknownMerge()
    ensure(by, Permission.DISPATCH, body_id=duplicate.body_id)
    ensure(by, Permission.DISPATCH, body_id=kept.body_id)
    _ensure_last(session, merge, policy, now)
    take_back(session, merge, duplicate=duplicate, kept=kept, by=by, now=now)
    event_id = note_on(session, duplicate, "merge_undone", by=by, now=now, other=kept.id)
    note_on(session, kept, "split_off", by=by, now=now, other=duplicate.id)
    enqueue(session, JobName.NOTIFY_BODY, hazard_id=duplicate.id, event_id=event_id)
    return duplicate


def call_different(session: Session, *, by: Actor, one: str, other: str, now: datetime) -> None:
    """No, it is another one: the pair is never suggested again. Raises HazardNotFound, NotPermitted, NothingChanged."""
    rows = _ids(session, one, other)
    hazards = list(session.scalars(select(Hazard).where(Hazard.id.in_([row.id for row in rows]))))
    if one == other:
        raise NothingChanged()
    if len(hazards) != 2 or any(each.held or not sees(by, each) for each in hazards):
        raise HazardNotFound(reference="")
    for each in hazards:
        ensure(by, Permission.DISPATCH, body_id=each.body_id)
    first, second = sorted(each.id for each in hazards)
    said = insert(NotSame).values(first_id=first, second_id=second, by_account=by.account_id, at=now)
    session.execute(said.on_conflict_do_nothing())


def _ensure_last(session: Session, merge: Merge, policy: Policy, now: datetime) -> None:
    if merge.undone_at is not None:
        raise AlreadyUndone()
    if merge.at < now - policy.undo_merge_within:
        raise UndoTooLate()
    standing = Merge.undone_at.is_(None)
    later = (Merge.into_id == merge.into_id) & (Merge.id > merge.id)
    went_on = Merge.hazard_id == merge.into_id
    if session.scalar(select(Merge.id).where(standing, later | went_on).limit(1)) is not None:
        raise UndoLaterFirst()


def _ids(session: Session, *references: str) -> Sequence[Row[int, str]]:
    return session.execute(select(Hazard.id, Hazard.reference).where(Hazard.reference.in_(references))).all()
