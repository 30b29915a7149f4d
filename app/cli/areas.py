"""`qauip areas`: administrative and service areas from files, in one transaction, and what is wrong with them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.actions.areas import end_area, import_areas
from app.actions.imports import Outcome
from app.cli.area_rows import area_rows
from app.cli.cluster import database_up
from app.cli.files import asked, features
from app.cli.osm_areas import ADMINISTRATIVE, boundary_rows, kinds_of_levels
from app.cli.report import in_words, report
from app.cli.sessions import one_transaction
from app.config import Settings
from app.domain.errors import DomainError
from app.domain.permissions import SYSTEM
from app.domain.routing import AREA_RANK
from app.gateways.geo_limits import EXTRACT
from app.queries.area_checks import LEAST_KM2, Flaw, check_areas

SHOWN = 20


@click.group()
def areas() -> None:
    """Bring in the areas that hazards are assigned by, and check them."""


@areas.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--level", type=click.IntRange(0, 9), help="Administrative level: 1 oblast, 2 rayon, …")
@click.option("--kind", type=click.Choice([*AREA_RANK]), help="Of all features; else their `kind`, else by level.")
@click.option("--code", help="Property with the code (default: code or KATO).")
@click.option("--name-kk", help="Property with the Kazakh name.")
@click.option("--name-ru", help="Property with the Russian name.")
@click.option("--name-en", help="Property with the English name.")
@click.option("--parent", help="Property with the parent's code, or the code itself; else as before, or by KATO.")
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="Default: today.")
@click.option("--source", default="", help="Where the file comes from.")
@click.option("--layer", default="", help="Of a GeoPackage, or the Shapefile of an archive that holds several.")
@click.option("--encoding", default="", help="Of a Shapefile's texts, where it does not say.")
@click.option("--admin-level", multiple=True, metavar="N=KIND", help="OSM: kind of a level (4=oblast, 6=rayon, …).")
def import_file(file: Path, valid_from: datetime | None, source: str, **given: Any) -> None:
    """Import the areas of FILE in one transaction: GeoJSON (.gz), GeoPackage, zipped Shapefile or .osm.pbf.

    Outlines are mended or refused, each with its reason; an area that is there already, unchanged, stays as it is.

    \b
    Example: qauip areas import adm2.geojson.gz --level 2 --valid-from 2024-01-01
             qauip areas import kazakhstan-latest.osm.pbf
    """
    settings, outcome = Settings.from_env(), Outcome()
    day = valid_from.date() if valid_from else date.today()  # noqa: DTZ011 - the operator's own day
    rows = _rows(file, given, settings, outcome)
    with database_up(settings), one_transaction(settings) as session:
        import_areas(session, by=SYSTEM, rows=rows, valid_from=day, source=source or file.name, outcome=outcome)
        _refuse_empty(file, outcome)
        flaws = _flaws(session, day, LEAST_KM2)
    report(outcome)
    tell(flaws)


@areas.command("end")
@click.argument("code")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day without it.")
def end(code: str, day: datetime) -> None:
    """End the area CODE, which no file brings any more: a district that was dissolved.

    Hazards that lie in it keep it as the area of their day; `qauip reroute` finds who answers from now on.

    \b
    Example: qauip areas end 751110000 --on 2027-01-01
    """
    settings = Settings.from_env()
    with database_up(settings), one_transaction(settings) as session:
        try:
            end_area(session, by=SYSTEM, code=code, on=day.date())
        except DomainError as refusal:
            raise click.ClickException(in_words(refusal.code)) from refusal
    click.echo(f"{code} ends on {day.date()}.")


@areas.command("check")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Default: today.")
@click.option("--at-least", default=LEAST_KM2, show_default=True, help="Smallest overlap or gap to tell, km².")
def check(day: datetime | None, at_least: float) -> None:
    """Tell which areas overlap their siblings, leave gaps in their parent, or have none.

    \b
    Example: qauip areas check --at-least 1
    """
    settings = Settings.from_env()
    with database_up(settings), one_transaction(settings) as session:
        flaws = _flaws(session, day.date() if day else date.today(), at_least)  # noqa: DTZ011 - the operator's own day
    tell(flaws)
    click.echo(f"{len(flaws)} warnings.")


def tell(flaws: list[Flaw]) -> None:
    """Say the gravest flaws, and how many more there are."""
    for flaw in flaws[:SHOWN]:
        click.echo(f"warning: {_sentence(flaw)}", err=True)
    if len(flaws) > SHOWN:
        click.echo(f"warning: {len(flaws) - SHOWN} more; see all with `qauip areas check`", err=True)


def _rows(file: Path, given: dict[str, Any], settings: Settings, outcome: Outcome) -> Any:
    layer, encoding, levels = (given.pop(name) for name in ("layer", "encoding", "admin_level"))
    wish = asked(settings, layer=layer, encoding=encoding, mend=True)
    if file.suffix != ".pbf":
        return area_rows(features(file, wish), given, outcome)
    kinds = kinds_of_levels(levels)
    found = features(file, asked(settings, mend=True, osm=ADMINISTRATIVE), EXTRACT)
    return boundary_rows(found, kinds, outcome, code=given["code"])


def _refuse_empty(file: Path, outcome: Outcome) -> None:
    """Raise ClickException for a file that holds nothing an area could be made of."""
    read, others = outcome.counts["read"], outcome.counts["of other levels"]
    if not read:
        what = "administrative boundaries (boundary=administrative)" if file.suffix == ".pbf" else "features"
        raise click.ClickException(f"{file.name} holds no {what}.")
    if read == others:
        raise click.ClickException(f"{file.name} holds boundaries of other levels only; name theirs by --admin-level.")


def _flaws(session: Session, day: date, at_least: float) -> list[Flaw]:
    session.flush()
    return check_areas(session, day=day, at_least_km2=at_least)


def _sentence(flaw: Flaw) -> str:
    if flaw.what == "orphan":
        return f"{flaw.code} names the parent {flaw.other}, which is not there"
    size = f"{flaw.km2:.2f} km²"
    return (
        f"{flaw.code} and {flaw.other} overlap by {size}"
        if flaw.what == "overlap"
        else f"the areas inside {flaw.code} leave {size} of it to nobody"
    )
