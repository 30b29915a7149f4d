"""The table of a hazard's life: what it promises (decisions §2-5), and every cell of who, what, when and where."""

import inspect
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest
import yaml

from app.domain import errors
from app.domain.hazard import CLOSED_STATUSES, OPEN_STATUSES, HoldReason, Measure, Proposal, RejectReason, Status
from app.domain.lifecycle import RULES, Act, Given, Need, Subject, act_in_fact, allowed_acts, check
from app.domain.permissions import ANONYMOUS, LINKED_REPORTER, SYSTEM, Actor, Permission, Role

OWN, FOREIGN, PROPOSER = 1, 2, 50
EVERYTHING = Given(
    note="Cover fitted",
    reason="Heat chamber, not ours",
    measure=Measure.RIGID_COVER,
    reject_reason=RejectReason.NO_HAZARD,
    planned_for=date(2026, 6, 10),
    body_id=3,
    other_hazard_id=9,
    photos=1,
    changes_place_or_type=True,
    crew_id=4,
    assignee_id=11,
    hold_reason=HoldReason.WEATHER,
)
WITHOUT = {
    Need.NOTE: (replace(EVERYTHING, note=" \n"), errors.NeedsNote),
    Need.PHOTO: (replace(EVERYTHING, photos=0), errors.NeedsPhoto),
    Need.MEASURE: (replace(EVERYTHING, measure=None), errors.NeedsMeasure),
    Need.REASON: (replace(EVERYTHING, reason=" "), errors.NeedsReason),
    Need.HOLD_REASON: (replace(EVERYTHING, hold_reason=None), errors.NeedsHoldReason),
    Need.REJECT_REASON: (replace(EVERYTHING, reject_reason=None), errors.NeedsReason),
    Need.DATE: (replace(EVERYTHING, planned_for=None), errors.NeedsDate),
    Need.BODY: (replace(EVERYTHING, body_id=None), errors.NeedsBody),
    Need.HAZARD: (replace(EVERYTHING, other_hazard_id=None), errors.NeedsHazard),
    Need.CREW: (replace(EVERYTHING, crew_id=None, assignee_id=None), errors.NeedsCrew),
    Need.PLACE_OR_TYPE: (replace(EVERYTHING, changes_place_or_type=False), errors.NothingChanged),
}
SUBJECTS = [
    Subject(status, body_id, proposed, proposer, safe=safe)
    for status, body_id, proposed, proposer, safe in product(
        Status, (OWN, FOREIGN, None), (None, *Proposal), (None, PROPOSER), (False, True)
    )
]


def actor(*roles: Role, account_id: int = 7, body_id: int | None = OWN) -> Actor:
    return Actor(account_id, frozenset(roles), body_id)


def outcome(by: Actor, act: Act, subject: Subject, given: Given = EVERYTHING) -> type[errors.DomainError] | None:
    try:
        check(by, act, subject, given)
    except errors.DomainError as refusal:
        return type(refusal)
    return None


# --- what the table promises ---------------------------------------------------------------------------------------


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


# --- every cell ----------------------------------------------------------------------------------------------------

HEADS = {Role.DISPATCHER, Role.MANAGER}
BODY = HEADS | {Role.CREW}
ABOVE = {Role.COORDINATOR, Role.ADMINISTRATOR}
AT_WORK = {Status.ACCEPTED, Status.IN_PROGRESS, Status.PLANNED, Status.ON_HOLD}
BUT_QUEUE = AT_WORK | {Status.ASSIGNED, Status.FIX_REPORTED}
OPEN = BUT_QUEUE | {Status.RECEIVED}
CLOSED = {Status.FIXED, Status.NOT_FOUND, Status.REJECTED, Status.DUPLICATE, Status.HANDED_OVER}

