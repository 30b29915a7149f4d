"""Many hazards that threaten lives at once: who is on duty gets one call about all of them, and nobody is forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.actions.deadlines import end_made_safe
from app.actions.duty import acknowledge
from app.actions.duty_many import FEW, wait_for_call
from app.actions.hazard_import import HazardRow, import_hazards
from app.actions.hazards import act_on_hazard
from app.actions.imports import Outcome
from app.actions.severity import rescore_open
from app.db import Databases
from app.domain.duty import needs_duty
from app.domain.hazard import Severity
from app.domain.lifecycle import Act, Given
from app.domain.permissions import SYSTEM, Role
from app.jobs.call_duty import call_duty, sweep_duty
from app.jobs.notify_body import notify_body
from app.models import DutyCall, DutyContact, DutyWaiting, Event, Hazard, HazardType
from tests.actions.people import person
from tests.jobs import kit

_TAKE = text("DELETE FROM procrastinate_jobs WHERE task_name = 'call_duty' RETURNING (args->>'hazard_id')::bigint")
NOW, MINUTE = kit.NOW, timedelta(minutes=1)
MANY = 500


class Night:
    """A water works with two people on duty, and a clock that the test moves."""

    def __init__(self, session: Session, database: Databases) -> None:
        self.session, self.database, self.now, self.post = session, database, NOW, kit.Outbox()
        kit.add_types(session)
        kit.add_area(session)
        self.body = kit.add_body(session)
        self.contacts = [self.contact(self.body, 1), self.contact(self.body, 2)]

    def contact(self, body: int | None, position: int) -> str:
        email = f"n{position}.{body}@x.example"
        self.session.add(DutyContact(body_id=body, position=position, name="Дана", email=email, language="ru"))
        return email

    def hazards(self, number: int, **more: object) -> list[Hazard]:
        return [kit.add_hazard(self.session, body_id=self.body, **more) for _ in range(number)]

    def sweep(self, after: timedelta = MINUTE) -> list[str]:
        """What the worker does some time later; to whom it has written."""
        self.session.commit()
        self.now += after
        jobs, before = kit.jobs(self.database, mailer=self.post, now=lambda: self.now), len(self.post.sent)
        sweep_duty(jobs)
        for _ in range(20):
            taken = self.session.execute(_TAKE).scalars().all()
            self.session.commit()
            for hazard_id in taken:
                call_duty(jobs, hazard_id=hazard_id)
        self.session.expire_all()
        return [mail.to for mail in self.post.sent[before:]]

    def know(self, number: int = -1) -> int:
        """ "I know", by the link of the newest call; of which hazard."""
        call = self.session.scalars(select(DutyCall).order_by(DutyCall.id)).all()[number]
        acknowledge(self.session, token=call.token, now=self.now)
        self.session.commit()
        return call.hazard_id

    def lines(self, kind: str) -> set[int]:
        return set(self.session.scalars(select(Event.hazard_id).where(Event.kind == kind)))


@pytest.fixture
def night(session: Session, database: Databases) -> Night:
    return Night(session, database)


def wait_for(night: Night, hazards: list[Hazard]) -> None:
    wait_for_call(night.session, [each.id for each in hazards], now=night.now)


def test_five_hundred_at_once_are_one_call_and_who_knows_of_it_knows_of_all(night: Night) -> None:
    hazards = night.hazards(MANY)
    hazards[7].urgent = True
    wait_for(night, hazards)
    assert night.sweep(MINUTE / 2) == []  # more may come
    assert night.sweep() == night.contacts[:1]
    mail = night.post.sent[-1]
    assert f"и одновременно ещё {MANY - 1}" in mail.subject
    assert "только это сообщение" in mail.text
    assert "только это сообщение" in mail.html
    others = {each.id for each in hazards} - {hazards[7].id}
    assert night.lines("duty_told_with") == others
    assert night.know() == hazards[7].id
    assert night.lines("duty_acknowledged") == {each.id for each in hazards}
    for _ in range(3):
        assert night.sweep(timedelta(minutes=20)) == []
    call_duty(kit.jobs(night.database, mailer=night.post), hazard_id=hazards[0].id)
    assert len(night.post.sent) == 1  # never twice for one


def test_nobody_answers_and_the_next_one_is_told_of_as_many(night: Night) -> None:
    wait_for(night, night.hazards(9))
    assert night.sweep() == night.contacts[:1]
    assert night.sweep(timedelta(minutes=16)) == night.contacts[1:]
    assert "и одновременно ещё 8" in night.post.sent[-1].subject


def test_a_few_are_called_to_one_by_one(night: Night) -> None:
    wait_for(night, night.hazards(FEW))
    assert night.sweep() == night.contacts[:1] * FEW
    assert night.session.scalar(select(func.count()).select_from(DutyWaiting)) == 0
    assert night.sweep(timedelta(minutes=16)) == night.contacts[1:] * FEW


def test_a_stream_that_does_not_end_is_told_of_in_five_minutes(night: Night) -> None:
    told: list[str] = []
    for _ in range(8):
        wait_for(night, night.hazards(2))
        told += night.sweep(MINUTE * 0.9)
    assert told == night.contacts[:1]


@pytest.mark.parametrize(
    "gone",
    [
        {"status": "fixed", "closed_at": NOW},
        {"made_safe_measure": "grid", "made_safe_at": NOW, "made_safe_until": NOW + timedelta(days=3)},
        {"severity": "high"},
    ],
)
def test_where_the_one_is_over_before_anybody_knows_the_others_are_called_to(
    night: Night, gone: dict[str, object]
) -> None:
    hazards = night.hazards(9)
    wait_for(night, hazards)
    night.sweep()
    for name, value in gone.items():
        setattr(hazards[0], name, value)
    assert night.sweep() == night.contacts[:1]
    assert "и одновременно ещё 7" in night.post.sent[-1].subject
    assert night.know() == hazards[1].id
    assert night.sweep(timedelta(minutes=20)) == []


def test_what_is_no_danger_any_more_or_another_body_s_waits_for_nothing(night: Night) -> None:
    hazards = night.hazards(6)
    wait_for(night, hazards)
    other = kit.add_body(night.session)
    hazards[0].body_id = other
    for hazard, change in zip(hazards[1:4], ({"held": True}, {"severity": "low"}, {"status": "fixed"}), strict=True):
        for name, value in change.items():
            setattr(hazard, name, value)
    hazards[3].closed_at = NOW
    night.sweep()
    assert set(night.session.scalars(select(DutyCall.hazard_id))) == {each.id for each in hazards[4:]}


def test_one_that_waits_and_is_disputed_meanwhile_is_called_to_by_itself_and_once(night: Night) -> None:
    hazards = night.hazards(6)
    wait_for(night, hazards)
    night.session.commit()
    call_duty(kit.jobs(night.database, mailer=night.post), hazard_id=hazards[0].id)
    assert night.sweep() == night.contacts[:1]
    assert "и одновременно ещё 4" in night.post.sent[-1].subject
    assert night.lines("duty_told_with") == {each.id for each in hazards[2:]}


def test_told_with_others_and_passed_on_the_new_body_s_people_are_called(night: Night) -> None:
    hazards = night.hazards(6)
    wait_for(night, hazards)
    night.sweep()
    night.know()
    other = kit.add_body(night.session)
    theirs = night.contact(other, 1)
    by = person(night.session, Role.DISPATCHER, night.body)
    given = Given(reason="x", body_id=other)
    forwarded = act_on_hazard(
        night.session, by=by, reference=hazards[3].reference, act=Act.FORWARD, version=None, given=given,
        policy=kit.POLICY, now=night.now + MINUTE,
    )  # fmt: skip
    night.session.commit()
    event_id = max(night.session.scalars(select(Event.id).where(Event.kind == "forward")))
    notify_body(kit.jobs(night.database), hazard_id=forwarded.id, event_id=event_id)
    assert night.sweep() == [theirs]


def test_an_import_of_many_rings_once(night: Night) -> None:
    rows = [HazardRow(n, f"x{n}", "MANHOLE_OPEN", kit.PLACE) for n in range(20)]
    for half in (rows[:10], rows[10:]):
        import_hazards(
            night.session, by=SYSTEM, rows=half, source="old", policy=kit.POLICY, now=night.now, outcome=Outcome()
        )
    night.contact(None, 9)  # nobody answers here but the coordinator
    assert night.sweep() == ["n9.None@x.example"]
    assert "и одновременно ещё 19" in night.post.sent[-1].subject


def test_the_turn_of_a_season_that_makes_many_critical_rings_once(night: Night) -> None:
    kind = night.session.get_one(HazardType, "MANHOLE_OPEN")
    kind.season = [11]
    night.hazards(8, severity="high")
    seasons = {"policy": kit.POLICY, "now": night.now}
    rescore_open(night.session, **seasons)
    risen = set(night.session.scalars(select(Hazard.severity)))
    assert risen == {"critical"}
    assert night.sweep() == night.contacts[:1]
    rescore_open(night.session, **seasons)
    assert night.sweep() == []


def expire(night: Night, *hazards: Hazard) -> None:
    """What made them safe runs out, and the sweep sees it."""
    for hazard in hazards:
        hazard.made_safe_measure, hazard.made_safe_at, hazard.made_safe_until = "grid", night.now, night.now + MINUTE
    night.session.commit()
    night.now += 2 * MINUTE
    assert end_made_safe(night.session, now=night.now) == len(hazards)


def test_what_was_safe_when_it_came_calls_when_the_measure_runs_out(night: Night) -> None:
    expire(night, *night.hazards(1))
    assert night.sweep() == night.contacts[:1]


@pytest.mark.parametrize("urgent", [False, True])
def test_who_knew_before_it_was_made_safe_is_called_when_the_measure_runs_out_and_once(
    night: Night, urgent: bool
) -> None:
    [hazard] = night.hazards(1, urgent=urgent)
    wait_for(night, [hazard])
    assert night.sweep() == night.contacts[:1]
    assert "снова опасно" not in night.post.sent[-1].text
    night.know()
    expire(night, hazard)
    assert night.sweep() == night.contacts[:1]
    mail = night.post.sent[-1]
    assert "Временная мера закончилась: снова опасно." in mail.text
    assert "Временная мера закончилась: снова опасно." in mail.html
    assert night.sweep(timedelta(minutes=16)) == night.contacts[1:]
    assert night.know() == hazard.id
    for _ in range(3):
        assert night.sweep(timedelta(minutes=20)) == []


def test_one_that_was_told_of_with_others_is_called_to_when_its_measure_runs_out(night: Night) -> None:
    hazards = night.hazards(6)
    wait_for(night, hazards)
    night.sweep()
    assert night.know() == hazards[0].id
    expire(night, hazards[3])
    assert night.sweep() == night.contacts[:1]
    assert "одновременно" not in night.post.sent[-1].subject
    assert night.know() == hazards[3].id
    assert night.sweep(timedelta(minutes=20)) == []


def test_many_measures_that_run_out_at_once_ring_once(night: Night) -> None:
    hazards = night.hazards(8)
    for half in (hazards[:4], hazards[4:]):
        wait_for(night, half)
        night.sweep()
        night.know()
    expire(night, *hazards)
    assert night.sweep() == night.contacts[:1]
    assert "и одновременно ещё 7" in night.post.sent[-1].subject


def test_what_is_safe_again_before_the_call_goes_out_calls_nobody(night: Night) -> None:
    [hazard] = night.hazards(1)
    expire(night, hazard)
    hazard.made_safe_measure, hazard.made_safe_at, hazard.made_safe_until = "grid", night.now, night.now + MINUTE
    assert night.sweep() == []


def test_the_sql_waits_for_what_the_domain_says(night: Night) -> None:
    """For each open one, urgent or not, of each level, safe or not."""
    safe = {"made_safe_measure": "grid", "made_safe_at": NOW, "made_safe_until": NOW + timedelta(days=3)}
    made = {
        (urgent, level, is_safe): night.hazards(1, urgent=urgent, severity=level, **(safe if is_safe else {}))[0]
        for urgent in (True, False)
        for level in Severity
        for is_safe in (True, False)
    }
    wait_for(night, list(made.values()))
    waiting = set(night.session.scalars(select(DutyWaiting.hazard_id)))
    needs = {
        hazard.id
        for (urgent, level, is_safe), hazard in made.items()
        if needs_duty(urgent=urgent, severity=level, safe=is_safe)
    }
    assert waiting == needs
    assert len(needs) == 9
