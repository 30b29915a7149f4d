"""`qauip places import`: the gazetteer, and what dangers are measured by, from an OpenStreetMap extract."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from shapely.geometry.base import BaseGeometry

from app.actions.imports import Outcome
from app.actions.places import PlaceRow, import_places
from app.actions.search_keys import recount, refill
from app.cli.area_rows import counted
from app.cli.cluster import database_up
from app.cli.files import asked, features
from app.cli.osm_tags import OSM_NOTICE, PLACE_SELECTION, key_of, names_of, place_kind
from app.cli.report import report
from app.cli.sessions import one_transaction
from app.config import Settings
from app.db import engine
from app.domain.geo import label_point
from app.domain.permissions import SYSTEM
from app.gateways.geo_limits import EXTRACT
from app.gateways.geofile import Feature

EVERY = 10_000
SOURCE = "osm"


@click.group()
def places() -> None:
    """Bring in streets, settlements, schools, water and the like."""


@places.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Remove places of this source that the file no longer holds.")
@click.option("--source", default=SOURCE, show_default=True, help="Of an extract kept beside others: osm-almaty, …")
def import_file(file: Path, replace: bool, source: str) -> None:
    """Import the places of FILE (.osm.pbf) in one transaction; what is there already, unchanged, is not written.

    \b
    Example: qauip places import kazakhstan-latest.osm.pbf --replace
    """
    if not source.startswith(SOURCE):
        raise click.UsageError(f"--source begins with {SOURCE}, so that pages know whom to credit.")
    settings, outcome = Settings.from_env(), Outcome()
    rows = place_rows(features(file, asked(settings, mend=True, osm=PLACE_SELECTION), EXTRACT), outcome)
    with database_up(settings), one_transaction(settings) as session:
        import_places(session, by=SYSTEM, rows=rows, source=source, replace=replace, outcome=outcome)
    fit = any(outcome.counts[what] for what in ("new", "changed", "unchanged"))
    if not fit:
        click.echo(f"{file.name} holds no place of a kind that is kept; nothing was removed.", err=True)
    report(outcome)
    if not fit:
        sys.exit(1)
    click.echo(f"Map data {OSM_NOTICE}.")


@places.command()
def reindex() -> None:
    """Spell the search keys of areas and places anew, and count their words, should the search miss what is there.

    \b
    Example: qauip places reindex
    """
    settings = Settings.from_env()
    with database_up(settings):
        owner = engine(settings.owner_database_url)
        with owner.begin() as connection:
            changed = refill(connection)
            recount(connection)
        owner.dispose()
    click.echo(f"Search keys spelled anew: {changed['area']} of areas, {changed['place']} of places.")


def place_rows(found: Iterable[Feature], outcome: Outcome) -> Iterator[PlaceRow]:
    """Features that are places of a kind we keep; those without a geometry that can be used are refused."""
    for feature in found:
        counted(outcome, EVERY)
        tags, osm_id = feature.properties, str(feature.properties["@id"])
        kind = place_kind(tags)
        if kind is None:
            outcome.counts["of no kind"] += 1
        elif feature.geometry is None:
            outcome.refuse(feature.line, f"{osm_id}: {feature.problem}")
        else:
            if feature.done:
                outcome.repair(feature.line, f"{osm_id}: {', '.join(feature.done)}")
            yield PlaceRow(osm_id, kind, names_of(tags), key_of(tags), _where(kind, feature.geometry))


def _where(kind: str, geometry: BaseGeometry) -> BaseGeometry:
    """Settlements and quarters are points to fly to: as surfaces they would be nearest to everything inside them."""
    return label_point(geometry) if kind in ("settlement", "quarter") else geometry
