"""`qauip bench`: measures on a throw-away database, prints ratios that a machine can read, fails when one is short."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

from app.cli import bench_duplicates, bench_intake, bench_routing
from app.cli.bench_data import AFTER
from app.cli.bench_goals import Goal, machine
from app.cli.bench_import import import_speed
from app.cli.bench_memory import preview_memory
from app.cli.bench_staff import staff_goals
from app.cli.bench_staff_data import WORK
from app.cli.bench_stage import Stage, stage
from app.queries.reroute import WORK_MEM

FLAT = 1.25
"""Ten times the hazards may take so much of the client's memory: it holds the rules, and no hazards. The server's grows
up to what a sort may take."""


@click.group()
def bench() -> None:
    """Measure speed as ratios of things run in turn; nothing of yours is touched."""


@bench.command()
@click.option("--hazards", type=click.IntRange(2_000), default=1_000_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def routing(hazards: int, seed: int) -> None:
    """One assignment, the dry run of all hazards, and the update of those that differ.

    \b
    Example: qauip bench routing --hazards 50000
    """
    _run(seed, lambda data: _measured(data, hazards))


@bench.command("import")
@click.option("--hazards", type=click.IntRange(1_000), default=100_000, show_default=True)
@click.option("--batch", type=click.IntRange(1), default=50_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def import_(hazards: int, batch: int, seed: int) -> None:
    """Hazards of another system: the import against a bare COPY of the same finished rows.

    \b
    Example: qauip bench import --hazards 20000
    """
    _run(seed, lambda data: import_speed(data, hazards, batch))


@bench.command()
@click.option("--hazards", type=click.IntRange(2_000), default=1_000_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def intake(hazards: int, seed: int) -> None:
    """Reports over HTTP against pgbench of the same statements; intake and "is it this one?" among ten times as many.

    \b
    Example: qauip bench intake --hazards 20000
    """
    _run(seed, lambda data: _intake(data, hazards))


@bench.command()
@click.option("--hazards", type=click.IntRange(2_000), default=1_000_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def duplicates(hazards: int, seed: int) -> None:
    """The look for duplicates against one by `ST_DWithin` on geographies, which must find the same.

    \b
    Example: qauip bench duplicates --hazards 20000
    """
    _run(seed, lambda data: _duplicates(data, hazards))


@bench.command()
@click.option("--hazards", type=click.IntRange(2_000), default=1_000_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def staff(hazards: int, seed: int) -> None:
    """The inbox, its filters, its search and one hazard against the bare statements; the sweep of what has run out.

    \b
    Example: qauip bench staff --hazards 20000
    """
    _run(seed, lambda data: _staff(data, hazards))


def _run(seed: int, measure: Callable[[Stage], Iterable[Goal | str]]) -> None:
    """Print what is measured on a stage of its own, between two looks at the machine; exit status 1 when short."""
    click.echo(machine())
    with stage(seed) as data:
        verdicts = [_say(line) for line in measure(data)]
    click.echo(machine())
    if "short" in verdicts:
        raise SystemExit(1)


def _duplicates(data: Stage, hazards: int) -> Iterable[Goal | str]:
    with data.country.close_together(hazards):
        data.grow(hazards)
    yield from bench_duplicates.duplicates(data)


def _staff(data: Stage, hazards: int) -> Iterable[Goal | str]:
    data.grow(hazards, WORK)
    yield from staff_goals(data)


def _intake(data: Stage, hazards: int) -> Iterable[Goal | str]:
    data.grow(hazards // 10)
    bench_intake.begin(data)
    with data.kept_as("fewer") as fewer:
        with data.country.elsewhere(9):
            data.grow(hazards)
        yield from bench_intake.growth(fewer, data)
    yield from bench_intake.over_http(data)


def _measured(data: Stage, hazards: int) -> Iterable[Goal | str]:
    data.grow(min(10_000, hazards // 20))
    yield from bench_routing.diff_update(data)
    data.grow(hazards // 10)
    small = preview_memory(data.settings, AFTER)
    data.grow(hazards)
    yield from bench_routing.one_assignment(data)
    yield bench_routing.same_bodies(data)
    yield from bench_routing.dry_run(data)
    large = preview_memory(data.settings, AFTER)
    for number, (client, server) in ((hazards // 10, small), (hazards, large)):
        yield f"figure memory for {number}, MB: client {client:.0f}, server {server:.0f} (sorts in {WORK_MEM} each)"
    yield Goal("dry-run-client-memory", [(small[0], large[0])], FLAT)


def _say(line: Goal | str) -> str:
    click.echo(str(line))
    return line.verdict if isinstance(line, Goal) else ""
