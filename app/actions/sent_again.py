"""A report that comes a second time with something else in it: nothing of it is lost, and nothing is kept twice.

That is what becomes of "Change" in the outbox where the first sending had arrived and only its answer was lost. What is
new is a later word of that report, moderated as all words, and so exactly once: its marks stand in the report, and its
`client_id` follows from them. Decision: another place or kind is told to the body in a line of the history that only
staff see, and a person corrects the hazard. Turned down: correcting it here, for by now a body may be on its way and a
moderator may have cleared what was sent first; and writing the place into the words, which a moderator would have to
keep from the public. What was taken out stays as it was first sent: taking back is an act of its own.

Marks stand in the order in which they came, after each change `CHANGED` and all that the report says now of its place
and kind: who corrects back to the first place is heard. Decision: a report is changed at most `MOST_CHANGES` times and
brings at most `MOST_PHOTOS`, but that somebody is hurt is always taken; whoever has more to say has the receipt. Of
many corrections in a row one letter is written, until somebody of the body has looked.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid5

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.actions.followup import SOURCES, Word, doubt, own_report, say_later, tell_body
from app.actions.history import note_inside
from app.actions.joining import alarm, raise_hurt
from app.actions.own_words import has_violence
from app.actions.severity import was_hurt
from app.actions.submission import Part, Submission, mark_of, parts_sent
from app.domain import geo
from app.domain.errors import NoMoreChanges, NotReportable, StaleVersion, TooMany
from app.domain.hazard import MAX_PHOTOS
from app.domain.lifecycle import DISPUTABLE
from app.domain.permissions import Actor
from app.domain.policy import Policy
from app.domain.references import show_reference
from app.models import Event, Hazard, Photo, Presence, Report
from app.queries import intake

CORRECTED = frozenset({"type", "place", "joins", "hint"})
"""Parts of which the last one counts; of all others each."""
CHANGED = b"changed"
MOST_CHANGES = 5
MOST_PHOTOS = 2 * MAX_PHOTOS
LETTER_EVERY = timedelta(hours=1)
_WORDS_END = re.compile(r"(?=[.,;:!?…]{0,3}(?:\s|\Z))")


@dataclass(frozen=True)
class Said:
    """What was sent before, of which only the marks are known."""

    kept: Sequence[bytes]
    receipt: str

    def has(self, words: str) -> bool:
        return mark_of(f"text\0{words}".encode(), self.receipt) in self.kept


def keep_changes(
    session: Session, submission: Submission, receipt: str, *, policy: Policy, now: datetime, flood: bool = False
) -> None:
    """Add what is new to the report of this id. Raises StaleVersion where it is for the desk, TooMany in a flood,
    NoMoreChanges; never commits.

    The caller holds the lock of the `client_id`. What was taken back, or stood here before marks were kept, stays so.
    """
    marks = parts_sent(submission, receipt)
    kept = session.scalar(
        select(Report.sent).where(
            Report.client_id == submission.client_id, Report.kind.in_(SOURCES), Report.withdrawn_at.is_(None)
        )
    )
    changed = mark_of(CHANGED, receipt)
    new = {} if kept is None else _new(marks, kept, changed)
    if kept is None or not new:
        return
    report, hazard = own_report(session, receipt)
    _refuse_for_the_desk(session, submission, hazard, policy)
    if flood:
        raise TooMany()
    _refuse_too_many(session, report, new, kept.count(changed))
    word = _word(submission, report, new, Said(kept, receipt))
    correction = _correction(session, submission, new, policy)
    seen = intake.checked_hints(session, submission.hints) if any(what == "hint" for what, _ in new) else None
    report.sent = [*kept, changed, *(mark for part, mark in marks.items() if part in new or part[0] in CORRECTED)]
    said_id = say_later(session, report, hazard, word, policy=policy, now=now) if _says(word) else None
    session.flush()
    if said_id is not None and word.someone_hurt:
        _raise(session, hazard, said_id, policy=policy, now=now)
    if correction or seen:
        _tell(session, hazard, submission.by, note=correction, hints=seen, now=now)


def _new(marks: Mapping[Part, bytes], kept: Sequence[bytes], changed: bytes) -> dict[Part, bytes]:
    """What was never sent, and of what is corrected all that is not what was sent last."""
    times = kept.count(changed)
    last = kept[len(kept) - kept[::-1].index(changed) :] if times else kept
    return {part: mark for part, mark in marks.items() if mark not in (last if part[0] in CORRECTED else kept)}


def _refuse_too_many(session: Session, report: Report, new: Mapping[Part, bytes], changes: int) -> None:
    if ("hurt", "") in new:  # new but once
        return
    photos = sum(what == "photo" for what, _ in new)
    if changes >= MOST_CHANGES or (photos and _photos(session, report) + photos > MOST_PHOTOS):
        raise NoMoreChanges()


def _photos(session: Session, report: Report) -> int:
    mine = (Report.id == report.id) | (Report.parent_id == report.id)
    return session.scalar(select(func.count()).select_from(Photo).join(Report).where(mine)) or 0


def _tell(
    session: Session, hazard: Hazard, by: Actor, *, note: str, hints: Mapping[str, str] | None, now: datetime
) -> None:
    """A line of the history; and a letter, unless the last one still waits for somebody to look."""
    letter = not _waits(session, hazard, now) or None
    line = note_inside(session, hazard, "sent_anew", by=by, now=now, note=note, hints=hints, letter=letter)
    if letter:
        tell_body(session, hazard, line)


def _waits(session: Session, hazard: Hazard, now: datetime) -> bool:
    """Whether this body got a letter of a correction within the hour, and nobody has looked since."""
    told = select(func.max(Event.at)).where(
        Event.hazard_id == hazard.id,
        Event.body_id == hazard.body_id,
        Event.kind == "sent_anew",
        Event.at > now - LETTER_EVERY,
        Event.data["letter"].as_boolean(),
    )
    since = session.scalar(told)
    if since is None:
        return False
    acted = select(Event.id).where(Event.hazard_id == hazard.id, Event.at > since, Event.account_id.is_not(None))
    looked = select(Presence.account_id).where(Presence.hazard_id == hazard.id, Presence.seen_at > since)
    return session.scalar(acted.limit(1)) is None and session.scalar(looked.limit(1)) is None


def _raise(session: Session, hazard: Hazard, event_id: int, *, policy: Policy, now: datetime) -> None:
    """Somebody is hurt: as if a second person had said so; of what its body has closed, that it is not over."""
    if hazard.status in DISPUTABLE and not hazard.is_open:
        doubt(session, hazard, now)
    elif hazard.is_open and not was_hurt(hazard):
        changed = raise_hurt(session, hazard, policy, now)
        session.execute(update(Hazard).where(Hazard.id == hazard.id).values(changed))
        alarm(session, hazard, event_id)


def _refuse_for_the_desk(session: Session, submission: Submission, hazard: Hazard, policy: Policy) -> None:
    """The door asked by the kind that was sent: what counts is the hazard's own, and whether the desk has it now."""
    if hazard.held or has_violence(session, submission.text, hazard_type=hazard.hazard_type, policy=policy):
        raise StaleVersion()


