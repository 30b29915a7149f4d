"""Take the answer of somebody who was asked: by the receipt, and as little known as before.

An answer is a report of its own, moderated as all words; it lets the fix clock run again, ends a hold that waited for
it, marks the hazard for the inbox and tells who asked.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.followup import Word, keep_word, own_report, say_later
from app.actions.history import append_event, note_inside
from app.actions.moving import move
from app.actions.notify_staff import tell_staff
from app.actions.questions import let_clock_run
from app.domain.errors import NothingSaid, UnknownQuestion
from app.domain.hazard import HoldReason, ReportKind, Status
from app.domain.permissions import ANONYMOUS, SYSTEM
from app.domain.policy import Policy
from app.domain.staff_notices import StaffKind
from app.domain.text import clean
from app.models import Event, Hazard, Question, Report
from app.queries import intake


def answer_question(session: Session, *, receipt: str, token: str, word: Word, policy: Policy, now: datetime) -> None:
    """Keep an answer, unless it was sent before. Raises BadReceipt, AlreadyWithdrawn, NothingSaid, UnknownQuestion.

    What comes too late, or a second time from the same person, is kept as an addition: no word is lost.
    """
    report, hazard = own_report(session, receipt)
    if not (clean(word.text) or word.photos):
        raise NothingSaid()
    if intake.knows_report(session, word.client_id):
        return
    question = _question_to(session, report, hazard, token)
    if not _waits_for(session, question, report, hazard):
        say_later(session, report, hazard, word, policy=policy, now=now)
        return
    kept = keep_word(session, report, hazard, word, ReportKind.ANSWER, policy=policy, now=now)
    if kept is None:
        return
    session.execute(update(Report).where(Report.id == kept).values(question_id=question.id))
    _answered(session, question, hazard, policy=policy, now=now)


def _question_to(session: Session, report: Report, hazard: Hazard, token: str) -> Question:
    question = session.scalar(select(Question).where(Question.token == token, Question.hazard_id == hazard.id))
    if question is None or question.report_id not in {None, report.id}:
        raise UnknownQuestion()
    return question


def _waits_for(session: Session, question: Question, report: Report, hazard: Hazard) -> bool:
    """Whether the body that asked still works on it, and this person has not answered yet."""
    mine = select(Report.id).where(Report.question_id == question.id, Report.parent_id == report.id)
    return hazard.is_open and hazard.body_id == question.body_id and session.scalar(mine.limit(1)) is None


def _answered(session: Session, question: Question, hazard: Hazard, *, policy: Policy, now: datetime) -> None:
    """Mark it for the inbox, let the clock run, tell who asked."""
    question.answered_at = question.answered_at or now
    event_id = note_inside(session, hazard, "answered", by=ANONYMOUS, now=now)
    if question.stops_until is not None and question.ran_again_at is None:
        let_clock_run(session, question, hazard, at=min(now, question.stops_until), now=now)
    if hazard.status == Status.ON_HOLD and hazard.hold_reason == HoldReason.REPORTER_ANSWER:
        _end_hold(session, hazard, policy=policy, now=now)
    session.flush()
    session.execute(
        update(Hazard).where(Hazard.id == hazard.id).values(answer_waits=True),
        execution_options={"synchronize_session": False},
    )
    kind, people = StaffKind.QUESTION_ANSWERED.value, [question.asked_by]
    tell_staff(session, kind=kind, hazard_id=hazard.id, event_id=event_id, accounts=people, now=now)


def _end_hold(session: Session, hazard: Hazard, *, policy: Policy, now: datetime) -> None:
    """Back to what it was before. A planned one is accepted: its day may have passed."""
    before = select(Event.status).where(Event.hazard_id == hazard.id, Event.status != Status.ON_HOLD.value)
    worked = session.scalar(before.order_by(Event.id.desc()).limit(1)) == Status.IN_PROGRESS
    to = Status.IN_PROGRESS if worked else Status.ACCEPTED
    move(hazard, to, policy=policy, now=now)
    append_event(session, hazard_id=hazard.id, kind="hold_ended", at=now, by=SYSTEM, status=to, body_id=hazard.body_id)
