"""Dangerous again at the same spot: link what was reported to what was fixed, and propose to look for the cause.

Runs in a job after the report was taken in, and again after a fix, when place and kind may have been corrected: no
reporter waits for it. The version stays: nothing that staff has on the screen has changed by being linked.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actions.history import note_inside
from app.actions.merged import locked
from app.actions.notify_staff import tell_body
from app.domain.hazard import Status
from app.domain.permissions import SYSTEM, Role
from app.domain.policy import Policy
from app.domain.repeats import Fixed, repeated, wants_cause
from app.models import Hazard, HazardType, RootCause
from app.queries.repeats import earlier_ids, fixed_near

TOLD = frozenset({Role.DISPATCHER, Role.MANAGER})
NEVER = frozenset({Status.REJECTED, Status.DUPLICATE, Status.NOT_FOUND})


def note_repeat(session: Session, *, hazard_id: int, policy: Policy, now: datetime) -> int:
    """Link the hazard to the last one that was fixed here; for which time it is dangerous (1: for the first).

    Once for each hazard; nothing for held ones. Never commits.
    """
    hazard = session.get(Hazard, hazard_id)
    if hazard is None or hazard.held or hazard.spot_id is not None or hazard.status in NEVER:
        return 0 if hazard is None else len(earlier_ids(session, hazard)) + 1
    found = _repeated(session, hazard, policy)
    if found is None:
        return 1
    if found.spot_id is None:  # its own job may still wait
        note_repeat(session, hazard_id=found.id, policy=policy, now=now)
    spot_id = session.scalar(select(Hazard.spot_id).where(Hazard.id == found.id)) or found.id
    hazard = locked(session, spot_id, found.id, hazard.id)[hazard.id]
    again = _repeated(session, hazard, policy)
    if hazard.spot_id is not None or again is None or again.id != found.id:
        return note_repeat(session, hazard_id=hazard_id, policy=policy, now=now)
    _link(session, hazard.id, found.id, spot_id)
    session.refresh(hazard)
    earlier = earlier_ids(session, hazard)
    number = len(earlier) + 1
    event_id = note_inside(session, hazard, "repeat_found", by=SYSTEM, now=now, earlier=found.id, number=number)
    if hazard.body_id is not None and wants_cause(number, after=policy.root_cause_after):
        _propose(session, hazard, [*earlier, hazard.id], event_id, now)
    return number


def _repeated(session: Session, hazard: Hazard, policy: Policy) -> Fixed | None:
    kind = session.get_one(HazardType, hazard.hazard_type)
    near = fixed_near(session, hazard.id, radius_m=kind.duplicate_radius_m)
    return repeated(
        near, hazard_type=kind.code, radius_m=kind.duplicate_radius_m, received_at=hazard.received_at,
        within=policy.repeat_within,
    )  # fmt: skip


def _link(session: Session, hazard_id: int, earlier_id: int, spot_id: int) -> None:
    """Columns, not entities: an entity would count the version on."""
    quiet = {"synchronize_session": False}
    session.execute(
        update(Hazard).where(Hazard.id == hazard_id).values(repeat_of_id=earlier_id, spot_id=spot_id),
        execution_options=quiet,
    )
    session.execute(
        update(Hazard).where(Hazard.id == spot_id).values(repeats=Hazard.repeats + 1), execution_options=quiet
    )


def _propose(session: Session, hazard: Hazard, hazards: Sequence[int], event_id: int, now: datetime) -> None:
    """One task for each spot while it is not settled; a repeat meanwhile is added to it."""
    assert hazard.body_id is not None  # noqa: S101 - the caller asks
    statement = insert(RootCause).values(
        spot_id=hazard.spot_id,
        body_id=hazard.body_id,
        hazard_type=hazard.hazard_type,
        hazard_ids=list(hazards),
        proposed_at=now,
    )
    one = statement.on_conflict_do_nothing(
        index_elements=[RootCause.spot_id], index_where=RootCause.ended_at.is_(None)
    ).returning(RootCause.id)
    if session.scalar(one) is None:
        there = select(RootCause).where(RootCause.spot_id == hazard.spot_id, RootCause.ended_at.is_(None))
        task = session.scalars(there.with_for_update()).one()
        task.hazard_ids = list(hazards)
        return
    event_id = note_inside(session, hazard, "cause_proposed", by=SYSTEM, now=now)
    tell_body(
        session, kind="root_cause", hazard_id=hazard.id, event_id=event_id, body_id=hazard.body_id, roles=TOLD, now=now
    )  # fmt: skip
