"""Walks through a hazard's life by people of two bodies, at random and to the last path: the promises hold.

The model keeps its own books (who proposed, what was proven), written from the decisions, and compares.
"""

from dataclasses import replace
from datetime import date

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain.errors import DomainError
from app.domain.hazard import HoldReason, Measure, Proposal, RejectReason, Status
from app.domain.lifecycle import Act, Given, Subject, act_in_fact, allowed_acts, check
from app.domain.permissions import SYSTEM, Actor, Role

BODIES = (1, 2)
PEOPLE = [
    Actor(number, frozenset({role}), body_id)
    for number, (role, body_id) in enumerate(
        [
            *((role, body) for role in (Role.CREW, Role.DISPATCHER, Role.MANAGER) for body in BODIES),
            (Role.COORDINATOR, None),
            (Role.MODERATOR, None),
            (Role.ADMINISTRATOR, None),
            (Role.AUDITOR, 1),
        ],
        start=1,
    )
]
BOTH = Actor(99, frozenset({Role.MANAGER, Role.MODERATOR}), 1)  # proposes and could confirm
FULL = Given(
    "done",
    "why",
    Measure.GRID,
    RejectReason.NO_HAZARD,
    date(2026, 6, 10),
    1,
    5,
    1,
    True,
    4,
    hold_reason=HoldReason.PERMIT,
)
UNPROVEN, PROVEN, TO_FIXED = FULL, replace(FULL, proven=True), replace(FULL, other_is_closed=True)
givens = st.sampled_from([UNPROVEN, PROVEN, TO_FIXED]) | st.builds(
    Given,
    note=st.sampled_from(["", " ", "done"]),
    reason=st.sampled_from(["", "why"]),
    measure=st.sampled_from([None, *Measure]),
    reject_reason=st.sampled_from([None, *RejectReason]),
    planned_for=st.one_of(st.none(), st.dates()),
    body_id=st.sampled_from([None, *BODIES]),
    other_hazard_id=st.sampled_from([None, 5]),
    photos=st.integers(0, 2),
    changes_place_or_type=st.booleans(),
    crew_id=st.sampled_from([None, 4]),
    hold_reason=st.sampled_from([None, *HoldReason]),
    proven=st.booleans(),
    other_is_closed=st.booleans(),
)
CLOSED = {Status.FIXED, Status.NOT_FOUND, Status.REJECTED, Status.DUPLICATE, Status.HANDED_OVER}
STEPS = {
    Act.ACCEPT: Status.ACCEPTED,
    Act.PLAN: Status.PLANNED,
    Act.START: Status.IN_PROGRESS,
    Act.HOLD: Status.ON_HOLD,
    Act.REPORT_FIX: Status.FIX_REPORTED,
    Act.CONFIRM_FIX: Status.FIXED,
    Act.FIX: Status.FIXED,
    Act.CONFIRM_NOT_FOUND: Status.NOT_FOUND,
    Act.FORWARD: Status.ASSIGNED,
    Act.CONFIRM_REJECTION: Status.REJECTED,
    Act.REOPEN: Status.ASSIGNED,
    Act.DISPUTE: Status.ASSIGNED,
    Act.MARK_DUPLICATE: Status.DUPLICATE,
    Act.CONFIRM_HAND_OVER: Status.HANDED_OVER,
    Act.CONFIRM_DUPLICATE: Status.DUPLICATE,
}
PROPOSALS = {
    Act.PROPOSE_REJECTION: Proposal.REJECTION,
    Act.NOT_FOUND: Proposal.NOT_FOUND,
    Act.HAND_OVER: Proposal.HAND_OVER,
    Act.PROPOSE_DUPLICATE: Proposal.DUPLICATE,
}
CONFIRMS = {
    Act.CONFIRM_FIX: Act.REPORT_FIX,
    Act.CONFIRM_REJECTION: Act.PROPOSE_REJECTION,
    Act.CONFIRM_NOT_FOUND: Act.NOT_FOUND,
    Act.CONFIRM_HAND_OVER: Act.HAND_OVER,
    Act.CONFIRM_DUPLICATE: Act.PROPOSE_DUPLICATE,
}
DECLINES = {Act.DECLINE_REJECTION, Act.DECLINE_NOT_FOUND, Act.DECLINE_HAND_OVER, Act.DECLINE_DUPLICATE}


def after(old: Subject, by: Actor, act: Act, given: Given) -> Subject:
    """The books as the actions keep them: a proposal stands until it is decided, forwarded, closed or reopened."""
    status = STEPS.get(act, old.status)
    body_id = given.body_id if act in {Act.FORWARD, Act.ARBITRATE} else old.body_id
    safe = (old.safe or act is Act.MAKE_SAFE) and act is not Act.REOPEN and status not in CLOSED
    if act in {*PROPOSALS, Act.REPORT_FIX}:
        return Subject(status, body_id, PROPOSALS.get(act, old.proposed), by.account_id, safe=safe)
    if act in DECLINES | {Act.FORWARD, Act.REOPEN} or status in CLOSED:
        return Subject(status, body_id, safe=safe)
    return Subject(status, body_id, old.proposed, old.proposer_id, safe=safe)


