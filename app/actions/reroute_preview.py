"""Find what would move if everything were decided anew, and keep it as a run to be looked at.

Some thousand hazards are looked through at once, a million takes the worker some half a minute: nobody waits for a page
that long.
Decision: one decision for each distinct combination of areas, type and hints, made by the same `assign` as at intake,
and joined back in the database. Turned down: asking for hazard after hazard, which takes hours for a million.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from app.actions.routing import decide, trace_rows
from app.domain.errors import NeedsReason, NoBordersThen
from app.domain.permissions import Actor, Permission, ensure
from app.domain.policy import Policy
from app.domain.routing import Assignment as Decision
from app.domain.text import clean
from app.models import RerouteMove, RerouteRun
from app.outbox import JobName, enqueue
from app.queries import intake, reroute
from app.queries.rule_book import RuleBook, rule_book

_FILL = text("""
INSERT INTO reroute_move (run_id, hazard_id, from_body_id, to_body_id, area_id, basis, confidence, trace)
SELECT :run_id, p.id, nullif(p.body_id, 0), d.to_body_id, d.area_id, d.basis, d.confidence, d.trace
  FROM reroute_place p
  JOIN reroute_decision d ON d.areas = p.areas AND d.nearness = p.nearness AND d.hazard_type = p.hazard_type
                         AND d.hints = p.hints AND p.body_id = ANY (d.bodies)
 WHERE p.shape IS NULL
""")
KEPT = timedelta(days=30)
"""A preview that nobody starts is thrown away after so long."""
AT_ONCE = 20_000
"""Up to so many open hazards are looked through while the administrator waits: about a second."""


def preview_reroute(
    session: Session,
    *,
    by: Actor,
    as_of: date | None,
    forced: bool,
    reason: str,
    policy: Policy,
    now: datetime,
) -> RerouteRun:
    """Find what would move by the borders and rules of `as_of` (None: today); nothing moves. Raises DomainError."""
    run = order_preview(session, by=by, as_of=as_of, forced=forced, reason=reason, policy=policy, now=now)
    look_through(session, run_id=run.id, policy=policy, now=now)
    return run


def order_preview(
    session: Session,
    *,
    by: Actor,
    as_of: date | None,
    forced: bool,
    reason: str,
    policy: Policy,
    now: datetime,
) -> RerouteRun:
    """A run that nobody has looked through yet (state "looking"). Raises DomainError: NoBordersThen and others."""
    ensure(by, Permission.ADMINISTER)
    if not clean(reason):
        raise NeedsReason(act="reroute")
    day = as_of or policy.day(now)
    if not reroute.has_borders(session, day):
        raise NoBordersThen()
    old = RerouteRun.state.in_(("looking", "preview")), RerouteRun.made_at < now - KEPT
    session.execute(delete(RerouteRun).where(*old))
    run = RerouteRun(
        made_at=now, made_by=by.account_id, as_of=day, forced=forced, reason=clean(reason), state="looking"
    )
    session.add(run)
    session.flush()
    return run


def look_at_once_or_later(session: Session, *, run: RerouteRun, policy: Policy, now: datetime) -> None:
    """Look through it now where that is quick, else let the worker do it."""
    if reroute.open_hazards(session, up_to=AT_ONCE + 1) > AT_ONCE:
        enqueue(session, JobName.PREVIEW_REROUTE, run_id=run.id)
    else:
        look_through(session, run_id=run.id, policy=policy, now=now)


def look_through(session: Session, *, run_id: int, policy: Policy, now: datetime) -> None:
    """Find what the run would move; nothing where that is done already. Raises BordersBusy."""
    run = session.get(RerouteRun, run_id, with_for_update=True, populate_existing=True)
    if run is None or run.state != "looking":
        return
    run.looked_at = reroute.lay_out(session, day=run.as_of, forced=run.forced, tolerance_m=policy.tolerance_m)
    run.borders, run.audited = reroute.borders_version(session), reroute.last_change(session)
    run.made_at, run.state = now, "preview"
    _points(session, run)
    _shapes(session, run, policy)
    session.flush()


def fill_moves(session: Session, run_id: int) -> None:
    """The moves of all points whose combination was kept as decided otherwise than it is."""
    session.execute(text("ANALYZE reroute_decision"))
    session.execute(_FILL, {"run_id": run_id})


def decided_rows(part: Sequence[reroute.Combination], book: RuleBook) -> Iterator[tuple[Any, ...]]:
    """A row of `reroute_decision` for each combination in which somebody else answers now than is decided."""
    for each in part:
        decision = book.decide(each.areas, each.nearness, each.hazard_type, each.hints)
        others = [body for body in each.bodies if body != (decision.body_id or 0)]
        if others:
            yield decided_row(each, decision, others)


def decided_row(each: reroute.Combination, decision: Decision, bodies: Sequence[int]) -> tuple[Any, ...]:
    """What is decided for those of a combination for whom `bodies` answer now."""
    return (
        list(each.areas),
        list(each.nearness),
        each.hazard_type,
        each.hints,
        list(bodies),
        decision.body_id,
        decision.area_id,
        decision.basis,
        decision.confidence,
        trace_rows(decision),
    )


def _points(session: Session, run: RerouteRun) -> None:
    book = rule_book(session, run.as_of)
    for part in reroute.combinations(session):
        reroute.keep_decisions(session, list(decided_rows(part, book)))
    fill_moves(session, run.id)


def _shapes(session: Session, run: RerouteRun, policy: Policy) -> None:
    for shape in reroute.moving_shapes(session):
        decision = decide(
            session,
            shape=shape.geom,
            hazard_type=intake.hazard_type(session, shape.hazard_type).key,
            hints=shape.hints,
            policy=policy,
            day=run.as_of,
        )
        if decision.body_id != shape.body_id:
            session.add(_move(run, shape, decision))


def _move(run: RerouteRun, shape: reroute.MovingShape, decision: Decision) -> RerouteMove:
    return RerouteMove(
        run_id=run.id,
        hazard_id=shape.id,
        from_body_id=shape.body_id,
        to_body_id=decision.body_id,
        area_id=decision.area_id,
        basis=decision.basis,
        confidence=decision.confidence,
        trace=trace_rows(decision),
    )
