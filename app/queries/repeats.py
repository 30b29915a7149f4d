"""The earlier hazards of a spot, and tasks about their cause."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from app.domain.hazard import Status
from app.domain.lifecycle import Act
from app.domain.permissions import Actor
from app.domain.repeats import Fixed
from app.models import Account, Body, Event, Hazard, HazardType, Photo, RootCause
from app.models.root_cause import UNSETTLED
from app.queries.cover import wide_degrees
from app.queries.names import NAMES
from app.queries.own_matters import photo_is_theirs_to_see

_FIXED_NEAR = text("""
SELECT e.id, e.hazard_type, e.closed_at, e.spot_id,
       GREATEST(ST_Distance(e.label::geography, h.label::geography),
                COALESCE(ST_Distance(r.label::geography, h.label::geography), 0)) AS distance_m
  FROM hazard h
  JOIN hazard e ON e.label && ST_Expand(h.label, :wide, :high)
               AND e.status = 'fixed' AND e.hazard_type = h.hazard_type AND e.id <> h.id AND NOT e.held
  LEFT JOIN hazard r ON r.id = e.spot_id
 WHERE h.id = :id
""")


def fixed_near(session: Session, hazard_id: int, *, radius_m: float) -> list[Fixed]:
    """Fixed hazards of the same kind around, with how far they and the first of their spot are."""
    wide = wide_degrees(radius_m)
    rows = session.execute(_FIXED_NEAR, {"id": hazard_id, "wide": wide, "high": wide / 2})
    return [Fixed(row.id, row.hazard_type, row.closed_at, row.distance_m, row.spot_id) for row in rows]


def earlier_ids(session: Session, hazard: Hazard) -> list[int]:
    """Ids of what was fixed at this spot before, the first one first."""
    return [row.id for row in _earlier(session, hazard)]


def _earlier(session: Session, hazard: Hazard) -> Sequence[Hazard]:
    if hazard.spot_id is None:
        return []
    return session.scalars(
        select(Hazard)
        .where(or_(Hazard.id == hazard.spot_id, Hazard.spot_id == hazard.spot_id), Hazard.id != hazard.id)
        .where(Hazard.status == Status.FIXED, Hazard.received_at < hazard.received_at, ~Hazard.held)
        .order_by(Hazard.received_at, Hazard.id)
    ).all()


def earlier_of_spot(
    session: Session, hazard: Hazard, *, body_id: int | None, language: str
) -> tuple[int, Sequence[Row[Any]]]:
    """How many were fixed here before, and of those that may be seen (`body_id` None: all): Hazard, name of the kind,
    of the body, when, by whom and with what words it was fixed.
    """
    earlier = _earlier(session, hazard)
    if not earlier:
        return 0, []
    ids = [each.id for each in earlier if body_id is None or each.body_id == body_id]
    return len(earlier), _with_fix(session, ids, language)


def _with_fix(session: Session, ids: Collection[int], language: str) -> Sequence[Row[Any]]:
    ending, closing = aliased(Event), [Act.FIX.value, Act.CONFIRM_FIX.value]
    last = select(func.max(ending.id)).where(ending.hazard_id == Hazard.id, ending.kind.in_(closing))
    return session.execute(
        select(Hazard, getattr(HazardType, NAMES[language]).label("title"),
               getattr(Body, NAMES[language]).label("body"), Event.at.label("fixed_at"), Event.note.label("note"),
               Account.name.label("who"))
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .outerjoin(Body, Body.id == Hazard.body_id)
        .outerjoin(Event, Event.id == last.correlate(Hazard).scalar_subquery())
        .outerjoin(Account, Account.id == Event.account_id)
        .where(Hazard.id.in_(ids)).order_by(Hazard.received_at.desc(), Hazard.id.desc())
    ).all()  # fmt: skip


def photos_of(session: Session, hazards: Collection[int], *, actor: Actor) -> dict[int, list[Row[Any]]]:
    """Photos by hazard that the actor may see, the first one first: public_id, kind."""
    found: dict[int, list[Row[Any]]] = {}
    rows: Sequence[Row[Any]] = session.execute(
        select(Photo.hazard_id, Photo.public_id, Photo.kind)
        .outerjoin(Event, Event.id == Photo.event_id)
        .where(Photo.hazard_id.in_(hazards), photo_is_theirs_to_see(actor))
        .order_by(Photo.added_at, Photo.id)
    ).all()  # type: ignore[assignment]  # rows by name
    for row in rows:
        found.setdefault(row.hazard_id, []).append(row)
    return found


def root_causes(
    session: Session, *, body_id: int | None, settled: bool, language: str, most: int
) -> Sequence[Row[Any]]:
    """Tasks of a body (None: of all): RootCause, name of the kind, of the body, the first hazard; those to be decided
    first, of settled ones the last.
    """
    order = [RootCause.ended_at.desc()] if settled else [RootCause.state.desc(), RootCause.proposed_at]
    asked = (
        select(RootCause, getattr(HazardType, NAMES[language]).label("title"), HazardType.group.label("group"),
               getattr(Body, NAMES[language]).label("body"), Account.name.label("who"), Hazard)
        .join(HazardType, HazardType.code == RootCause.hazard_type)
        .join(Body, Body.id == RootCause.body_id)
        .join(Hazard, Hazard.id == RootCause.spot_id)
        .outerjoin(Account, Account.id == func.coalesce(RootCause.ended_by, RootCause.accepted_by))
        .where(RootCause.state.not_in(UNSETTLED) if settled else RootCause.state.in_(UNSETTLED))
    )  # fmt: skip
    if body_id is not None:
        asked = asked.where(RootCause.body_id == body_id)
    return session.execute(asked.order_by(*order, RootCause.id).limit(most)).all()


def hazards_of(session: Session, ids: Collection[int], *, body_id: int | None) -> dict[int, Hazard]:
    """Hazards by id, of those of the body (None: of all); held ones never."""
    found = select(Hazard).where(Hazard.id.in_(ids), ~Hazard.held)
    found = found if body_id is None else found.where(Hazard.body_id == body_id)
    return {each.id: each for each in session.scalars(found)}


def proposed_causes(session: Session, *, body_id: int | None) -> int:
    """How many tasks wait for a body's word."""
    asked = select(func.count()).select_from(RootCause).where(RootCause.state == "proposed")
    if body_id is not None:
        asked = asked.where(RootCause.body_id == body_id)
    return session.scalar(asked) or 0


def cause_of_spot(session: Session, spot_id: int, *, body_id: int | None) -> RootCause | None:
    """The newest task about the spot of this first hazard, of those of the body (None: of all)."""
    found = select(RootCause).where(RootCause.spot_id == spot_id)
    found = found if body_id is None else found.where(RootCause.body_id == body_id)
    return session.scalar(found.order_by(RootCause.id.desc()).limit(1))


def repeats_among(session: Session, hazards: Collection[int]) -> set[int]:
    """Which of these hazards are at a spot that was dangerous before."""
    return set(session.scalars(select(Hazard.id).where(Hazard.id.in_(hazards), Hazard.repeat_of_id.is_not(None))))
