"""What a body must be told about a hazard, read at the moment of sending: never what was true when it was asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely.geometry import Point
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.domain.hazard import Moderation, Severity
from app.domain.privacy import is_public
from app.models import Body, Event, Hazard, HazardType, Photo, Report

NEAR_M = 1000


@dataclass(frozen=True)
class Said:
    """A citizen's words, in the language of the form they used."""

    at: datetime
    language: str
    text: str


@dataclass(frozen=True)
class NearPlace:
    name: str
    distance_m: int


@dataclass(frozen=True)
class HazardMail:
    """For one body, in its language. `place` is exact; areas from the smallest up; `public`: it has a public page."""

    body_id: int
    body_name: str
    to: str | None
    language: str
    occasion: str
    occasion_note: str
    reference: str
    type_name: str
    severity: Severity
    someone_hurt: bool
    place: Point
    areas: tuple[str, ...]
    near: NearPlace | None
    said: tuple[Said, ...]
    received_at: datetime
    make_safe_due: datetime | None
    fix_due: datetime | None
    advice: str
    photos: int
    public: bool


DOUBTS = frozenset({"flagged", "still_dangerous"})
"""What people say of a hazard that its body has closed: a closed one is all they are about."""
_AREAS = text("""
WITH RECURSIVE up AS (
  SELECT code, parent_code, name_kk, name_ru, name_en, 1 AS depth FROM area WHERE id = :area_id
  UNION ALL
  SELECT a.code, a.parent_code, a.name_kk, a.name_ru, a.name_en, up.depth + 1
    FROM area a JOIN up ON a.code = up.parent_code
   WHERE daterange(a.valid_from, a.valid_until) @> CAST(:day AS date) AND up.depth < 6
)
SELECT name_kk, name_ru, name_en FROM up ORDER BY depth
""")
_NEAR = text("""
SELECT p.name_kk, p.name_ru, p.name_en, ST_Distance(p.geom::geography, h.label::geography) AS distance_m
  FROM hazard h
  JOIN place p ON p.kind IN ('street', 'quarter', 'settlement') AND p.geom && ST_Expand(h.label, 0.02)
 WHERE h.id = :hazard_id AND ST_DWithin(p.geom::geography, h.label::geography, :near_m)
 ORDER BY distance_m LIMIT 1
""")


def hazard_mail(session: Session, *, hazard_id: int, event_id: int) -> HazardMail | None:
    """None where nobody is to be told any longer: held, closed (but for words that say it should not be), passed on
    meanwhile, or no body at all.
    """
    row = session.execute(
        select(Hazard, Event, Body, HazardType)
        .join(Event, Event.hazard_id == Hazard.id)
        .join(Body, Body.id == Hazard.body_id)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .where(Hazard.id == hazard_id, Event.id == event_id)
    ).first()
    if row is None:
        return None
    hazard, event, body, kind = row
    over = not (hazard.is_open or (event.kind in DOUBTS and hazard.disputed))
    if hazard.held or over or event.body_id not in {None, body.id}:
        return None
    return _told(session, hazard, event, body, kind)


def _told(session: Session, hazard: Hazard, event: Event, body: Body, kind: HazardType) -> HazardMail:
    said = _said(session, hazard.id)
    return HazardMail(
        body_id=body.id,
        body_name=body.name(body.language),
        to=body.email or None,
        language=body.language,
        occasion=event.kind,
        occasion_note=event.note,
        reference=hazard.reference,
        type_name=kind.name(body.language),
        severity=Severity(hazard.severity),
        someone_hurt=any(part["reason"] == "someone_hurt" for part in hazard.severity_why),
        place=hazard.label,
        areas=_areas(session, hazard, body.language),
        near=_near(session, hazard.id, body.language),
        said=said,
        received_at=hazard.received_at,
        make_safe_due=None if hazard.made_safe_at else hazard.make_safe_due,
        fix_due=hazard.fix_due,
        advice=kind.advice(body.language),
        photos=_photos(session, hazard.id),
        public=is_public(
            kind.publish_rule, Moderation(hazard.moderation), held=hazard.held, review_first=hazard.review_first
        ),
    )


def place_lines(session: Session, hazard: Hazard, language: str) -> tuple[str, ...]:
    """The place in words: the nearest street or quarter, then the areas from the smallest up."""
    near = _near(session, hazard.id, language)
    return (*((near.name,) if near else ()), *_areas(session, hazard, language))


def _said(session: Session, hazard_id: int) -> tuple[Said, ...]:
    """Words that a moderator refused stay out; words not yet looked at are for the body (moderation delays only
    publication).
    """
    reports = session.execute(
        select(Report.received_at, Report.language, Report.text)
        .where(Report.hazard_id == hazard_id, Report.text != "", Report.moderation != Moderation.REFUSED)
        .order_by(Report.received_at, Report.id)
    )
    return tuple(Said(*row) for row in reports)


def _photos(session: Session, hazard_id: int) -> int:
    counted = select(func.count()).where(Photo.hazard_id == hazard_id, Photo.moderation != Moderation.REFUSED)
    return session.scalar(counted) or 0


def _areas(session: Session, hazard: Hazard, language: str) -> tuple[str, ...]:
    rows = session.execute(_AREAS, {"area_id": hazard.area_id, "day": hazard.received_day})
    return tuple(_name(row, language) for row in rows)


def _near(session: Session, hazard_id: int, language: str) -> NearPlace | None:
    row = session.execute(_NEAR, {"hazard_id": hazard_id, "near_m": NEAR_M}).first()
    return None if row is None else NearPlace(_name(row, language), round(row.distance_m / 10) * 10)


def _name(row: Any, language: str) -> str:
    return str(getattr(row, f"name_{language}"))
