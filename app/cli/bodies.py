"""`qauip bodies import`: bodies and their responsibilities from CSV, one responsibility a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from app.actions.bodies import REQUIRED, import_bodies
from app.actions.imports import Outcome
from app.cli.cluster import database_up
from app.cli.files import read_bounded
from app.cli.report import need_columns, report
from app.cli.sessions import one_transaction
from app.config import Settings
from app.domain.permissions import SYSTEM


@click.group()
def bodies() -> None:
    """Bring in the bodies that answer for hazards."""


@bodies.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file(file: Path) -> None:
    """Import FILE: code,kind,name_kk,name_ru,name_en,email,phone,parent,area,types,groups,rank.

    \b
    Example: qauip bodies import managers.csv
    """
    settings, outcome = Settings.from_env(), Outcome()
    with database_up(settings), one_transaction(settings) as session:
        import_bodies(session, by=SYSTEM, rows=csv_rows(file, REQUIRED), outcome=outcome)
    report(outcome)


def csv_rows(path: Path, needed: Sequence[str] = ()) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells by column; UTF-8 with or without a mark, comma or semicolon.

    Raises ClickException where a `needed` column is not there.
    """
    try:
        content = read_bounded(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path} is not UTF-8: save it as CSV UTF-8.") from error
    head = content.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(content), delimiter=";" if head.count(";") > head.count(",") else ",")
    need_columns(path, [(name or "").strip() for name in reader.fieldnames or ()], needed)
    for row in reader:
        yield (
            reader.line_num,
            {name.strip(): (value or "").strip() for name, value in row.items() if _is_cell(name, value)},
        )


def _is_cell(name: object, value: object) -> bool:
    return isinstance(name, str) and (value is None or isinstance(value, str))
