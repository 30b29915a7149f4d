"""The files of `data/` agree with each other and with the words of the domain: codes, names and places."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from shapely import Point, union_all
from shapely.geometry import shape

from app.domain.hazard import Publish, Severity, Status

DATA = Path(__file__).parents[2] / "data"
LANGUAGES = ("kk", "ru", "en")
CITY = "750000000"
SIGNPOST = "CHILD_IN_DANGER"


def read(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text("utf-8"))


TAXONOMY = read("hazard_types.yaml")
TYPES = {row["code"]: row for row in TAXONOMY["hazards"]}
BODIES = {row["code"]: row for row in read("bodies.yaml")["bodies"]}
PLACES = read("places.yaml")["places"]
with (DATA / "kato.csv").open(encoding="utf-8") as file:
    KATO = {row["kato"]: row for row in csv.DictReader(file)}
DISTRICTS = {
    f["properties"]["code"]: shape(f["geometry"])
    for f in json.loads((DATA / "areas/almaty.geojson").read_text("utf-8"))["features"]
}
OUTLINE = union_all(list(DISTRICTS.values()))


def named(row: dict[str, Any], prefix: str = "") -> bool:
    return all(row[prefix + language].strip() for language in LANGUAGES)


# the taxonomy


def test_there_are_36_types_and_35_can_be_reported() -> None:
    assert len(TYPES) == len(TAXONOMY["hazards"]) == 36
    assert len([row for row in TYPES.values() if row["make_safe_h"] or row["fix"]]) == 35
    assert TYPES[SIGNPOST]["publish"] == TYPES["SUSPICIOUS_OBJECT"]["publish"] == "never"


@pytest.mark.parametrize("code", TYPES)
def test_type_is_complete_and_speaks_the_domains_words(code: str) -> None:
    row = TYPES[code]
    assert named(row["names"])
    assert named(row["advice"])
    assert row["responsible"]
    assert set(row["responsible"]) <= TAXONOMY["body_kinds"].keys()
    assert Severity(row["severity"])
    assert Publish(row["publish"])
    assert row["geometry"] in {"point", "line", "area"}


def test_statuses_and_severities_are_those_of_the_domain() -> None:
    assert {row["code"] for row in TAXONOMY["statuses"]} == set(Status)
    assert all(named(row) and row["open"] == Status(row["code"]).is_open for row in TAXONOMY["statuses"])
    assert TAXONOMY["severities"].keys() == set(Severity)


def test_every_manhole_network_names_a_known_body_kind() -> None:
    networks = TAXONOMY["manhole_network_routing"]
    assert {row["first"] for row in networks.values()} <= TAXONOMY["body_kinds"].keys()


@pytest.mark.parametrize("name", ["hazard_types.yaml", "glossary.csv", "kato.csv", "demo.yaml", "bodies.yaml"])
def test_data_speaks_to_a_reader_of_the_project_only(name: str) -> None:
    assert "../" not in (DATA / name).read_text("utf-8")


# codes, words, calendar


def test_kato_codes_are_nine_digits_and_districts_lie_in_the_city() -> None:
    assert all(re.fullmatch(r"\d{9}", code) for code in KATO)
    assert {code for code, row in KATO.items() if row["parent"] == CITY} == DISTRICTS.keys()


def test_glossary_has_three_languages_for_every_word() -> None:
    with (DATA / "glossary.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({row["key"] for row in rows}) == 112
    assert all(named(row) for row in rows)


def test_calendar_moves_weekend_holidays_and_says_what_is_computed() -> None:
    days = {row["date"]: row for row in read("calendar.yaml")["days"]}
    assert all(named(row, "name_") for row in days.values())
    assert {day.year for day in days} == {2026, 2027}
    assert date(2026, 8, 30) not in days
    assert not days[date(2026, 10, 26)]["working"]
    assert not days[date(2027, 3, 15)]["working"]
    assert all("computed" in row["note"] for day, row in days.items() if day.year == 2027)


def test_calendar_moves_land_on_days_that_would_have_been_working() -> None:
    days = {row["date"]: row for row in read("calendar.yaml")["days"]}
    moved = {day: row for day, row in days.items() if "moved from" in row.get("note", "")}
    assert len(moved) == 9
    for day, row in moved.items():
        origin = date.fromisoformat(re.search(r"moved from ([\d-]+)", row["note"])[1])
        assert day.weekday() < 5
        assert origin in days
        assert origin.weekday() >= 5


# bodies


@pytest.mark.parametrize("code", BODIES)
def test_body_is_demo_named_and_reachable_only_at_fictional_addresses(code: str) -> None:
    row = BODIES[code]
    assert row["demo"] is True
    assert row["kind"] in TAXONOMY["body_kinds"]
    assert named(row, "name_")
    assert row["email"].endswith("@qauip.example")
    assert re.fullmatch(r"\+77270000\d{3}|\d{3}", row["phone"])
    assert row["parent"] is None or row["parent"] in BODIES


@pytest.mark.parametrize("code", BODIES)
def test_responsibilities_name_known_areas_and_types(code: str) -> None:
    groups = {row["group"] for row in TYPES.values()}
    for rule in BODIES[code]["responsibilities"]:
        assert rule["area"] in KATO
        assert len({"types", "groups", "any"} & rule.keys()) == 1
        assert set(rule.get("types", [])) <= TYPES.keys()
        assert set(rule.get("groups", [])) <= groups


def test_every_district_has_its_akimat_and_the_city_has_one() -> None:
    akimats = [b for b in BODIES.values() if b["kind"] == "district_akimat"]
    assert {rule["area"] for b in akimats for rule in b["responsibilities"] if rule.get("any")} == DISTRICTS.keys()
    assert [b["code"] for b in BODIES.values() if b["kind"] == "city_akimat"] == ["almaty-akimat"]


# the gazetteer


def test_gazetteer_lies_in_the_city_in_three_languages() -> None:
    sought = [row for row in PLACES if row["kind"] in {"street", "quarter"}]
    assert 60 <= len(sought) <= 90
    assert len({row["name_kk"] for row in sought}) == len(sought)
    lines = {"street", "water", "canal", "power_line"}
    assert {row["kind"] for row in PLACES} == lines | {"quarter", "school", "kindergarten", "playground"}
    for row in PLACES:
        assert named(row, "name_")
        assert row["district"] in DISTRICTS
        assert 2 <= len(row["points"]) <= 6 if row["kind"] in lines else len(row["points"]) == 1
        assert all(OUTLINE.covers(Point(point)) for point in row["points"]), row["name_en"]
