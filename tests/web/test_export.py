"""Files of what was filtered: own rows only, read back as they were, harmless in a spreadsheet, and written down."""

import csv
import io
import json
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import openpyxl
import pyogrio
import pypdfium2
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon, shape
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import AuditEntry, Crew, Hazard
from app.web.staff.export_files import TRIGGERS, as_csv, as_geojson, as_gpkg, as_xlsx, defused
from app.web.staff.export_rows import Column, Sheet
from tests.jobs.kit import NOW, PLACE, add_area, add_body, add_hazard, add_report, add_types
from tests.web.pages import make_account, sign_in

SAID = '=HYPERLINK("http://evil.example") Асель 8 701 000 00 00'


@dataclass
class World:
    session: Session
    client: FlaskClient
    ours: list[Hazard]
    theirs: Hazard
    held: Hazard

    def get(self, file_format: str, **more: str):
        return self.client.get("/en/staff/export", query_string={"format": file_format, **more})

    def entries(self) -> list[AuditEntry]:
        self.session.rollback()
        return list(self.session.scalars(select(AuditEntry).where(AuditEntry.noun == "export").order_by(AuditEntry.id)))


@pytest.fixture
def world(session: Session, client: FlaskClient) -> World:
    add_types(session)
    area, ours, theirs = add_area(session), add_body(session), add_body(session)
    crew = Crew(body_id=ours, name="=cmd|'/c calc'!A1")
    session.add(crew)
    session.flush()
    line = LineString([(76.92, 43.25), (76.93, 43.26)])
    square = Polygon([(76.90, 43.20), (76.90, 43.21), (76.91, 43.21), (76.91, 43.20)])
    hazards = [
        add_hazard(session, body_id=ours, area_id=area, crew_id=crew.id),
        add_hazard(session, body_id=ours, severity="low"),
        add_hazard(session, body_id=ours, made_safe_measure="grid", made_safe_at=NOW, made_safe_until=NOW),
    ]
    hazards[1].geom, hazards[2].geom = line, square
    foreign = add_hazard(session, body_id=theirs, area_id=area)
    held = add_hazard(session, body_id=ours, held=True)
    for each in (*hazards, foreign, held):
        add_report(session, each, SAID)
    session.commit()
    make_account(session, Role.DISPATCHER, body_id=ours)
    sign_in(client)
    return World(session, client, hazards, foreign, held)


def csv_rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def references(answer, file_format: str, folder: Path) -> set[str]:
    """The numbers in a file of any kind."""
    data = answer.get_data()
    if file_format == "csv":
        return {row[0] for row in csv_rows(data)[1:]}
    if file_format == "xlsx":
        page = openpyxl.load_workbook(io.BytesIO(data)).active
        return {row[0] for row in page.iter_rows(min_row=2, values_only=True)}
    if file_format == "geojson":
        return {each["properties"]["reference"] for each in json.loads(data)["features"]}
    path = folder / "made.gpkg"
    path.write_bytes(data)
    return set(pyogrio.raw.read(path, columns=["reference"])[3][0])


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "geojson", "gpkg"])
def test_a_file_holds_what_is_mine_and_nothing_else(world: World, file_format: str, tmp_path: Path) -> None:
    answer = world.get(file_format)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert f".{file_format}" in answer.headers["Content-Disposition"]
    assert references(answer, file_format, tmp_path) == {show_reference(each.reference) for each in world.ours}
    assert b"HYPERLINK" not in answer.get_data()


def test_naming_a_foreign_or_a_held_hazard_brings_nothing(world: World, tmp_path: Path) -> None:
    asked = [each.reference for each in (world.ours[0], world.theirs, world.held)]
    answer = world.client.get("/en/staff/export", query_string={"format": "csv", "ref": asked})
    assert references(answer, "csv", tmp_path) == {show_reference(world.ours[0].reference)}
    only_foreign = world.client.get("/en/staff/export", query_string={"format": "csv", "ref": [world.theirs.reference]})
    assert only_foreign.status_code == 422


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.fixed_dictionaries(
        {},
        optional={
            "q": st.sampled_from(["", "a", "Abai", "Ашық"]),
            "severity": st.sampled_from(["critical", "low", "nonsense"]),
            "state": st.sampled_from(["open", "closed"]),
            "status": st.sampled_from(["assigned", "fixed"]),
            "overdue": st.sampled_from(["any", "fix"]),
            "whom": st.sampled_from(["nobody", "me", "crew:1", "person:1"]),
            "body": st.sampled_from(["none", "x"]),
        },
    )
)
def test_no_filter_brings_another_body_s_hazard(world: World, asked: dict[str, str], tmp_path: Path) -> None:
    answer = world.get("csv", **asked)
    assert answer.status_code in {200, 422}
    if answer.status_code == 200:
        found = references(answer, "csv", tmp_path)
        assert found <= {show_reference(each.reference) for each in world.ours}


