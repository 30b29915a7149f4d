"""Move hazards to whom the preview of a run names (`reroute_preview.py`): in batches, stopped and gone on with at will.

Decision: the preview keeps what it found, row by row, and the run does exactly that; what somebody has changed in
between is passed over. A hazard that a body took on, or a person sent somewhere, stays unless forced; a closed one
always stays. The clocks run on, and the hazard keeps the area of its day.
Turned down: deciding again while moving, which does other things than the administrator looked at.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from app.actions.duty_many import wait_for_call
from app.actions.history import append_events, event_row
from app.actions.moving import give
from app.domain.errors import RerouteNotFound, RerouteNotNow, RerouteStale
from app.domain.hazard import PUT_BY_PEOPLE, Basis, Status
from app.domain.permissions import SYSTEM, Actor, Permission, ensure
from app.domain.policy import Policy
from app.models import Assignment, AuditEntry, Body, Hazard, RerouteMove, RerouteRun
from app.outbox import JobName, enqueue
from app.queries.reroute import borders_version

BATCH = 500
_DECIDING = ("rule", "body", "type")
"""What, edited by an administrator, may make a run do other than what it would now decide."""
ONE_BY_ONE = 20
"""Of a run of up to so many hazards bodies hear one by one, with all that is known; of more, in one mail at its end."""
_LAST_OF_BODY = text("""
SELECT DISTINCT ON (m.to_body_id) m.hazard_id, e.id AS event_id
  FROM reroute_move m
  JOIN event e ON e.hazard_id = m.hazard_id AND e.kind = 'rerouted' AND (e.data ->> 'run')::bigint = :run_id
 WHERE m.run_id = :run_id AND m.outcome = 'moved' AND m.to_body_id IS NOT NULL
 ORDER BY m.to_body_id, e.id DESC
