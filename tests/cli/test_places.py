"""Places of real OpenStreetMap extracts against what is known to be in them; twice changes nothing."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.cli.osm_tags import key_of, names_of, place_kind
from app.cli.places import places
from app.config import Settings
from app.models import Place
from tests.cli.imports import run
from tests.cli.osm_writer import Extract

OSM = Path(__file__).parents[2].parent / "shared" / "data" / "osm"
KINDS = {
    "manhole": {"manhole"},
    "playground": {"playground"},
    "power_line": {"power_line"},
    "power_minor_line": {"power_line"},
    "power_tower": {"power_tower"},
    "school": {"school"},
    "kindergarten": {"kindergarten"},
    "water": {"water", "canal"},
}
KOTKA = ("kotka_test.osm.pbf", "kotka_test_features.geojson", 10)
HELSINKI = ("helsinki_centre.osm.pbf", "helsinki_centre_features.geojson.gz", 432)
COUNT = select(Place.kind, func.count().label("number")).group_by(Place.kind)
real = pytest.mark.skipif(not OSM.is_dir(), reason=f"no real extracts at {OSM}")


def known(name: str) -> list[tuple[str, set[str], BaseGeometry]]:
    """Number, kinds that fit and geometry of each feature that is one of ours and has an extent."""
    path = OSM / name
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    listed = [
        (each["properties"], shapely.from_geojson(json.dumps(each["geometry"])))
        for each in json.loads(data)["features"]
    ]
    ours = [(found["osm"], KINDS[found["class"]], shape) for found, shape in listed if found["class"] in KINDS]
    return [(osm, kinds, shape) for osm, kinds, shape in ours if shape.geom_type == "Point" or shape.length > 0]


def content(session: Session) -> list[Any]:
    session.rollback()
    return list(session.execute(text("SELECT p.*, xmin::text FROM place p ORDER BY id")).all())


@pytest.mark.real
@real
@pytest.mark.parametrize(("extract", "features", "number"), [KOTKA, HELSINKI])
def test_every_known_feature_is_a_place_of_its_kind(
    session: Session, settings: Settings, extract: str, features: str, number: int
) -> None:
    answer = run(places, settings, OSM / extract)
    assert answer.exit_code == 0, answer.output
    assert "© OpenStreetMap contributors, ODbL 1.0" in answer.output
    stored = {row.external_id: row for row in session.scalars(select(Place))}
    wanted = known(features)
    assert len(wanted) == number
    for osm, kinds, shape in wanted:
        place = stored.get(osm) or stored.get(f"w{osm[1:]}") or stored[f"r{osm[1:]}"]
        assert place.source == "osm"
        assert place.kind in kinds
        assert place.geom.is_valid
        assert shapely.hausdorff_distance(place.geom, shape) < 1e-6


@pytest.mark.real
@real
def test_a_second_run_changes_nothing_and_only_replace_removes(session: Session, settings: Settings) -> None:
    run(places, settings, OSM / HELSINKI[0])
    before = content(session)
    assert len(before) > 1000
    again = run(places, settings, OSM / HELSINKI[0])
    assert f"{len(before)} unchanged" in again.output
    assert content(session) == before
    assert run(places, settings, OSM / KOTKA[0]).exit_code == 0
    both = len(content(session))
    replaced = run(places, settings, OSM / KOTKA[0], "--replace")
    assert f"{len(before)} removed" in replaced.output
    assert len(content(session)) == both - len(before)


@pytest.mark.real
@real
def test_the_public_finds_streets_and_settlements_but_no_manholes(
    session: Session, public_session: Session, settings: Settings
) -> None:
    run(places, settings, OSM / HELSINKI[0])
    run(places, settings, OSM / KOTKA[0])
    seen = public_session.execute(text("SELECT DISTINCT kind FROM public_data.public_place")).scalars().all()
    assert set(seen) == {"street", "quarter", "settlement"}
    credited = public_session.execute(text("SELECT DISTINCT source FROM public_data.public_place")).scalars().all()
    assert credited == ["osm"]
    kinds = {row.kind: row.number for row in session.execute(COUNT)}
    assert kinds["manhole"] > 400
    street = session.scalars(
        select(Place).where(Place.kind == "street", Place.search_key.contains("manerheimvagen"))
    ).first()
    assert street is not None
    assert street.name_kk == "Mannerheimintie"
    assert not session.scalars(select(Place).where(Place.kind.in_(seen), Place.name_kk == "")).first()


def test_a_source_tells_that_it_is_openstreetmap(session: Session, settings: Settings, tmp_path: Path) -> None:
    made = Extract()
    made.point(76.9, 43.2, {"place": "suburb", "name": "Алмалы", "note": "x"})
    file = made.write(tmp_path / "a.osm.pbf")
    assert "--source begins with osm" in run(places, settings, file, "--source", "city").output
    assert "1 read, 1 new, 0 refused." in run(places, settings, file, "--source", "osm-city").output
    assert session.scalars(select(Place.source)).one() == "osm-city"


def suburb(path: Path, name: str, **tags: str) -> Path:
    made = Extract()
    made.point(76.9, 43.2, tags or {"place": "suburb", "name": name})
    return made.write(path)


def test_replacing_touches_only_the_own_source_and_never_empties_it(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    run(places, settings, suburb(tmp_path / "a.osm.pbf", "Алмалы"), "--source", "osm-a")
    two = Extract()
    two.point(76.9, 43.2, {"place": "suburb", "name": "Әуезов"})
    two.point(76.8, 43.2, {"place": "suburb", "name": "Түрксіб"})
    run(places, settings, two.write(tmp_path / "b.osm.pbf"), "--source", "osm-b")
    replaced = run(places, settings, suburb(tmp_path / "c.osm.pbf", "Әуезов"), "--source", "osm-b", "--replace")
    assert "1 removed" in replaced.output
    one = Extract()
    one.point(76.9, 43.2, {"note": "x"})
    one.point(76.7, 43.3, {"place": "suburb", "name": "Наурызбай"})
    run(places, settings, one.write(tmp_path / "d.osm.pbf"), "--source", "osm-b", "--replace")
    kept = {("osm-a", "Алмалы"), ("osm-b", "Наурызбай")}
    nothing = run(places, settings, suburb(tmp_path / "e.osm.pbf", "", place="ocean"), "--source", "osm-b", "--replace")
    assert nothing.exit_code == 1
    assert "e.osm.pbf holds no place of a kind that is kept; nothing was removed." in nothing.output
    assert {(each.source, each.name_kk) for each in session.scalars(select(Place))} == kept


def test_what_is_no_extract_is_one_sentence(session: Session, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "a.osm.pbf"
    file.write_bytes(b"\x00\x00\x00\x0d\n\x09OSMHeader\x18\x05junk")
    answer = run(places, settings, file, "--replace")
    assert answer.exit_code == 1
    assert "Error: a.osm.pbf cannot be read" in answer.output
    assert not session.scalars(select(Place)).all()


def test_names_fall_back_to_what_stands_on_the_spot_and_never_to_a_third_language() -> None:
    assert names_of({"name": "Абай даңғылы", "name:ru": "проспект Абая"}) == (
        "Абай даңғылы",
        "проспект Абая",
        "Абай даңғылы",
    )
    assert names_of({"name:ru": "Абая"}) == ("", "Абая", "")
    assert names_of({"name": "А", "int_name": "A"}) == ("А", "А", "A")


def test_the_search_key_holds_other_and_old_names_once() -> None:
    tags = {"name": "Абай", "name:kk": "Абай", "old_name": "Ленин;Сталин", "alt_name:ru": "Абая", "operator": "Х"}
    assert key_of(tags) == "abaia abai lenin stalin"


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"manhole": "drain", "waterway": "drain"}, "manhole"),
        ({"manhole": "no", "waterway": "drain"}, "canal"),
        ({"highway": "residential"}, None),
        ({"highway": "residential", "name": "Абай"}, "street"),
        ({"highway": "bus_stop", "name": "Абай"}, None),
        ({"place": "suburb", "name": "Алмалы"}, "quarter"),
        ({"place": "village"}, None),
        ({"power": "pole"}, None),
        ({"amenity": "kindergarten"}, "kindergarten"),
    ],
)
def test_tags_say_the_kind(tags: dict[str, str], kind: str | None) -> None:
    assert place_kind(tags) == kind