def test_what_reporters_wrote_comes_only_when_asked_for_and_it_is_written_down(world: World) -> None:
    assert SAID not in world.get("csv").text
    rows = csv_rows(world.get("csv", words="1", severity="critical").get_data())
    assert rows[1][-1] == f"'{SAID}"
    first, second = world.entries()
    assert (first.key, first.after["words"], first.after["count"]) == ("csv", False, 3)
    assert second.after == {"filter": {"severity": ["critical"]}, "count": 2, "words": True}
    assert first.by_account is not None


def test_a_crew_member_gets_no_words_of_reporters(world: World) -> None:
    make_account(world.session, Role.CREW, body_id=world.ours[0].body_id, email="crew@example.kz")
    other = world.client.application.test_client()
    sign_in(other, "crew@example.kz")
    assert other.get("/en/staff/export?format=csv&words=1").status_code == 403
    assert "With the words" not in other.get("/en/staff/export").text


def test_whoever_sees_all_gets_all_but_what_is_held(world: World, tmp_path: Path) -> None:
    make_account(world.session, Role.COORDINATOR, email="coordinator@example.kz")
    other = world.client.application.test_client()
    sign_in(other, "coordinator@example.kz")
    found = references(other.get("/en/staff/export?format=csv"), "csv", tmp_path)
    assert found == {show_reference(each.reference) for each in (*world.ours, world.theirs)}


def test_columns_are_in_the_readers_language_and_field_names_never_change(world: World) -> None:
    russian = csv_rows(world.client.get("/ru/staff/export?format=csv").get_data())[0]
    kazakh = csv_rows(world.client.get("/staff/export?format=csv").get_data())[0]
    assert "Организация" in russian
    assert russian != kazakh
    fields = [
        list(
            json.loads(world.client.get(f"{prefix}/staff/export?format=geojson").get_data())["features"][0][
                "properties"
            ]
        )
        for prefix in ("", "/ru", "/en")
    ]
    assert fields[0] == fields[1] == fields[2]


def test_geojson_says_longitude_first_and_outer_rings_run_to_the_left(world: World) -> None:
    features = json.loads(world.get("geojson").get_data())["features"]
    shapes = {each["id"]: shape(each["geometry"]) for each in features}
    assert {each.geom_type for each in shapes.values()} == {"Point", "LineString", "Polygon"}
    point = shapes[show_reference(world.ours[0].reference)]
    assert (point.x, point.y) == pytest.approx((PLACE.x, PLACE.y))
    assert shapes[show_reference(world.ours[2].reference)].exterior.is_ccw
    received = datetime.fromisoformat(features[0]["properties"]["received"])
    assert received == world.ours[0].received_at