def _word(submission: Submission, report: Report, new: Mapping[Part, bytes], before: Said) -> Word:
    said = "".join(sorted(mark.hex() for mark in new.values()))
    return Word(
        client_id=uuid5(submission.client_id, said),
        language=submission.language,
        text=next((_added(text, report.text, before) for what, text in new if what == "text"), ""),
        photos=[photo for photo in submission.photos if ("photo", photo.content_key) in new],
        someone_hurt=("hurt", "") in new,
        channel=submission.channel,
        by=submission.by,
    )


def _says(word: Word) -> bool:
    return bool(word.text or word.photos or word.someone_hurt)


def _added(text: str, first: str, before: Said) -> str:
    """What was written behind words that were sent before, known by their mark: a moderator may have taken them away.
    All of them where they were changed in the middle. Nothing where `first` goes on from them at the end of a word:
    that is a first sending, overtaken on its way.
    """
    if first.startswith(text) and _WORDS_END.match(first, len(text)):
        return ""
    ends = [found.start() for found in _WORDS_END.finditer(text)]
    end = next((end for end in reversed(ends) if before.has(text[:end])), 0)
    return text[end:].lstrip(" \n\t.,;:!?…") if end else text


def _correction(session: Session, submission: Submission, new: Mapping[Part, bytes], policy: Policy) -> str:
    """The new kind, place and hazard that is meant, in words that need no language but the kind's name.

    Raises DomainError where a first sending would be refused for it.
    """
    said = []
    for what, value in new:
        if what == "type":
            kind = intake.hazard_type(session, value)
            if not kind.reportable:
                raise NotReportable(hazard_type=kind.code)
            said.append(kind.name(submission.language))
        elif what == "place":
            label = geo.label_point(geo.hazard_geometry(submission.geometry, policy.bounds))
            said.append(f"{label.y:.6f}, {label.x:.6f}")
        elif what == "joins":
            said.append(show_reference(value))
    return "\n".join(said)