# Written by hand from the decisions: act -> (roles at their own body, roles everywhere, statuses).
EXPECTED = {
    Act.ACCEPT: (HEADS, set(), {Status.ASSIGNED}),
    Act.PLAN: (HEADS, ABOVE, AT_WORK | {Status.ASSIGNED}),
    Act.START: (BODY, set(), {Status.ACCEPTED, Status.PLANNED, Status.ON_HOLD, Status.FIX_REPORTED}),
    Act.HOLD: (HEADS, ABOVE, {Status.ACCEPTED, Status.IN_PROGRESS, Status.PLANNED}),
    Act.MAKE_SAFE: (BODY, set(), BUT_QUEUE),
    Act.INSPECT: (BODY, set(), BUT_QUEUE),
    Act.REPORT_FIX: (BODY, set(), AT_WORK),
    Act.CONFIRM_FIX: (HEADS, {Role.COORDINATOR}, {Status.FIX_REPORTED}),
    Act.FIX: (BODY, set(), AT_WORK | {Status.FIX_REPORTED}),
    Act.NOT_FOUND: (BODY, set(), AT_WORK),
    Act.CONFIRM_NOT_FOUND: (HEADS, {Role.COORDINATOR}, BUT_QUEUE - {Status.FIX_REPORTED}),
    Act.DECLINE_NOT_FOUND: (HEADS, {Role.COORDINATOR}, BUT_QUEUE - {Status.FIX_REPORTED}),
    Act.FORWARD: (HEADS, ABOVE, OPEN),
    Act.DISCLAIM: (HEADS, ABOVE, BUT_QUEUE - {Status.FIX_REPORTED}),
    Act.ARBITRATE: (set(), ABOVE, OPEN),
    Act.PROPOSE_REJECTION: (HEADS, ABOVE, BUT_QUEUE - {Status.FIX_REPORTED}),
    Act.CONFIRM_REJECTION: (set(), {Role.MODERATOR}, OPEN),
    Act.DECLINE_REJECTION: (set(), {Role.MODERATOR}, OPEN),
    Act.REOPEN: (HEADS, ABOVE, CLOSED),
    Act.DISPUTE: (set(), set(), {Status.FIX_REPORTED, Status.FIXED, Status.NOT_FOUND}),
    Act.CORRECT: (HEADS, ABOVE, OPEN),
    Act.MARK_DUPLICATE: (HEADS, ABOVE, BUT_QUEUE),
    Act.PROPOSE_DUPLICATE: (HEADS, ABOVE, BUT_QUEUE - {Status.FIX_REPORTED}),
    Act.CONFIRM_DUPLICATE: (HEADS, {Role.COORDINATOR}, BUT_QUEUE - {Status.FIX_REPORTED}),
    Act.DECLINE_DUPLICATE: (HEADS, {Role.COORDINATOR}, BUT_QUEUE - {Status.FIX_REPORTED}),
    Act.HAND_OVER: (set(), ABOVE, BUT_QUEUE - {Status.FIX_REPORTED}),
    Act.CONFIRM_HAND_OVER: (HEADS, {Role.COORDINATOR}, BUT_QUEUE - {Status.FIX_REPORTED}),
    Act.DECLINE_HAND_OVER: (HEADS, {Role.COORDINATOR}, BUT_QUEUE - {Status.FIX_REPORTED}),
    Act.NOTE: (BODY, set(), OPEN | CLOSED),
    Act.ASSIGN_WORK: (HEADS, ABOVE, BUT_QUEUE),
    Act.RETURN_WORK: (BODY, set(), BUT_QUEUE),
    Act.ASK: (HEADS, ABOVE, BUT_QUEUE),
}
ONLY_WHILE_NOTHING_IS_PROPOSED = {Act.REPORT_FIX, Act.PROPOSE_REJECTION, Act.DISCLAIM, Act.NOT_FOUND, Act.HAND_OVER} | {
    Act.PROPOSE_DUPLICATE
}
DECIDES = {
    Act.CONFIRM_REJECTION: Proposal.REJECTION,
    Act.DECLINE_REJECTION: Proposal.REJECTION,
    Act.CONFIRM_NOT_FOUND: Proposal.NOT_FOUND,
    Act.DECLINE_NOT_FOUND: Proposal.NOT_FOUND,
    Act.CONFIRM_HAND_OVER: Proposal.HAND_OVER,
    Act.DECLINE_HAND_OVER: Proposal.HAND_OVER,
    Act.CONFIRM_DUPLICATE: Proposal.DUPLICATE,
    Act.DECLINE_DUPLICATE: Proposal.DUPLICATE,
}
SECOND_PERSON = {Act.CONFIRM_FIX, Act.CONFIRM_REJECTION, Act.CONFIRM_NOT_FOUND, Act.CONFIRM_HAND_OVER} | {
    Act.CONFIRM_DUPLICATE
}


