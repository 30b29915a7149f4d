"""The worker: mail, photos, clocks, all that must not keep a person waiting."""

from __future__ import annotations

import click

from app.config import Settings
from app.worker import run


@click.command()
def worker() -> None:
    """Work off the jobs: mail to bodies, photos, due times. Any number may run.

    \b
    Example: DATABASE_URL=postgresql://... qauip worker
    """
    run(Settings.from_env())