""")
_TOUCHED = (
    "status",
    "body_id",
    "basis",
    "owner_unknown",
    "owner_due",
    "refusals",
    "settled",
    "rejection_reason",
    "rejection_by",
    "fix_reported_by",
    "proposal",
    "proposed_by",
    "proposed_into_id",
    "hold_reason",
    "inspect_due",
    "inspect_measure",
    "crew_id",
    "assignee_id",
    "answer_waits",
    "fix_due",
    "fix_paused_at",
    "planned_for",
    "duplicate_of_id",
    "closed_at",
    "overdue",
)
"""What `moving.py` and we may change. Read and written as columns: entities are written one by one, several times
slower, since the database computes two of their columns."""
_UNTOUCHED = frozenset({Status.RECEIVED, Status.ASSIGNED})


def start_reroute(session: Session, *, by: Actor, run_id: int) -> RerouteRun:
    """Begin, or go on after a stop. Raises DomainError: RerouteStale when borders or rules have changed since."""
    run = _turn(session, by, run_id, sources=("preview", "stopped"), to="running")
    changed = select(AuditEntry.id).where(AuditEntry.id > run.audited, AuditEntry.noun.in_(_DECIDING))
    if session.scalar(changed.limit(1)) is not None or run.borders != borders_version(session):
        raise RerouteStale()
    enqueue(session, JobName.REROUTE, run_id=run.id)
    return run


def stop_reroute(session: Session, *, by: Actor, run_id: int) -> RerouteRun:
    """What has moved stays moved; the rest waits for a start. Raises DomainError."""
    run = _turn(session, by, run_id, sources=("running",), to="stopped")
    _tell_of_many(session, run)
    return run


def move_batch(session: Session, *, run_id: int, policy: Policy, now: datetime, limit: int = BATCH) -> int:
    """Move or pass up to `limit` hazards of a run; how many. None left: the run is done. Not running: 0."""
    run = session.get(RerouteRun, run_id, with_for_update=True, populate_existing=True)
    if run is None or run.state != "running":
        return 0
    batch = _next(session, run, limit, wait=False) or _next(session, run, limit, wait=True)
    if not batch:
        run.state, run.ended_at = "done", now
        _tell_of_many(session, run)
        return 0
    moving = _unchanged(session, run, batch)
    for move, hazard in moving:
        _hand_over(hazard, move, policy=policy, now=now)
    _write(session, [hazard for _, hazard in moving])
    _record(session, run, moving, now)
    events = _events(session, run, moving, now)
    _settle(session, run, batch, moving)
    small = _is_small(session, run)
    if small:
        _tell_of_each(session, moving, events)
    _call_duty(session, moving, now, events_tell=small)
    return len(batch)


def _turn(session: Session, by: Actor, run_id: int, *, sources: tuple[str, ...], to: str) -> RerouteRun:
    ensure(by, Permission.ADMINISTER)
    run = session.get(RerouteRun, run_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise RerouteNotFound(run=run_id)
    if run.state not in sources:
        raise RerouteNotNow(state=run.state)
    run.state = to
    session.flush()
    return run


_Pairs = Sequence[tuple[RerouteMove, Hazard]]


def _next(session: Session, run: RerouteRun, limit: int, *, wait: bool) -> _Pairs:
    """The next moves and their hazards, locked; those that somebody works on come last, and are waited for."""
    rows = session.execute(
        select(RerouteMove, *(getattr(Hazard, name) for name in ("id", *_TOUCHED)))
        .join(Hazard, Hazard.id == RerouteMove.hazard_id)
        .where(RerouteMove.run_id == run.id, RerouteMove.outcome.is_(None))
        .order_by(RerouteMove.hazard_id)
        .limit(limit)
        .with_for_update(of=Hazard, skip_locked=not wait)
    )
    return [(move, Hazard(**dict(zip(("id", *_TOUCHED), values, strict=True)))) for move, *values in rows]


def _unchanged(session: Session, run: RerouteRun, batch: _Pairs) -> _Pairs:
    """Those about which nobody has decided anything since the preview, and whose new body is still there."""
    ids = [hazard.id for _, hazard in batch]
    since = set(
        session.scalars(
            select(Assignment.hazard_id).where(Assignment.hazard_id.in_(ids), Assignment.made_at > run.made_at)
        )
    )
    wanted = {move.to_body_id for move, _ in batch}
    there = {None, *session.scalars(select(Body.id).where(Body.id.in_(wanted - {None}), Body.active))}
    return [
        (move, hazard)
        for move, hazard in batch
        if Status(hazard.status).is_open
        and hazard.body_id == move.from_body_id
        and (run.forced or (hazard.status in _UNTOUCHED and hazard.basis not in PUT_BY_PEOPLE))
        and hazard.id not in since
        and move.to_body_id in there
    ]


def _hand_over(hazard: Hazard, move: RerouteMove, *, policy: Policy, now: datetime) -> None:
    """By the rules alone: what was said about the owner before counts no longer."""
    unknown = move.to_body_id is None or move.trace[0].get("basis") == Basis.DEFAULT_TRIAGE
    basis = Basis(move.basis) if move.basis else None
    give(hazard, move.to_body_id, basis, owner_unknown=unknown, policy=policy, now=now)
    hazard.refusals, hazard.settled = 0, False


def _write(session: Session, hazards: Sequence[Hazard]) -> None:
    table = Hazard.__table__
    assert isinstance(table, Table)  # noqa: S101 - not a join of tables
    values: dict[str, Any] = {name: bindparam(name) for name in _TOUCHED}
    statement = update(table).where(table.c.id == bindparam("hazard_id")).values(version=table.c.version + 1, **values)
    rows = [{"hazard_id": each.id, **{name: getattr(each, name) for name in _TOUCHED}} for each in hazards]
    if rows:
        session.connection().execute(statement, rows)


def _record(session: Session, run: RerouteRun, moving: _Pairs, now: datetime) -> None:
    if moving:
        session.execute(
            insert(Assignment),
            [
                {
                    "hazard_id": hazard.id,
                    "body_id": move.to_body_id,
                    "area_id": move.area_id,
                    "basis": move.basis,
                    "confidence": move.confidence,
                    "trace": move.trace,
                    "reason": run.reason,
                    "made_at": now,
                    "made_by": run.made_by,
                }
                for move, hazard in moving
            ],
        )


def _events(session: Session, run: RerouteRun, moving: _Pairs, now: datetime) -> list[int]:
    by = SYSTEM if run.made_by is None else Actor(run.made_by, frozenset())
    rows = [
        event_row(
            hazard_id=hazard.id,
            kind="rerouted",
            at=now,
            by=by,
            status=Status(hazard.status),
            body_id=hazard.body_id,
            note=run.reason,
            shown=True,
            from_body=move.from_body_id,
            basis=move.basis,
            run=run.id,
        )
        for move, hazard in moving
    ]
    return append_events(session, rows)


def _settle(session: Session, run: RerouteRun, batch: _Pairs, moving: _Pairs) -> None:
    moved = [hazard.id for _, hazard in moving]
    passed = [hazard.id for _, hazard in batch if hazard.id not in set(moved)]
    for outcome, ids in (("moved", moved), ("passed", passed)):
        settled = update(RerouteMove).where(RerouteMove.run_id == run.id, RerouteMove.hazard_id.in_(ids))
        session.execute(settled.values(outcome=outcome), execution_options={"synchronize_session": False})


def _is_small(session: Session, run: RerouteRun) -> bool:
    some = select(RerouteMove.hazard_id).where(RerouteMove.run_id == run.id).limit(ONE_BY_ONE + 1).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) <= ONE_BY_ONE


def _tell_of_each(session: Session, moving: _Pairs, events: Sequence[int]) -> None:
    for (move, hazard), event_id in zip(moving, events, strict=True):
        if move.to_body_id is not None:
            enqueue(session, JobName.NOTIFY_BODY, hazard_id=hazard.id, event_id=event_id)


def _call_duty(session: Session, moving: _Pairs, now: datetime, *, events_tell: bool) -> None:
    """Whoever is on duty is called, by one call where many move; the mail about a single one does so itself, where
    there is a body to mail.
    """
    ids = [hazard.id for move, hazard in moving if not (events_tell and move.to_body_id is not None)]
    wait_for_call(session, ids, now=now, anew=True)


def _tell_of_many(session: Session, run: RerouteRun) -> None:
    """One mail for each body, named after the last hazard it got: after a stop and a start there is another one."""
    if not _is_small(session, run):
        for row in session.execute(_LAST_OF_BODY, {"run_id": run.id}):
            enqueue(session, JobName.NOTIFY_REROUTED, hazard_id=row.hazard_id, event_id=row.event_id)
