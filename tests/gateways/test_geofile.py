"""Files of four formats, and files made to hurt: features in degrees, or one sentence why not."""

from __future__ import annotations

import gzip
import json
import subprocess
import time
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyproj
import pytest
import shapely
from shapely.geometry import Point, Polygon

from app.domain.geo import KAZAKHSTAN
from app.gateways import geofile
from app.gateways.geo_limits import FILE, MB
from app.gateways.geo_source import Unreadable, Wish
from app.gateways.geo_worker import Request, answer
from app.gateways.geofile import Asked, Feature, GeoFileError, read
from tests.gateways.geo_files import SQUARE, circle, star, write_layer, zipped

AREAS = Asked(bounds=KAZAKHSTAN, mend=True)
OSM = (("place", "*"),)
NAMES = ["Әуезов ауданы", "Бостандық"]


def collection(path: Path, *shapes: Any, **more: Any) -> Path:
    """A FeatureCollection of geometries, plain dictionaries among them."""
    listed = [each if isinstance(each, dict) else json.loads(shapely.to_geojson(each)) for each in shapes]
    features = [{"type": "Feature", "properties": {"code": "007"}, "geometry": each} for each in listed]
    text = json.dumps({"type": "FeatureCollection", "features": features} | more).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def near(path: Path, **wish: Any) -> list[Feature]:
    """The features as the reading process makes them, made here: a process for each takes half a second."""
    request = Request(Wish(path, **wish), FILE, KAZAKHSTAN, mend=True)
    *found, _ = answer(request)
    shapes = [shapely.from_wkb(each["g"]) if "g" in each else None for each in found]
    return [Feature(e["line"], e["p"], shape, (), e.get("problem", "")) for e, shape in zip(found, shapes, strict=True)]


@pytest.mark.parametrize("name", ["a.geojson", "a.json", "a.geojson.gz", "no_suffix"])
def test_geojson_keeps_codes_as_texts(tmp_path: Path, name: str) -> None:
    (found,) = near(collection(tmp_path / name, SQUARE))
    assert found.properties == {"code": "007"}
    assert found.geometry is not None
    assert found.geometry.equals(SQUARE)


def test_geopackage_keeps_whole_numbers_whole_and_asks_for_a_layer(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [SQUARE, SQUARE], NAMES)
    assert [each.properties for each in read(path, AREAS)] == [
        {"code": 1, "name": NAMES[0]},
        {"code": None, "name": NAMES[1]},
    ]
    write_layer(path, [SQUARE], ["Үшінші"], layer="others")
    with pytest.raises(GeoFileError, match="holds several, name one with --layer: units, others"):
        list(read(path, AREAS))
    assert len(list(read(path, replace(AREAS, layer="others")))) == 1


@pytest.mark.parametrize(("encoding", "keep"), [("UTF-8", True), ("UTF-8", False), ("cp1251", False)])
def test_zipped_shapefile_in_each_encoding(tmp_path: Path, encoding: str, keep: bool) -> None:
    names = NAMES if encoding == "UTF-8" else ["Алматинский", "Есильский"]
    write_layer(tmp_path / "units.shp", [SQUARE, SQUARE], names, encoding=encoding)
    members = [each for each in sorted(tmp_path.glob("units.*")) if keep or each.suffix != ".cpg"]
    found = near(zipped(tmp_path / "units.zip", *members))
    assert [each.properties["name"] for each in found] == names


@pytest.mark.parametrize("crs", ["EPSG:32643", "EPSG:28413", "EPSG:3857"])
def test_another_coordinate_system_becomes_degrees(tmp_path: Path, crs: str) -> None:
    there = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    moved = shapely.transform(SQUARE, lambda xy: list(zip(*there.transform(*xy.T), strict=True)))
    (found, _) = near(write_layer(tmp_path / "a.gpkg", [moved, moved], NAMES, crs=crs))
    assert found.geometry is not None
    assert found.geometry.equals_exact(shapely.MultiPolygon([SQUARE]), 1e-6) or found.geometry.normalize().equals_exact(
        shapely.MultiPolygon([SQUARE]).normalize(), 1e-6
    )


