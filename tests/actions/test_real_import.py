"""The whole country: 244 real units, an akimat for each, 9,899 real places as hazards; Shapely checks every one."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import STRtree
from shapely.affinity import scale
from shapely.geometry import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.areas import import_areas
from app.actions.bodies import import_bodies
from app.actions.hazard_import import import_hazards
from app.actions.imports import Outcome
from app.actions.reference_data import load_reference_data
from app.cli.area_rows import area_rows
from app.cli.files import features
from app.cli.hazards import hazard_rows
from app.config import Settings
from app.domain.permissions import SYSTEM
from app.models import Area, Hazard

ROOT = Path(__file__).parents[2]
KZ = ROOT.parent / "shared" / "data" / "kz"
AKIMAT = {1: "city_akimat", 2: "district_akimat"}
TOLERANCE_M = 250.0

pytestmark = [pytest.mark.real, pytest.mark.skipif(not KZ.is_dir(), reason=f"no real data at {KZ}")]


def test_every_real_place_is_assigned_as_shapely_finds(session: Session, settings: Settings) -> None:
    load_reference_data(session, ROOT / "data")
    for level in (1, 2):
        outcome = Outcome()
        rows = area_rows(features(KZ / f"geokz_adm{level}_2024.geojson.gz"), {"level": level}, outcome)
        import_areas(session, by=SYSTEM, rows=rows, valid_from=date(2024, 1, 1), source="", outcome=outcome)
        assert outcome.counts["new"] == {1: 20, 2: 224}[level]
        assert not outcome.refused
    areas = session.scalars(select(Area)).all()
    bodies = Outcome()
    import_bodies(session, by=SYSTEM, rows=enumerate((akimat(area) for area in areas), 2), outcome=bodies)
    assert bodies.counts["responsibilities"] == 244
    assert not bodies.refused
    outcome = import_places(session, settings)
    assert not outcome.refused
    assert outcome.counts["new"] == 9899
    assert import_places(session, settings).counts["already there"] == 9899
    check_against_shapely(session, areas)


def akimat(area: Area) -> dict[str, str]:
    kind = AKIMAT[area.level or 1]
    return {"code": f"akimat-{area.code}", "kind": kind, "name_kk": area.name_kk, "area": area.code}


def import_places(session: Session, settings: Settings) -> Outcome:
    outcome = Outcome()
    rows = hazard_rows(KZ / "hotosm_places_kaz.geojson.gz", {"external_id": "osm_id"}, "WATER_UNGUARDED", outcome)
    now = datetime.now(UTC)
    import_hazards(session, by=SYSTEM, rows=rows, source="osm", policy=settings.policy, now=now, outcome=outcome)
    return outcome


def check_against_shapely(session: Session, areas: Any) -> None:
    found = session.execute(select(Hazard.label, Hazard.area_id, Hazard.body_id, Hazard.basis, Hazard.status)).all()
    shapes = np.array([area.geom for area in areas])
    shapely.prepare(shapes)
    tree = STRtree(shapes)
    levels = {area.id: area.level for area in areas}
    for row in found:
        assert row.area_id == expected(tree, areas, row.label), row.label
        assert row.status == ("received" if row.body_id is None else "assigned")
        assert (row.body_id is None) == (row.area_id is None)
    print("by level:", Counter(levels.get(row.area_id) for row in found))
    print("by basis:", Counter(row.basis for row in found))


def expected(tree: STRtree, areas: Any, place: Point) -> int | None:
    """The smallest area that covers the place; else the nearest within the tolerance; else none."""
    covering = [areas[i] for i in tree.query(place, predicate="intersects")]
    if covering:
        return min(covering, key=lambda area: (-area.rank, area.code)).id
    near = []
    for i in tree.query(place.buffer(0.01)):
        metres = local_metres(areas[i].geom.intersection(place.buffer(0.02)), place)
        if metres <= TOLERANCE_M:
            near.append((round(metres), -areas[i].rank, areas[i].code, areas[i].id))
    return min(near)[3] if near else None


def local_metres(geometry: Any, place: Point) -> float:
    """Distance in a plane that is true at `place`: radii of curvature of WGS84 there."""
    sine = math.sin(math.radians(place.y))
    w = 1 - 0.00669437999014 * sine * sine
    north = math.radians(6378137.0 * (1 - 0.00669437999014) / w**1.5)
    east = math.radians(6378137.0 / math.sqrt(w)) * math.cos(math.radians(place.y))
    return float(scale(geometry, east, north, origin=place).distance(place))
