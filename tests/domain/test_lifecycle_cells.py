"""Every cell of the table of a hazard's life: who, what, when, where, and with what."""

import inspect
from itertools import product

import pytest

from app.domain import errors
from app.domain.hazard import Proposal, Status
from app.domain.lifecycle import RULES, Act, Given, Subject, allowed_acts, check
from app.domain.permissions import ANONYMOUS, LINKED_REPORTER, SYSTEM, Role
from tests.domain.lifecycle_kit import FOREIGN, OWN, PROPOSER, SUBJECTS, WITHOUT, actor, outcome

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
