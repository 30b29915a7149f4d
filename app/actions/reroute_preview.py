"""Find what would move if everything were decided anew, and keep it as a run to be looked at.

Decision: one decision for each distinct combination of areas, type and hints, made by the same `assign` as at intake,
and joined back in the database. Turned down: asking for hazard after hazard, which takes hours for a million.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from app.actions.routing import decide, trace_rows
from app.domain.errors import NeedsReason
from app.domain.permissions import Actor, Permission, ensure
from app.domain.policy import Policy
from app.domain.routing import Assignment as Decision
from app.domain.text import clean
from app.models import RerouteMove, RerouteRun
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
    ensure(by, Permission.ADMINISTER)
    if not clean(reason):
        raise NeedsReason(act="reroute")
    session.execute(delete(RerouteRun).where(RerouteRun.state == "preview", RerouteRun.made_at < now - KEPT))
    run = RerouteRun(
        made_at=now,
        made_by=by.account_id,
        as_of=as_of or policy.day(now),
        forced=forced,
        reason=clean(reason),
        state="preview",
    )
    session.add(run)
    session.flush()
    run.looked_at = reroute.lay_out(session, day=run.as_of, forced=run.forced, tolerance_m=policy.tolerance_m)
    _points(session, run)
    _shapes(session, run, policy)
    session.flush()
    return run


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
