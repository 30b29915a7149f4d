"""What time alone does to a hazard: its due time passes, or what made it safe may not be trusted any longer.

Decision: both are written as changes with events, in batches that skip rows somebody else has locked; the next sweep
meets those. Turned down: deciding "overdue" at each reading, which no index, map or history could then know.
The overdue mark leaves the version alone: it must not refuse a form that a dispatcher is filling in. The end of made
safe raises it, since such a form may rely on it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Row, and_, any_, case, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.actions.history import EventRow, append_event, append_events, event_row
from app.actions.notify_staff import tell_body
from app.domain.deadlines import overdue_clock
from app.domain.hazard import Clock, Status
from app.domain.permissions import SYSTEM, Role
from app.domain.staff_notices import StaffKind
from app.models import Hazard

BATCH = 500
_IDS = ARRAY(BigInteger)


def mark_overdue(session: Session, *, now: datetime, batch: int = BATCH) -> int:
    """Set, raise or take away the overdue mark of up to `batch` open hazards; how many were changed.

    Those that have just run out come first, along an index that they leave; the ones that are marked already are
    looked through only when there is room left, not once for each batch.
    """
    marked = 0
    for which in (and_(Hazard.overdue.is_(None), Hazard.next_due < now), Hazard.overdue.is_not(None)):
        if marked < batch:
            statement = _out_of_step(now).where(which).limit(batch - marked).with_for_update(skip_locked=True)
            marked += _mark(session, session.execute(statement).all(), now)
    return marked


def end_made_safe(session: Session, *, now: datetime, batch: int = BATCH) -> int:
    """Take away made safe from up to `batch` open hazards whose time for it has passed, and ask for an inspection of
    each: a mark, a line of history and a notice to its dispatchers; how many.
    """
    expired = select(Hazard).where(Hazard.is_open, Hazard.made_safe_until < now).limit(batch)
    hazards = session.scalars(expired.with_for_update(skip_locked=True)).all()
    for hazard in hazards:
        measure = hazard.made_safe_measure
        hazard.inspect_due, hazard.inspect_measure = hazard.made_safe_until, measure
        hazard.made_safe_measure = hazard.made_safe_at = hazard.made_safe_until = None
        event_id = append_event(
            session,
            hazard_id=hazard.id,
            kind="made_safe_expired",
            at=now,
            by=SYSTEM,
            status=Status(hazard.status),
            body_id=hazard.body_id,
            measure=measure,
        )
        _ask_to_inspect(session, hazard, event_id, now)
    session.flush()
    return len(hazards)


def _ask_to_inspect(session: Session, hazard: Hazard, event_id: int, now: datetime) -> None:
    if hazard.body_id is not None and not hazard.held:
        roles = {Role.DISPATCHER, Role.MANAGER}
        kind = StaffKind.MADE_SAFE_EXPIRED.value
        tell_body(
            session, kind=kind, hazard_id=hazard.id, event_id=event_id, body_id=hazard.body_id, roles=roles, now=now
        )


def _out_of_step(now: datetime) -> Any:
    """Open hazards whose mark is not what `overdue_clock` says; the same rule in SQL, held to it by a test."""
    fix = and_(Hazard.fix_due < now, Hazard.fix_paused_at.is_(None))
    make_safe = and_(Hazard.make_safe_due < now, Hazard.made_safe_at.is_(None))
    clock = case((fix, Clock.FIX.value), (make_safe, Clock.MAKE_SAFE.value))
    return select(
        Hazard.id,
        Hazard.status,
        Hazard.body_id,
        Hazard.overdue,
        Hazard.make_safe_due,
        Hazard.fix_due,
        Hazard.made_safe_at,
        Hazard.fix_paused_at,
    ).where(
        Hazard.is_open,
        Hazard.overdue.is_distinct_from(clock),
    )


def _mark(session: Session, rows: Sequence[Row[Any]], now: datetime) -> int:
    """One statement for each mark and one for all lines of history; how many."""
    clocks = {row.id: _clock(row, now) for row in rows}
    for clock in set(clocks.values()):
        ids = [number for number, found in clocks.items() if found is clock]
        statement = update(Hazard).where(Hazard.id == any_(literal(ids, _IDS))).values(overdue=clock)
        session.execute(statement, execution_options={"synchronize_session": False})
    append_events(session, [_line(row, clocks[row.id], now) for row in rows if clocks[row.id] is not None])
    return len(rows)


def _clock(row: Row[Any], now: datetime) -> Clock | None:
    return overdue_clock(
        now,
        make_safe_due=row.make_safe_due,
        fix_due=row.fix_due,
        safe=row.made_safe_at is not None,
        fix_paused=row.fix_paused_at is not None,
    )


def _line(row: Row[Any], clock: Clock | None, now: datetime) -> EventRow:
    return event_row(
        hazard_id=row.id,
        kind="overdue",
        at=now,
        by=SYSTEM,
        status=Status(row.status),
        body_id=row.body_id,
        clock=clock.value if clock else None,
    )
