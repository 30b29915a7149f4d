"""Acts on a hazard tell whoever goes on with it: a crew its work, the desk what came back or waits for it."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.notify_acts import notify_act, tell_of_assignment
from app.domain.lifecycle import Act
from app.domain.permissions import Actor, Role
from app.models import Crew, CrewMember, Hazard, StaffNotice
from tests.jobs import kit, staff_kit


@dataclass
class People:
    hazard: Hazard
    dispatcher: int
    manager: int
    worker: int
    mate: int
    stranger: int


@pytest.fixture
def people(session: Session) -> People:
    kit.add_types(session)
    body, other = kit.add_body(session), kit.add_body(session, email="other@x.example")
    add = staff_kit.add_account
    worker, mate = (add(session, name, [Role.CREW], body_id=body) for name in ("worker", "mate"))
    crew = Crew(body_id=body, name="First")
    session.add(crew)
    session.flush()
    session.add_all([CrewMember(crew_id=crew.id, account_id=each) for each in (worker, mate)])
    hazard = kit.add_hazard(session, body_id=body, crew_id=crew.id)
    return People(
        hazard,
        add(session, "dispatcher", [Role.DISPATCHER], body_id=body),
        add(session, "manager", [Role.MANAGER], body_id=body),
        worker,
        mate,
        add(session, "stranger", [Role.DISPATCHER], body_id=other),
    )


def told(session: Session) -> set[tuple[str, int, bool]]:
    return {(row.kind, row.account_id, row.critical) for row in session.scalars(select(StaffNotice))}


def act(session: Session, people: People, what: Act, by: int) -> None:
    event = kit.assigned(session, people.hazard, kind=what.value)
    actor = Actor(by, frozenset({Role.DISPATCHER}), people.hazard.body_id)
    notify_act(session, people.hazard, what, by=actor, event_id=event, now=kit.NOW)


def test_work_given_to_a_crew_is_told_to_all_of_it_but_who_gave_it(session: Session, people: People) -> None:
    act(session, people, Act.ASSIGN_WORK, people.mate)
    assert told(session) == {("given_to_you", people.worker, False)}


def test_work_given_to_one_is_told_to_that_one_at_once_where_it_is_urgent(session: Session, people: People) -> None:
    people.hazard.assignee_id, people.hazard.urgent = people.mate, True
    act(session, people, Act.ASSIGN_WORK, people.dispatcher)
    assert told(session) == {("given_to_you", people.mate, True)}


@pytest.mark.parametrize(("what", "kind"), [(Act.RETURN_WORK, "returned"), (Act.REPORT_FIX, "fix_to_confirm")])
def test_the_desk_is_told_what_came_back_or_waits(session: Session, people: People, what: Act, kind: str) -> None:
    act(session, people, what, people.dispatcher)
    assert told(session) == {(kind, people.manager, False)}


def test_other_acts_tell_nobody(session: Session, people: People) -> None:
    act(session, people, Act.START, people.worker)
    assert told(session) == set()


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("assigned", "assigned"),
        ("dispute", "disputed"),
        ("reopen", "disputed"),
        ("report_joined", "hurt"),
        ("addition", "hurt"),
    ],
)
def test_the_desk_is_told_of_new_work_and_of_doubts(session: Session, people: People, event: str, kind: str) -> None:
    number = kit.assigned(session, people.hazard, kind=event)
    for _ in range(2):
        tell_of_assignment(session, hazard_id=people.hazard.id, event_id=number, critical=False, now=kit.NOW)
    critical = kind == "hurt"
    assert told(session) == {(kind, people.dispatcher, critical), (kind, people.manager, critical)}


@pytest.mark.parametrize("event", ["merged_in", "sent_anew"])
def test_of_what_is_no_new_work_the_body_has_its_letter_alone(session: Session, people: People, event: str) -> None:
    number = kit.assigned(session, people.hazard, kind=event)
    tell_of_assignment(session, hazard_id=people.hazard.id, event_id=number, critical=False, now=kit.NOW)
    assert told(session) == set()


@pytest.mark.parametrize("change", [{"held": True}, {"status": "fixed", "closed_at": kit.NOW}])
def test_nobody_is_told_of_what_is_held_or_closed(session: Session, people: People, change: dict[str, object]) -> None:
    number = kit.assigned(session, people.hazard)
    for name, value in change.items():
        setattr(people.hazard, name, value)
    session.flush()
    session.refresh(people.hazard)
    tell_of_assignment(session, hazard_id=people.hazard.id, event_id=number, critical=True, now=kit.NOW)
    assert told(session) == set()
