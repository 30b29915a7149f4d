"""What staff may hold for the same hazard: near, of the same group, told at about the same time.

Decision: asked when a page is shown and kept nowhere, so that a corrected pin or type counts at once; measured between
the exact places, whether or not the public may see them (a report that waits for a moderator is found here first). A
box in degrees takes the index, the exact distance decides: half the time of `ST_DWithin` on geography and the same rows
(performance notes). Turned down: pairs written down at intake, which are stale after the first correction.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.domain.duplicates import Likeness, Seen, likeness
from app.domain.geo import METRES_PER_DEGREE
from app.models import Hazard, HazardType

MOST = 5
MARGIN = 1.01
"""The box is a little wider than the reach: a degree is not quite as long everywhere."""

_REACH = text("SELECT max(duplicate_radius_m) FROM hazard_type WHERE type_group = :group")
NEAR = """
SELECT c.id, c.reference, c.hazard_type, c.status, c.received_at, c.body_id, c.moderation, c.reports,
       ct.duplicate_radius_m AS radius_m, ct.type_group, ct.name_kk, ct.name_ru, ct.name_en,
       ST_Distance(c.label::geography, CAST(:here AS geography)) AS distance_m
  FROM hazard c JOIN hazard_type ct ON ct.code = c.hazard_type
 WHERE c.label && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
   AND ST_Distance(c.label::geography, CAST(:here AS geography)) <= GREATEST(ct.duplicate_radius_m, :radius_m)
   AND ct.type_group = :group AND c.id <> :id AND NOT c.held
   AND (c.is_open OR (c.status = 'fixed' AND c.closed_at >= :received_at))
   AND (CAST(:body_id AS bigint) IS NULL OR c.body_id = :body_id)
   AND NOT EXISTS (SELECT FROM not_same n WHERE n.first_id = LEAST(c.id, :id) AND n.second_id = GREATEST(c.id, :id))
 ORDER BY distance_m, c.id LIMIT :most
"""


@dataclass(frozen=True)
class Suggestion:
    """Another hazard and how like it is. `row`: as `NEAR` gives it."""

    row: Row[Any]
    likeness: Likeness


def duplicates_of(session: Session, hazard: Hazard, *, body_id: int | None, most: int = MOST) -> list[Suggestion]:
    """The most like first. `body_id`: only of this body; None: of all. Nothing for what is held or closed."""
    if hazard.held or not hazard.is_open:
        return []
    kind = session.get_one(HazardType, hazard.hazard_type)
    rows = session.execute(text(NEAR), near_values(session, hazard, kind, body_id=body_id, most=4 * most)).all()
    one = Seen(kind.code, kind.group, kind.duplicate_radius_m, hazard.received_at)
    found = [Suggestion(row, like) for row in rows if (like := likeness(one, _seen(row), distance_m=row.distance_m))]
    return sorted(found, key=lambda each: (-each.likeness.score, each.row.distance_m, each.row.id))[:most]


def near_values(
    session: Session, hazard: Hazard, kind: HazardType, *, body_id: int | None, most: int
) -> dict[str, Any]:
    """What `NEAR` asks for."""
    reach_m = max(session.scalar(_REACH, {"group": kind.group}) or 0, kind.duplicate_radius_m)
    return {
        "id": hazard.id, "here": f"SRID=4326;POINT({hazard.label.x} {hazard.label.y})", "group": kind.group,
        "radius_m": kind.duplicate_radius_m, "received_at": hazard.received_at, "body_id": body_id, "most": most,
        **_box(hazard.label.x, hazard.label.y, reach_m),
    }  # fmt: skip


def likely_duplicates(session: Session, hazards: Collection[int], *, body_id: int | None) -> set[int]:
    """Which of these open hazards have another one that is likely the same: a mark for a page of the inbox."""
    if not hazards:
        return set()
    pairs = session.execute(_PAIRS, {"ids": list(hazards), "body_id": body_id}).all()
    return {pair.id for pair in pairs if _alike(pair)}


_PAIRS = text("""
SELECT h.id, h.received_at, h.hazard_type, t.type_group, t.duplicate_radius_m AS radius_m,
       c.received_at AS other_received_at, c.hazard_type AS other_type, ct.duplicate_radius_m AS other_radius_m,
       ST_Distance(c.label::geography, h.label::geography) AS distance_m
  FROM unnest(CAST(:ids AS bigint[])) wanted
  JOIN hazard h ON h.id = wanted
  JOIN hazard_type t ON t.code = h.hazard_type
  JOIN LATERAL (SELECT max(g.duplicate_radius_m) / 110000.0 AS degrees FROM hazard_type g
                 WHERE g.type_group = t.type_group) reach ON true
  JOIN hazard c ON c.label && ST_Expand(h.label, 2.5 * reach.degrees, reach.degrees)
               AND c.id <> h.id AND c.is_open AND NOT c.held
  JOIN hazard_type ct ON ct.code = c.hazard_type AND ct.type_group = t.type_group
 WHERE h.is_open AND NOT h.held AND (CAST(:body_id AS bigint) IS NULL OR c.body_id = :body_id)
   AND ST_Distance(c.label::geography, h.label::geography) <= GREATEST(t.duplicate_radius_m, ct.duplicate_radius_m)
   AND NOT EXISTS (SELECT FROM not_same n
                    WHERE n.first_id = LEAST(c.id, h.id) AND n.second_id = GREATEST(c.id, h.id))
""")


def _alike(pair: Row[Any]) -> bool:
    one = Seen(pair.hazard_type, pair.type_group, pair.radius_m, pair.received_at)
    other = Seen(pair.other_type, pair.type_group, pair.other_radius_m, pair.other_received_at)
    found = likeness(one, other, distance_m=pair.distance_m)
    return found is not None and found.likely


def _seen(row: Row[Any]) -> Seen:
    received: datetime = row.received_at
    return Seen(row.hazard_type, row.type_group, row.radius_m, received)


def _box(lon: float, lat: float, reach_m: float) -> dict[str, float]:
    high = MARGIN * reach_m / METRES_PER_DEGREE
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    return {"west": lon - wide, "east": lon + wide, "south": lat - high, "north": lat + high}


def metres_between(session: Session, one: int, other: int) -> float:
    """How far the shapes of two hazards lie apart; 0 where they touch."""
    found = session.scalar(
        text("""SELECT ST_Distance(a.geom::geography, b.geom::geography) FROM hazard a, hazard b
                 WHERE a.id = :one AND b.id = :other"""),
        {"one": one, "other": other},
    )
    return float(found or 0.0)
