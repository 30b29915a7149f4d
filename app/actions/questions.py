"""Ask those who reported a hazard. Their answers come by `answers.py`.

Decision: a question is a row of its own and an internal line of the history; it stands on the receipts of those asked
and nowhere else, and who answers stays as unknown as before. The fix clock waits for the answer only where the tick was
set, once until an answer has come and for `Policy.answer_within` at most; the clock to make it safe never waits.
Turned down: the status "on hold" for it, which would stop the body's work and be shown to everybody.
"""

import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.follow import ask_followers
from app.actions.history import note_inside
from app.actions.moving import run_fix_clock
from app.domain.errors import ClockRanOut, ClockStoppedBefore, NobodyToAsk, NotPermitted
from app.domain.lifecycle import Act, Given
from app.domain.permissions import SYSTEM, Actor
from app.domain.policy import Policy
from app.models import Hazard, Question
from app.queries.questions import may_be_asked

BATCH = 500


def ask_reporters(
    session: Session, hazard: Hazard, given: Given, *, by: Actor, event_id: int, policy: Policy, now: datetime
) -> None:
    """Ask all who reported the locked hazard, or the one of `given.asked_report`.

    Raises NobodyToAsk, ClockRanOut, ClockStoppedBefore.
    """
    asked = may_be_asked(session, hazard.id)
    if given.asked_report is not None:
        asked = [each for each in asked if each.id == given.asked_report]
    if not asked or hazard.body_id is None:
        raise NobodyToAsk()
    if by.account_id is None:
        raise NotPermitted(permission=Act.ASK.value)
    stops = given.stops_clock and _stop(session, hazard, by=by, now=now)
    session.add(
        Question(
            token=secrets.token_urlsafe(16),
            hazard_id=hazard.id,
            report_id=given.asked_report,
            event_id=event_id,
            body_id=hazard.body_id,
            asked_by=by.account_id,
            asked_at=now,
            text=given.note,
            stops_until=now + policy.answer_within if stops else None,
        )
    )
    ask_followers(session, event_id=event_id, reports=[each.id for each in asked], now=now)


def end_waiting(session: Session, *, now: datetime, batch: int = BATCH) -> int:
    """Let the fix clock run again where no answer came in time, from that time on; how many questions were ended."""
    due = select(Question.id, Question.hazard_id).where(Question.stops_until <= now, Question.ran_again_at.is_(None))
    rows = session.execute(due.order_by(Question.stops_until).limit(batch)).all()
    for question_id, hazard_id in rows:
        hazard = session.scalar(select(Hazard).where(Hazard.id == hazard_id).with_for_update(skip_locked=True))
        if hazard is not None:
            question = session.get_one(Question, question_id)  # read under the lock: an answer may have come meanwhile
            if question.ran_again_at is None:
                let_clock_run(session, question, hazard, at=question.stops_until or now, now=now)
    session.flush()
    return len(rows)


def looked_at(session: Session, hazard: Hazard) -> None:
    """A dispatcher has seen the answers. The version stays: it must not refuse a form that somebody fills in."""
    if hazard.answer_waits:
        session.execute(
            update(Hazard).where(Hazard.id == hazard.id).values(answer_waits=False),
            execution_options={"synchronize_session": False},
        )


def _stop(session: Session, hazard: Hazard, *, by: Actor, now: datetime) -> bool:
    """Stop the fix clock where it runs; whether this question has stopped it."""
    if hazard.fix_due is None or hazard.fix_paused_at is not None:
        return False
    if hazard.fix_due < now:
        raise ClockRanOut()
    before = select(Question.id).where(Question.hazard_id == hazard.id, Question.stops_until.is_not(None))
    if session.scalar(before.where(Question.answered_at.is_(None)).limit(1)) is not None:
        raise ClockStoppedBefore()
    hazard.fix_paused_at = now
    note_inside(session, hazard, "fix_clock_stopped", by=by, now=now)
    return True


def let_clock_run(session: Session, question: Question, hazard: Hazard, *, at: datetime, now: datetime) -> None:
    """End the pause that this question made; one that somebody has ended or begun since is not its own."""
    question.ran_again_at = now
    if hazard.fix_paused_at == question.asked_at:
        run_fix_clock(hazard, now=at)
        note_inside(session, hazard, "fix_clock_runs", by=SYSTEM, now=now)
