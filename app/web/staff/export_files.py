"""The files of an export: CSV, XLSX, GeoJSON, GeoPackage; each is written row by row to a file, never held whole.

CSV (T15 of the security notes): UTF-8 with a mark for Excel, `;` between cells as spreadsheets set to Kazakh and
Russian expect, every cell quoted, and a cell that a spreadsheet would take for a formula begins with an apostrophe, as
does one that has an apostrophe there already: taking one away gives back what was. XLSX holds texts as texts, which no
program calculates.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

import orjson
import shapely
import xlsxwriter
from shapely.geometry import mapping

from app.gateways.geo_write import write_geopackage
from app.i18n import ALMATY, gettext
from app.web.staff.export_rows import Sheet

TRIGGERS = frozenset("=+-@\t\r\n\0＝＋－＠'")
CELL_MAX = 32_000
"""Characters that a cell of a spreadsheet holds; Excel ends at 32,767."""
DEGREES = 7
LAYER = "hazards"


def defused(text: str) -> str:
    """`text` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text[:1] in TRIGGERS and text else text


def as_csv(sheet: Sheet, out: IO[bytes]) -> None:
    """Write a CSV."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([defused(str(column.label)) for column in sheet.columns])
    for values, _shape in sheet.rows:
        writer.writerow([_csv_cell(value) for value in values])
    text.detach()


def as_xlsx(sheet: Sheet, out: IO[bytes]) -> None:
    """Write a workbook of one sheet with a head that stays in view."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet(gettext("Hazards")[:31])
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        moment, day = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd hh:mm", "yyyy-mm-dd"))
        page.set_column(0, len(sheet.columns) - 1, 18)
        page.freeze_panes(1, 1)
        for place, column in enumerate(sheet.columns):
            page.write_string(0, place, str(column.label), bold)
        last = 0
        for last, (values, _shape) in enumerate(sheet.rows, 1):
            for place, value in enumerate(values):
                _xlsx_cell(page, last, place, value, moment, day)
        page.autofilter(0, 0, last, len(sheet.columns) - 1)


def as_geojson(sheet: Sheet, out: IO[bytes]) -> None:
    """Write a feature collection (RFC 7946: longitude first, outer rings to the left)."""
    out.write(b'{"type":"FeatureCollection","features":[')
    for number, (values, shape) in enumerate(sheet.rows):
        properties = {column.key: _json_cell(value) for column, value in zip(sheet.columns, values, strict=True)}
        geometry = shapely.set_precision(shapely.from_wkb(shape), 10**-DEGREES, mode="pointwise")
        feature = {
            "type": "Feature",
            "id": properties["reference"],
            "geometry": mapping(shapely.orient_polygons(geometry)),
            "properties": properties,
        }
        out.write((b",\n" if number else b"\n") + orjson.dumps(feature))
    out.write(b"\n]}\n")


def as_gpkg(sheet: Sheet, out: IO[bytes]) -> None:
    """Write a GeoPackage, by a process of its own."""
    with tempfile.TemporaryDirectory(prefix="qauip-export-") as folder:
        path = Path(folder) / "hazards.gpkg"
        fields = [(column.key, column.kind) for column in sheet.columns]
        features = ((shape, [_plain(value) for value in values]) for values, shape in sheet.rows)
        write_geopackage(path, layer=LAYER, fields=fields, features=features)
        with path.open("rb") as made:
            while piece := made.read(1024 * 1024):
                out.write(piece)


WRITERS: dict[str, tuple[Callable[[Sheet, IO[bytes]], None], str]] = {
    "csv": (as_csv, "text/csv"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "geojson": (as_geojson, "application/geo+json"),
    "gpkg": (as_gpkg, "application/geopackage+sqlite3"),
}


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ALMATY).replace(tzinfo=None)


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return f"{_local(value):%Y-%m-%d %H:%M}"
    return defused(value[:CELL_MAX]) if isinstance(value, str) else str(value)


def _xlsx_cell(page: Any, row: int, place: int, value: Any, moment: Any, day: Any) -> None:  # noqa: PLR0917 - as the library's own
    if isinstance(value, bool):
        page.write_string(row, place, gettext("Yes") if value else gettext("No"))
    elif isinstance(value, datetime):
        page.write_datetime(row, place, _local(value), moment)
    elif isinstance(value, date):
        page.write_datetime(row, place, value, day)
    elif isinstance(value, int | float):
        page.write_number(row, place, value)
    elif value:
        page.write_string(row, place, value[:CELL_MAX])


def _json_cell(value: Any) -> Any:
    """Moments with their offset, days as they are."""
    if isinstance(value, datetime):
        return value.astimezone(ALMATY).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def _plain(value: Any) -> Any:
    """Moments in UTC, as the writer of the GeoPackage takes them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return value.isoformat() if isinstance(value, date) else value