def by_marks(act: Act, subject: Subject) -> type[errors.DomainError] | None:
    """What stands beside the status refuses."""
    if DECIDES.get(act, subject.proposed) is not subject.proposed:
        return errors.NothingProposed
    if act in ONLY_WHILE_NOTHING_IS_PROPOSED and subject.proposed:
        return errors.ProposalWaits
    return errors.NothingToInspect if act is Act.INSPECT and not subject.safe else None


def expectation(role: Role, act: Act, subject: Subject, account_id: int) -> type[errors.DomainError] | None:
    at_own_body, everywhere, statuses = EXPECTED[act]
    if role not in everywhere and not (role in at_own_body and subject.body_id == OWN):
        return errors.NotPermitted
    if subject.status not in statuses:
        return errors.ActNotAllowedNow
    if by_marks(act, subject):
        return by_marks(act, subject)
    if act in SECOND_PERSON and subject.proposer_id == account_id:
        return errors.NeedsSecondPerson
    return None


@pytest.mark.parametrize(("role", "act"), list(product(Role, Act)))
def test_each_role_may_do_each_act_where_the_decisions_say(role, act):
    for subject, account_id in product(SUBJECTS, (7, PROPOSER)):
        found = outcome(actor(role, account_id=account_id), act, subject)
        assert found is expectation(role, act, subject, account_id), subject


@pytest.mark.parametrize("role", Role)
def test_allowed_acts_are_those_that_pass_with_everything_given(role):
    for subject, account_id in product(SUBJECTS, (7, PROPOSER)):
        by = actor(role, account_id=account_id)
        assert allowed_acts(by, subject) == [act for act in Act if outcome(by, act, subject) is None]


def test_a_member_of_one_body_who_also_audits_does_nothing_at_another():
    by = actor(Role.CREW, Role.AUDITOR)
    assert all(allowed_acts(by, subject) == [] for subject in SUBJECTS if subject.body_id != OWN)


def test_whoever_holds_a_receipt_may_dispute_and_nothing_else():
    for subject in SUBJECTS:
        may = {Act.DISPUTE} if subject.status in EXPECTED[Act.DISPUTE][2] else set()
        assert set(allowed_acts(LINKED_REPORTER, subject)) == may


def test_a_stranger_may_nothing_and_the_system_whatever_the_status_allows():
    for subject in SUBJECTS:
        assert allowed_acts(ANONYMOUS, subject) == []
        fitting = [
            act
            for act, (_, _, statuses) in EXPECTED.items()
            if subject.status in statuses and by_marks(act, subject) is None
        ]
        assert sorted(allowed_acts(SYSTEM, subject)) == sorted(fitting)


@pytest.mark.parametrize(("act", "need"), [(act, need) for act, rule in RULES.items() for need in rule.needs])
def test_an_act_without_what_it_needs_is_refused_by_name(act, need):
    given, refusal = WITHOUT[need]
    rule = RULES[act]
    subject = Subject(min(rule.sources), OWN, rule.proposed, safe=True)
    with pytest.raises(refusal) as refused:
        check(SYSTEM, act, subject, given)
    assert refused.value.values == {"act": act.value}


@pytest.mark.parametrize("act", Act)
def test_an_act_needs_nothing_beyond_its_line(act):
    rule = RULES[act]
    subject = Subject(min(rule.sources), OWN, rule.proposed, safe=True)
    for need, (given, _) in WITHOUT.items():
        if need not in rule.needs:
            assert check(SYSTEM, act, subject, given) is rule


def test_who_is_not_permitted_learns_nothing_of_the_status():
    closed = Subject(Status.FIXED, FOREIGN)
    assert outcome(actor(Role.CREW), Act.FIX, closed, Given()) is errors.NotPermitted


def test_a_permitted_act_at_the_wrong_time_is_refused_before_its_proof_is_asked_for():
    assert outcome(actor(Role.CREW), Act.FIX, Subject(Status.FIXED, OWN), Given()) is errors.ActNotAllowedNow


def test_every_refusal_has_a_code_of_its_own():
    refusals = [
        cls
        for _, cls in inspect.getmembers(errors, inspect.isclass)
        if issubclass(cls, errors.DomainError) and cls is not errors.DomainError
    ]
    assert len({cls.code for cls in refusals}) == len(refusals) > 30
    assert errors.NeedsNote(act="fix").values == {"act": "fix"}
    assert str(errors.NeedsNote.code) == "needs_note"
