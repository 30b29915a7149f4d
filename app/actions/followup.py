"""What the holder of a receipt may do afterwards: add to it, say whether it is safe now, take it back.

Each later word is a report of its own below the first, so that one queue of moderation serves them all; its `client_id`
makes a form that is sent twice one word. Whoever holds a receipt of the hazard opens it again by disputing; after
`MOST_DISPUTES` of one reporter the word is kept and shown to the staff, and the status stays: then a person decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.actions.follow import withdraw_contact
from app.actions.hazards import ANSWERS, act_on_hazard
from app.actions.history import append_event, note_inside
from app.actions.moving import move
from app.actions.photos import add_photos
from app.actions.submission import Submission, insert_report
from app.domain import references
from app.domain.errors import ActNotAllowedNow, AlreadyWithdrawn, BadReceipt, NothingSaid, StaleVersion, TooManyPhotos
from app.domain.hazard import MAX_PHOTOS, Channel, Moderation, PhotoKind, ReportKind, Status
from app.domain.lifecycle import DISPUTABLE, Act, Given
from app.domain.permissions import ANONYMOUS, LINKED_REPORTER, Actor
from app.domain.photo import PhotoFile
from app.domain.policy import Policy
from app.domain.taken_back import CLOSED_BY_REPORTER
from app.domain.text import clean
from app.models import Event, Hazard, Photo, Report
from app.outbox import JobName, enqueue
from app.queries import intake

MOST_DISPUTES = 3
SOURCES = (ReportKind.NEW, ReportKind.SEEN_TOO)


@dataclass(frozen=True)
class Word:
    """What was said later. `channel`, `by`: of who has taken it down."""

    client_id: UUID
    language: str
    text: str = ""
    photos: Sequence[PhotoFile] = ()
    someone_hurt: bool = False
    channel: Channel = Channel.WEB
    by: Actor = ANONYMOUS


def add_word(session: Session, *, receipt: str, word: Word, policy: Policy, now: datetime) -> None:
    """Add words or photos. Raises BadReceipt, AlreadyWithdrawn, NothingSaid, TextTooLong; never commits."""
    report, hazard = own_report(session, receipt)
    if not (clean(word.text) or word.photos):
        raise NothingSaid()
    say_later(session, report, hazard, word, policy=policy, now=now)


def say_safe(session: Session, *, receipt: str, word: Word, policy: Policy, now: datetime) -> None:
    """Confirm that it is safe now, where the body says so; said once for each closing. Never commits."""
    report, hazard = own_report(session, receipt)
    _ensure_disputable(hazard)
    if _confirmed(session, report, hazard):
        return
    if keep_word(session, report, hazard, word, ReportKind.SAFE_NOW, policy=policy, now=now) is not None:
        _append(session, hazard, "confirmed_safe", now)


def say_still_dangerous(session: Session, *, receipt: str, word: Word, policy: Policy, now: datetime) -> None:
    """Dispute that it is gone: open it again for the body, which is told. Never commits."""
    report, hazard = own_report(session, receipt)
    if intake.knows_report(session, word.client_id):
        return
    _ensure_disputable(hazard)
    before = _disputes(session, report)
    keep_word(session, report, hazard, word, ReportKind.STILL_DANGEROUS, policy=policy, now=now)
    if before < MOST_DISPUTES:
        act_on_hazard(
            session, by=LINKED_REPORTER, reference=hazard.reference, act=Act.DISPUTE, version=None, given=Given(),
            policy=policy, now=now,
        )  # fmt: skip
        return
    doubt(session, hazard, now)


def doubt(session: Session, hazard: Hazard, now: datetime) -> None:
    """Show a closed hazard as disputed and tell its body the first time; the status stays."""
    told = hazard.disputed
    session.execute(update(Hazard).where(Hazard.id == hazard.id).values(disputed=True))
    event_id = _append(session, hazard, "still_dangerous", now, public=not told)
    if not told:
        tell_body(session, hazard, event_id)


def withdraw_report(session: Session, *, receipt: str, policy: Policy, now: datetime) -> None:
    """Take a report back: its words go, its photos go, the hazard only where nobody else knows of it. Never commits.

    One that a body has taken on stays, and one where somebody was hurt: a danger is not undone by a second thought. One
    that lies in the queue without a body stays too, for whoever empties it: only there may it have no body. So does
    one that is held: its words lie with the desk by now, and whoever holds the telephone does not close it.

    Closing is "rejected" for want of a status of its own (decisions §2), but by nobody and for no reason: nowhere is it
    called or counted as a rejection (`domain/taken_back.py`), and the history says what it was.
    """
    report, hazard = own_report(session, receipt, withdrawn_too=True)
    if report.withdrawn_at is not None:
        return
    withdraw_contact(session, report_id=report.id)
    if hazard.held:
        return
    mine = (Report.id == report.id) | (Report.parent_id == report.id)
    ids = session.scalars(select(Report.id).where(mine)).all()
    _take_words_back(session, hazard, ids)
    session.execute(delete(Photo).where(Photo.report_id.in_(ids)))
    gone = {"text": "", "moderation": Moderation.REFUSED.value, "withdrawn_at": now}
    session.execute(update(Report).where(Report.id.in_(ids)).values(**gone))
    hazard.reports = max(0, hazard.reports - 1)
    closes = hazard.status == Status.ASSIGNED and not hazard.urgent and _nobody_else_knows(session, hazard)
    if closes:
        move(hazard, Status.REJECTED, policy=policy, now=now)
    _append(session, hazard, CLOSED_BY_REPORTER if closes else "withdrawn_by_reporter", now)
    session.flush()


def flag_hazard(session: Session, *, reference: str, marks: bool, now: datetime) -> None:
    """A neighbour's "still dangerous": counted, shown as disputed, and told to the body the first time. Each later one
    is a line for the staff, so that a look from before it does not wipe it out (`crew_jobs.py`).

    `marks` False: only counted, in a flood. Raises HazardNotFound for what is not public, ActNotAllowedNow for what
    nobody says is gone; never commits.
    """
    hazard = intake.public_hazard(session, reference)
    if hazard.status not in DISPUTABLE and hazard.made_safe_at is None:
        raise ActNotAllowedNow(act=Act.DISPUTE.value, status=hazard.status)
    first = marks and not hazard.disputed
    values = {"flags": Hazard.flags + 1, **({"disputed": True} if first else {})}
    session.execute(update(Hazard).where(Hazard.id == hazard.id).values(values))
    if first:
        tell_body(session, hazard, _append(session, hazard, "flagged", now))
    elif marks:
        _append(session, hazard, "flagged", now, public=False)


def _take_words_back(session: Session, hazard: Hazard, ids: Sequence[int]) -> None:
    """No public text may hold words of these reports; others' words, that stood in it too, wait for a moderator again.

    Whoever had none in it takes none away: else anybody could join a hazard and wipe what others say of it.
    """
    shown = select(Report.id).where(
        Report.hazard_id == hazard.id, Report.text != "", Report.moderation == Moderation.CLEARED
    )
    if hazard.public_text is None or session.scalar(shown.where(Report.id.in_(ids)).limit(1)) is None:
        return
    hazard.public_text = None
    others = shown.where(Report.id.not_in(ids))
    session.execute(update(Report).where(Report.id.in_(others)).values(moderation=Moderation.PENDING.value))


_CLOSING = (Act.FIX.value, Act.CONFIRM_FIX.value, Act.REPORT_FIX.value, Act.CONFIRM_NOT_FOUND.value)


def own_report(session: Session, receipt: str, *, withdrawn_too: bool = False) -> tuple[Report, Hazard]:
    """The report of a receipt and its hazard, locked in the order that all acts lock in."""
    found = references.receipt_hash(receipt)
    hazard_id = session.scalar(
        select(Report.hazard_id).where(Report.receipt_hash == found, Report.kind.in_(SOURCES))
    )  # a later word has a code of its own, by which nobody disputes or takes back once more
    if hazard_id is None:
        raise BadReceipt()
    fresh = {"populate_existing": True}
    locked = select(Hazard).where(Hazard.id == hazard_id).with_for_update()
    hazard = session.scalars(locked.execution_options(**fresh)).one()
    report = session.scalars(select(Report).where(Report.receipt_hash == found).execution_options(**fresh)).one()
    if report.hazard_id != hazard.id:  # joined to another one while we waited for the lock
        return own_report(session, receipt, withdrawn_too=withdrawn_too)
    if report.withdrawn_at is not None and not withdrawn_too:
        raise AlreadyWithdrawn()
    return report, hazard


def say_later(
    session: Session, report: Report, hazard: Hazard, word: Word, *, policy: Policy, now: datetime
) -> int | None:
    """Keep words or photos as an addition, unless they were sent before (None); the id of the line of the history."""
    if keep_word(session, report, hazard, word, ReportKind.ADDITION, policy=policy, now=now) is None:
        return None
    return note_inside(session, hazard, "addition", by=word.by, now=now)


def keep_word(
    session: Session, report: Report, hazard: Hazard, word: Word, kind: ReportKind, *, policy: Policy, now: datetime
) -> int | None:
    """Keep the word, unless it was sent before (None); the id of its row."""
    if len(word.photos) > MAX_PHOTOS:
        raise TooManyPhotos(limit=MAX_PHOTOS)
    if hazard.held:  # since a moment: sent again, the word goes to the desk
        raise StaleVersion()
    if intake.earlier_report(session, word.client_id) is not None:
        return None
    photos = tuple(word.photos)
    said = Submission(
        word.client_id, hazard.hazard_type, hazard.label, language=word.language, photos=photos,
        someone_hurt=word.someone_hurt, channel=word.channel, by=word.by,
    )  # fmt: skip
    receipt = references.receipt_for(word.client_id, policy.receipt_key)
    report_id = insert_report(
        session, said, hazard.id, text=clean(word.text), receipt=receipt, now=now, kind=kind, parent_id=report.id
    )
    add_photos(session, hazard_id=hazard.id, report_id=report_id, files=photos, kind=PhotoKind.REPORT, now=now)
    return report_id


def _ensure_disputable(hazard: Hazard) -> None:
    if hazard.status not in DISPUTABLE:
        raise ActNotAllowedNow(act=Act.DISPUTE.value, status=hazard.status)


def _confirmed(session: Session, report: Report, hazard: Hazard) -> bool:
    """Whether this reporter has said "safe" since the body last said so."""
    closed = select(func.max(Event.at)).where(Event.hazard_id == hazard.id, Event.kind.in_(_CLOSING))
    since = func.coalesce(closed.scalar_subquery(), report.received_at)
    said = select(Report.id).where(Report.parent_id == report.id, Report.kind == ReportKind.SAFE_NOW)
    return session.scalar(said.where(Report.received_at >= since).limit(1)) is not None


def _disputes(session: Session, report: Report) -> int:
    said = select(func.count()).where(Report.parent_id == report.id, Report.kind == ReportKind.STILL_DANGEROUS)
    return session.scalar(said) or 0


def _nobody_else_knows(session: Session, hazard: Hazard) -> bool:
    """No other reporter, no neighbour's flag, and no body that ever took it on: opened again, it is assigned anew."""
    worked = select(Event.id).where(Event.hazard_id == hazard.id, Event.kind.in_([act.value for act in ANSWERS]))
    return not hazard.flags and _is_last(session, hazard) and session.scalar(worked.limit(1)) is None


def _is_last(session: Session, hazard: Hazard) -> bool:
    others = select(Report.id).where(
        Report.hazard_id == hazard.id, Report.kind.in_(SOURCES), Report.withdrawn_at.is_(None)
    )
    return session.scalar(others.limit(1)) is None


def _append(
    session: Session, hazard: Hazard, kind: str, now: datetime, *, public: bool = True, **data: str | None
) -> int:
    status = Status(hazard.status)
    return append_event(
        session, hazard_id=hazard.id, kind=kind, at=now, by=ANONYMOUS, status=status, body_id=hazard.body_id,
        public=public, **data,
    )  # fmt: skip


def tell_body(session: Session, hazard: Hazard, event_id: int) -> None:
    if hazard.body_id is not None:
        enqueue(session, JobName.NOTIFY_BODY, hazard_id=hazard.id, event_id=event_id)
