"""A body's word on a task about a cause: accept it with a plan, say that it is done, or decline with a reason.

Declined ones stay in the list, where the coordinator sees them: a body may say no, and it is seen who said it. The last
hazard of the spot may lie with another body by now: words and photos of the task stay with the body that was asked.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.history import append_event
from app.actions.photos import add_photos
from app.actions.talk import keep_inside
from app.domain.errors import AlreadyDecided, NeedsNote, NeedsPlan, NeedsReason, TooManyPhotos, UnknownRootCause
from app.domain.hazard import MAX_PHOTOS, PhotoKind, Status
from app.domain.permissions import Actor, Permission, ensure
from app.domain.photo import PhotoFile
from app.domain.text import clean
from app.models import Hazard, RootCause
from app.models.root_cause import UNSETTLED


def accept_cause(session: Session, *, by: Actor, task_id: int, plan: str, now: datetime) -> RootCause:
    """The body will do it, in these words. Raises UnknownRootCause, NotPermitted, AlreadyDecided, NeedsPlan."""
    task = _locked(session, by, task_id)
    if task.state != "proposed":
        raise AlreadyDecided()
    if not clean(plan):
        raise NeedsPlan()
    task.state, task.plan = "accepted", clean(plan)
    task.accepted_at, task.accepted_by = now, by.account_id
    _note(session, task, "cause_accepted", by=by, now=now, note=task.plan)
    return task


def end_cause(
    session: Session, *, by: Actor, task_id: int, note: str, photos: Sequence[PhotoFile] = (), now: datetime
) -> RootCause:
    """It is done, as the note says; photos hang on its line of the history. Raises AlreadyDecided, NeedsNote …"""
    task = _locked(session, by, task_id)
    if task.state != "accepted":
        raise AlreadyDecided()
    if not clean(note):
        raise NeedsNote()
    if len(photos) > MAX_PHOTOS:
        raise TooManyPhotos(limit=MAX_PHOTOS)
    _settle(task, "done", by, note, now)
    hazard = _last_of_theirs(session, task)
    event_id = _note(session, task, "cause_done", by=by, now=now, note=task.note)
    add_photos(session, hazard_id=hazard.id, event_id=event_id, files=photos, kind=PhotoKind.SITE, now=now)
    keep_inside(session, event_id, now=now)
    return task


def decline_cause(session: Session, *, by: Actor, task_id: int, reason: str, now: datetime) -> RootCause:
    """Nothing will be done, and why. Raises AlreadyDecided, NeedsReason …"""
    task = _locked(session, by, task_id)
    if task.state not in UNSETTLED:
        raise AlreadyDecided()
    if not clean(reason):
        raise NeedsReason()
    _settle(task, "declined", by, reason, now)
    _note(session, task, "cause_declined", by=by, now=now, note=task.note)
    return task


def _settle(task: RootCause, state: str, by: Actor, note: str, now: datetime) -> None:
    task.state, task.note = state, clean(note)
    task.ended_at, task.ended_by = now, by.account_id


def _locked(session: Session, by: Actor, task_id: int) -> RootCause:
    """The task, locked; another body's is unknown."""
    task = session.scalar(select(RootCause).where(RootCause.id == task_id).with_for_update())
    if task is None or not by.may(Permission.DISPATCH, body_id=task.body_id):
        raise UnknownRootCause()
    ensure(by, Permission.DISPATCH, body_id=task.body_id)
    return task


def _note(session: Session, task: RootCause, kind: str, *, by: Actor, now: datetime, note: str) -> int:
    """An internal line of the body that was asked, whoever has the hazard now."""
    session.flush()
    hazard = _last_of_theirs(session, task)
    return append_event(
        session, hazard_id=hazard.id, kind=kind, at=now, by=by, status=Status(hazard.status), body_id=task.body_id,
        public=False, note=note,
    )  # fmt: skip


def _last_of_theirs(session: Session, task: RootCause) -> Hazard:
    """The last hazard of the spot that lies with the body of the task; where none does any longer, the last of all."""
    found = {each.id: each for each in session.scalars(select(Hazard).where(Hazard.id.in_(task.hazard_ids)))}
    rows = [found[number] for number in task.hazard_ids if number in found]
    return next((each for each in reversed(rows) if each.body_id == task.body_id), rows[-1])
