"""A run moves what its preview found, each with its line of history and its decision, and can be stopped."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.actions.duty_many import call_waiting
from app.actions.hazards import act_on_hazard
from app.actions.history import append_event
from app.actions.moving import move
from app.actions.reroute import ONE_BY_ONE, move_batch, start_reroute, stop_reroute
from app.db import Databases, transaction
from app.domain.errors import NotPermitted, RerouteNotFound, RerouteNotNow, RerouteStale
from app.domain.hazard import Status
from app.domain.lifecycle import Act, Given
from app.domain.permissions import ANONYMOUS, SYSTEM
from app.jobs.notify_rerouted import notify_rerouted
from app.jobs.reroute import reroute
from app.models import Assignment, AuditEntry, Body, DutyWaiting, Event, RerouteMove, RerouteRun
from app.queries.reroute import reroute_summary
from tests.actions.town import JUST_OUTSIDE, POLICY, Town
from tests.jobs import kit
from tests.jobs.kit import NOW

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def town(session: Session) -> Town:
    return Town(session)


def run_all(town: Town, run: RerouteRun) -> int:
    """Start and move everything; how many were settled."""
    start_reroute(town.session, by=SYSTEM, run_id=run.id)
    number = 0
    while done := move_batch(town.session, run_id=run.id, policy=POLICY, now=LATER, limit=2):
        number += done
    town.session.expire_all()
    return number


def outcomes(town: Town, run: RerouteRun) -> dict[int, str | None]:
    rows = select(RerouteMove.hazard_id, RerouteMove.outcome).where(RerouteMove.run_id == run.id)
    return dict(town.session.execute(rows).all())


def queued(session: Session) -> dict[str, int]:
    rows = session.execute(text("SELECT task_name, count(*) FROM procrastinate_jobs GROUP BY 1"))
    return dict(rows.all())


def test_each_move_has_an_event_with_its_reason_and_an_assignment_with_its_trace(town: Town) -> None:
    hazards = [town.hazard(body="telecom") for _ in range(5)]
    run = town.preview()
    assert run_all(town, run) == 5
    assert (run.state, run.ended_at) == ("done", LATER)
    for hazard in hazards:
        event = town.session.scalars(select(Event).where(Event.hazard_id == hazard.id)).one()
        assert (event.kind, event.note, event.public, event.actor) == ("rerouted", "New borders", True, "system")
        assert (event.body_id, event.status) == (town.body["roads"], "assigned")
        assert event.data == {"from_body": town.body["telecom"], "basis": "by_rule", "run": run.id, "shown": True}
        made = town.session.scalars(select(Assignment).where(Assignment.hazard_id == hazard.id)).one()
        assert (made.body_id, made.basis, made.reason) == (town.body["roads"], "by_rule", "New borders")
        assert (made.trace[0]["why"], made.trace[0]["body"]) == ("taken", "roads")
        assert made.area_id is not None
        assert hazard.area_id is None, "the hazard keeps the area of its day"
    assert queued(town.session) == {"reroute": 1, "notify_body": 5}


def test_a_second_run_finds_nothing(town: Town) -> None:
    for place in (town.hazard, town.hazard):
        place(body="telecom")
    run_all(town, town.preview())
    again = town.preview(now=LATER)
    assert (town.moves(again), again.looked_at) == ({}, 2)
    assert run_all(town, again) == 0
    assert again.state == "done"


def test_a_new_body_begins_at_assigned_and_the_clocks_run_on(town: Town) -> None:
    """What `moving.give` says of a hazard that is given to somebody else; work under way moves only where forced."""
    paused = {"on_hold": {"fix_paused_at": NOW - timedelta(minutes=30)}}
    statuses = ("assigned", "accepted", "in_progress", "planned", "on_hold", "fix_reported")
    hazards = [
        town.hazard(body="telecom", status=status, planned_for=NOW.date(), refusals=1, **paused.get(status, {}))
        for status in statuses
    ]
    make_safe, fix = hazards[0].make_safe_due, hazards[0].fix_due
    assert set(town.moves(town.preview())) == {hazards[0].id}
    run_all(town, town.preview(forced=True))
    for hazard, status in zip(hazards, statuses, strict=True):
        assert (hazard.body_id, hazard.basis, hazard.status) == (town.body["roads"], "by_rule", "assigned")
        assert (hazard.planned_for, hazard.refusals, hazard.fix_paused_at, hazard.version) == (None, 0, None, 2)
        assert (hazard.make_safe_due, hazard.received_at) == (make_safe, NOW - timedelta(hours=1))
        assert hazard.fix_due == fix + timedelta(minutes=35 if status in paused else 0)


def test_to_the_queue_and_out_of_it(town: Town) -> None:
    lost = town.hazard(kit.Point(78.5, 44.0), body="telecom")
    found = town.hazard()
    triaged = town.hazard(kind="GAS_SMELL", body="telecom")
    run_all(town, town.preview())
    assert (lost.body_id, lost.basis, lost.status, lost.owner_unknown) == (None, None, "received", True)
    assert (found.status, found.owner_unknown, found.owner_due) == ("assigned", False, None)
    assert (triaged.basis, triaged.owner_unknown) == ("default_triage", True)
    assert triaged.owner_due == LATER + POLICY.owner_within


def test_what_has_changed_since_the_preview_is_passed(town: Town) -> None:
    """Closed, confirmed by its body, or given to another one."""
    closed, confirmed, given, other = hazards = [town.hazard(body="telecom") for _ in range(4)]
    run = town.preview()
    move(closed, Status.FIXED, policy=POLICY, now=NOW)
    confirmed.basis, confirmed.status = "confirmed_by_body", "accepted"
    given.body_id = town.body["water"]
    town.session.flush()
    before = [(each.body_id, each.basis, each.status, each.version) for each in hazards[:3]]
    assert run_all(town, run) == 4
    assert outcomes(town, run) == {each.id: "passed" for each in hazards[:3]} | {other.id: "moved"}
    assert [(each.body_id, each.basis, each.status, each.version) for each in hazards[:3]] == before
    assert list(town.session.scalars(select(Event.hazard_id))) == [other.id]


def test_what_was_decided_anew_since_the_preview_is_passed_even_when_its_body_is_the_same(town: Town) -> None:
    hazard = town.hazard(body="telecom")
    run = town.preview()
    values = {"hazard_id": hazard.id, "body_id": town.body["telecom"], "basis": "by_rule", "confidence": 1}
    town.session.add(Assignment(**values, trace=[], made_at=NOW + timedelta(seconds=1)))
    run_all(town, run)
    assert outcomes(town, run) == {hazard.id: "passed"}


def test_a_body_that_has_gone_since_the_preview_gets_nothing(town: Town) -> None:
    hazard = town.hazard(body="telecom")
    run = town.preview()
    town.session.execute(update(Body).where(Body.code == "roads").values(active=False))
    run_all(town, run)
    assert (outcomes(town, run), hazard.body_id) == ({hazard.id: "passed"}, town.body["telecom"])


def test_forced_moves_what_a_body_confirmed(town: Town) -> None:
    hazard = town.hazard(body="telecom", basis="confirmed_by_body", status="accepted")
    run_all(town, town.preview())
    assert hazard.body_id == town.body["telecom"]
    run_all(town, town.preview(forced=True))
    assert (hazard.body_id, hazard.basis) == (town.body["roads"], "by_rule")


def test_a_run_is_stopped_and_goes_on_where_it_stood(town: Town) -> None:
    hazards = [town.hazard(body="telecom") for _ in range(5)]
    run = town.preview()
    assert move_batch(town.session, run_id=run.id, policy=POLICY, now=LATER) == 0, "a preview moves nothing"
    start_reroute(town.session, by=SYSTEM, run_id=run.id)
    assert move_batch(town.session, run_id=run.id, policy=POLICY, now=LATER, limit=2) == 2
    stop_reroute(town.session, by=SYSTEM, run_id=run.id)
    assert move_batch(town.session, run_id=run.id, policy=POLICY, now=LATER) == 0
    flow = reroute_summary(town.session, run.id)[0]
    assert (flow.hazards, flow.moved, flow.passed) == (5, 2, 0)
    assert run_all(town, run) == 3
    assert {hazard.body_id for hazard in hazards} == {town.body["roads"]}
    assert town.session.scalar(select(func.count(Event.id))) == 5


def test_runs_are_started_and_stopped_only_where_that_makes_sense_and_by_administrators(town: Town) -> None:
    run = town.preview()
    with pytest.raises(RerouteNotNow):
        stop_reroute(town.session, by=SYSTEM, run_id=run.id)
    with pytest.raises(RerouteNotFound):
        start_reroute(town.session, by=SYSTEM, run_id=run.id + 1)
    with pytest.raises(NotPermitted):
        start_reroute(town.session, by=ANONYMOUS, run_id=run.id)
    run_all(town, run)
    with pytest.raises(RerouteNotNow):
        start_reroute(town.session, by=SYSTEM, run_id=run.id)


def test_the_job_works_beside_somebody_who_holds_a_hazard(town: Town, database: Databases) -> None:
    """It moves the others first; the one that is being forwarded meanwhile is passed. Then one mail tells of them."""
    hazards = [town.hazard(body="telecom") for _ in range(ONE_BY_ONE + 2)]
    run = start_reroute(town.session, by=SYSTEM, run_id=town.preview().id)
    town.session.commit()
    mailer = kit.Outbox()
    jobs = kit.jobs(database, mailer=mailer, now=lambda: LATER)
    with transaction(database.app) as staff:
        act_on_hazard(
            staff,
            by=SYSTEM,
            reference=hazards[0].reference,
            act=Act.FORWARD,
            version=None,
            given=Given(body_id=town.body["water"], reason="ours"),
            policy=POLICY,
            now=LATER,
        )
        with transaction(database.app) as session:
            moved = move_batch(session, run_id=run.id, policy=POLICY, now=LATER)
            assert moved == ONE_BY_ONE + 1
    reroute(jobs, run_id=run.id)
    reroute(jobs, run_id=run.id)
    town.session.expire_all()
    assert (run.state, hazards[0].body_id) == ("done", town.body["water"])
    assert queued(town.session)["notify_rerouted"] == 1
    args = town.session.scalar(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'notify_rerouted'"))
    notify_rerouted(jobs, **args)
    notify_rerouted(jobs, **args)
    (mail,) = mailer.sent
    assert (mail.to, mail.language) == ("roads@bodies.example", "ru")
    assert f"передана {ONE_BY_ONE + 1} опасность" in mail.text
    assert "> New borders" in mail.text
    assert mail.text.count("Открытый люк") == ONE_BY_ONE + 1


def test_moving_between_two_akimats_does_not_restart_the_arbiter_s_time(town: Town) -> None:
    due = NOW + timedelta(hours=2)
    hazard = town.hazard(
        kind="GAS_SMELL", body="east-akimat", basis="default_triage", owner_unknown=True, owner_due=due
    )
    run_all(town, town.preview())
    assert (hazard.body_id, hazard.owner_due) == (town.body["west-akimat"], due)


def test_from_just_outside_the_owner_is_as_unknown_as_inside(town: Town) -> None:
    hazard = town.hazard(JUST_OUTSIDE, kind="GAS_SMELL")
    run_all(town, town.preview())
    assert (hazard.basis, hazard.owner_unknown, hazard.owner_due) == ("nearest", True, LATER + POLICY.owner_within)


def test_a_preview_from_before_a_change_of_the_borders_does_not_start(town: Town) -> None:
    town.hazard(body="telecom")
    run = town.preview()
    town.session.execute(text("UPDATE area SET geom = ST_Multi(ST_Buffer(geom, 0.001)) WHERE code = 'east'"))
    with pytest.raises(RerouteStale):
        start_reroute(town.session, by=SYSTEM, run_id=run.id)


def test_a_preview_from_before_a_change_of_the_rules_does_not_start(town: Town) -> None:
    town.hazard(body="telecom")
    run = town.preview()
    began = NOW - timedelta(minutes=1)  # an import that was under way
    town.session.add(AuditEntry(at=began, noun="rule", key="1", before=None, after={}))
    town.session.flush()
    with pytest.raises(RerouteStale):
        start_reroute(town.session, by=SYSTEM, run_id=run.id)


def test_each_body_hears_of_its_own_run(town: Town) -> None:
    """A later run takes some of them on before the first is done: both bodies are told."""
    hazards = [town.hazard(body="telecom") for _ in range(21)]
    first = town.preview()
    start_reroute(town.session, by=SYSTEM, run_id=first.id)
    move_batch(town.session, run_id=first.id, policy=POLICY, now=LATER)
    later = append_event(
        town.session, hazard_id=hazards[-1].id, kind="rerouted", at=LATER, by=SYSTEM, status=Status.ASSIGNED, run=999
    )
    assert move_batch(town.session, run_id=first.id, policy=POLICY, now=LATER) == 0
    told = town.session.scalars(
        text("SELECT (args->>'event_id')::bigint FROM procrastinate_jobs WHERE task_name = 'notify_rerouted'")
    ).all()
    assert len(told) == 1
    assert told[0] != later


def called(session: Session) -> set[int]:
    jobs = text("SELECT (args->>'hazard_id')::bigint FROM procrastinate_jobs WHERE task_name = 'call_duty'")
    return set(session.scalars(jobs))


def test_a_mass_of_moves_calls_who_is_on_duty_by_one_call(town: Town) -> None:
    """Many at once are told in one mail, which calls nobody: the run does, once for all of its batches."""
    hazards = [town.hazard(body="telecom", urgent=number % 3 == 1) for number in range(ONE_BY_ONE + 1)]
    run_all(town, town.preview())
    assert call_waiting(town.session, now=LATER + timedelta(minutes=1)) == 1
    assert called(town.session) == {hazards[1].id}
    told = town.session.scalars(select(DutyWaiting.hazard_id).where(DutyWaiting.lead_id == hazards[1].id))
    assert set(told) == {hazard.id for hazard in hazards if hazard.urgent}


def test_an_urgent_hazard_that_loses_its_body_calls_the_coordinator_s_people(town: Town) -> None:
    lost = town.hazard(kit.Point(78.5, 44.0), body="telecom", urgent=True)
    town.hazard(kit.Point(78.5, 44.0), body="telecom")
    run_all(town, town.preview())
    assert call_waiting(town.session, now=LATER + timedelta(minutes=1)) == 1
    assert called(town.session) == {lost.id}


def test_what_waits_for_a_second_person_of_the_old_body_is_gone_with_it(town: Town) -> None:
    hazard = town.hazard(body="telecom", proposal="not_found")
    run_all(town, town.preview(forced=True))
    assert (hazard.body_id, hazard.proposal) == (town.body["roads"], None)
