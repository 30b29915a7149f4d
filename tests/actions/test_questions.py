"""A question to those who reported: on their receipts alone, answered once."""

from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.follow import confirm_follow, follow_hazard
from app.actions.followup import withdraw_report
from app.domain.errors import NobodyToAsk, NothingSaid, NotPermitted, UnknownQuestion
from app.domain.hazard import Channel
from app.domain.held import Sealed
from app.domain.lifecycle import Act
from app.domain.permissions import SYSTEM, Role
from app.models import Event, Follow, Notice, Report, StaffNotice
from tests.actions.people import person
from tests.actions.questions_kit import LATER, Case, case
from tests.actions.town import POLICY
from tests.jobs.kit import NOW

__all__ = ["case"]


def test_all_reporters_are_asked_or_the_one_who_was_chosen(case: Case) -> None:
    case.ask()
    assert [case.asked(0), case.asked(1)] == [[("Қай үйдің жанында?", False)]] * 2
    first = case.session.scalars(select(Report).order_by(Report.id).limit(1)).one()
    case.ask(note="Тек сізге", asked_report=first.id)
    assert [text for text, _ in case.asked(0)] == ["Тек сізге", "Қай үйдің жанында?"]
    assert [text for text, _ in case.asked(1)] == ["Қай үйдің жанында?"]


def test_the_line_of_the_history_is_internal(case: Case) -> None:
    question = case.ask()
    event = case.session.get_one(Event, question.event_id)
    assert (event.kind, event.public, event.note) == ("ask", False, "Қай үйдің жанында?")


def test_an_answer_is_kept_once_marks_the_inbox_and_tells_who_asked(case: Case) -> None:
    question, client_id = case.ask(), uuid4()
    for _ in range(2):
        case.answer(question.token, client_id=client_id)
    assert case.kinds() == ["new", "seen_too", "answer"]
    assert case.session.scalars(select(Report.moderation).where(Report.kind == "answer")).one() == "pending"
    assert case.hazard.answer_waits
    told = case.session.execute(select(StaffNotice.kind, StaffNotice.account_id)).all()
    assert {tuple(row) for row in told} == {("question_answered", case.dispatcher.account_id)}
    lines = case.session.scalars(select(Event).where(Event.kind == "answered")).all()
    assert [(line.public, line.actor, line.note) for line in lines] == [(False, "reporter", "")]


def test_each_reporter_may_answer_and_a_second_word_of_one_is_an_addition(case: Case) -> None:
    question = case.ask()
    for who in (0, 1, 0):
        case.answer(question.token, who=who)
    assert case.kinds()[2:] == ["answer", "answer", "addition"]
    assert case.asked(0) == [("Қай үйдің жанында?", True)]


def test_a_dispatcher_who_acts_has_seen_the_answer_and_a_crew_has_not(case: Case) -> None:
    case.act(Act.ACCEPT)
    case.answer(case.ask().token)
    crew = person(case.session, Role.CREW, case.town.body["water"])
    case.act(Act.START, by=crew, now=LATER)
    assert case.hazard.answer_waits
    case.act(Act.NOTE, note="Көрдім", now=LATER)
    assert not case.hazard.answer_waits


@pytest.mark.parametrize("words", ["", "  "])
def test_no_words_and_no_photo_is_no_answer(case: Case, words: str) -> None:
    with pytest.raises(NothingSaid):
        case.answer(case.ask().token, words=words)


def test_another_reporter_s_question_and_an_invented_one_are_not_answered(case: Case) -> None:
    first = case.session.scalars(select(Report).order_by(Report.id).limit(1)).one()
    question = case.ask(asked_report=first.id)
    for token in (question.token, "x", ""):
        with pytest.raises(UnknownQuestion):
            case.answer(token, who=1)


def test_whoever_took_the_report_back_is_not_asked(case: Case) -> None:
    for receipt in case.receipts:
        withdraw_report(case.session, receipt=receipt, policy=POLICY, now=NOW)
    case.session.execute(text("UPDATE hazard SET status = 'assigned', closed_at = NULL, rejection_reason = NULL"))
    with pytest.raises(NobodyToAsk):
        case.ask()


def test_nobody_holds_a_receipt_of_a_patrol_s_report(case: Case) -> None:
    case.session.execute(text("UPDATE report SET channel = 'patrol'"))
    with pytest.raises(NobodyToAsk):
        case.ask()


def test_the_report_of_another_hazard_cannot_be_chosen(case: Case) -> None:
    with pytest.raises(NobodyToAsk):
        case.ask(asked_report=999_999)


def test_a_crew_and_another_body_may_not_ask(case: Case) -> None:
    crew = person(case.session, Role.CREW, case.town.body["water"])
    other = person(case.session, Role.DISPATCHER, case.town.body["roads"])
    for by in (crew, other):
        with pytest.raises(NotPermitted):
            case.act(Act.ASK, by=by, note="x")
    with pytest.raises(NotPermitted):
        case.act(Act.ASK, by=SYSTEM, note="x")


def _follow(case: Case, who: int | None, address: bytes) -> int:
    report = None if who is None else case.session.scalars(select(Report.id).order_by(Report.id).offset(who)).first()
    follow_hazard(
        case.session, hazard_id=case.hazard.id, report_id=report, channel="email", language="kk",
        address_key=address, contact=Sealed("k", b"x"), now=NOW,
    )  # fmt: skip
    token = case.session.scalars(select(Follow.token).order_by(Follow.id.desc()).limit(1)).one()
    confirm_follow(case.session, token=token, now=NOW)
    return case.session.scalars(select(Follow.id).where(Follow.token == token)).one()


def test_only_those_asked_who_follow_by_the_receipt_are_told(case: Case) -> None:
    mine, _neighbour, _other = _follow(case, 0, b"a"), _follow(case, None, b"b"), _follow(case, 1, b"c")
    first = case.session.scalars(select(Report).order_by(Report.id).limit(1)).one()
    case.ask(asked_report=first.id)
    assert list(case.session.scalars(select(Notice.follow_id).where(Notice.kind == "question"))) == [mine]


@pytest.mark.parametrize("channel", [Channel.WEB, Channel.PHONE])
def test_people_by_telephone_are_asked_too(session: Session, channel: Channel) -> None:
    case = Case(session)
    session.execute(text("UPDATE report SET channel = :channel"), {"channel": channel.value})
    assert case.ask().asked_by == case.dispatcher.account_id
