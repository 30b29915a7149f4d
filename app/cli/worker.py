"""The worker: mail, photos, clocks, all that must not keep a person waiting."""

from __future__ import annotations

import os
import sys

import click

from app.config import Settings


@click.command()
def worker() -> None:
    """Work off the jobs: mail to bodies, photos, due times. Any number may run.

    \b
    Example: SECRET_KEY=... DATABASE_URL=postgresql://... qauip worker
    """
    Settings.from_env().require_secret()
    command = worker_command()
    os.execv(command[0], command)  # noqa: S606  no shell; the worker takes our place and our signals


def worker_command() -> list[str]:
    """The worker is a door of its own beside this one: started, not imported."""
    return [sys.executable, "-m", "app.worker"]
