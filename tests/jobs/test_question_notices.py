"""A question to a reporter: told without a word of it, only while it waits; and the clock that waited too long."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.history import append_event
from app.db import Databases
from app.domain.hazard import Status
from app.domain.permissions import Role
from app.jobs.notice_text import notice_push_text
from app.jobs.notices import send_notice
from app.jobs.sweep_deadlines import sweep_deadlines
from app.models import Event, Follow, Hazard, Notice, Question
from app.queries.follow import notice_facts
from tests.actions.people import person
from tests.jobs import kit
from tests.jobs.notices_kit import follow, hazard, worker

__all__ = ["hazard"]
WORDS = "Сөзі ешқайда шықпайды"


def ask(session: Session, hazard: Hazard, *, stops: bool = False) -> Question:
    """A question of the body to the one follower by receipt, with its notice."""
    by = person(session, Role.DISPATCHER, hazard.body_id)
    event_id = append_event(
        session, hazard_id=hazard.id, kind="ask", at=kit.NOW, by=by, status=Status(hazard.status),
        body_id=hazard.body_id, public=False, note=WORDS,
    )  # fmt: skip
    asked = Question(
        token="t", hazard_id=hazard.id, event_id=event_id, body_id=hazard.body_id, asked_by=by.account_id,
        asked_at=kit.NOW, text=WORDS, stops_until=kit.NOW + timedelta(days=5) if stops else None,
    )  # fmt: skip
    session.add(asked)
    follower = session.scalars(select(Follow.id)).one()
    session.add(Notice(follow_id=follower, event_id=event_id, kind="question", key="k", created_at=kit.NOW))
    session.commit()
    return asked


def notice_id(session: Session) -> int:
    return session.scalars(select(Notice.id).where(Notice.kind == "question")).one()


def test_the_letter_says_that_a_question_waits_and_where_and_no_word_of_it(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    follow(session, hazard, linked=True)
    ask(session, hazard)
    post = kit.Outbox()
    send_notice(worker(database, mailer=post), notice_id=notice_id(session))
    (letter,) = post.sent
    assert "У организации есть к вам вопрос" in letter.text
    assert "https://qauip.example/ru/receipt" in letter.text
    assert "https://qauip.example/ru/receipt" in letter.html
    assert WORDS not in letter.text + letter.html + letter.subject


def test_the_push_leads_to_the_receipt_and_holds_no_word_of_it(session: Session, hazard: Hazard) -> None:
    follow(session, hazard, linked=True, channel="push")
    ask(session, hazard)
    facts = notice_facts(session, notice_id(session))
    assert facts is not None
    said = notice_push_text(facts, base_url="https://qauip.example", default_language="kk")
    assert said["url"] == "https://qauip.example/ru/receipt"
    assert WORDS not in str(said)


@pytest.mark.parametrize(
    "values", [{"held": True}, {"status": "fixed", "closed_at": kit.NOW}, {"moderation": "refused"}], ids=str
)
def test_what_does_not_wait_any_more_is_not_told(session: Session, hazard: Hazard, values: dict[str, Any]) -> None:
    follow(session, hazard, linked=True)
    ask(session, hazard)
    session.execute(update(Hazard).values(**values))
    assert notice_facts(session, notice_id(session)) is None


def test_of_a_body_that_has_passed_it_on_nothing_is_told(session: Session, hazard: Hazard) -> None:
    follow(session, hazard, linked=True)
    ask(session, hazard)
    session.execute(update(Hazard).values(body_id=kit.add_body(session)))
    assert notice_facts(session, notice_id(session)) is None


def test_a_neighbour_is_told_of_no_question_whatever_is_queued(session: Session, hazard: Hazard) -> None:
    follow(session, hazard)
    session.execute(update(Hazard).values(hazard_type="ROPE"))
    ask(session, hazard)
    assert notice_facts(session, notice_id(session)) is None


def test_the_sweep_lets_a_clock_run_that_has_waited_long_enough(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    due = hazard.fix_due
    assert due is not None
    follow(session, hazard, linked=True)
    ask(session, hazard, stops=True)
    session.execute(update(Hazard).values(fix_paused_at=kit.NOW))
    session.commit()
    for days, paused in ((4, True), (6, False)):
        sweep_deadlines(worker(database, now=lambda days=days: kit.NOW + timedelta(days=days)))
        session.rollback()
        session.expire_all()
        now_is = session.get_one(Hazard, hazard.id)
        assert (now_is.fix_paused_at is not None) is paused
    assert now_is.fix_due == due + timedelta(days=5)
    line = session.scalars(select(Event).where(Event.kind == "fix_clock_runs")).one()
    assert (line.public, line.actor) == (False, "system")
