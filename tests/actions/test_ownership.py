"""Whose is it? Nobody closes as "not ours", two refusals end at the akimat, the arbiter's word ends the dispute."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from shapely.geometry import Point
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.administration.rules import make_rule_of_decision
from app.actions.changes import Correction
from app.actions.hazards import act_on_hazard
from app.actions.ownership import escalate_owners
from app.actions.routing import decide
from app.domain.errors import ActNotAllowedNow, NeedsArbiter, NotPermitted, SameRule
from app.domain.hazard import HoldReason
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Actor, Role
from app.models import Account, Alarm, Area, Assignment, Body, BodyKind, Event, Hazard, HazardType, Responsibility
from tests.jobs.kit import NAMES, NOW, PLACE, POLICY, add_area, add_body, add_hazard, add_types

LATER = NOW + POLICY.owner_within + timedelta(minutes=1)


@dataclass
class Case:
    """A manhole with the first of two utilities, in a district with an akimat."""

    session: Session
    hazard: Hazard
    first: int
    second: int
    akimat: int
    people: dict[int | None, Actor]

    def act(self, act: Act, *, of: int | None, to: int | None = None, now=NOW) -> Hazard:
        self.session.expire_all()
        return act_on_hazard(
            self.session,
            by=self.people[of],
            reference=self.hazard.reference,
            act=act,
            version=None,
            given=Given(reason="not on our books", note="x", body_id=to, hold_reason=HoldReason.WEATHER),
            policy=POLICY,
            now=now,
        )

    def kinds(self) -> list[str]:
        return list(self.session.scalars(select(Event.kind).order_by(Event.id)))


@pytest.fixture
def case(session: Session) -> Case:
    add_types(session)
    area = session.get_one(Area, add_area(session))
    area.rank = 50
    first, second = add_body(session), add_body(session)
    session.add(BodyKind(code="district_akimat", **NAMES))
    session.flush()
    akimat = Body(code="akimat", kind="district_akimat", email="a@akimat.example", **NAMES)
    session.add(akimat)
    session.flush()
    session.add(Responsibility(body_id=akimat.id, area_code=area.code, rank=10, valid_from=area.valid_from))
    people: dict[int | None, Actor] = {}
    for body in (first, second, akimat.id, None):
        role = Role.DISPATCHER if body else Role.COORDINATOR
        account = Account(email=f"{body or 0}@x.example", name="x", roles=[role.value], body_id=body, password_hash="!")
        session.add(account)
        session.flush()
        people[body] = Actor(account.id, frozenset({role}), body)
    return Case(session, add_hazard(session, body_id=first, area_id=area.id), first, second, akimat.id, people)


def test_saying_not_ours_keeps_it_open_where_it_is_and_starts_the_arbiter_s_time(case: Case) -> None:
    due = case.hazard.make_safe_due
    hazard = case.act(Act.DISCLAIM, of=case.first)
    assert (hazard.is_open, hazard.body_id, hazard.owner_unknown) == (True, case.first, True)
    assert (hazard.owner_due, hazard.make_safe_due) == (NOW + POLICY.owner_within, due)


def test_after_two_refusals_the_akimat_makes_it_safe_and_nobody_passes_it_on(case: Case) -> None:
    case.act(Act.FORWARD, of=case.first, to=case.second)
    hazard = case.act(Act.FORWARD, of=case.second, to=case.first)
    assert (hazard.body_id, hazard.basis, hazard.owner_unknown) == (case.akimat, "default_triage", True)
    assert case.kinds() == ["forward", "forward", "triaged"]
    for act in (Act.FORWARD, Act.DISCLAIM):
        with pytest.raises(NeedsArbiter):
            case.act(act, of=case.akimat, to=case.first)


def test_the_akimat_that_makes_it_safe_does_not_thereby_own_it(case: Case) -> None:
    case.act(Act.DISCLAIM, of=case.first)
    case.act(Act.DISCLAIM, of=case.first)
    hazard = case.act(Act.ACCEPT, of=case.akimat)
    assert (hazard.status, hazard.owner_unknown, hazard.basis) == ("accepted", True, "default_triage")


def test_the_arbiter_s_decision_ends_the_dispute(case: Case) -> None:
    case.act(Act.DISCLAIM, of=case.first)
    hazard = case.act(Act.ARBITRATE, of=None, to=case.second)
    assert (hazard.body_id, hazard.basis, hazard.owner_unknown, hazard.owner_due) == (
        case.second, "by_decision", False, None,
    )  # fmt: skip
    assert case.session.scalars(select(Assignment.confidence).order_by(Assignment.id.desc())).first() == 1.0
    with pytest.raises(NeedsArbiter):
        case.act(Act.DISCLAIM, of=case.second)


def test_deciding_for_who_already_works_leaves_the_work_alone(case: Case) -> None:
    case.act(Act.ACCEPT, of=case.first)
    hazard = case.act(Act.ARBITRATE, of=None, to=case.first)
    assert (hazard.status, hazard.settled) == ("accepted", True)


def test_only_the_arbiter_decides(case: Case) -> None:
    with pytest.raises(NotPermitted):
        case.act(Act.ARBITRATE, of=case.first, to=case.second)


def test_what_nobody_settles_in_time_goes_to_the_akimat_with_one_alarm(case: Case) -> None:
    case.act(Act.DISCLAIM, of=case.first)
    assert escalate_owners(case.session, policy=POLICY, now=NOW) == 0
    assert escalate_owners(case.session, policy=POLICY, now=LATER) == 1
    assert escalate_owners(case.session, policy=POLICY, now=LATER + timedelta(minutes=1)) == 0
    case.session.expire_all()
    assert (case.hazard.body_id, case.hazard.owner_unknown) == (case.akimat, True)
    assert case.session.scalar(select(func.count()).select_from(Alarm)) == 1


def test_the_decision_ends_the_alarm_that_asked_for_it(case: Case) -> None:
    case.act(Act.DISCLAIM, of=case.first)
    escalate_owners(case.session, policy=POLICY, now=LATER)
    case.session.expire_all()
    case.act(Act.ARBITRATE, of=None, to=case.second, now=LATER)
    alarm = case.session.scalars(select(Alarm)).one()
    assert (alarm.settled_at, alarm.settled_by) == (LATER, case.people[None].account_id)


def test_without_an_akimat_it_stays_with_the_last_body_and_the_alarm_rings(case: Case) -> None:
    case.session.get_one(Body, case.akimat).active = False
    case.session.flush()
    case.act(Act.FORWARD, of=case.first, to=case.second)
    hazard = case.act(Act.FORWARD, of=case.second, to=case.first)
    assert (hazard.body_id, hazard.owner_unknown) == (case.first, True)
    assert escalate_owners(case.session, policy=POLICY, now=LATER) == 1


def test_an_arbiter_s_forward_is_no_refusal(case: Case) -> None:
    for _ in range(3):
        target = case.second if case.hazard.body_id == case.first else case.first
        case.act(Act.FORWARD, of=None, to=target)
    assert case.hazard.refusals == 0


def test_the_arbiter_s_decision_becomes_a_rule_that_the_next_hazard_follows(case: Case) -> None:
    today = POLICY.day(NOW)
    by, session = case.people[None], case.session
    with pytest.raises(ActNotAllowedNow):
        make_rule_of_decision(session, by=by, reference=case.hazard.reference, today=today, now=NOW)
    case.act(Act.ARBITRATE, of=None, to=case.second)
    rule = make_rule_of_decision(session, by=by, reference=case.hazard.reference, today=today, now=NOW)
    key = session.get_one(HazardType, "MANHOLE_OPEN").key
    found = decide(session, shape=case.hazard.geom, hazard_type=key, hints={}, policy=POLICY, day=today)
    assert (found.body_id, found.basis, found.trace[0].rule_id) == (case.second, "by_rule", rule.id)
    with pytest.raises(SameRule):
        make_rule_of_decision(session, by=by, reference=case.hazard.reference, today=today, now=NOW)
    with pytest.raises(NotPermitted):
        make_rule_of_decision(
            session, by=case.people[case.first], reference=case.hazard.reference, today=today, now=NOW
        )


def correct(case: Case, *, of: int | None, **what: object) -> Hazard:
    case.session.expire_all()
    return act_on_hazard(
        case.session,
        by=case.people[of],
        reference=case.hazard.reference,
        act=Act.CORRECT,
        version=None,
        given=Given(reason="seen again"),
        policy=POLICY,
        now=NOW,
        correction=Correction(**what),
    )


def rule_for_the_second(case: Case) -> None:
    area = case.session.get_one(Area, case.hazard.area_id)
    case.session.add(
        Responsibility(
            body_id=case.second,
            area_code=area.code,
            hazard_type="MANHOLE_OPEN",
            rank=1,
            valid_from=area.valid_from,
        )
    )
    case.session.flush()


MOVED = {"geometry": Point(PLACE.x + 0.0001, PLACE.y)}


def test_a_correction_is_no_way_around_the_arbiter(case: Case) -> None:
    rule_for_the_second(case)
    case.act(Act.ARBITRATE, of=None, to=case.first)
    hazard = correct(case, of=case.first, **MOVED)
    assert (hazard.body_id, hazard.settled, hazard.basis) == (case.first, True, "by_decision")


def test_a_correction_is_no_way_out_of_the_akimat_s_duty(case: Case) -> None:
    rule_for_the_second(case)
    for _ in range(2):
        case.act(Act.DISCLAIM, of=case.first)
    case.hazard.moderation = "cleared"
    case.session.flush()
    due = case.hazard.owner_due
    hazard = correct(case, of=case.akimat, hazard_type="ROPE")
    assert (hazard.body_id, hazard.refusals, hazard.owner_due) == (case.akimat, 2, due)


def test_what_a_body_has_taken_on_stays_when_its_pin_is_moved(case: Case) -> None:
    rule_for_the_second(case)
    case.act(Act.ACCEPT, of=case.first)
    hazard = correct(case, of=case.first, **MOVED)
    assert (hazard.body_id, hazard.status) == (case.first, "accepted")


def test_a_correction_that_sends_it_away_counts_as_a_refusal(case: Case) -> None:
    rule_for_the_second(case)
    hazard = correct(case, of=case.first, **MOVED)
    assert (hazard.body_id, hazard.refusals) == (case.second, 1)
    corrected = case.session.scalars(select(Event).where(Event.kind == Act.CORRECT.value)).one()
    assert (corrected.data["from_body"], corrected.body_id) == (case.first, case.second)


def test_seeing_water_inside_changes_nothing_about_who_answers(case: Case) -> None:
    rule_for_the_second(case)
    assert correct(case, of=case.first, hints={"water": "yes"}).body_id == case.first


def test_the_akimat_s_turn_ends_a_pause_and_whatever_was_planned(case: Case) -> None:
    case.act(Act.ACCEPT, of=case.first)
    case.act(Act.HOLD, of=case.first)
    case.act(Act.DISCLAIM, of=case.first)
    later = NOW + timedelta(days=1)
    due = case.hazard.fix_due
    case.hazard.fix_paused_at = NOW  # a reporter was asked
    case.session.flush()
    hazard = case.act(Act.DISCLAIM, of=case.first, now=later)
    assert (hazard.status, hazard.fix_paused_at, hazard.fix_due) == ("assigned", None, due + timedelta(days=1))


def test_the_arbiter_s_time_runs_from_the_first_refusal(case: Case) -> None:
    due = case.act(Act.DISCLAIM, of=case.first).owner_due
    assert case.act(Act.DISCLAIM, of=case.first, now=NOW + timedelta(hours=9)).owner_due == due


def test_an_old_alarm_hides_no_new_lateness(case: Case) -> None:
    case.act(Act.DISCLAIM, of=case.first)
    escalate_owners(case.session, policy=POLICY, now=LATER)
    case.act(Act.ARBITRATE, of=None, to=case.first)
    case.session.expire_all()
    case.hazard.owner_unknown, case.hazard.owner_due = True, LATER + timedelta(hours=1)
    case.session.flush()
    much_later = LATER + timedelta(hours=2)
    assert [escalate_owners(case.session, policy=POLICY, now=much_later) for _ in range(2)] == [1, 0]
    assert case.session.scalar(select(func.count()).select_from(Alarm)) == 2


def test_who_plans_the_work_has_taken_it_on(case: Case) -> None:
    case.session.expire_all()
    hazard = act_on_hazard(
        case.session,
        by=case.people[case.first],
        reference=case.hazard.reference,
        act=Act.PLAN,
        version=None,
        given=Given(planned_for=POLICY.day(NOW)),
        policy=POLICY,
        now=NOW,
    )
    assert (hazard.status, hazard.basis) == ("planned", "confirmed_by_body")


def test_a_held_hazard_is_sent_to_nobody(case: Case) -> None:
    case.act(Act.DISCLAIM, of=case.first)
    case.hazard.held = True
    case.session.flush()
    assert escalate_owners(case.session, policy=POLICY, now=LATER) == 0
