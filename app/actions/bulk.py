"""One act on many hazards: each through the engine in a savepoint, so that one that is refused stops no other.

Decision: a limit of MAX_ROWS and one transaction, so that the person sees at once what became of each row, and a form
sent twice finds what the first one did (its key is the row's). Turned down: a job, whose result somebody would have to
come back for, and locks held for minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actions.hazards import act_on_hazard
from app.domain.errors import DomainError, NothingChosen, NotPermitted, TooManyRows
from app.domain.lifecycle import Act, Given, Subject, check
from app.domain.permissions import Actor
from app.domain.policy import Policy
from app.models import BulkRun
from app.queries.listed import ids_of
from app.queries.staff import visible_hazard

MAX_ROWS = 200
BULK_ACTS = (Act.ACCEPT, Act.ASSIGN_WORK, Act.PLAN, Act.HOLD, Act.FORWARD, Act.CONFIRM_FIX, Act.NOTE)
"""Those that need no photo and no words about this one hazard alone."""

_ENOUGH = Given(note="-", reason="-", planned_for=date.max, body_id=0, crew_id=0)
"""All that these acts need, so that the table says who and when alone."""


@dataclass(frozen=True)
class Chosen:
    """A hazard as it was when it was chosen."""

    reference: str
    version: int


@dataclass(frozen=True)
class Order:
    """What is to be done to each: as `act_on_hazard` takes it."""

    act: Act
    given: Given
    show_note: bool = False


def act_on_many(
    session: Session,
    *,
    by: Actor,
    key: str,
    order: Order,
    chosen: Sequence[Chosen],
    policy: Policy,
    now: datetime,
) -> BulkRun:
    """Do it to each, and return what became of them. The same `key` again does nothing more and returns the same.

    Raises NothingChosen, TooManyRows; NotPermitted for the key of another person. Refusals of rows are in the result.
    """
    if order.act not in BULK_ACTS:
        raise NotPermitted(permission=order.act.value)
    if not chosen:
        raise NothingChosen()
    if len(chosen) > MAX_ROWS:
        raise TooManyRows(limit=MAX_ROWS)
    run, mine = _claimed(session, by, key, order.act, now)
    if not mine:
        return run
    work = partial(_one, session, by=by, order=order, policy=policy, now=now)
    ids = ids_of(session, actor=by, references=[each.reference for each in chosen])
    done = {
        each.reference: work(each)
        for each in sorted(chosen, key=lambda each: ids.get(each.reference, 0))  # as all lock: by id, so no deadlock
    }
    run.rows = [{"reference": each.reference, **done[each.reference]} for each in chosen]
    session.flush()
    return run


def foresee(by: Actor, act: Act, subject: Subject) -> DomainError | None:
    """What would refuse `act` on `subject` now, whatever is given with it."""
    try:
        check(by, act, subject, _ENOUGH)
    except DomainError as refusal:
        return refusal
    return None


def _claimed(session: Session, by: Actor, key: str, act: Act, now: datetime) -> tuple[BulkRun, bool]:
    """The run of this key, and whether it is new. Whoever sends it twice at once waits here for the first one."""
    values: dict[str, Any] = {"key": key, "account_id": by.account_id, "at": now, "act": act.value, "rows": []}
    made = session.execute(insert(BulkRun).values(values).on_conflict_do_nothing().returning(BulkRun.key)).first()
    run = session.get_one(BulkRun, key, populate_existing=True)
    if run.account_id != by.account_id:
        raise NotPermitted(permission=run.act)
    return run, made is not None


def _one(session: Session, row: Chosen, *, by: Actor, order: Order, policy: Policy, now: datetime) -> dict[str, Any]:
    """`code` of the refusal, None where it was done. What the actor may not see is not there."""
    try:
        with session.begin_nested():
            visible_hazard(session, actor=by, reference=row.reference)
            act_on_hazard(
                session,
                by=by,
                reference=row.reference,
                act=order.act,
                version=row.version,
                given=order.given,
                policy=policy,
                now=now,
                show_note=order.show_note,
            )
    except DomainError as refusal:
        values = {name: value for name, value in refusal.values.items() if isinstance(value, str | int)}
        return {"code": refusal.code, "values": values}
    return {"code": None, "values": {}}
