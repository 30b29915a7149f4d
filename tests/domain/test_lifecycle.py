"""The table of a hazard's life: what it promises (decisions §2-5)."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from app.domain import errors
from app.domain.hazard import CLOSED_STATUSES, OPEN_STATUSES, HoldReason, Measure, Proposal, RejectReason, Status
from app.domain.lifecycle import RULES, Act, Need, Subject, act_in_fact
from app.domain.permissions import Permission, Role
from tests.domain.lifecycle_kit import EVERYTHING, OWN, PROPOSER, actor, outcome


def test_every_act_has_exactly_one_rule():
    assert list(RULES) == list(Act)


def test_statuses_and_their_openness_are_those_of_the_taxonomy():
    data = yaml.safe_load((Path(__file__).parents[2] / "data/hazard_types.yaml").read_text("utf-8"))
    assert {row["code"]: row["open"] for row in data["statuses"]} == {status: status.is_open for status in Status}


def test_every_rule_starts_somewhere_and_ends_inside_the_table():
    for rule in RULES.values():
        assert rule.sources
        assert rule.sources <= set(Status)
        assert rule.to is None or rule.to in Status


def test_a_closed_hazard_is_left_by_reopening_only_and_may_get_notes():
    assert {act for act, rule in RULES.items() if rule.sources & CLOSED_STATUSES} == {Act.REOPEN, Act.DISPUTE, Act.NOTE}
    assert RULES[Act.REOPEN].to in OPEN_STATUSES
    assert RULES[Act.NOTE].to is None
    assert RULES[Act.REOPEN].sources == CLOSED_STATUSES


def test_every_status_can_be_reached_and_every_open_one_can_be_closed():
    reached = {Status.RECEIVED}
    for _ in Status:
        reached |= {rule.to for rule in RULES.values() if rule.to and rule.sources & reached}
    assert reached == set(Status)
    closing = set(CLOSED_STATUSES)
    for _ in Status:
        closing |= {s for rule in RULES.values() if rule.to in closing for s in rule.sources}
    assert closing == set(Status)


def test_nothing_returns_to_the_queue():
    assert all(rule.to is not Status.RECEIVED for rule in RULES.values())


def test_made_safe_is_a_mark_that_needs_a_measure_and_a_photo():
    rule = RULES[Act.MAKE_SAFE]
    assert rule.to is None
    assert {Need.MEASURE, Need.PHOTO} <= set(rule.needs)


def test_a_tyre_a_branch_tape_and_cloth_are_no_measure():
    assert set(Measure) == {"rigid_cover", "grid", "full_fence", "power_off", "water_pumped", "guard_posted"}


def test_a_hazard_is_fixed_by_note_and_photo_or_by_a_second_person():
    ways = [rule for rule in RULES.values() if rule.to is Status.FIXED]
    assert len(ways) == 2
    assert all({Need.NOTE, Need.PHOTO} <= set(rule.needs) or rule.second_person for rule in ways)


@pytest.mark.parametrize(
    ("status", "proposing", "needs"),
    [
        (Status.NOT_FOUND, Act.NOT_FOUND, {Need.NOTE, Need.PHOTO}),
        (Status.HANDED_OVER, Act.HAND_OVER, {Need.NOTE}),
        (Status.REJECTED, Act.PROPOSE_REJECTION, {Need.REJECT_REASON, Need.NOTE}),
    ],
)
def test_what_closes_without_a_repair_is_said_by_one_and_confirmed_by_another(status, proposing, needs):
    (closing,) = [rule for rule in RULES.values() if rule.to is status]
    assert closing.second_person
    assert closing.proposed is not None
    assert needs <= set(RULES[proposing].needs)
    assert RULES[proposing].to is None  # open until then
    assert RULES[proposing].free  # and nothing else is proposed meanwhile
    (declining,) = [r for r in RULES.values() if r.proposed is closing.proposed and r is not closing]
    assert (declining.to, declining.needs, declining.who) == (None, (Need.REASON,), closing.who)


def test_a_fix_that_no_photo_proves_is_only_reported():
    """Decisions §3: a photo from the spot after acceptance, else a second person."""
    crew, working = actor(Role.CREW), Subject(Status.IN_PROGRESS, OWN)
    assert act_in_fact(crew, Act.FIX, working, replace(EVERYTHING, proven=True)) is Act.FIX
    assert act_in_fact(crew, Act.FIX, working, EVERYTHING) is Act.REPORT_FIX
    assert act_in_fact(crew, Act.NOTE, working, EVERYTHING) is Act.NOTE


def test_a_duplicate_of_what_is_fixed_is_only_proposed_and_of_what_is_open_joined():
    by, working = actor(Role.DISPATCHER), Subject(Status.IN_PROGRESS, OWN)
    to_fixed = replace(EVERYTHING, other_is_closed=True)
    assert act_in_fact(by, Act.MARK_DUPLICATE, working, EVERYTHING) is Act.MARK_DUPLICATE
    assert act_in_fact(by, Act.MARK_DUPLICATE, working, to_fixed) is Act.PROPOSE_DUPLICATE
    with pytest.raises(errors.ActNotAllowedNow):  # who reported the fix would be free to confirm it as a duplicate
        act_in_fact(by, Act.MARK_DUPLICATE, Subject(Status.FIX_REPORTED, OWN, None, PROPOSER), to_fixed)
    with pytest.raises(errors.ProposalWaits):
        act_in_fact(by, Act.MARK_DUPLICATE, replace(working, proposed=Proposal.NOT_FOUND), to_fixed)
    with pytest.raises(errors.NeedsNote):
        act_in_fact(by, Act.MARK_DUPLICATE, working, replace(to_fixed, note=" "))
    (closing,) = [r for r in RULES.values() if r.proposed is Proposal.DUPLICATE and r.to]
    assert (closing.to, closing.second_person) == (Status.DUPLICATE, True)


@pytest.mark.parametrize(
    ("subject", "refusal"),
    [
        (Subject(Status.FIX_REPORTED, OWN, None, PROPOSER), errors.NeedsProof),
        (Subject(Status.IN_PROGRESS, OWN, Proposal.REJECTION, PROPOSER), errors.ProposalWaits),
        (Subject(Status.IN_PROGRESS, OWN, Proposal.NOT_FOUND, PROPOSER), errors.ProposalWaits),
    ],
)
def test_a_fix_without_proof_is_no_way_around_whoever_proposed_before(subject, refusal):
    with pytest.raises(refusal):
        act_in_fact(actor(Role.DISPATCHER), Act.FIX, subject, EVERYTHING)


def test_an_inspection_needs_a_photo_and_a_measure_that_stands_or_stood():
    assert RULES[Act.INSPECT].needs == (Need.PHOTO,)
    assert outcome(actor(Role.CREW), Act.INSPECT, Subject(Status.ACCEPTED, OWN)) is errors.NothingToInspect
    assert outcome(actor(Role.CREW), Act.INSPECT, Subject(Status.ACCEPTED, OWN, safe=True)) is None


def test_a_rejection_is_proposed_by_the_body_and_confirmed_by_a_moderator():
    assert [act for act, rule in RULES.items() if rule.to is Status.REJECTED] == [Act.CONFIRM_REJECTION]
    confirm = RULES[Act.CONFIRM_REJECTION]
    assert (confirm.who, confirm.second_person, confirm.proposed) == (Permission.MODERATE, True, Proposal.REJECTION)
    assert Need.REJECT_REASON in RULES[Act.PROPOSE_REJECTION].needs
    assert RULES[Act.PROPOSE_REJECTION].to is None


def test_a_reported_fix_and_a_proposed_rejection_exclude_each_other():
    """One proposer at a time: a second proposal must not free the first proposer to confirm the other one."""
    assert Status.FIX_REPORTED not in RULES[Act.PROPOSE_REJECTION].sources
    assert RULES[Act.REPORT_FIX].free


def test_ownership_is_no_reason_to_reject():
    assert set(RejectReason) == {"no_hazard", "abuse", "not_enough_detail", "outside_service_area", "test_report"}


def test_forwarding_needs_a_body_and_a_reason_and_never_closes():
    assert {Need.BODY, Need.REASON} <= set(RULES[Act.FORWARD].needs)
    assert RULES[Act.FORWARD].to is Status.ASSIGNED


def test_a_hold_says_why_from_a_closed_list_and_a_plan_says_when():
    assert Need.HOLD_REASON in RULES[Act.HOLD].needs
    assert {"reporter_answer", "other_body", "weather", "spare_parts"} <= set(HoldReason)
    assert Need.DATE in RULES[Act.PLAN].needs


def test_from_the_queue_the_only_way_out_is_to_a_body_or_a_moderator():
    leaving = {act for act, rule in RULES.items() if Status.RECEIVED in rule.sources and rule.to}
    assert leaving == {Act.FORWARD, Act.CONFIRM_REJECTION}
