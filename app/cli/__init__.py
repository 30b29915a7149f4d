"""The command line, `qauip`: one module for each noun, listed here one by one.

Decision: plain Click. Turned down: Flask's own command line, which builds the web application for every command and
finds it by an environment variable.
"""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy.exc import OperationalError

from app.cli.accounts import accounts
from app.cli.areas import areas
from app.cli.bench import bench
from app.cli.bodies import bodies
from app.cli.check import check
from app.cli.cluster import ClusterError
from app.cli.db import db
from app.cli.dev import dev
from app.cli.hazards import hazards
from app.cli.mail import mail
from app.cli.places import places
from app.cli.reroute import reroute
from app.cli.seed import seed
from app.cli.serve import serve
from app.cli.vault import vault
from app.cli.worker import worker
from app.config import SettingsError


class Commands(click.Group):
    """Turns what an operator can mend into one clear sentence; all else keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises ClickException for settings, the cluster and an unreachable database."""
        try:
            return super().invoke(ctx)
        except (SettingsError, ClusterError) as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise click.ClickException(f"The database does not answer: {reason}") from error


@click.group(cls=Commands, context_settings={"max_content_width": 100})
@click.version_option(package_name="qauip")
def main() -> None:
    """Qauip: a map of what endangers children, and who must answer for it.

    \b
    Try it:           make run
    A real city:      qauip db upgrade, qauip areas import, qauip bodies import, qauip accounts create
    Keep it running:  qauip serve, qauip worker
    Is it well?       qauip check

    Settings come from the environment: DATABASE_URL, or the private cluster in QAUIP_VAR (default var/).
    """


for command in (
    dev,
    serve,
    worker,
    db,
    seed,
    areas,
    places,
    bodies,
    hazards,
    reroute,
    check,
    mail,
    accounts,
    vault,
    bench,
):
    main.add_command(command)
