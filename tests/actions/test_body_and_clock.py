"""A body cannot buy time: whatever it does, and in whatever order, the fix is due when the rules allow and no later."""

import importlib
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.actions.changes import Correction
from app.actions.deadlines import end_made_safe, mark_overdue
from app.actions.hazards import act_on_hazard
from app.actions.questions import end_waiting
from app.domain.errors import ClockStoppedBefore, DomainError
from app.domain.hazard import HoldReason, Measure, RejectReason
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Actor, Role
from app.domain.photo import PhotoFile
from app.models import Event
from tests.actions.merge_kit import add_question, join
from tests.actions.people import person
from tests.actions.town import Town
from tests.jobs.kit import NOW, POLICY, add_body, add_hazard, add_report, add_types

WAIT, SLOW = POLICY.answer_within, "WELL_CESSPOOL_OPEN"
OF_A_BODY = (
    Act.ACCEPT, Act.PLAN, Act.START, Act.HOLD, Act.MAKE_SAFE, Act.INSPECT, Act.CORRECT, Act.FORWARD, Act.DISCLAIM,
    Act.ASK, Act.REPORT_FIX, Act.NOT_FOUND, Act.PROPOSE_REJECTION, Act.ASSIGN_WORK, Act.NOTE,
)  # fmt: skip
"""All that it may do without a second person and without a proof."""
steps = st.tuples(
    st.sampled_from(OF_A_BODY) | st.sampled_from((Act.ASK, Act.HOLD, Act.START, "join")),
    st.integers(0, 60),
    st.sampled_from(HoldReason),
    st.booleans(),
)


class Story:
    """A hazard between two bodies whose people do what they like."""

    def __init__(self, town: Town) -> None:
        self.session, self.now = town.session, NOW
        self.bodies = sorted(town.body.values())
        self.people = {body: person(self.session, Role.DISPATCHER, body) for body in self.bodies}
        self.hazard = town.hazard(body="water")
        add_report(self.session, self.hazard, "Люк")
        self.first_due = self.hazard.fix_due
        assert self.first_due is not None
        self.was_late = False

    @property
    def by(self) -> Actor:
        return self.people[self.hazard.body_id]

    def try_to(self, what: Act | str, hours: int, reason: HoldReason, sweeps: bool) -> None:
        self.now += timedelta(hours=hours)
        with suppress(DomainError), self.session.begin_nested():
            self.act(what, reason) if isinstance(what, Act) else self.join_another()
        self.session.expire_all()
        if sweeps:
            self.sweep()

    def act(self, act: Act, reason: HoldReason) -> None:
        other = next(body for body in self.bodies if body != self.hazard.body_id)
        brought = Given(
            note="x", reason="x", measure=Measure.GRID, hold_reason=reason, body_id=other, stops_clock=True,
            reject_reason=RejectReason.NO_HAZARD,
            planned_for=POLICY.day(self.now) + timedelta(1), assignee_id=self.by.account_id,
        )  # fmt: skip
        retyped = SLOW if self.hazard.hazard_type != SLOW else "MANHOLE_OPEN"
        more: dict[str, Any] = {"correction": Correction(hazard_type=retyped)} if act is Act.CORRECT else {}
        act_on_hazard(
            self.session, by=self.by, reference=self.hazard.reference, act=act, version=None, given=brought,
            policy=POLICY, now=self.now, photos=[PhotoFile(uuid4().hex * 2, 1, 1)], **more,
        )  # fmt: skip
        self.session.flush()

    def join_another(self) -> None:
        """Its clock stands and ends later than ours."""
        later = {"fix_due": self.now + timedelta(days=90), "fix_paused_at": self.now - timedelta(hours=1)}
        other = add_hazard(self.session, body_id=self.hazard.body_id, **later)
        join(self.session, self.by, other, self.hazard)

    def sweep(self) -> None:
        for act in (end_made_safe, end_waiting, mark_overdue):
            act(self.session, now=self.now)
        self.session.expire_all()

    def check(self) -> None:
        """The bound holds, counted with a pause that is under way; late stays late."""
        due, paused = self.hazard.fix_due, self.hazard.fix_paused_at
        assert due is not None
        given_now = min(self.now - paused, WAIT) if paused else timedelta(0)
        assert due + given_now <= self.first_due + WAIT
        if self.was_late and self.hazard.is_open:
            assert self.hazard.overdue == "fix"
        self.was_late = self.hazard.overdue == "fix"


@pytest.fixture
def town(session: Session) -> Town:
    return Town(session)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(steps, min_size=1, max_size=14))
def test_no_acts_of_bodies_move_the_due_time_later_than_allowed_or_end_what_is_overdue(
    town: Town, walk: list[tuple[Act | str, int, HoldReason, bool]]
) -> None:
    with town.session.begin_nested() as whole:
        story = Story(town)
        for step in walk:
            story.try_to(*step)
            story.check()
        story.now = max(story.now, story.first_due + WAIT + timedelta(minutes=1))
        story.sweep()
        assert story.hazard.overdue == "fix" or not story.hazard.is_open
        whole.rollback()
        town.session.expire_all()


def test_what_another_body_has_asked_counts_for_the_next_one(town: Town) -> None:
    """Forwarding to and fro stops the clock no second time."""
    story = Story(town)
    story.act(Act.ASK, HoldReason.WEATHER)
    story.now += timedelta(days=1)
    story.act(Act.FORWARD, HoldReason.WEATHER)
    town.session.expire_all()
    assert (story.hazard.fix_paused_at, story.hazard.fix_due) == (None, story.first_due + timedelta(days=1))
    with pytest.raises(ClockStoppedBefore):
        story.act(Act.ASK, HoldReason.WEATHER)


def test_pauses_of_holds_that_were_begun_before_end_and_those_of_questions_stay(session: Session) -> None:
    add_types(session)
    body = add_body(session)
    began = NOW - timedelta(hours=5)
    held, asked, runs = (add_hazard(session, body_id=body, fix_paused_at=at) for at in (began, began, None))
    add_question(session, asked, person(session, Role.DISPATCHER, body), asked_at=began).stops_until = began + WAIT
    session.flush()
    due = held.fix_due
    session.execute(text(importlib.import_module("migrations.versions.0025_holds_stop_no_clock").END_PAUSES))
    session.expire_all()
    passed = session.scalar(select(func.now())) - began
    assert held.fix_due == due + passed
    assert [each.fix_paused_at for each in (held, asked, runs)] == [None, began, None]
    assert [runs.fix_due, asked.fix_due] == [due, due]
    lines = session.execute(select(Event.hazard_id, Event.public).where(Event.kind == "fix_clock_runs")).all()
    assert [tuple(line) for line in lines] == [(held.id, False)]