def test_an_unknown_coordinate_system_is_refused_and_degrees_without_a_name_are_taken(tmp_path: Path) -> None:
    crs = {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::999999"}}}
    with pytest.raises(Unreadable, match="names a coordinate system that is not known: urn:ogc:def:crs:EPSG::999999"):
        near(collection(tmp_path / "a.geojson", SQUARE, **crs))
    metres = Polygon([(500000, 4760000), (600000, 4760000), (600000, 4860000)])
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        path = write_layer(tmp_path / "a.gpkg", [metres, SQUARE], NAMES, crs=None)
    assert ["no degrees" in each.problem for each in near(path)] == [True, False]


def test_latitude_before_longitude_refuses_the_feature_and_of_most_the_file(tmp_path: Path) -> None:
    swapped = Polygon([(43, 76), (44, 76), (44, 77)])
    found = near(collection(tmp_path / "a.geojson", SQUARE, swapped))
    assert [each.problem for each in found] == ["", "has latitude before longitude: swap the axes"]
    with pytest.raises(Unreadable, match="has latitude before longitude: swap the axes and try again"):
        near(collection(tmp_path / "b.geojson", swapped, SQUARE, swapped))


def test_what_is_no_number_is_called_so_wherever_it_stands(tmp_path: Path) -> None:
    nan = float("nan")
    rings = [[[nan, 43], [77, 43], [77, 44], [nan, 43]], [[76, 43], [nan, 43], [77, 44], [76, 43]], [["x", 43]]]
    shapes = ({"type": "Polygon", "coordinates": [ring]} for ring in rings)
    found = read(collection(tmp_path / "a.geojson", *shapes), AREAS)
    assert [each.problem for each in found] == ["has a coordinate that is not a number"] * 2 + ["has no geometry"]


def test_geometries_pass_as_they_are_where_no_areas_are_wanted(tmp_path: Path) -> None:
    found = list(read(collection(tmp_path / "a.geojson", Point(76, 43), star(11))))
    assert [each.geometry is not None and each.geometry.geom_type for each in found] == ["Point", "Polygon"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is neither GeoJSON"),
        (b"hello", "is neither GeoJSON"),
        (b'{"type": "Feature"}', "is not a GeoJSON FeatureCollection"),
        (b"[" * 200_000, "is nested deeper than 20 levels"),
        (b"[" * 21 + b"]" * 21, "is nested deeper than 20 levels"),
        (b'[{"a": ' * 11 + b"1" + b"}]" * 11, "is nested deeper than 20 levels"),
        (b"\x1f\x8bjunk", "cannot be read"),
        (b"PK\x03\x04junk", "is no zip archive that can be read"),
        (b"SQLite format 3\x00junk", "cannot be opened"),
        (b"\x00\x00\x00\x0d\n\x09OSMHeader\x18\x05junk", "cannot be read"),
        (b"<OGRVRTDataSource/>", "is neither GeoJSON"),
    ],
)
def test_what_is_no_such_file_is_one_sentence(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "units.bin"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=f"^{why}"):
        near(path, osm=OSM if b"OSMHeader" in content else ())
    with pytest.raises(Unreadable, match=r"^is no OpenStreetMap extract|^cannot be read"):
        near(path, osm=OSM)


def test_bombs_are_stopped_when_unpacked(tmp_path: Path) -> None:
    small = replace(FILE, unpacked=1 * MB, shapes=1 * MB)
    packed = tmp_path / "bomb.geojson.gz"
    packed.write_bytes(gzip.compress(b" " * 3 * MB))
    with pytest.raises(GeoFileError, match="is larger than 1 MB when unpacked"):
        list(read(packed, AREAS, small))
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a.shp", b"\0" * 3 * MB)
    with pytest.raises(GeoFileError, match="holds more than 1 MB when unpacked"):
        list(read(archive, AREAS, small))


