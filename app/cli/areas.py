"""`qauip areas import`: administrative and service areas from GeoJSON, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from app.actions.areas import AreaRow, import_areas
from app.actions.imports import Outcome
from app.cli import geojson
from app.cli.cluster import database_up
from app.cli.sessions import one_transaction
from app.config import Settings
from app.domain.permissions import SYSTEM
from app.domain.routing import AREA_RANK

KIND_OF_LEVEL: dict[int | None, str] = {0: "country", 1: "oblast", 2: "rayon", 3: "rural_okrug", 4: "village"}
REPUBLICAN_CITIES = ("710000000", "750000000", "790000000")
CODES = ("code", "KATO", "kato")
SHOWN = 20


@click.group()
def areas() -> None:
    """Bring in the areas that hazards are assigned by."""


@areas.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--level", type=click.IntRange(0, 9), help="Administrative level: 1 oblast, 2 rayon, …")
@click.option("--kind", type=click.Choice([*AREA_RANK]), help="Of all features; else their `kind`, else by level.")
@click.option("--code", help="Property with the code (default: code or KATO).")
@click.option("--name-kk", help="Property with the Kazakh name.")
@click.option("--name-ru", help="Property with the Russian name.")
@click.option("--name-en", help="Property with the English name.")
@click.option("--parent", help="Property with the parent's code, or the code itself.")
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="Default: today.")
@click.option("--source", default="", help="Where the file comes from.")
def import_file(file: Path, valid_from: datetime | None, source: str, **given: Any) -> None:
    """Import the areas of FILE (GeoJSON, plain or .gz) in one transaction; refused ones are named.

    \b
    Example: qauip areas import adm2.geojson.gz --level 2 --valid-from 2024-01-01
    """
    settings, outcome = Settings.from_env(), Outcome()
    day = valid_from.date() if valid_from else date.today()  # noqa: DTZ011 - the operator's own day
    with database_up(settings), one_transaction(settings) as session:
        rows = area_rows(geojson.features(file), given, outcome)
        import_areas(session, by=SYSTEM, rows=rows, valid_from=day, source=source or file.name, outcome=outcome)
    report(outcome)


def area_rows(features: list[Any], given: Mapping[str, Any], outcome: Outcome) -> Iterator[AreaRow]:
    """Features as rows; those without code, names or geometry are refused."""
    for line, feature in enumerate(features, 1):
        outcome.counts["read"] += 1
        if line % 100 == 0:
            click.echo(f"{line} of {len(features)} read", err=True)
        row = _row(line, feature, given, outcome)
        if row is not None:
            yield row


def report(outcome: Outcome) -> None:
    """Say what came of an import."""
    for refusal in outcome.refused:
        click.echo(f"refused {refusal.line}: {refusal.reason}", err=True)
    counts = ", ".join(f"{number} {what}" for what, number in outcome.counts.items())
    click.echo(f"{counts or '0 read'}, {len(outcome.refused)} refused.")


def _row(line: int, feature: Any, given: Mapping[str, Any], outcome: Outcome) -> AreaRow | None:
    found, shape = geojson.properties(feature), geojson.geometry(feature)
    code = _first(found, (given["code"],) if given.get("code") else CODES)
    names = _names(found, given)
    kind = given.get("kind") or found.get("kind") or _kind(code, given.get("level"))
    if not code or names is None or kind not in AREA_RANK or shape is None:
        missing = "code" if not code else "name" if names is None else "geometry" if shape is None else "kind"
        outcome.refuse(line, f"{code or 'feature'}: has no {missing}")
        return None
    return AreaRow(line, code, kind, names, _parent(found, given.get("parent")), given.get("level"), shape)


def _kind(code: str, level: int | None) -> str | None:
    return "republican_city" if code in REPUBLICAN_CITIES else KIND_OF_LEVEL.get(level)


def _names(found: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[str, str, str] | None:
    kk, ru, en = (_name(found, given, language) for language in ("kk", "ru", "en"))
    return (kk, ru or kk, en or kk) if kk else None


def _name(found: Mapping[str, Any], given: Mapping[str, Any], language: str) -> str:
    named = given.get(f"name_{language}")
    levels = [f"ADM{level}_{language.upper()}" for level in (4, 3, 2, 1, 0)]
    return _first(found, (named,) if named else (f"name_{language}", f"name:{language}", *levels))


def _parent(found: Mapping[str, Any], given: str | None) -> str | None:
    if given is None:
        return _first(found, ("parent",)) or None
    return _first(found, (given,)) or (None if given in found else given)


def _first(found: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(found[name]).strip() for name in names if found.get(name) not in (None, "")), "")
