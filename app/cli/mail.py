"""Mail that comes to us: so far, what came back."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from app.cli.cluster import database_up
from app.config import Settings
from app.db import engine, transaction
from app.jobs.bounces import MAX_BYTES, Outcome, settle_bounce


@click.group()
def mail() -> None:
    """Take in mail that came back."""


@mail.command()
def bounce() -> None:
    """Read one returned message on standard input; if it is ours, tell an administrator.

    Let the mail server pipe the return address (MAIL_FROM) into this command, with the service's own environment: a
    mail server hands on none. A .forward file of the service's user runs as that user, who may read the settings;
    /etc/aliases would run as nobody. Exit status: 0 settled or nothing to do, 65 not a notification about a message of
    ours.

    \b
    Example (~qauip/.forward, with MAIL_FROM=qauip@city.kz):
    "|/bin/sh -c 'set -a; . /etc/qauip.env; exec /opt/qauip/.venv/bin/qauip mail bounce'"
    """
    settings = Settings.from_env()
    raw = sys.stdin.buffer.read(MAX_BYTES)
    with database_up(settings), transaction(engine(settings.database_url)) as session:
        outcome = settle_bounce(session, raw, secret=settings.require_secret().encode(), now=datetime.now(UTC))
    click.echo(outcome.value, err=outcome not in {Outcome.SETTLED, Outcome.NOT_FAILED})
    sys.exit(0 if outcome in {Outcome.SETTLED, Outcome.NOT_FAILED} else 65)