def test_an_archive_chooses_no_place_to_write(tmp_path: Path) -> None:
    write_layer(tmp_path / "units.shp", [SQUARE], NAMES[:1])
    archive = tmp_path / "slip.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for member in tmp_path.glob("units.*"):
            out.write(member, f"../../{member.name}")
    assert len(near(archive)) == 1
    assert not (tmp_path.parent.parent / "units.shp").exists()


@pytest.mark.parametrize(
    ("limits", "features", "why"),
    [
        (replace(FILE, memory=300 * MB), 2000, "needs more memory than it may have|the reader broke down"),
        (replace(FILE, cpu_s=1), 3000, "takes more than 1 s to read"),
        (replace(FILE, wall_s=1.0), 3000, "is not read in 1 s"),
        (replace(FILE, all_vertices=1000), 3, "has more than 1000 vertices"),
        (replace(FILE, features=1), 2, "has more than 1 features"),
    ],
)
def test_each_limit_is_one_sentence(tmp_path: Path, limits: Any, features: int, why: str) -> None:
    path = tmp_path / "large.geojson"
    one = json.dumps({"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(circle(400)))})
    path.write_text('{"type": "FeatureCollection", "features": [' + ",".join([one] * features) + "]}")
    with pytest.raises(GeoFileError, match=why):
        list(read(path, AREAS, limits))


@pytest.mark.parametrize("text", ['{"a": "]]\\\\", "b": [[["[\\"["]]]}', "[" * 20 + "]" * 20])
def test_brackets_in_texts_do_not_count_as_depth(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(Unreadable, match="is not a GeoJSON FeatureCollection"):
        near(path)


def test_a_bomb_among_areas_costs_itself_alone(tmp_path: Path) -> None:
    path = collection(tmp_path / "a.geojson", SQUARE, star(4001), circle(200_000))
    start = time.monotonic()
    fine, bomb, large = read(path, AREAS, replace(FILE, mend_s=1))
    assert time.monotonic() - start < 9.5, "only the watch on the wall stopped the bomb, after ten times its time"
    assert fine.geometry is not None
    assert bomb.problem == "crosses itself too often to be repaired in 1 s"
    assert large.geometry is not None
    assert not large.done
    assert shapely.get_num_coordinates(large.geometry) == 200_001
    (short,) = read(collection(tmp_path / "b.geojson", circle(3000)), AREAS, replace(FILE, vertices=2000))
    assert short.problem == "has 3001 vertices, more than 2000"


def test_an_outline_may_not_take_more_memory_than_it_is_given(tmp_path: Path) -> None:
    path = collection(tmp_path / "a.geojson", circle(200_000), SQUARE)
    greedy, fine = read(path, AREAS, replace(FILE, mend_memory=1 * MB))
    assert greedy.geometry is None
    assert greedy.problem
    assert fine.geometry is not None


def test_what_mends_a_bomb_ends_with_its_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    original = geofile._started
    monkeypatch.setattr(geofile, "_started", lambda: started.append(original()) or started[-1])
    path, start = collection(tmp_path / "a.geojson", star(1801)), time.monotonic()
    with pytest.raises(GeoFileError, match="is not read in 2 s"):
        list(read(path, AREAS, replace(FILE, wall_s=2.0, mend_s=60, mend_memory=2048 * MB)))
    assert time.monotonic() - start < 6
    time.sleep(0.1)
    assert not _living(started[0].pid)


def _living(group: int) -> list[str]:
    """The processes of a group that are not dead yet, as the kernel tells of them."""
    told = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            told.append((process / "stat").read_text().rpartition(") ")[2].split())
    return [state for state, _, its_group, *_ in told if int(its_group) == group and state != "Z"]
