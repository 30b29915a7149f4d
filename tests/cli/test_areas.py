"""Areas from GeoJSON: repaired or refused with a reason; a later version closes the older one."""

from datetime import date
from pathlib import Path
from typing import Any

import pyproj
import shapely
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.areas import areas
from app.config import Settings
from app.models import Area
from app.queries.reroute import borders_version
from tests.cli.imports import BOW_TIE, LARGER, SQUARE, collection, feature, polygon, run
from tests.fixtures.web import server_env
from tests.gateways.geo_files import SQUARE as SQUARE_AREA
from tests.gateways.geo_files import write_layer, zipped


def test_fit_ones_are_stored_and_unfit_ones_named(session: Session, settings: Settings, tmp_path: Path) -> None:
    file = collection(
        tmp_path / "a.geojson",
        feature(polygon(SQUARE), KATO="1", ADM1_KK="Бір"),
        feature(polygon(BOW_TIE), KATO="2", ADM1_KK="Екі"),
        feature(None, KATO="3", ADM1_KK="Үш"),
        feature(polygon(SQUARE), KATO="1", ADM1_KK="Тағы"),
        feature(polygon(SQUARE), ADM1_KK="Кодсыз"),
        feature(polygon(SQUARE), KATO="4"),
    )
    answer = run(areas, settings, file, "--level", "1")
    assert answer.exit_code == 0, answer.output
    assert "6 read, 2 new, 1 repaired, 4 refused." in answer.output
    assert "refused 3: 3: has no geometry" in answer.output
    assert set(session.scalars(select(Area.code))) == {"1", "2"}
    assert all(area.geom.is_valid and area.kind == "oblast" for area in session.scalars(select(Area)))


def test_later_version_closes_the_older(session: Session, settings: Settings, tmp_path: Path) -> None:
    older = collection(tmp_path / "a.geojson", feature(polygon(SQUARE), KATO="1", ADM1_KK="Бір"))
    file = collection(tmp_path / "b.geojson", feature(polygon(LARGER), KATO="1", ADM1_KK="Бір"))
    for day, given in (("2020-01-01", older), ("2024-01-01", file), ("2024-01-01", file)):
        assert run(areas, settings, given, "--level", "1", "--valid-from", day).exit_code == 0
    versions = session.execute(select(Area.valid_from, Area.valid_until).order_by(Area.valid_from)).all()
    assert [tuple(each) for each in versions] == [
        (date(2020, 1, 1), date(2024, 1, 1)),
        (date(2024, 1, 1), None),
    ]
    assert "already there" in run(areas, settings, file, "--level", "1", "--valid-from", "2022-01-01").output


def test_geopackage_and_zipped_shapefile_in_metres(session: Session, settings: Settings, tmp_path: Path) -> None:
    there = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32643", always_xy=True)
    outline = shapely.transform(SQUARE_AREA, lambda xy: list(zip(*there.transform(*xy.T), strict=True)))
    package = write_layer(tmp_path / "a.gpkg", [outline, outline], ["Әуезов", "Кодсыз"], layer="a", crs="EPSG:32643")
    write_layer(package, [outline], [""], layer="b")
    write_layer(tmp_path / "s.shp", [outline, outline], ["Әуезов", "Кодсыз"], crs="EPSG:32643")
    archive = zipped(tmp_path / "s.zip", *sorted(tmp_path.glob("s.*")))
    properties = ("--code", "code", "--name-kk", "name", "--kind", "city_district", "--valid-from", "2024-01-01")
    assert "name one with --layer: a, b" in run(areas, settings, package, *properties).output
    answer = run(areas, settings, package, *properties, "--layer", "a")
    assert "2 read, 1 new, 1 refused." in answer.output
    assert "refused 2: feature: has no code" in answer.output
    (area,) = session.scalars(select(Area))
    assert (area.code, area.name_kk) == ("1", "Әуезов")
    assert shapely.hausdorff_distance(area.geom, SQUARE_AREA) < 1e-6
    assert "2 read, 1 unchanged, 1 refused." in run(areas, settings, archive, *properties).output


def test_a_file_that_names_no_parent_keeps_that_of_before_or_goes_by_the_kato_code(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    def bring(level: str, outline: list[Any], *codes: str, since: str = "2024-01-01", **more: str) -> None:
        rows = (feature(polygon(outline), KATO=code, ADM1_KK=code, **more) for code in codes)
        file = collection(tmp_path / "a.geojson", *rows)
        assert run(areas, settings, file, "--level", level, "--valid-from", since).exit_code == 0

    def held() -> dict[str, tuple[str, str | None]]:
        found = session.execute(select(Area.code, Area.kind, Area.parent_code).where(Area.valid_until.is_(None)))
        return {row.code: (row.kind, row.parent_code) for row in found}

    bring("1", SQUARE, "100000000", "750000000")
    bring("2", SQUARE, "101000000", "101010000", "751110000", "990100000")
    bring("3", SQUARE, "101013000", parent="101000000")
    assert held() == {
        "100000000": ("oblast", None),
        "750000000": ("republican_city", None),
        "101000000": ("rayon", "100000000"),
        "101010000": ("rayon", "100000000"),
        "751110000": ("city_district", "750000000"),
        "990100000": ("rayon", None),
        "101013000": ("rural_okrug", "101000000"),
    }
    bring("3", LARGER, "101013000", since="2025-01-01")
    assert held()["101013000"] == ("rural_okrug", "101000000")


def test_another_kind_on_the_same_day_makes_old_previews_stale(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    file = collection(tmp_path / "a.geojson", feature(polygon(SQUARE), KATO="1", ADM1_KK="Бір"))
    day = ("--valid-from", "2024-01-01")
    assert run(areas, settings, file, "--kind", "rayon", *day).exit_code == 0
    before = borders_version(session)
    assert run(areas, settings, file, "--kind", "rayon", *day).exit_code == 0
    assert borders_version(session) == before
    assert run(areas, settings, file, "--kind", "city_district", *day).exit_code == 0
    assert borders_version(session) > before


def test_a_dissolved_area_ends_once_and_old_previews_with_it(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    file = collection(tmp_path / "a.geojson", feature(polygon(SQUARE), KATO="1", ADM1_KK="Бір"))
    assert run(areas, settings, file, "--level", "1", "--valid-from", "2024-01-01").exit_code == 0
    before = borders_version(session)

    def end(code: str, day: str) -> tuple[int, str]:
        answer = CliRunner().invoke(areas, ["end", code, "--on", day], env=server_env(settings, 8000))
        return answer.exit_code, answer.output

    assert end("2", "2025-01-01") == (1, "Error: there is no such area\n")
    refused = (1, "Error: it begins on that day or later, or has ended before\n")
    assert end("1", "2024-01-01") == refused
    assert end("1", "2025-01-01") == (0, "1 ends on 2025-01-01.\n")
    assert end("1", "2026-01-01") == refused
    session.expire_all()
    assert session.scalars(select(Area.valid_until)).all() == [date(2025, 1, 1)]
    assert borders_version(session) > before


def test_what_is_no_geojson_is_one_sentence(settings: Settings, tmp_path: Path) -> None:
    deep = tmp_path / "deep.geojson"
    deep.write_text("[" * 100_000)
    answer = run(areas, settings, deep)
    assert answer.exit_code == 1
    assert "nested deeper than 20 levels" in answer.output
