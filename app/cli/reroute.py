"""`qauip reroute`: decide anew who answers after borders or rules have changed; look first, then let it run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.reroute import start_reroute, stop_reroute
from app.actions.reroute_preview import preview_reroute
from app.cli.cluster import database_up
from app.cli.report import in_words
from app.cli.sessions import one_transaction
from app.config import Settings
from app.domain.errors import DomainError, RerouteNotFound
from app.domain.permissions import SYSTEM
from app.models import Body, RerouteRun
from app.queries.reroute import reroute_summary

QUEUE = "(nobody)"


@click.group()
def reroute() -> None:
    """Decide anew who answers for each open hazard: preview, start, stop, show."""


@reroute.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Borders and rules of this day (default: today).")
@click.option("--forced", is_flag=True, help="Also those that a body confirmed, or somebody sent where they are.")
@click.option("--reason", required=True, help="Stands in the history of each hazard that moves, for everybody.")
def preview(*, as_of: datetime | None, forced: bool, reason: str) -> None:
    """Say what would move from whom to whom; nothing moves.

    \b
    Example: qauip reroute preview --reason "New borders of Alatau district"
    """
    settings = Settings.from_env()
    settings.require_secret()
    with database_up(settings), one_transaction(settings) as session:
        try:
            run = preview_reroute(
                session,
                by=SYSTEM,
                as_of=as_of.date() if as_of else None,
                forced=forced,
                reason=reason,
                policy=settings.policy,
                now=datetime.now(UTC),
            )
        except DomainError as refusal:
            raise click.ClickException(in_words(refusal.code)) from refusal
        _show(session, run)


@reroute.command()
@click.argument("run", type=int)
def start(run: int) -> None:
    """Move what RUN found, or go on with it; the worker does it.

    \b
    Example: qauip reroute start 7
    """
    _turn(start_reroute, run)


@reroute.command()
@click.argument("run", type=int)
def stop(run: int) -> None:
    """Stop RUN after the batch under way; `start` goes on.

    \b
    Example: qauip reroute stop 7
    """
    _turn(stop_reroute, run)


@reroute.command()
@click.argument("run", type=int)
def show(run: int) -> None:
    """Say how far RUN is, from whom to whom.

    \b
    Example: qauip reroute show 7
    """
    settings = Settings.from_env()
    with database_up(settings), one_transaction(settings) as session:
        found = session.get(RerouteRun, run)
        if found is None:
            raise click.ClickException(in_words(RerouteNotFound.code))
        _show(session, found)


def _turn(action: Callable[..., RerouteRun], run_id: int) -> None:
    settings = Settings.from_env()
    with database_up(settings), one_transaction(settings) as session:
        try:
            run = action(session, by=SYSTEM, run_id=run_id)
        except DomainError as refusal:
            raise click.ClickException(in_words(refusal.code)) from refusal
        _show(session, run)


def _show(session: Session, run: RerouteRun) -> None:
    flows = reroute_summary(session, run.id, samples=0)
    number = sum(flow.hazards for flow in flows)
    forced = ", forced" if run.forced else ""
    click.echo(f"Run {run.id} ({run.state}), as of {run.as_of}{forced}: {number} of {run.looked_at} would move.")
    names = dict(session.execute(select(Body.id, Body.code)).all())
    for flow in flows:
        whom = f"{names.get(flow.from_body_id or 0, QUEUE)} -> {names.get(flow.to_body_id or 0, QUEUE)}"
        click.echo(f"{flow.hazards:>9}  {whom}  ({flow.moved} moved, {flow.passed} passed)")
