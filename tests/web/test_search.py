"""`/search` and `/report/shapes` over HTTP: the contract, a page without script, and what must never be a 5xx."""

import json
from pathlib import Path

import pytest
from shapely.geometry import LineString, Polygon
from sqlalchemy import insert, select

from app.actions.demo_city import make_city
from app.actions.reference_data import load_reference_data
from app.models import Hazard, Place
from app.web.places import resolve_place, search_places

DATA = Path(__file__).parents[2] / "data"
JSON = {"Accept": "application/json"}


@pytest.fixture
def city(session):
    load_reference_data(session, DATA)
    make_city(session, DATA)
    session.commit()


def test_the_answer_keeps_its_contract_and_may_be_kept(city, client):
    answer = client.get("/ru/search?q=ул. Абая, 12&lat=43.24&lon=76.93", headers=JSON)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert set(answer.json["items"][0]) == {"name", "kind", "kind_text", "parent", "lat", "lon", "zoom"}
    assert answer.json["items"][0]["name"] == "проспект Абая"
    assert answer.json["hint"]
    assert len(answer.json["items"]) <= 8


def test_without_script_it_is_a_page_of_links(city, client):
    page = client.get("/search?q=Достық").get_data(as_text=True)
    assert "/report?lat=43." in page
    assert "Достық даңғылы" in page


JUNK = ["", "%00", "%", "<script>alert(1)</script>", "' OR 1=1;--", "я" * 3000, "a" * 10**5]
JUNK += ["12", "+++", "6WQV+", "geo:", "\\x", "٣", "https://[", "%ED%A0%80"]
TYPED = ["43.238, 76.945", "43,238 76,945", "N43 14.28 E76 56.7", "43°14'16.8\"N 76°56'42\"E", "76.945 43.238"]
TYPED += ["С 43.238 В 76.945", "geo:43.238,76.945", "https://2gis.kz/almaty?m=76.945%2C43.238%2F17"]
TYPED += ["8JMR6WQW+62", "6WQW+62", "6WQW+62 Алматы"]
NONE = ["12, 15", "1.5, 2.5", "60.17, 24.94", "", "6WQV+2C+", "geo:1,1"]


def test_junk_is_refused_or_answered_with_nothing(city, client):
    for junk in JUNK:
        for headers in (JSON, {}):
            answer = client.get(f"/search?q={junk}&lat=x&lon=1e999", headers=headers)
            assert answer.status_code < 500, junk
            assert b"<script>alert" not in answer.data


def test_a_place_in_numbers_is_read_in_many_forms(city, app):
    with app.test_request_context():
        for typed in TYPED:
            lat, lon, zoom, _label = resolve_place(typed)
            assert (lat, lon) == (pytest.approx(43.238, abs=0.001), pytest.approx(76.945, abs=0.001)), typed
            assert zoom == 17


def test_what_is_no_place_of_ours_is_none(city, app):
    with app.test_request_context():
        for typed in NONE:
            assert all(item.kind not in ("coordinates", "plus_code") for item in search_places(typed).items), typed


def put(session, kind, geometry):
    row = {"source": "osm", "external_id": f"{kind}{id(geometry)}", "kind": kind, "search_key": "", "geom": geometry}
    session.execute(insert(Place), [row | {"name_kk": "Б", "name_ru": "Б", "name_en": "B"}])
    session.commit()


def shapes(client, code, lat=43.24, lon=76.93):
    return client.get(f"/report/shapes?type={code}&lat={lat}&lon={lon}")


def test_lines_and_waters_near_the_pin_fit_the_type(city, client, session):
    put(session, "power_line", LineString([(76.93 + n / 10_000, 43.2405 + n % 2 / 50_000) for n in range(900)]))
    put(session, "power_line", LineString([(76.95, 43.24), (76.96, 43.24)]))
    put(session, "water", Polygon([(76.931, 43.24), (76.932, 43.24), (76.932, 43.241)]))
    lines = shapes(client, "POWER_LINE_HAZARD").json["features"]
    assert [each["properties"]["kind"] for each in lines] == ["power_line"]
    assert len(lines[0]["geometry"]["coordinates"]) <= 200
    assert [each["properties"]["kind"] for each in shapes(client, "WATER_UNGUARDED").json["features"]] == ["water"]
    assert shapes(client, "MANHOLE_OPEN").json["features"] == []
    assert shapes(client, "POWER_LINE_HAZARD", lat=43.3).json["features"] == []


def test_a_river_of_the_map_can_be_the_place_of_a_report(city, client, session):
    (river,) = shapes(client, "WATER_UNGUARDED", lat=43.228, lon=76.925).json["features"]
    body = {"hazard_type": "WATER_UNGUARDED", "geometry": river["geometry"], "elapsed_ms": 9000}
    assert client.post("/report", json=body, headers={"Origin": "http://localhost"}).status_code == 201
    assert session.scalars(select(Hazard)).one().geom.geom_type == "LineString"


def test_shapes_refuse_what_is_no_place(city, client):
    for asked in ("", "?type=X", "?type=X&lat=a&lon=b", "?type=X&lat=1&lon=1", "?type=%00&lat=43&lon=77"):
        assert 400 <= client.get(f"/report/shapes{asked}").status_code < 500
    assert json.loads(shapes(client, "'; DROP").data)["features"] == []
