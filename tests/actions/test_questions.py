"""A question to those who reported: on their receipts alone, answered once; the fix clock waits only by the tick."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.answers import answer_question
from app.actions.follow import confirm_follow, follow_hazard
from app.actions.followup import Word, withdraw_report
from app.actions.hazards import act_on_hazard
from app.actions.questions import end_waiting
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.domain.errors import (
    ClockRanOut,
    ClockStoppedBefore,
    NobodyAsked,
    NobodyToAsk,
    NothingSaid,
    NotPermitted,
    UnknownQuestion,
)
from app.domain.hazard import Channel, HoldReason
from app.domain.held import Sealed
from app.domain.lifecycle import Act, Given
from app.domain.permissions import SYSTEM, Actor, Role
from app.domain.references import receipt_hash
from app.models import Event, Follow, Hazard, Notice, Question, Report, StaffNotice
from app.queries.receipts import by_receipt
from tests.actions.people import person
from tests.actions.town import INSIDE, POLICY, Town
from tests.jobs.kit import NOW

LATER = NOW + timedelta(hours=2)
WAIT = POLICY.answer_within


class Case:
    """A hazard of the water works that two people reported, and its dispatcher."""

    def __init__(self, session: Session) -> None:
        self.session, self.town = session, Town(session)
        self.receipts = [self.report(), self.report()]
        hazard = session.scalars(select(Hazard)).one()
        self.reference = hazard.reference
        session.execute(
            text("UPDATE hazard SET body_id = :body, fix_due = :due, make_safe_due = :safe"),
            {"body": self.town.body["water"], "due": NOW + timedelta(days=2), "safe": NOW + timedelta(hours=4)},
        )
        self.dispatcher = person(session, Role.DISPATCHER, self.town.body["water"])
        session.expire_all()

    def report(self, **more: object) -> str:
        joins = self.session.scalar(select(Hazard.reference).limit(1))
        sent = Submission(uuid4(), "MANHOLE_OPEN", INSIDE["west"], text="Люк", joins=joins, **more)
        made = report_hazard(self.session, submission=sent, policy=POLICY, now=NOW - timedelta(hours=1))
        assert made.receipt
        return made.receipt

    @property
    def hazard(self) -> Hazard:
        self.session.expire_all()
        return self.session.scalars(select(Hazard).where(Hazard.reference == self.reference)).one()

    def act(self, act: Act, *, by: Actor | None = None, now: datetime = NOW, **given: object) -> None:
        hazard = self.hazard
        act_on_hazard(
            self.session, by=by or self.dispatcher, reference=hazard.reference, act=act, version=hazard.version,
            given=Given(**given), policy=POLICY, now=now,
        )  # fmt: skip
        self.session.flush()

    def ask(self, **more: object) -> Question:
        self.act(Act.ASK, **{"note": "Қай үйдің жанында?", **more})
        return self.session.scalars(select(Question).order_by(Question.id.desc()).limit(1)).one()

    def answer(
        self, token: str, *, who: int = 0, words: str = "Дүкен жанында", client_id: UUID | None = None,
        now: datetime = LATER,
    ) -> None:  # fmt: skip
        word = Word(client_id or uuid4(), "kk", words)
        answer_question(self.session, receipt=self.receipts[who], token=token, word=word, policy=POLICY, now=now)
        self.session.flush()

    def asked(self, who: int = 0) -> list[tuple[str, bool]]:
        self.session.expire_all()
        view = by_receipt(self.session, receipt_hash(_code(self.receipts[who])))
        assert view is not None
        return [(each.text, each.answered) for each in view.questions]

    def kinds(self) -> list[str]:
        return list(self.session.scalars(select(Report.kind).order_by(Report.id)))


def _code(receipt: str) -> str:
    return receipt.replace("-", "")


@pytest.fixture
def case(session: Session) -> Case:
    return Case(session)


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


def test_without_the_tick_no_clock_stops(case: Case) -> None:
    case.ask()
    assert case.hazard.fix_paused_at is None


def test_by_the_tick_the_fix_clock_waits_for_the_answer_and_make_safe_never_does(case: Case) -> None:
    due, safe = case.hazard.fix_due, case.hazard.make_safe_due
    question = case.ask(stops_clock=True)
    assert (case.hazard.fix_paused_at, case.hazard.status) == (NOW, "assigned")
    case.answer(question.token)
    hazard = case.hazard
    assert due is not None
    assert (hazard.fix_paused_at, hazard.fix_due, hazard.make_safe_due) == (None, due + (LATER - NOW), safe)


def test_without_an_answer_it_waits_as_long_as_is_set_and_not_longer(case: Case) -> None:
    due = case.hazard.fix_due
    case.ask(stops_clock=True)
    assert end_waiting(case.session, now=NOW + WAIT - timedelta(minutes=1)) == 0
    assert case.hazard.fix_paused_at == NOW
    late = NOW + WAIT + timedelta(minutes=7)
    assert [end_waiting(case.session, now=late), end_waiting(case.session, now=late)] == [1, 0]
    assert due is not None
    assert (case.hazard.fix_paused_at, case.hazard.fix_due) == (None, due + WAIT)
    with pytest.raises(ClockStoppedBefore):
        case.ask(stops_clock=True)


def test_after_an_answer_it_may_wait_for_another_one(case: Case) -> None:
    case.answer(case.ask(stops_clock=True).token)
    case.act(Act.ASK, note="Тағы", stops_clock=True, now=LATER)
    assert case.hazard.fix_paused_at == LATER


def test_what_is_late_already_does_not_wait(case: Case) -> None:
    case.session.execute(text("UPDATE hazard SET fix_due = :due"), {"due": NOW - timedelta(minutes=1)})
    with pytest.raises(ClockRanOut):
        case.ask(stops_clock=True)
    case.ask()


def test_the_pause_outlives_accepting_planning_beginning_and_a_hold(case: Case) -> None:
    due = case.hazard.fix_due
    question = case.ask(stops_clock=True)
    hour = timedelta(minutes=20)
    case.act(Act.ACCEPT, now=NOW + hour)
    case.act(Act.PLAN, now=NOW + 2 * hour, planned_for=NOW.date() + timedelta(1))
    case.act(Act.START, now=NOW + 3 * hour)
    case.act(Act.HOLD, now=NOW + 4 * hour, hold_reason=HoldReason.WEATHER)
    assert (case.hazard.fix_paused_at, case.hazard.fix_due) == (NOW, due)
    case.answer(question.token)
    assert due is not None
    assert (case.hazard.fix_paused_at, case.hazard.fix_due) == (None, due + (LATER - NOW))


def test_the_answer_does_not_end_a_pause_that_is_not_its_own(case: Case) -> None:
    question = case.ask(stops_clock=True)
    other = NOW + timedelta(minutes=90)
    case.session.execute(text("UPDATE hazard SET fix_paused_at = :at"), {"at": other})
    case.answer(question.token)
    assert case.hazard.fix_paused_at == other


@pytest.mark.parametrize("days", [2, 30])
def test_a_pause_ends_with_the_work_and_is_never_longer_than_it_may_be(case: Case, days: int) -> None:
    """However late the sweep is that ends it."""
    due = case.hazard.fix_due
    case.ask(stops_clock=True)
    coordinator = person(case.session, Role.COORDINATOR)
    given = {"body_id": case.town.body["roads"], "reason": "Олардікі", "now": NOW + timedelta(days=days)}
    case.act(Act.ARBITRATE, by=coordinator, **given)
    assert due is not None
    assert (case.hazard.fix_paused_at, case.hazard.fix_due) == (None, due + min(timedelta(days=days), WAIT))


def test_nothing_waits_for_an_answer_where_nothing_was_asked(case: Case) -> None:
    case.act(Act.ACCEPT)
    hold = {"hold_reason": HoldReason.REPORTER_ANSWER}
    with pytest.raises(NobodyAsked):
        case.act(Act.HOLD, **hold)
    case.answer(case.ask().token)
    with pytest.raises(NobodyAsked):
        case.act(Act.HOLD, **hold, now=LATER)
    case.ask()
    case.act(Act.HOLD, **hold, now=LATER)
    assert (case.hazard.status, case.hazard.fix_paused_at) == ("on_hold", None)


@pytest.mark.parametrize(("before", "after"), [(Act.START, "in_progress"), (None, "accepted")])
def test_the_answer_ends_a_hold_that_waited_for_it(case: Case, before: Act | None, after: str) -> None:
    due, held = case.hazard.fix_due, NOW + timedelta(minutes=90)
    case.act(Act.ACCEPT)
    if before:
        case.act(before)
    question = case.ask()
    case.act(Act.HOLD, hold_reason=HoldReason.REPORTER_ANSWER, now=held)
    case.answer(question.token)
    hazard = case.hazard
    assert (hazard.status, hazard.hold_reason, hazard.fix_paused_at) == (after, None, None)
    assert hazard.fix_due == due
    last = case.session.scalars(select(Event).where(Event.kind == "hold_ended")).one()
    assert (last.status, last.public, last.actor) == (after, True, "system")


def test_the_answer_does_not_end_a_hold_for_another_reason(case: Case) -> None:
    case.act(Act.ACCEPT)
    question = case.ask()
    case.act(Act.HOLD, hold_reason=HoldReason.WEATHER)
    case.answer(question.token)
    assert case.hazard.status == "on_hold"


def test_a_body_that_has_passed_it_on_waits_for_nothing(case: Case) -> None:
    question = case.ask(stops_clock=True)
    case.act(Act.FORWARD, body_id=case.town.body["roads"], reason="Олардікі")
    assert (case.asked(), case.hazard.fix_paused_at, case.hazard.answer_waits) == ([], None, False)
    case.answer(question.token)
    assert case.kinds()[-1] == "addition"
    assert not case.hazard.answer_waits


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
