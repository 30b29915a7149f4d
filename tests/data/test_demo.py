"""The demo city's hazards: all kinds, all statuses, real places, and histories that the rules allow.

Each history is replayed against the table of `domain/lifecycle.py`, so that a rule that changes shows here which demo
step no longer holds, long before anybody seeds a database.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image
from shapely import Point, union_all
from shapely.geometry import shape

from app.domain.geo import hazard_geometry, label_point
from app.domain.hazard import CLOSED_STATUSES, Channel, Measure, RejectReason, Status
from app.domain.lifecycle import PROPOSES, RULES, Act, Need

DATA = Path(__file__).parents[2] / "data"
PHOTOS = {path.name for path in (DATA / "photos").glob("*.jpg")}
MODERATION = {"clear_text", "clear_photo", "refuse_photo"}
BESIDE = MODERATION | {"answer"}
"""What is done beside the table."""
NEAREST_TOLERANCE_M = 250
KINDS = {"Point": "point", "LineString": "line", "Polygon": "area"}
METRES_PER_DEGREE = 81_000  # of longitude at 43° N; less than one of latitude, so distances come out short, not long
# what the demo calls the things that domain/lifecycle.py needs
FIELD = {
    Need.NOTE: "note",
    Need.PHOTO: "photo",
    Need.MEASURE: "measure",
    Need.REASON: "reason",
    Need.REJECT_REASON: "reason",
    Need.DATE: "date_in_days",
    Need.BODY: "to",
    Need.HAZARD: "of",
    Need.CREW: "crew",
    Need.HOLD_REASON: "hold_reason",
}


def read(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text("utf-8"))


TYPES = {row["code"]: row for row in read("hazard_types.yaml")["hazards"]}
BODIES = {row["code"] for row in read("bodies.yaml")["bodies"]}
DEMO = {row["key"]: row for row in read("demo.yaml")["hazards"]}
DISTRICTS = [shape(f["geometry"]) for f in json.loads((DATA / "areas/almaty.geojson").read_text("utf-8"))["features"]]
CITY_OUTLINE = union_all(DISTRICTS)


def place_of(row: dict[str, Any]) -> Point:
    return Point(row["lon"], row["lat"])


def test_demo_shows_every_reportable_type_and_the_common_three_most() -> None:
    seen = Counter(row["type"] for row in DEMO.values())
    assert seen.keys() == TYPES.keys() - {"CHILD_IN_DANGER"}
    assert all(seen[code] >= 5 for code in ("MANHOLE_OPEN", "POWER_LINE_HAZARD", "WATER_UNGUARDED"))


def test_demo_lies_in_every_district_and_inside_unless_it_says_outside() -> None:
    for row in DEMO.values():
        assert CITY_OUTLINE.covers(place_of(row)) is not row.get("outside", False), row["key"]
    for outline in DISTRICTS:
        assert sum(outline.covers(place_of(row)) for row in DEMO.values()) >= 5


@pytest.mark.parametrize("key", DEMO)
def test_demo_hazard_is_well_formed(key: str) -> None:
    row = DEMO[key]
    assert row["lang"] in {"kk", "ru", "en"}
    assert row["text"].strip()
    assert Channel(row["channel"])
    assert 0 < row["days_ago"] <= 60
    assert row.get("photo") in {None, *PHOTOS}
    if "geometry" in row:
        geometry = hazard_geometry(shape(row["geometry"]))
        assert KINDS[geometry.geom_type] == TYPES[row["type"]]["geometry"]
        assert label_point(geometry).distance(place_of(row)) * METRES_PER_DEGREE < 100


@pytest.mark.parametrize("key", DEMO)
def test_demo_steps_are_in_order_and_in_the_past(key: str) -> None:
    hours = [step["after_hours"] for step in DEMO[key]["steps"]]
    assert hours == sorted(hours)
    assert all(0 < hour <= DEMO[key]["days_ago"] * 24 for hour in hours)


@pytest.mark.parametrize("key", DEMO)
def test_demo_step_names_what_exists(key: str) -> None:
    for step in DEMO[key]["steps"]:
        assert step["act"] in BESIDE | set(Act)
        assert step.get("to", "police") in BODIES
        assert step.get("photo") in {None, *PHOTOS}
        if step["act"] == "make_safe":
            assert Measure(step["measure"])
        if step["act"] == "propose_rejection":
            assert RejectReason(step["reason"])
        if "of" in step:
            assert DEMO[step["of"]]["days_ago"] > DEMO[key]["days_ago"]


def first_status(row: dict[str, Any]) -> Status:
    distance_m = CITY_OUTLINE.distance(place_of(row)) * METRES_PER_DEGREE
    return Status.ASSIGNED if distance_m <= NEAREST_TOLERANCE_M else Status.RECEIVED


def final_status(row: dict[str, Any]) -> Status:
    """Replay the steps on the table; moderation and answers change no status."""
    status, proposed = first_status(row), None
    for step in row["steps"]:
        if step["act"] in BESIDE:
            continue
        rule = RULES[Act(step["act"])]
        assert status in rule.sources, (row["key"], step, status)
        assert rule.proposed in (None, proposed), (row["key"], step)
        assert not (rule.free and proposed), (row["key"], step)
        assert all(step.get(FIELD[need]) for need in rule.needs), (row["key"], step)
        proposed = PROPOSES.get(Act(step["act"]), None if rule.proposed or rule.to in CLOSED_STATUSES else proposed)
        status = rule.to or status
    return status


@pytest.mark.parametrize("key", DEMO)
def test_demo_history_is_allowed_by_the_table(key: str) -> None:
    assert final_status(DEMO[key])


def test_demo_ends_in_every_one_of_the_twelve_statuses() -> None:
    assert {final_status(row) for row in DEMO.values()} == set(Status)
    assert len(Status) == 12


def test_demo_leaves_work_for_moderators_and_shows_reviewed_types_both_ways() -> None:
    def cleared(row: dict[str, Any]) -> bool:
        return any(step["act"] == "clear_text" for step in row["steps"])

    assert 4 <= sum(not cleared(row) for row in DEMO.values()) <= 20
    reviewed = [row for row in DEMO.values() if TYPES[row["type"]]["publish"] == "after_review"]
    assert {cleared(row) for row in reviewed} == {True, False}


def test_demo_has_made_safe_hazards_still_valid_and_expired() -> None:
    ages = [
        row["days_ago"] * 24 - step["after_hours"]
        for row in DEMO.values()
        if final_status(row).is_open
        for step in row["steps"]
        if step["act"] == "make_safe"
    ]
    assert min(ages) < 72 < max(ages)


def test_pictures_are_small_jpeg_files_without_metadata() -> None:
    assert len(PHOTOS) == 12
    for path in (DATA / "photos").iterdir():
        assert path.stat().st_size < 120_000
        with Image.open(path) as picture:
            assert (picture.format, picture.size) == ("JPEG", (1200, 900))
            assert not picture.getexif()
