"""A report that comes a second time with something else in it: nothing of it is lost, and nothing is kept twice.

That is what becomes of "Change" in the outbox where the first sending had arrived and only its answer was lost. What is
new is a later word of that report, moderated as all words, and so exactly once: its marks stand in the report, and its
`client_id` follows from them. Decision: another place or kind is told to the body in a line of the history that only
staff see, and a person corrects the hazard. Turned down: correcting it here, for by now a body may be on its way and a
moderator may have cleared what was sent first; and writing the place into the words, which a moderator would have to
keep from the public. What was taken out stays as it was first sent: taking back is an act of its own.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid5

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.followup import SOURCES, Word, doubt, own_report, say_later, tell_body
from app.actions.history import note_inside
from app.actions.joining import alarm, raise_hurt
from app.actions.own_words import has_violence
from app.actions.severity import was_hurt
from app.actions.submission import Part, Submission, parts_sent
from app.domain import geo
from app.domain.errors import NotReportable, StaleVersion
from app.domain.lifecycle import DISPUTABLE
from app.domain.policy import Policy
from app.domain.references import show_reference
from app.models import Hazard, Report
from app.queries import intake

SAID = frozenset({"text", "photo", "hurt"})


def keep_changes(session: Session, submission: Submission, receipt: str, *, policy: Policy, now: datetime) -> None:
    """Add what is new to the report of this id. Raises StaleVersion where it is for the desk; never commits.

    The caller holds the lock of the `client_id`. What was taken back, or stood here before marks were kept, stays so.
    """
    marks = parts_sent(submission, receipt)
    kept = session.scalar(
        select(Report.sent).where(
            Report.client_id == submission.client_id, Report.kind.in_(SOURCES), Report.withdrawn_at.is_(None)
        )
    )
    if kept is None or set(marks.values()) <= set(kept):
        return
    report, hazard = own_report(session, receipt)
    new = {part: mark for part, mark in marks.items() if mark not in kept}
    _refuse_for_the_desk(session, submission, hazard, policy)
    word = _word(submission, report, new)
    correction = _correction(session, submission, new, policy)
    seen = intake.checked_hints(session, submission.hints) if any(what == "hint" for what, _ in new) else None
    report.sent = [*kept, *new.values()]
    said_id = say_later(session, report, hazard, word, policy=policy, now=now) if _says(word) else None
    session.flush()
    if said_id is not None and word.someone_hurt:
        _raise(session, hazard, said_id, policy=policy, now=now)
    if correction or seen:
        line = note_inside(session, hazard, "sent_anew", by=submission.by, now=now, note=correction, hints=seen)
        tell_body(session, hazard, line)


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


def _word(submission: Submission, report: Report, new: Mapping[Part, bytes]) -> Word:
    said = "".join(sorted(mark.hex() for mark in new.values()))
    return Word(
        client_id=uuid5(submission.client_id, said),
        language=submission.language,
        text=next((_added(text, report.text) for what, text in new if what == "text"), ""),
        photos=[photo for photo in submission.photos if ("photo", photo.content_key) in new],
        someone_hurt=("hurt", "") in new,
        channel=submission.channel,
        by=submission.by,
    )


def _says(word: Word) -> bool:
    return bool(word.text or word.photos or word.someone_hurt)


def _added(text: str, before: str) -> str:
    """What was written behind the words of before; all of them where they were changed in the middle. Nothing where
    those begin with them: that is the first sending, overtaken on its way.
    """
    if before.startswith(text):
        return ""
    more = text[len(before) :]
    if not (before and text.startswith(before)) or more[:1].isalnum():
        return text
    return more.lstrip(" \n\t.,;:")


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
