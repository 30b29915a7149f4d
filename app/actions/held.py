"""Hold what points to violence: sealed in the vault and nowhere else; the desk is alarmed, and a person decides.

Decision: a held report is no hazard with a mark, but a row of another schema: no query of hazards, however written, can
show it. Turned down: a hidden hazard with an encrypted text, whose place, time and photos would still lie about.
The application's role writes a decision (a state is no secret) and cannot read what it decides on.

A report of the same id with something else in it is held as one more, with an alarm of its own, since the first may be
decided already. Decision: a mark of all that was said stands in the row under a unique index, so that the application
needs no right to read it: it puts in, and the index says whether that was there. Turned down: telling a repeat by the
id alone, for the first row keeps the sender's id, by which its receipt and its hazard are found.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from shapely.geometry import Point
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.actions.alarms import raise_alarm
from app.actions.duty_many import wait_for_call
from app.actions.history import note_inside
from app.actions.own_words import refuse_copied, refuse_violence
from app.actions.photos import add_photos
from app.actions.reports import take_in, told_again
from app.actions.submission import Reported, Submission, mark_of
from app.domain import references
from app.domain.errors import AlreadyDecided, HazardNotFound, HeldNotFound, StaleVersion, TooMany
from app.domain.hazard import Channel, Moderation, PhotoKind
from app.domain.held import ALARM_AFTER, ERASED_AFTER, HeldState, HeldWhy, OwnWords, Sealed
from app.domain.permissions import Actor, Permission, ensure
from app.domain.policy import Policy
from app.domain.text import clean
from app.models import Hazard, Held, HeldPhoto, Look, Photo, Report
from app.outbox import JobName, enqueue
from app.queries import held as query
from app.queries import intake

WAITS_TOO_LONG = "held_waits"
NOBODY_TOLD = "held_untold"


def hold_report(
    session: Session,
    *,
    client_id: UUID,
    said: bytes,
    seal: Callable[[str | None], tuple[Sealed, Sequence[Sealed]]],
    policy: Policy,
    now: datetime,
    flood: bool = False,
) -> Reported:
    """Put a report into the vault and alarm the desk; the same again answers the same. Never commits.

    `said`: all that was said; nothing but its mark is kept. `seal`: the report and its photos, for the reference of
    what `client_id` made before. `flood`: raises TooMany for what is no repeat.
    """
    first = intake.earlier_report(session, client_id)
    receipt = references.receipt_for(client_id, policy.receipt_key)
    mark = mark_of(said, receipt)
    later_id = uuid5(client_id, mark.hex())
    later_receipt = references.receipt_for(later_id, policy.receipt_key)
    own_id, own_receipt = (later_id, later_receipt) if first else (client_id, receipt)
    row = _Row(HeldWhy.WORDS, own_id, references.receipt_hash(own_receipt), mark=mark)
    reference = _put(session, row, *seal(first.reference if first else None), now)
    if reference and flood:
        raise TooMany()
    if first and first.from_desk:  # one report, one receipt
        return replace(told_again(first, Channel.WEB, receipt), held=True)
    if reference:
        return Reported(reference, own_receipt, created=True, held=True)
    kept = session.execute(select(Held.reference, Held.receipt_hash).where(Held.client_id == later_id)).one()
    return told_again(intake.Earlier(*kept, channel=None), Channel.WEB, later_receipt)


def hold_hazard(
    session: Session,
    *,
    by: Actor,
    reference: str,
    seen: tuple[frozenset[int], frozenset[int]],
    sealed: Sealed,
    photos: Sequence[Sealed],
    now: datetime,
) -> list[str]:
    """Take all words and photos of reporters off a hazard and hide it from everybody; keys of photos to be deleted.

    `seen`: ids of the reports and photos that were sealed. Raises StaleVersion where there are others by now.
    """
    ensure(by, Permission.MODERATE)
    hazard = session.scalar(select(Hazard).where(Hazard.reference == reference).with_for_update())
    if hazard is None:
        raise HazardNotFound(reference=reference)
    if hazard.held:
        raise AlreadyDecided()
    there = query.to_be_held(session, hazard.id)
    if there.ids != seen:
        raise StaleVersion()
    session.execute(delete(Photo).where(Photo.id.in_(there.ids[1])))
    _set_words(session, hazard.id, "", Moderation.REFUSED)
    hazard.held, hazard.public_text = True, None
    note_inside(session, hazard, "held", by=by, now=now)
    taken = session.scalar(select(Held.id).where(Held.reference == reference)) is not None
    made = _Row(HeldWhy.MODERATOR, uuid4(), secrets.token_bytes(32), None if taken else reference, hazard.id)
    _put(session, made, sealed, photos, now)
    return [row.content_key for row in there.photos]


def note_look(session: Session, *, by: Actor, held_id: int, now: datetime) -> None:
    """Before anybody sees what is sealed. `session` is of the desk's role."""
    ensure(by, Permission.SEE_HELD)
    session.execute(insert(Look).values(held_id=held_id, account_id=by.account_id, at=now))