class Life(RuleBasedStateMachine):
    """One hazard; `past` holds what was done to it by whom."""

    def __init__(self) -> None:
        super().__init__()
        self.subject = Subject(Status.RECEIVED, None)
        self.past: list[tuple[Act, Actor, Given]] = []

    @initialize(body_id=st.sampled_from([None, *BODIES]))
    def routed(self, body_id: int | None) -> None:
        if body_id is not None:
            self.subject = Subject(Status.ASSIGNED, body_id)

    @rule(by=st.sampled_from([*PEOPLE, BOTH, SYSTEM]), data=st.data(), given=givens)
    def try_an_allowed_act(self, by: Actor, data: st.DataObject, given: Given) -> None:
        acts = allowed_acts(by, self.subject)
        if acts:
            self._try(by, data.draw(st.sampled_from(acts)), given, allowed=True)

    @rule(by=st.sampled_from([*PEOPLE, BOTH]), act=st.sampled_from(Act), given=givens)
    def try_any_act(self, by: Actor, act: Act, given: Given) -> None:
        self._try(by, act, given, allowed=act in allowed_acts(by, self.subject))

    def _try(self, by: Actor, act: Act, given: Given, *, allowed: bool) -> None:
        try:
            line = check(by, act, self.subject, given)
            assert line.to is STEPS.get(act)
            act = act_in_fact(by, act, self.subject, given)
        except DomainError:
            return
        assert allowed
        self._promises(by, act, given)
        self.past.append((act, by, given))
        self.subject = after(self.subject, by, act, given)

    def _promises(self, by: Actor, act: Act, given: Given) -> None:
        """What must hold of an act that was let through, whoever did it."""
        before = self.subject
        if before.status in CLOSED:
            assert act in {Act.REOPEN, Act.NOTE}
        if act in CONFIRMS and by is not SYSTEM:
            assert by.account_id != before.proposer_id
        if act is Act.FIX:
            assert given.proven
        if act is Act.MARK_DUPLICATE and by is not SYSTEM:
            assert not given.other_is_closed
        if act in {Act.FIX, Act.REPORT_FIX, Act.NOT_FOUND}:
            assert given.note.strip()
            assert given.photos
        if act is Act.INSPECT:
            assert before.safe
            assert given.photos
        if act is Act.HOLD:
            assert given.hold_reason is not None
        if act is Act.MAKE_SAFE:
            assert given.measure is not None
            assert given.photos
        if by is not SYSTEM and by.roles <= {Role.CREW, Role.DISPATCHER, Role.MANAGER}:
            assert by.body_id == before.body_id

    @invariant()
    def the_last_step_explains_the_status(self) -> None:
        steps = [act for act, _, _ in self.past if act in STEPS]
        if steps:
            assert self.subject.status is STEPS[steps[-1]]

    @invariant()
    def a_fixed_hazard_was_proven_or_seen_by_two(self) -> None:
        if self.subject.status is not Status.FIXED:
            return
        act, by, given = next(step for step in reversed(self.past) if step[0] in STEPS)
        if act is Act.FIX:
            assert given.photos
            assert given.proven
            return
        reporter = next(who for done, who, _ in reversed(self.past) if done is Act.REPORT_FIX)
        assert by is SYSTEM or by != reporter

    @invariant()
    def what_was_closed_without_a_repair_was_proposed_by_another(self) -> None:
        if self.subject.status in {Status.REJECTED, Status.NOT_FOUND, Status.HANDED_OVER, Status.DUPLICATE}:
            act, by, _ = next(step for step in reversed(self.past) if step[0] in STEPS)
            if act is Act.MARK_DUPLICATE:
                return  # the danger stays open where it was joined to
            proposer = next(who for done, who, _ in reversed(self.past) if done is CONFIRMS[act])
            assert by is SYSTEM or by != proposer

    @invariant()
    def only_the_queue_has_no_body(self) -> None:
        assert self.subject.body_id is not None or self.subject.status is Status.RECEIVED


Life.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
test_no_path_breaks_a_promise = Life.TestCase


Books = tuple[Subject, int | None]  # and who really made the proposal that stands


def next_books(books: Books, by: Actor, act: Act) -> Books:
    """A colleague may repeat nothing over a proposal, so the last proposer is whose proposal stands."""
    subject, proposer = books
    return after(subject, by, act, FULL), by.account_id if act in CONFIRMS.values() else proposer


def test_no_path_at_all_lets_one_person_both_propose_and_confirm():
    """Every path of any length of three people of one body, one a moderator too, a moderator and a coordinator."""
    people = [BOTH, PEOPLE[2], PEOPLE[4], PEOPLE[6], PEOPLE[7]]
    ahead: list[Books] = [(Subject(Status.ASSIGNED, 1), None)]
    seen = set(ahead)
    confirmed = set()
    while ahead:
        books = ahead.pop()
        for by, act in [(who, what) for who in people for what in allowed_acts(who, books[0])]:
            if act in CONFIRMS:
                assert by.account_id != books[1], books
            confirmed.add(act)
            for given in (PROVEN, UNPROVEN, TO_FIXED):
                try:
                    following = next_books(books, by, act_in_fact(by, act, books[0], given))
                except DomainError:
                    continue
                if following not in seen:
                    seen.add(following)
                    ahead.append(following)
    assert confirmed == set(Act) - {Act.DISPUTE}  # a reporter's, who is none of these
    assert len(seen) > 100
