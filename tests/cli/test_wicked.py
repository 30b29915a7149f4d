"""Outlines as they come: mended or refused, each with its feature and reason; what does not fit together is told."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from click.testing import CliRunner
from shapely.geometry import box
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.areas import areas
from app.config import Settings
from app.models import Area
from app.queries.area_checks import check_areas
from tests.cli.imports import BOW_TIE, SQUARE, collection, feature, polygon, run
from tests.fixtures.web import server_env

HOLE = [[76.2, 43.2], [76.4, 43.2], [76.4, 43.4], [76.2, 43.4], [76.2, 43.2]]
OUTSIDE = [[78.0, 43.0], [78.5, 43.0], [78.5, 43.5], [78.0, 43.0]]
SLIVER = [[[79.0, 43.0], [79.5, 43.0], [79.5, 43.0000000001], [79.0, 43.0]]]
NAN, INFINITE = (
    [[[76, 43], [float("nan"), 43], [77, 44], [76, 43]]],
    [[[76, 43], [float("inf"), 43], [77, 44], [76, 43]]],
)

MENDED: dict[str, tuple[Any, str, float]] = {
    "bow-tie": (polygon(BOW_TIE), "rings repaired (Self-intersection at 76.5 43.5)", 0.5),
    "heights": (polygon([[[*each, 812.0] for each in SQUARE[0]]]), "heights dropped", 1.0),
    "hole outside": (polygon([SQUARE[0], OUTSIDE]), "rings repaired (Hole lies outside shell", 1.0),
    "doubled part": (
        {"type": "MultiPolygon", "coordinates": [SQUARE, SQUARE]},
        "rings repaired (Self-intersection",
        1.0,
    ),
    "sliver beside": (
        {"type": "MultiPolygon", "coordinates": [SQUARE, SLIVER]},
        "parts without a surface dropped",
        1.0,
    ),
    "antimeridian": (
        polygon([[[179, 60], [-179, 60], [-179, 61], [179, 61], [179, 60]]]),
        "split at the antimeridian",
        2.0,
    ),
    "beyond 180": (
        polygon([[[179, 60], [181, 60], [181, 61], [179, 61], [179, 60]]]),
        "split at the antimeridian",
        2.0,
    ),
    "collection": (
        {"type": "GeometryCollection", "geometries": [polygon(SQUARE), {"type": "Point", "coordinates": [1, 1]}]},
        "",
        1.0,
    ),
    "hole": (polygon([SQUARE[0], HOLE]), "", 0.96),
    "wound the other way": (polygon([SQUARE[0][::-1]]), "", 1.0),
    "doubled points": (polygon([[each for each in SQUARE[0] for _ in range(2)]]), "", 1.0),
}
REFUSED: dict[str, tuple[Any, str]] = {
    "none": (None, "has no geometry"),
    "empty": ({"type": "Polygon", "coordinates": []}, "has no geometry"),
    "a line": ({"type": "LineString", "coordinates": SQUARE[0]}, "its shape cannot be used"),
    "a point": ({"type": "Point", "coordinates": [76, 43]}, "its shape cannot be used"),
    "two corners": (polygon([[[76, 43], [77, 43]]]), "has no geometry"),
    "no surface": (polygon(SLIVER), "has no surface"),
    "hole fills it": (polygon([SQUARE[0], SQUARE[0]]), "has no surface"),
    "not a number": (polygon(NAN), "has a coordinate that is not a number"),
    "infinite": (polygon(INFINITE), "has a coordinate that is not a number"),
    "metres": (polygon([[[500000, 4800000], [600000, 4800000], [600000, 4900000], [500000, 4800000]]]), "no degrees"),
    "words": ({"type": "Polygon", "coordinates": "here"}, "has no geometry"),
    "unknown kind": ({"type": "Spiral", "coordinates": SQUARE}, "has no geometry"),
    "round the pole": (polygon([[[0, 80], [90, 80], [180, 80], [-90, 80], [0, 80]]]), "has no surface"),
}


def test_every_wicked_outline_is_mended_or_refused_by_name(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    given = {**{name: wish[0] for name, wish in MENDED.items()}, **{name: wish[0] for name, wish in REFUSED.items()}}
    file = collection(tmp_path / "a.json", *(feature(each, code=name, name_kk=name) for name, each in given.items()))
    answer = run(areas, settings, file, "--kind", "service_area")
    assert answer.exit_code == 0, answer.output
    stored = {area.code: area.geom for area in session.scalars(select(Area))}
    assert set(stored) == set(MENDED)
    for line, (name, (_, done, size)) in enumerate(MENDED.items(), 1):
        assert stored[name].is_valid
        assert not stored[name].has_z
        assert shapely.area(stored[name]) == pytest.approx(size)
        told = f"repaired {line}: {name}: {done}"
        assert (told in answer.output) == bool(done), told
    for line, (name, (_, why)) in enumerate(REFUSED.items(), 1 + len(MENDED)):
        assert f"refused {line}: {name}: " in answer.output
        assert why in answer.output.split(f"refused {line}: ")[1].splitlines()[0]


def test_wicked_properties_are_texts_that_a_table_can_hold(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    wicked: tuple[Any, ...] = ("\x00Бір\ud800", ["a", {"b": 1}], 10**30, True, "х" * 5000, {"k": None})
    shapes = (feature(polygon(SQUARE), code=str(line), name_kk=each, kind="rayon") for line, each in enumerate(wicked))
    long = feature(polygon(SQUARE), code="9" * 3000, name_kk="Ұзын")
    kinds = feature(polygon(SQUARE), code="k", name_kk="Түр", kind=["rayon"])
    answer = run(areas, settings, collection(tmp_path / "a.json", *shapes, long, kinds))
    assert "refused 7: 9999" in answer.output
    assert "has a code of more than 64 characters" in answer.output
    assert "refused 8: k: has no kind" in answer.output
    names = session.scalars(select(Area.name_kk).order_by(Area.code)).all()
    assert names == ["Бір?", '["a", {"b": 1}]', str(10**30), "True", "х" * 200, '{"k": null}']


def test_swapped_axes_leave_nothing_behind(session: Session, settings: Settings, tmp_path: Path) -> None:
    swapped = polygon([[each[::-1] for each in SQUARE[0]]])
    file = collection(
        tmp_path / "a.geojson",
        feature(polygon(SQUARE), code="1", name_kk="Бір"),
        feature(swapped, code="2"),
        feature(swapped, code="3"),
    )
    answer = run(areas, settings, file, "--level", "1")
    assert answer.exit_code == 1
    assert "a.geojson has latitude before longitude: swap the axes and try again (most" in answer.output
    assert not session.scalars(select(Area)).all()


def test_what_does_not_fit_together_is_told_and_stored(session: Session, settings: Settings, tmp_path: Path) -> None:
    shapes = {
        "P": (box(76, 43, 78, 44), "oblast", None),
        "A": (box(76, 43, 77.1, 44), "rayon", "P"),
        "B": (box(77, 43, 77.8, 44), "city_administration", "P"),
        "C": (box(70, 43, 71, 44), "rayon", "missing"),
        "S": (box(76, 43, 78, 44), "service_area", "P"),
    }
    features = [
        feature(json.loads(shapely.to_geojson(shape)), code=code, name_kk=code, kind=kind, parent=parent)
        for code, (shape, kind, parent) in shapes.items()
    ]
    answer = run(areas, settings, collection(tmp_path / "a.geojson", *features))
    assert "5 read, 5 new, 0 refused." in answer.output
    assert "warning: C names the parent missing, which is not there" in answer.output
    flaws = {flaw.what: flaw for flaw in check_areas(session, day=date.today())}  # noqa: DTZ011 - as the command
    assert len(flaws) == 3
    assert (flaws["overlap"].code, flaws["overlap"].other) == ("A", "B")
    assert flaws["overlap"].km2 == pytest.approx(904, rel=0.01)
    assert flaws["gap"].code == "P"
    assert flaws["gap"].km2 == pytest.approx(1808, rel=0.01)
    checked = CliRunner().invoke(areas, ["check", "--at-least", "1000"], env=server_env(settings, 8000))
    assert "the areas inside P leave" in checked.output
    assert "overlap" not in checked.output
    assert "2 warnings." in checked.output