def decide_held(session: Session, *, by: Actor, reference: str, state: HeldState, now: datetime) -> None:
    """No hazard: nothing, or kept for those who protect children. Raises AlreadyDecided to the second one."""
    _claimed(session, by, reference, state, now)


def hazard_of_held(
    session: Session,
    *,
    by: Actor,
    reference: str,
    words: OwnWords,
    heard: Sequence[str],
    policy: Policy,
    now: datetime,
) -> str:
    """Make a hazard of a held report in an operator's words; its reference. The sender's receipt leads to it.

    `heard`: the sealed texts, as the door has opened them. Raises PointsToViolence, and NotOwnWords for words that
    repeat them. The clocks run since the report was received (decisions §4). One that a moderator held comes back as it
    was, with these words and photos.
    """
    row = _claimed(session, by, reference, HeldState.HAZARD, now)
    refuse_violence(session, words.text, hazard_type=_kind(session, row.hazard_id) or words.hazard_type, policy=policy)
    refuse_copied(words.text, heard)
    if row.why == HeldWhy.MODERATOR:
        return _released(session, by, row.hazard_id, words, now)
    submission = Submission(
        client_id=row.client_id,
        hazard_type=words.hazard_type,
        geometry=Point(words.lon, words.lat),
        text=clean(words.text),
        someone_hurt=words.someone_hurt,
        photos=words.photos,
        by=by,
    )
    receipt = references.receipt_for(row.client_id, policy.receipt_key)
    made = take_in(session, submission, policy, row.received_at, receipt)
    report = session.execute(select(Report.id, Report.hazard_id).where(Report.client_id == row.client_id)).one()
    session.execute(update(Report).where(Report.id == report.id).values(receipt_hash=row.receipt_hash))
    session.execute(update(Held).where(Held.id == row.id).values(hazard_id=report.hazard_id))
    return _keep_reference(session, report.hazard_id, made.reference, row.reference)


def alarm_of_waiting(session: Session, *, now: datetime) -> bool:
    """Whether something has waited too long; then an alarm stands."""
    number, since = query.waiting_since(session)
    if since is None or since > now - ALARM_AFTER:
        return False
    raise_alarm(session, key=WAITS_TOO_LONG, kind=WAITS_TOO_LONG, now=now, number=number)
    return True


def alarm_nobody_told(session: Session, *, now: datetime) -> None:
    """No mail goes to the desk: an administrator must see it at once."""
    raise_alarm(session, key=NOBODY_TOLD, kind=NOBODY_TOLD, now=now)


def mark_told(session: Session, *, held_id: int, now: datetime) -> None:
    """The mail has gone to the desk."""
    session.execute(update(Held).where(Held.id == held_id).values(told_at=now))


def erase_held(session: Session, *, now: datetime) -> int:
    """Erase what was decided thirty days ago, but for what is kept; how many. `session` is of the desk's role."""
    old = (Held.decided_at < now - ERASED_AFTER, Held.state.in_([HeldState.NOTHING, HeldState.HAZARD]))
    ids = session.scalars(select(Held.id).where(*old, Held.sealed.is_not(None)).with_for_update(skip_locked=True)).all()
    session.execute(delete(HeldPhoto).where(HeldPhoto.held_id.in_(ids)))
    session.execute(update(Held).where(Held.id.in_(ids)).values(sealed=None, mark=None))
    return len(ids)


