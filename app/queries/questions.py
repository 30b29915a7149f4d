"""Questions to reporters: whom one may ask, what stands on a receipt, what the body that asked sees of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.hazard import Channel, ReportKind
from app.domain.permissions import Actor, Permission
from app.models import Account, Body, Hazard, Photo, Question, Report

NOBODY_HOLDS = (Channel.IMPORT.value, Channel.PATROL.value)
"""Of these channels no citizen has a receipt."""


@dataclass(frozen=True)
class Asked:
    """A question as its reporter sees it. `answered`: by this one."""

    token: str
    text: str
    asked_at: datetime
    body: Body
    answered: bool
    question_id: int


@dataclass(frozen=True)
class AskedByUs:
    """A question as the body that asked sees it; `answers`: reports, oldest first."""

    question: Question
    who: str
    answers: Sequence[Report]


def may_be_asked(session: Session, hazard_id: int) -> Sequence[Report]:
    """The first reports of people who hold a receipt, oldest first."""
    first = (ReportKind.NEW.value, ReportKind.SEEN_TOO.value)
    found = select(Report).where(Report.hazard_id == hazard_id, Report.kind.in_(first), Report.withdrawn_at.is_(None))
    return session.scalars(found.where(Report.channel.not_in(NOBODY_HOLDS)).order_by(Report.id)).all()


def waits_for_answer(session: Session, hazard: Hazard) -> bool:
    """Whether the body that answers for it has asked something that nobody has answered yet."""
    ours = select(Question.id).where(Question.hazard_id == hazard.id, Question.body_id == hazard.body_id)
    return session.scalar(ours.where(Question.answered_at.is_(None)).limit(1)) is not None


def asked_on_receipt(session: Session, report: Report, hazard: Hazard) -> Sequence[Asked]:
    """What the holder of this report was asked, newest first: all they answered, and what still waits for them.

    Of a body that has passed the hazard on nothing waits any longer.
    """
    found = select(Question, Body).join(Body, Body.id == Question.body_id).where(Question.hazard_id == hazard.id)
    found = found.where(Question.report_id.is_(None) | (Question.report_id == report.id))
    mine = set(session.scalars(select(Report.question_id).where(Report.parent_id == report.id)))
    return [
        Asked(each.token, each.text, each.asked_at, body, each.id in mine, each.id)
        for each, body in session.execute(found.order_by(Question.id.desc()))
        if each.id in mine or (hazard.is_open and hazard.body_id == each.body_id)
    ]


def asked_by_us(session: Session, actor: Actor, hazard_id: int) -> Sequence[AskedByUs]:
    """The questions that the actor's body has asked here, or all where the role sees all; newest first."""
    found = select(Question, Account.name).join(Account, Account.id == Question.asked_by)
    found = found.where(Question.hazard_id == hazard_id)
    if not actor.may(Permission.SEE_ALL_HAZARDS):
        found = found.where(Question.body_id == actor.body_id)
    rows = session.execute(found.order_by(Question.id.desc())).all()
    answers = _answers(session, [row[0].id for row in rows])
    return [AskedByUs(question, who, [a for a in answers if a.question_id == question.id]) for question, who in rows]


def _answers(session: Session, questions: Sequence[int]) -> Sequence[Report]:
    if not questions:
        return ()
    found = select(Report).where(Report.question_id.in_(questions), Report.withdrawn_at.is_(None))
    return session.scalars(found.order_by(Report.id)).all()


def photos_of_report(session: Session, report_id: int) -> Sequence[tuple[str, str]]:
    """(public id, kind) of what came with a report, the first first."""
    asked = select(Photo.public_id, Photo.kind).where(Photo.report_id == report_id).order_by(Photo.id)
    return [(row.public_id, row.kind) for row in session.execute(asked)]
