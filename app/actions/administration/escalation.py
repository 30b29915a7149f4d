"""Who is told when a clock runs out: the steps of each severity, and how long somebody on duty may be silent.

A step keeps its code for good, so that whoever was told of it is not told again when its time is moved; a new one has a
code that nobody had. A changed step holds from the next sweep on (`fresh`). Each severity keeps one step: an empty
schedule would be silence that nobody sees. Turned down: one text field with the whole file, which shows no one what
changed and lets one slip silence all.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.administration.record import Change, Noun, Values, edit, make, remove
from app.domain.errors import BadChoice, BadMinutes, BadMoment, LastStep, UnknownStep
from app.domain.escalation import ACKNOWLEDGE, Audience, check_step, check_together
from app.domain.hazard import Clock, Severity
from app.domain.permissions import Actor, Permission, ensure
from app.models import DutyRule, EscalationStep
from app.queries.escalation import step_of, steps_of

DUTY_CODE = "acknowledge"


@dataclass(frozen=True)
class StepFacts:
    """`share` of the time, or `hours` from the due time: one of both. `clock` None: both. `tell`: audiences."""

    clock: str | None
    share: float | None
    hours: float | None
    tell: list[str]


class StepNoun(Noun):
    name = "escalation_step"
    model = EscalationStep
    key = "key"
    fields: ClassVar[tuple[str, ...]] = ("key", "severity", "code", *StepFacts.__dataclass_fields__)
    missing = UnknownStep

    def write(self, row: Any, values: Mapping[str, Any]) -> None:
        super().write(row, values)
        row.fresh = True

    def check(self, session: Session, row: Any, before: Values | None) -> None:
        clocks, audiences = {None, *Clock}, set(Audience)
        if row.severity not in list(Severity) or row.clock not in clocks or not set(row.tell) <= audiences:
            raise BadChoice()
        if (row.share is None) == (row.hours is None):
            raise BadMoment()
        check_step(step_of(row))
        with session.no_autoflush:
            others = [step_of(each) for each in steps_of(session, row.severity) if each.key != row.key]
        check_together(step_of(row), others)

    def check_removal(self, session: Session, row: Any) -> None:
        """Locked together: of two who take away the last two at once, one comes too late."""
        together = select(EscalationStep.key).where(EscalationStep.severity == row.severity).with_for_update()
        if len(session.scalars(together).all()) < 2:
            raise LastStep()


class DutyRuleNoun(Noun):
    name = "duty_rule"
    model = DutyRule
    key = "code"
    fields: ClassVar[tuple[str, ...]] = ("code", "minutes")
    missing = UnknownStep

    def check(self, session: Session, row: Any, before: Values | None) -> None:
        if row.minutes not in ACKNOWLEDGE:
            raise BadMinutes(least=ACKNOWLEDGE[0], most=ACKNOWLEDGE[-1])


STEP, DUTY_RULE = StepNoun(), DutyRuleNoun()


def add_step(session: Session, *, by: Actor, severity: str, facts: StepFacts, now: datetime) -> EscalationStep:
    """One more step. Raises BadChoice, BadMoment, NobodyTold, SameStep."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    code = f"own-{secrets.token_hex(4)}"
    values = {"key": f"{severity}:{code}", "severity": severity, "code": code, **asdict(facts)}
    made: EscalationStep = make(session, STEP, values, change=Change(by, now))
    return made


def edit_step(
    session: Session, *, by: Actor, key: str, facts: StepFacts, now: datetime, seen: str | None = None
) -> EscalationStep:
    """Raises UnknownStep, StaleVersion, NothingChanged and what `add_step` raises."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    edited: EscalationStep = edit(session, STEP, _step(session, key), asdict(facts), change=Change(by, now), seen=seen)
    return edited


def remove_step(session: Session, *, by: Actor, key: str, now: datetime) -> None:
    """Raises UnknownStep, and LastStep for the only one of its severity."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    remove(session, STEP, _step(session, key), change=Change(by, now))


def edit_acknowledge(session: Session, *, by: Actor, minutes: int, now: datetime, seen: str | None = None) -> DutyRule:
    """How long whoever is on duty may be silent. Raises BadMinutes, StaleVersion, NothingChanged."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    row = DUTY_RULE.find(session, DUTY_CODE)
    if row is None:
        made: DutyRule = make(session, DUTY_RULE, {"code": DUTY_CODE, "minutes": minutes}, change=Change(by, now))
        return made
    edited: DutyRule = edit(session, DUTY_RULE, row, {"minutes": minutes}, change=Change(by, now), seen=seen)
    return edited


def _step(session: Session, key: str) -> EscalationStep:
    row: EscalationStep | None = STEP.find(session, key)
    if row is None:
        raise UnknownStep()
    return row
