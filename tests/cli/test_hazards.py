"""Hazards of another system: bad rows by line, good ones once, all assigned or in the queue, no mail."""

from pathlib import Path

from shapely.geometry import Point, mapping
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.actions.imports import Outcome
from app.cli.hazards import hazard_rows, hazards
from app.cli.seed import seed_demo
from app.config import Settings
from app.models import Hazard
from tests.cli.imports import collection, feature, run
from tests.gateways.geo_files import write_layer

CSV = """external_id,hazard_type,lon,lat,text
1,OTHER,76.93,43.24,Шұңқыр
2,NOPE,76.93,43.24,x
3,OTHER,nan,43.24,x
4,OTHER,43.24,76.93,x
,OTHER,76.9,43.2,x
6,OTHER,70.0,50.0,x
"""


def test_csv_row_by_row_and_again(session: Session, settings: Settings, tmp_path: Path) -> None:
    seed_demo(settings, "green bridges")
    file = tmp_path / "h.csv"
    file.write_text(CSV, "utf-8")
    answer = run(hazards, settings, file, "--source", "old", "--batch", "2")
    assert "6 read, 2 new, 4 refused." in answer.output
    assert "refused 3: there is no such hazard type" in answer.output
    assert "6 read, 2 already there, 4 refused." in run(hazards, settings, file, "--source", "old").output
    found = session.execute(
        select(Hazard.external_id, Hazard.body_id, Hazard.status).where(Hazard.external_source == "old")
    )
    assert {row.external_id: (row.body_id is not None, row.status) for row in found} == {
        "1": (True, "assigned"),
        "6": (False, "received"),
    }
    assert not session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notify_body'"))


def test_geojson_with_a_mapping(session: Session, settings: Settings, tmp_path: Path) -> None:
    seed_demo(settings, "green bridges")
    file = collection(tmp_path / "h.geojson", feature(dict(mapping(Point(76.93, 43.24))), osm=7, note="Шұңқыр"))
    answer = run(hazards, settings, file, "--type", "OTHER", "--map", "external_id=osm", "--map", "text=note")
    assert "1 read, 1 new, 0 refused." in answer.output
    assert session.scalar(select(func.count()).where(Hazard.external_id == "7")) == 1


def test_geopackage_of_points(tmp_path: Path) -> None:
    file = write_layer(tmp_path / "h.gpkg", [Point(76.93, 43.24), Point(76.94, 43.24)], ["Шұңқыр", "x"])
    outcome = Outcome()
    (row,) = hazard_rows(file, {"external_id": "code", "text": "name"}, "OTHER", outcome)
    assert (row.external_id, row.geometry, row.text) == ("1", Point(76.93, 43.24), "Шұңқыр")
    assert [refusal.reason for refusal in outcome.refused] == ["has no external_id"]


def test_mapping_of_an_unknown_field_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = collection(tmp_path / "h.geojson")
    assert run(hazards, settings, file, "--map", "nothing=x").exit_code == 2
