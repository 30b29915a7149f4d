"""`qauip hazards import`: hazards of another system from CSV or GeoJSON, in batches, safe to repeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from app.actions.hazard_import import HazardRow, import_hazards
from app.actions.imports import Outcome
from app.cli.bodies import csv_rows
from app.cli.cluster import database_up
from app.cli.files import features
from app.cli.report import report
from app.cli.sessions import one_transaction
from app.config import Settings
from app.domain.errors import DomainError
from app.domain.geo import parse_degrees
from app.domain.permissions import SYSTEM

FIELDS = ("external_id", "hazard_type", "lon", "lat", "text", "language")
NEEDED = ("external_id", "lon", "lat")
LANGUAGES = ("kk", "ru", "en")


@click.group()
def hazards() -> None:
    """Bring in hazards that another system already knows."""


@hazards.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", help="Name of the other system (default: the file's name).")
@click.option("--map", "pairs", multiple=True, help=f"field=column; fields: {', '.join(FIELDS)}.")
@click.option("--type", "hazard_type", help="Hazard type of rows that name none.")
@click.option("--batch", type=click.IntRange(1, 100_000), default=50_000, show_default=True)
def import_file(file: Path, source: str | None, pairs: tuple[str, ...], hazard_type: str | None, batch: int) -> None:
    """Import the hazards of FILE (CSV, GeoJSON (.gz), GeoPackage, zipped Shapefile); those already there stay.

    \b
    Example: qauip hazards import places.geojson.gz --source osm --type OTHER --map external_id=osm_id
    """
    settings, outcome = Settings.from_env(), Outcome()
    settings.require_secret()
    rows = hazard_rows(file, _mapping(pairs), hazard_type or "", outcome)
    with database_up(settings):
        for part in _batches(rows, batch):
            with one_transaction(settings) as session:
                import_hazards(
                    session,
                    by=SYSTEM,
                    rows=part,
                    source=source or file.name,
                    policy=settings.policy,
                    now=datetime.now(UTC),
                    outcome=outcome,
                )
            click.echo(f"{outcome.counts['read']} read", err=True)
    report(outcome)


def hazard_rows(file: Path, mapping: Mapping[str, str], hazard_type: str, outcome: Outcome) -> Iterator[HazardRow]:
    """Rows of the file; those without an id, a type or a place are refused."""
    for line, cells, shape in _csv(file, mapping) if file.suffix == ".csv" else _features(file):
        outcome.counts["read"] += 1
        given = {field: _cell(cells, mapping.get(field, field)) for field in FIELDS}
        shape = shape or _point(given)  # noqa: PLW2901 - a line of CSV has its place in two cells
        missing = [name for name in ("external_id",) if not given[name]]
        if missing or shape is None:
            outcome.refuse(line, f"has no {missing[0]}" if missing else "has no readable place")
            continue
        language = given["language"] or "kk"
        if language not in LANGUAGES:
            outcome.refuse(line, f"knows no language {language[:10]!r}")
            continue
        kind = given["hazard_type"] or hazard_type
        yield HazardRow(line, given["external_id"], kind, shape, given["text"], language)


def _csv(file: Path, mapping: Mapping[str, str]) -> Iterator[tuple[int, Mapping[str, Any], BaseGeometry | None]]:
    needed = {*mapping.values(), *(mapping.get(field, field) for field in NEEDED)}
    for line, cells in csv_rows(file, sorted(needed)):
        yield line, cells, None


def _features(file: Path) -> Iterator[tuple[int, Mapping[str, Any], BaseGeometry | None]]:
    for each in features(file):
        yield each.line, each.properties, each.geometry


def _point(given: Mapping[str, str]) -> Point | None:
    try:
        return Point(parse_degrees(given["lon"]), parse_degrees(given["lat"]))
    except DomainError:
        return None


def _cell(cells: Mapping[str, Any], column: str) -> str:
    value = cells.get(column)
    return "" if value is None else str(value).strip()


def _mapping(pairs: tuple[str, ...]) -> dict[str, str]:
    found = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    if len(found) != len(pairs) or not set(found) <= set(FIELDS):
        raise click.UsageError(f"--map takes field=column, with a field of: {', '.join(FIELDS)}.")
    return found


def _batches(rows: Iterator[HazardRow], size: int) -> Iterator[list[HazardRow]]:
    while part := list(islice(rows, size)):
        yield part
