"""The database's schema: forward, back, and where it stands. Alembic does the work, as the owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from app.actions.map_cells import rebuild
from app.cli.cluster import database_up
from app.config import Settings
from app.db import engine, transaction

MIGRATIONS = Path(__file__).parents[2] / "migrations"
ONE_AT_A_TIME = 4_711_000  # advisory lock of the whole upgrade; env.py takes another one for each step


@click.group()
def db() -> None:
    """Move the database's schema forward or back."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the schema up to REVISION (default: the newest).

    \b
    Example: qauip db upgrade
    """
    settings = Settings.from_env()
    with database_up(settings):
        upgrade_database(settings.owner_database_url, revision)
        click.echo(f"The schema is at {', '.join(current_revisions(settings.owner_database_url))}.")


@db.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the schema back to REVISION; what only the newer schema holds is lost.

    \b
    Example: qauip db downgrade -1
    """
    settings = Settings.from_env()
    with database_up(settings), _as_owner(settings.owner_database_url) as config:
        command.downgrade(config, revision)


@db.command()
def current() -> None:
    """Say where the schema stands and where this program wants it.

    \b
    Example: qauip db current
    """
    settings = Settings.from_env()
    with database_up(settings):
        stands = current_revisions(settings.owner_database_url)
    click.echo(f"stands at {', '.join(stands) or 'nothing'}, wanted {', '.join(wanted_revisions())}")


@db.command("rebuild-map")
def rebuild_map() -> None:
    """Draw the map's clusters anew from the hazards, should they ever disagree (a minute for a million).

    \b
    Example: qauip db rebuild-map
    """
    settings = Settings.from_env()
    with database_up(settings), _disposed(engine(settings.owner_database_url)) as owner, transaction(owner) as session:
        rebuild(session)
    click.echo("The clusters of the map are drawn anew.")


def upgrade_database(owner_url: str, revision: str = "head") -> None:
    """Migrate; a second process that comes at the same moment waits, then finds nothing to do."""
    with _as_owner(owner_url) as config:
        command.upgrade(config, revision)


def current_revisions(owner_url: str) -> list[str]:
    """The revisions the database stands at; none before the first migration."""
    with _disposed(engine(owner_url)) as owner, owner.connect() as connection:
        return sorted(MigrationContext.configure(connection).get_current_heads())


def wanted_revisions() -> list[str]:
    """The newest revisions of the code."""
    return sorted(ScriptDirectory.from_config(_config()).get_heads())


@contextmanager
def _as_owner(url: str) -> Iterator[Config]:
    with _disposed(engine(url, application_name="qauip db")) as owner, owner.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ONE_AT_A_TIME})
        guard.commit()
        with owner.connect() as connection:
            yield _config(connection)
            connection.commit()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("prepend_sys_path", str(MIGRATIONS.parent))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _disposed(opened: Engine) -> Iterator[Engine]:
    try:
        yield opened
    finally:
        opened.dispose()
