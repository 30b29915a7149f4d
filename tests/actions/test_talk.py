"""Colleagues named in notes: of one's own body and coordinators, told once, and nobody of another body ever."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.hazards import act_on_hazard
from app.actions.talk import read_mentions
from app.domain.errors import UnknownColleague
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Actor, Role
from app.models import Event, Hazard, Mention, StaffNotice
from app.queries.mentions import mentions_of, named_in, unread_mentions, who_may_be_mentioned
from tests.actions.people import person
from tests.actions.town import POLICY, Town
from tests.jobs.kit import NOW


class Case:
    def __init__(self, session: Session) -> None:
        self.session, self.town = session, Town(session)
        self.ours, self.theirs = self.town.body["water"], self.town.body["roads"]
        self.hazard = self.town.hazard(body="water")
        self.writer = person(session, Role.DISPATCHER, self.ours, name="Айгүл")
        self.crew = person(session, Role.CREW, self.ours, name="Бекзат")
        self.coordinator = person(session, Role.COORDINATOR, name="Сәуле")
        self.stranger = person(session, Role.MANAGER, self.theirs, name="Руслан")

    def note(self, *people: Actor, text: str = "Қараңыз", by: Actor | None = None, **more: object) -> None:
        given = Given(note=text, mentions=tuple(each.account_id or 0 for each in people))
        act_on_hazard(
            self.session, by=by or self.writer, reference=self.hazard.reference, act=Act.NOTE, version=None,
            given=given, policy=POLICY, now=NOW, **more,
        )  # fmt: skip
        self.session.flush()

    def forward(self) -> None:
        given = Given(body_id=self.theirs, reason="Олардікі")
        act_on_hazard(
            self.session, by=self.writer, reference=self.hazard.reference, act=Act.FORWARD, version=None, given=given,
            policy=POLICY, now=NOW,
        )  # fmt: skip
        self.session.flush()


@pytest.fixture
def case(session: Session) -> Case:
    return Case(session)


def test_colleagues_and_coordinators_may_be_called_and_nobody_else(case: Case) -> None:
    person(case.session, Role.CREW, case.ours, name="Кеткен", active=False)
    person(case.session, Role.MODERATOR, name="Модератор")
    found = who_may_be_mentioned(case.session, case.ours, but=case.writer.account_id)
    assert [each.name for each in found] == ["Бекзат", "Сәуле"]


def test_of_no_body_only_coordinators_may_be_called(case: Case) -> None:
    assert [each.name for each in who_may_be_mentioned(case.session, None, but=None)] == ["Сәуле"]


def test_who_is_called_is_told_once_and_reads_the_note(case: Case) -> None:
    case.note(case.crew, case.crew, case.coordinator)
    told = case.session.execute(select(StaffNotice.kind, StaffNotice.account_id)).all()
    assert {tuple(row) for row in told} == {
        ("mention", case.crew.account_id),
        ("mention", case.coordinator.account_id),
    }
    for who in (case.crew, case.coordinator):
        assert [row.note for row in mentions_of(case.session, who, "kk")] == ["Қараңыз"]
        assert unread_mentions(case.session, who) == 1
    assert unread_mentions(case.session, case.writer) == 0


def test_a_note_is_internal_and_names_are_ids_beside_it(case: Case) -> None:
    case.note(case.crew)
    event = case.session.scalars(select(Event).where(Event.kind == "note")).one()
    assert (event.public, event.note, event.data) == (False, "Қараңыз", {})
    assert named_in(case.session, [event.id]) == {event.id: ["Бекзат"]}


@pytest.mark.parametrize("who", ["stranger", "writer", "gone", "nobody"])
def test_nobody_else_is_called_and_nothing_is_written(case: Case, who: str) -> None:
    gone = person(case.session, Role.CREW, case.ours, active=False)
    people = {"stranger": case.stranger, "writer": case.writer, "gone": gone}
    called = people.get(who, Actor(999_999, frozenset()))
    with pytest.raises(UnknownColleague), case.session.begin_nested():
        case.note(case.crew, called)
    assert case.session.scalars(select(Mention)).all() == []
    assert case.session.scalars(select(Event).where(Event.kind == "note")).all() == []


def test_reading_is_of_one_hazard_or_of_all_and_of_oneself(case: Case) -> None:
    other = case.town.hazard(body="water")
    case.note(case.crew, case.coordinator)
    read_mentions(case.session, by=case.crew, now=NOW, hazard_id=other.id)
    assert unread_mentions(case.session, case.crew) == 1
    read_mentions(case.session, by=case.crew, now=NOW, hazard_id=case.hazard.id)
    assert [unread_mentions(case.session, who) for who in (case.crew, case.coordinator)] == [0, 1]
    read_mentions(case.session, by=case.coordinator, now=NOW)
    assert unread_mentions(case.session, case.coordinator) == 0


def test_of_a_hazard_that_was_passed_on_a_body_reads_no_note_any_more(case: Case) -> None:
    case.note(case.crew, case.coordinator)
    case.forward()
    assert (mentions_of(case.session, case.crew, "kk"), unread_mentions(case.session, case.crew)) == ([], 0)
    assert len(mentions_of(case.session, case.coordinator, "kk")) == 1


def test_of_a_held_hazard_nobody_reads_a_note(case: Case) -> None:
    case.note(case.crew, case.coordinator)
    case.session.get_one(Hazard, case.hazard.id).held = True
    case.session.flush()
    for who in (case.crew, case.coordinator):
        assert mentions_of(case.session, who, "kk") == []