@dataclass(frozen=True)
class _Row:
    why: HeldWhy
    client_id: UUID
    receipt_hash: bytes
    reference: str | None = None
    hazard_id: int | None = None
    mark: bytes | None = None


def _put(session: Session, row: _Row, sealed: Sealed, photos: Sequence[Sealed], now: datetime) -> str | None:
    """The row, its photos and the alarm; answers the reference: of nobody else, neither held nor a hazard. None, and
    nothing done, where the same is held already.
    """
    values = {"client_id": row.client_id, "receipt_hash": row.receipt_hash, "why": row.why.value, "mark": row.mark}
    values |= {"received_at": now, "key_id": sealed.key_id, "sealed": sealed.data, "hazard_id": row.hazard_id}
    while True:
        reference = row.reference or _free_reference(session)
        statement = upsert(Held).values(reference=reference, **values).on_conflict_do_nothing()
        held_id = session.scalar(statement.returning(Held.id))
        if held_id is not None:
            break
        if session.scalar(select(Held.id).where(Held.reference == reference)) is None:
            return None
    if photos:
        rows = [{"held_id": held_id, "key_id": each.key_id, "sealed": each.data} for each in photos]
        session.execute(insert(HeldPhoto), rows)
    enqueue(session, JobName.TELL_DESK, held_id=held_id)
    return reference


def _free_reference(session: Session) -> str:
    while True:
        reference = references.new_reference()
        if session.scalar(select(Hazard.id).where(Hazard.reference == reference)) is None:
            return reference


def _claimed(session: Session, by: Actor, reference: str, state: HeldState, now: datetime) -> Any:
    """Whoever comes first decides: one statement, so that two cannot."""
    ensure(by, Permission.SEE_HELD)
    row = session.execute(
        update(Held)
        .where(Held.reference == reference, Held.state == HeldState.WAITING)
        .values(state=state.value, decided_at=now, decided_by=by.account_id)
        .returning(Held.id, Held.reference, Held.client_id, Held.receipt_hash, Held.received_at, Held.why,
                   Held.hazard_id)
    ).first()  # fmt: skip
    if row is None:
        known = session.scalar(select(Held.id).where(Held.reference == reference))
        raise AlreadyDecided() if known is not None else HeldNotFound()
    return row


def _kind(session: Session, hazard_id: int | None) -> str | None:
    """The type of the hazard that was held; None where there is none yet."""
    return session.scalar(select(Hazard.hazard_type).where(Hazard.id == hazard_id))


def _released(session: Session, by: Actor, hazard_id: int, words: OwnWords, now: datetime) -> str:
    hazard = session.scalars(select(Hazard).where(Hazard.id == hazard_id).with_for_update()).one()
    hazard.held, hazard.moderation = False, Moderation.PENDING.value
    first = query.to_be_held(session, hazard.id).reports[0]
    text = clean(words.text)
    session.execute(update(Report).where(Report.id == first.id).values(text=text, moderation=Moderation.PENDING.value))
    add_photos(session, hazard_id=hazard.id, report_id=first.id, files=words.photos, kind=PhotoKind.REPORT, now=now)
    note_inside(session, hazard, "released", by=by, now=now)
    wait_for_call(session, [hazard.id], now=now)  # nobody was called to it while it was held
    return hazard.reference


def _keep_reference(session: Session, hazard_id: int, has: str, wanted: str) -> str:
    """The hazard goes by the reference that its reporter was given, unless another got it in the meantime."""
    if session.scalar(select(Hazard.id).where(Hazard.reference == wanted)) is not None:
        return has
    session.execute(update(Hazard).where(Hazard.id == hazard_id).values(reference=wanted))
    return wanted


def _set_words(session: Session, hazard_id: int, text: str, moderation: Moderation) -> None:
    session.execute(update(Report).where(Report.hazard_id == hazard_id).values(text=text, moderation=moderation.value))
