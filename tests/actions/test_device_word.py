"""What a device says, and a picture that was used before: neither closes a danger by one person alone."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.deadlines import end_made_safe
from app.domain.errors import PhotoUsedBefore, SameHand
from app.domain.hazard import Measure
from app.domain.lifecycle import Act
from app.domain.permissions import Role
from app.domain.proof import Device
from app.models import Event
from tests.actions.test_proofs import HERE, HOUR, LATER, NEAR, Case, photo
from tests.actions.test_same_hand import KNOWN, let_in
from tests.jobs.kit import NOW, POLICY, add_hazard

ON_SITE = Device(HERE, NOW + HOUR / 2)


@pytest.fixture
def case(session: Session) -> Case:
    made = Case(session)
    made.hazard.severity = "high"
    made.act(Act.ACCEPT, Role.DISPATCHER, now=NOW)
    return made


def give(case: Case, to: Role = Role.CREW, by: Role = Role.DISPATCHER) -> None:
    case.act(Act.ASSIGN_WORK, by, now=NOW, assignee_id=case.people[to].account_id)


def doubts(session: Session) -> list[str | None]:
    return [event.data.get("unproven") for event in session.scalars(select(Event).order_by(Event.id))]


def test_the_device_of_whoever_was_given_the_job_closes_what_is_not_critical(case: Case) -> None:
    give(case)
    assert case.act(Act.FIX, photos=[photo()], device=ON_SITE).status == "fixed"


@pytest.mark.parametrize("device", [Device(HERE), Device(HERE, NOW - HOUR), Device(HERE, LATER + HOUR)])
def test_but_not_without_its_time_nor_with_another(case: Case, device: Device) -> None:
    give(case)
    assert case.act(Act.FIX, photos=[photo()], device=device).status == "fix_reported"
    assert doubts(case.session)[-1] == "time"


def test_nor_whoever_was_not_given_it(case: Case) -> None:
    assert case.act(Act.FIX, photos=[photo()], device=ON_SITE).status == "fix_reported"
    assert doubts(case.session)[-1] == "device"


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.MANAGER])
def test_nor_whoever_gave_it_to_themselves(case: Case, role: Role) -> None:
    give(case, role)
    assert case.act(Act.FIX, role, photos=[photo()], device=ON_SITE).status == "fix_reported"


def test_nor_what_is_critical(case: Case) -> None:
    give(case)
    case.hazard.severity = "critical"
    assert case.act(Act.FIX, photos=[photo()], device=ON_SITE).status == "fix_reported"


@pytest.fixture
def mailbox(case: Case) -> Case:
    """A second mailbox of the manager, as crew, whom the manager has just let in."""
    case.people[Role.CREW] = let_in(case, case.people[Role.MANAGER], "mailbox", role=Role.CREW)
    return case


def test_nor_whom_the_giver_has_just_let_in(mailbox: Case) -> None:
    give(mailbox, by=Role.MANAGER)
    assert mailbox.act(Act.FIX, photos=[photo()], device=ON_SITE).status == "fix_reported"
    assert doubts(mailbox.session)[-1] == "device"
    with pytest.raises(SameHand):
        mailbox.act(Act.CONFIRM_FIX, Role.MANAGER)


def test_nor_whom_the_same_colleague_has_let_in_as_the_giver(mailbox: Case) -> None:
    mailbox.people[Role.DISPATCHER] = let_in(mailbox, mailbox.people[Role.MANAGER], "another")
    give(mailbox)
    assert mailbox.act(Act.FIX, photos=[photo()], device=ON_SITE).status == "fix_reported"


def test_the_last_one_who_gave_it_counts_and_another_one_is_a_second_person(mailbox: Case) -> None:
    give(mailbox)
    give(mailbox, by=Role.MANAGER)
    assert mailbox.act(Act.FIX, photos=[photo()], device=ON_SITE).status == "fix_reported"
    mailbox.act(Act.START)
    give(mailbox)
    assert mailbox.act(Act.FIX, photos=[photo(key="b")], device=ON_SITE).status == "fixed"


def test_whoever_was_let_in_long_ago_is_known(case: Case) -> None:
    case.people[Role.CREW] = let_in(case, case.people[Role.MANAGER], "crew-2", joined=KNOWN, role=Role.CREW)
    give(case, by=Role.MANAGER)
    assert case.act(Act.FIX, photos=[photo()], device=ON_SITE).status == "fixed"


def test_the_very_same_picture_proves_nothing_twice(case: Case) -> None:
    other = add_hazard(case.session, body_id=case.body, status="accepted")
    first, case.hazard = case.hazard, other
    case.act(Act.NOTE, photos=[photo(NEAR, LATER)])
    case.hazard = first
    done = case.act(Act.FIX, photos=[photo(NEAR, LATER)])  # its note was written anew, the picture is the same
    assert (done.status, doubts(case.session)[-1]) == ("fix_reported", "used")


def test_a_new_picture_beside_a_used_one_proves(case: Case) -> None:
    case.act(Act.NOTE, photos=[photo(NEAR, LATER)])
    assert case.act(Act.FIX, photos=[photo(NEAR, LATER), photo(NEAR, LATER, "b")]).status == "fixed"


def test_made_safe_at_night_takes_any_picture_and_says_what_it_does_not_show(case: Case) -> None:
    safe = case.act(Act.MAKE_SAFE, Role.DISPATCHER, measure=Measure.GRID, photos=[photo()])
    assert (safe.made_safe_until, doubts(case.session)[-1]) == (LATER + POLICY.made_safe_lasts, "no_place")


@pytest.mark.parametrize("act", [Act.INSPECT, Act.MAKE_SAFE])
@pytest.mark.parametrize("ran_out", [False, True])
def test_a_renewal_wants_a_new_picture_and_lasts_shorter_without_a_place(case: Case, act: Act, ran_out: bool) -> None:
    until = case.act(Act.MAKE_SAFE, measure=Measure.GRID, photos=[photo()]).made_safe_until
    late = until + HOUR if ran_out else until - HOUR
    if ran_out:
        end_made_safe(case.session, now=late)
        case.session.expire_all()
    with pytest.raises(PhotoUsedBefore):
        case.act(act, Role.DISPATCHER, now=late, measure=Measure.GRID, photos=[photo()])
    short = case.act(act, Role.DISPATCHER, now=late, measure=Measure.GRID, photos=[photo(key="b")])
    assert short.made_safe_until == late + POLICY.unplaced_look_lasts
    long = case.act(act, now=late + HOUR, measure=Measure.GRID, photos=[photo(NEAR, late + HOUR, "c")])
    assert long.made_safe_until == late + HOUR + POLICY.made_safe_lasts


def test_an_old_picture_of_the_spot_is_no_new_look(case: Case) -> None:
    until = case.act(Act.MAKE_SAFE, measure=Measure.GRID, photos=[photo(NEAR, LATER)]).made_safe_until
    case.act(Act.INSPECT, now=until - HOUR, photos=[photo(NEAR, LATER - HOUR / 2, "b")])
    assert doubts(case.session)[-1] == "time"
