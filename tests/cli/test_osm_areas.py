"""Boundaries of an OpenStreetMap extract: the same outlines as mapped, with their ids, kinds, parents and notice."""

import gzip
import json
from pathlib import Path
from typing import Any

import click
import pytest
import shapely
from shapely.geometry import MultiPolygon, box
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.cli.areas import areas
from app.cli.osm_areas import kinds_of_levels
from app.config import Settings
from app.models import Area
from tests.cli.imports import collection, run
from tests.cli.osm_writer import Extract

ALMATY = Path(__file__).parents[2].parent / "shared" / "data" / "kz" / "osm_almaty_districts.geojson.gz"
WEST, EAST = box(76, 43, 77, 44), box(77, 43, 78, 44)


def oblast(path: Path, **west: str) -> Path:
    """An oblast of two rayons, one of them by KATO, with a neighbour that the extract holds only in part."""
    made = Extract()
    made.boundary(
        1, box(76, 43, 78, 44), {"admin_level": "4", "name": "Облыс", "name:ru": "Область", "name:en": "Oblast"}
    )
    made.boundary(2, WEST, {"admin_level": "6", "name": "Батыс ауданы"} | west)
    made.boundary(3, EAST, {"admin_level": "6", "name": "Шығыс", "place": "city", "ref:kato": "191010000"})
    made.boundary(
        4,
        MultiPolygon([box(79, 43, 79.1, 43.1), box(80, 43, 81, 44)]),
        {"admin_level": "6", "name": "Көрші"},
        without=1,
    )
    made.boundary(5, EAST, {"admin_level": "6"})
    made.boundary(6, EAST, {"admin_level": "5", "name": "Өңір"})
    return made.write(path)


def versions(session: Session) -> list[Any]:
    session.rollback()
    return list(session.execute(text("SELECT area.*, xmin::text FROM area ORDER BY code")).all())


def test_levels_become_kinds_with_parents_codes_and_the_notice(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    answer = run(areas, settings, oblast(tmp_path / "a.osm.pbf"))
    assert answer.exit_code == 0, answer.output
    found = {area.code: area for area in session.scalars(select(Area))}
    assert {code: (area.kind, area.parent_code, area.level) for code, area in found.items()} == {
        "osm:r1": ("oblast", None, 4),
        "osm:r2": ("rayon", "osm:r1", 6),
        "191010000": ("city_administration", "osm:r1", 6),
    }
    assert found["191010000"].source == "OpenStreetMap r3; © OpenStreetMap contributors, ODbL 1.0"
    assert (found["osm:r1"].name_kk, found["osm:r1"].name_ru, found["osm:r1"].name_en) == ("Облыс", "Область", "Oblast")
    assert "r4: is not whole in this extract" in answer.output
    assert "r5: has no name" in answer.output
    assert "6 read, 1 of other levels, 3 new, 2 refused." in answer.output


def test_a_second_run_changes_nothing_and_another_outline_closes_the_older(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    file = oblast(tmp_path / "a.osm.pbf")
    run(areas, settings, file, "--valid-from", "2024-01-01")
    before = versions(session)
    assert "3 unchanged" in run(areas, settings, file, "--valid-from", "2024-01-01").output
    assert "3 unchanged" in run(areas, settings, file, "--valid-from", "2025-01-01").output
    assert versions(session) == before
    renamed = oblast(tmp_path / "b.osm.pbf", name="Жаңа ауданы")
    assert "2 unchanged, 1 changed" in run(areas, settings, renamed, "--valid-from", "2025-01-01").output
    assert [(each.name_kk, each.valid_until is None) for each in versions(session) if each.code == "osm:r2"] == [
        ("Батыс ауданы", False),
        ("Жаңа ауданы", True),
    ]


def test_a_level_can_be_told_its_kind(session: Session, settings: Settings, tmp_path: Path) -> None:
    answer = run(
        areas, settings, oblast(tmp_path / "a.osm.pbf"), "--admin-level", "6=settlement", "--admin-level", "5=rayon"
    )
    assert answer.exit_code == 0, answer.output
    assert {area.kind for area in session.scalars(select(Area))} == {"oblast", "settlement", "rayon"}
    for wrong in ("6", "x=rayon", "6=kingdom"):
        with pytest.raises(click.UsageError, match="--admin-level takes N=KIND"):
            kinds_of_levels([wrong])


@pytest.mark.real
@pytest.mark.skipif(not ALMATY.exists(), reason=f"no real boundaries at {ALMATY}")
def test_real_districts_keep_their_outlines(session: Session, settings: Settings, tmp_path: Path) -> None:
    listed = json.loads(gzip.decompress(ALMATY.read_bytes()))["features"]
    real = {each["properties"]["osm_id"]: shapely.from_geojson(json.dumps(each["geometry"])) for each in listed}
    made = Extract()
    for each in listed:
        names = {"admin_level": "8", "name": each["properties"]["osm_name"].split(",")[0]}
        made.boundary(each["properties"]["osm_id"], real[each["properties"]["osm_id"]], names)
    whole = shapely.union_all(list(real.values()))
    made.boundary(1, whole, {"admin_level": "4", "place": "city", "name": "Алматы", "kato": "750000000"})
    answer = run(areas, settings, made.write(tmp_path / "almaty.osm.pbf"))
    assert "9 read, 9 new, 0 refused." in answer.output
    for area in session.scalars(select(Area).where(Area.code != "750000000")):
        outline = real[int(area.code.removeprefix("osm:r"))]
        assert area.geom.intersection(outline).area / area.geom.union(outline).area > 0.999
        assert (area.kind, area.parent_code) == ("city_district", "750000000")
    assert session.scalars(select(Area.kind).where(Area.code == "750000000")).one() == "republican_city"


def test_a_file_without_boundaries_or_features_says_so(session: Session, settings: Settings, tmp_path: Path) -> None:
    made = Extract()
    made.point(76.9, 43.2, {"place": "suburb", "name": "Алмалы"})
    answer = run(areas, settings, made.write(tmp_path / "a.osm.pbf"))
    assert (answer.exit_code, answer.output) == (
        1, "Error: a.osm.pbf holds no administrative boundaries (boundary=administrative).\n",
    )  # fmt: skip
    empty = run(areas, settings, collection(tmp_path / "a.geojson"))
    assert (empty.exit_code, empty.output) == (1, "Error: a.geojson holds no features.\n")
    made.boundary(6, EAST, {"admin_level": "5", "name": "Өңір"})
    others = run(areas, settings, made.write(tmp_path / "b.osm.pbf"))
    assert (others.exit_code, "boundaries of other levels only" in others.output) == (1, True)


def test_an_extract_of_which_nothing_was_fit_fails(settings: Settings, tmp_path: Path) -> None:
    made = Extract()
    made.boundary(5, EAST, {"admin_level": "6"})
    made.boundary(6, EAST, {"admin_level": "5", "name": "Өңір"})
    answer = run(areas, settings, made.write(tmp_path / "a.osm.pbf"))
    assert (answer.exit_code, "2 read, 1 of other levels, 1 refused." in answer.output) == (1, True), answer.output
