"""`qauip dev` (make run): the whole product on this machine, from an empty folder to a filled map, until Ctrl-C.

Order: the port, the database, the schema, the demo city, then web and worker. What it starts, it stops: children first,
the private cluster last, also when one of them dies. Turned down: a process manager beside it (honcho, foreman): it
knows neither when the product is ready nor whose database it is.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import click

from app.cli.cluster import Cluster
from app.cli.db import upgrade_database
from app.cli.processes import spawn, stop
from app.cli.seed import seed_demo
from app.cli.serve import server_command
from app.cli.worker import worker_command
from app.config import Settings

HOST = "127.0.0.1"
READY_WITHIN_S = 60


@click.command()
@click.option("--host", envvar="HOST", default=HOST, show_default=True, help="Address to listen on.")
def dev(host: str) -> None:
    """Run everything with a demo city: database, web pages, worker. Ctrl-C stops it all.

    \b
    Example: qauip dev
    Example: PORT=8080 QAUIP_VAR=/srv/qauip qauip dev
    """
    os.environ["QAUIP_DEMO"] = "1"
    signal.signal(signal.SIGTERM, _as_interrupt)
    settings = Settings.from_env()
    _check_port(host, settings.port)
    settings.var.mkdir(parents=True, exist_ok=True)
    _kept(settings.var / "secret_key")
    settings = Settings.from_env()
    try:
        with _database(settings):
            _run(settings, host)
    except KeyboardInterrupt:
        click.echo("Stopped.")


def _database(settings: Settings) -> contextlib.AbstractContextManager[None]:
    """The private cluster for our time, made when it is not there; or the one that DATABASE_URL names."""
    return Cluster.of(settings.var).running() if settings.private_cluster else contextlib.nullcontext()


def _run(settings: Settings, host: str) -> None:
    click.echo("Bringing the schema up to date.")
    upgrade_database(settings.owner_database_url)
    password = os.environ.get("QAUIP_DEMO_PASSWORD") or _kept(settings.var / "demo_password", 9)
    accounts = seed_demo(settings, password)
    web = server_command(host=host, port=settings.port, workers=2, threads=4)
    with _children({"web": web, "worker": worker_command()}) as children:
        _wait_until_ready(settings, children)
        click.echo(f"Qauip is ready: {settings.base_url}/")
        for role, email, word in accounts:
            click.echo(f"sign in: {role} {email} {word}")
        _watch(children)


@contextlib.contextmanager
def _children(commands: dict[str, list[str]]) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            started[name] = spawn(command, env=dict(os.environ))
        yield started
    finally:
        for child in started.values():
            stop(child)


def _watch(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Return never; raise when a child ends by itself."""
    while True:
        _raise_if_ended(children)
        time.sleep(0.3)


def _raise_if_ended(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise click.ClickException(
                f"The {name} process ended by itself (status {child.returncode}); all is stopped."
            )


def _wait_until_ready(settings: Settings, children: dict[str, subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + READY_WITHIN_S
    why = ""
    while time.monotonic() < until:
        _raise_if_ended(children)
        why = _not_ready(settings.port)
        if not why:
            return
        time.sleep(0.2)
    raise click.ClickException(f"Not ready after {READY_WITHIN_S} s: {why}")


def _not_ready(port: int) -> str:
    """Why /readyz says no; empty when it says yes."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=5):
            return ""
    except urllib.error.HTTPError as error:
        return f"/readyz answers {error.code}: {error.read(300).decode(errors='replace')}"
    except OSError as error:
        return str(error)


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise click.ClickException(
                f"Port {port} is taken: stop what uses it, or set PORT to another one."
            ) from None


def _kept(path: Path, length: int = 48) -> str:
    """A random secret, made once and kept for our user only."""
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(length))
    return path.read_text().strip()


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