def test_a_workbook_holds_real_dates_and_no_formula(world: World) -> None:
    page = openpyxl.load_workbook(io.BytesIO(world.get("xlsx", words="1").get_data())).active
    cells = [cell for row in page.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    head = [cell.value for cell in page[1]]
    assert isinstance(page.cell(2, head.index("Received") + 1).value, datetime)
    assert SAID in {cell.value for cell in cells}


def test_a_geopackage_holds_moments_yes_and_no_and_shapes_in_degrees(world: World, tmp_path: Path) -> None:
    path = tmp_path / "made.gpkg"
    path.write_bytes(world.get("gpkg").get_data())
    meta, _, shapes, columns = pyogrio.raw.read(path, datetime_as_string=True)
    values = dict(zip(meta["fields"], columns, strict=True))
    assert meta["crs"] == "EPSG:4326"
    assert len(shapes) == 3
    assert datetime.fromisoformat(values["received"][0].replace("/", "-")) == world.ours[0].received_at
    assert values["urgent"].tolist() == [False, False, False]


def test_the_header_of_a_csv_names_its_alphabet_once(world: World) -> None:
    assert world.get("csv").headers["Content-Type"] == "text/csv; charset=utf-8"


def test_too_many_for_a_file_or_a_sheet_are_refused_in_words(world: World, monkeypatch) -> None:
    for file_format, name in (("csv", "MOST"), ("pdf", "MOST_JOBS")):
        monkeypatch.setattr(sys.modules["app.web.staff.export"], name, 2)
        answer = world.get(file_format)
        assert answer.status_code == 422
        assert "At most 2 hazards" in answer.text


def test_a_day_sheet_has_each_job_with_its_number_and_says_nothing_of_reporters(world: World) -> None:
    answer = world.client.get("/staff/export?format=pdf")
    assert answer.mimetype == "application/pdf"
    with pypdfium2.PdfDocument(answer.get_data()) as paper:
        pages = [page.get_textpage().get_text_range() for page in paper]
    text = "\n".join(pages)
    for each in world.ours:
        assert show_reference(each.reference) in text
    assert show_reference(world.theirs.reference) not in text
    assert "Ашық люк" in text
    assert "HYPERLINK" not in text
    assert f"{len(pages)} беттің 1-беті" in pages[0]
    assert world.entries()[-1].key == "pdf"


def one_sheet(texts: list[str]) -> Sheet:
    columns = [Column("reference", "Reference", "text", str), Column("said", "=Said", "text", str)]
    wkb = PLACE.wkb
    return Sheet(columns, iter([([str(number), text], wkb) for number, text in enumerate(texts)]))


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
printable = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc", "Cn"]), max_size=20)
TEMPTING = ["=1+1", "+7 701", "-1", "@SUM(A1)", "http://x.example", "00123", "'x"]
wicked = st.builds(str.__add__, st.sampled_from(sorted(TRIGGERS - {"\0"})), words)


@given(st.lists(words | wicked, max_size=6))
def test_no_cell_of_a_csv_begins_like_a_formula_and_each_can_be_had_back(texts: list[str]) -> None:
    out = io.BytesIO()
    as_csv(one_sheet(texts), out)
    rows = csv_rows(out.getvalue())
    assert all(cell[:1] not in TRIGGERS - {"'"} for row in rows for cell in row)
    assert [cell.removeprefix("'") for _number, cell in rows[1:]] == texts


@given(words | wicked)
def test_defusing_is_undone_by_taking_one_apostrophe_away(text: str) -> None:
    assert defused(text).removeprefix("'") == text
    assert defused(text) == text or text[:1] in TRIGGERS


@settings(max_examples=30, deadline=None)
@given(st.lists(printable | st.sampled_from(TEMPTING), max_size=5))
def test_no_cell_of_a_workbook_is_a_formula_and_each_is_as_it_was(texts: list[str]) -> None:
    out = io.BytesIO()
    as_xlsx(one_sheet(texts), out)
    page = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active
    cells = [page.cell(row, 2) for row in range(2, len(texts) + 2)]
    assert all(cell.data_type != "f" for cell in cells)
    assert [cell.value or "" for cell in cells] == texts


def test_empty_cells_stay_empty_in_the_maps_formats(tmp_path: Path) -> None:
    columns = [Column("reference", "", "text", str), Column("n", "", "whole", str), Column("day", "", "day", str)]
    rows = [(["A", None, None], PLACE.wkb), (["B", 7, NOW.date()], PLACE.wkb)]
    as_geojson(Sheet(columns, iter(rows)), out := io.BytesIO())
    properties = [each["properties"] for each in json.loads(out.getvalue())["features"]]
    assert properties == [{"reference": "A", "n": None, "day": None}, {"reference": "B", "n": 7, "day": "2026-11-24"}]
    as_gpkg(Sheet(columns, iter(rows)), out := io.BytesIO())
    path = tmp_path / "made.gpkg"
    path.write_bytes(out.getvalue())
    _meta, _, _shapes, values = pyogrio.raw.read(path, datetime_as_string=True)
    assert values[1][1] == 7
    assert values[1][0] != values[1][0]
