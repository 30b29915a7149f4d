"""`qauip dev`, which `make run` calls: the whole product with a demo city, in one terminal, stopped by one Ctrl-C.

Decision: one parent that starts web and worker as the same commands a real city runs, and stops all when one ends.
Turned down: threads in one process (what works there need not work in production) and a process manager to install.
"""

from __future__ import annotations

import errno
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

import click

from app.cli import processes
from app.cli.cluster import Cluster
from app.cli.db import upgrade_database
from app.cli.seed import seed_demo
from app.cli.vault import make_keys
from app.config import Settings

READY_PATIENCE_S = 120
PARTS = {"web server": "serve", "worker": "worker"}


class Stopped(BaseException):
    """Somebody asked us to stop: Ctrl-C, SIGTERM or a closed terminal."""


@click.command()
def dev() -> None:
    """Run everything, with a demo city: database, migrations, web and worker, until Ctrl-C.

    \b
    Example: PORT=8001 QAUIP_VAR=/tmp/qauip qauip dev
    """
    os.environ["QAUIP_DEMO"] = "1"
    settings = Settings.from_env()
    _refuse_taken_port(settings.port)
    settings.var.mkdir(parents=True, exist_ok=True)
    kept(settings.var / "secret_key", secrets.token_urlsafe(48))
    make_keys(settings)
    try:
        with _stopped_by_signals(), ExitStack() as stack:
            _run(Settings.from_env(), stack)
    except Stopped:
        click.echo("Qauip has stopped.")


def kept(path: Path, fresh: str) -> str:
    """What `path` holds, or `fresh`, written there for the next start so that only we can read it."""
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:  # noqa: PTH123
            opened.write(f"{fresh}\n")
    return path.read_text().strip()


def _run(settings: Settings, stack: ExitStack) -> None:
    if settings.private_cluster:
        _say("starting the database")
        stack.enter_context(Cluster.of(settings.var).running())
    _say("migrating")
    upgrade_database(settings.owner_database_url)
    _say("seeding the demo city, where it is missing")
    accounts = seed_demo(settings, _demo_password(settings.var))
    children = {part: stack.enter_context(_child(command)) for part, command in PARTS.items()}
    _wait_until_ready(settings.port, children)
    click.echo(f"Qauip is ready: {settings.base_url}/")
    for role, email, password in accounts:
        click.echo(f"sign in: {role} {email} {password}")
    sys.stdout.flush()
    while True:
        _refuse_dead(children)
        time.sleep(0.2)


def _demo_password(var: Path) -> str:
    return os.environ.get("QAUIP_DEMO_PASSWORD") or kept(var / "demo_password", secrets.token_urlsafe(12))


@contextmanager
def _child(command: str) -> Iterator[subprocess.Popen[bytes]]:
    child = processes.spawn([sys.executable, "-m", "app.cli", command])
    try:
        yield child
    finally:
        processes.stop(child)


def _wait_until_ready(port: int, children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + READY_PATIENCE_S
    while (wrong := _not_ready(port)) is not None:
        _refuse_dead(children)
        if time.monotonic() > until:
            raise click.ClickException(f"Qauip did not get ready: {wrong}")
        time.sleep(0.2)


def _not_ready(port: int) -> str | None:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10).close()
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode(errors="replace").strip()
    except OSError as error:
        return str(error)
    return None


def _refuse_dead(children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for part, child in children.items():
        if child.poll() is not None:
            raise click.ClickException(f"The {part} ended (status {child.returncode}), so all of Qauip stops.")


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((os.environ.get("HOST") or "127.0.0.1", port))
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
            raise click.ClickException(f"Port {port} {why}; set PORT to another one.") from error
        except OverflowError as error:
            raise click.ClickException(f"There is no port {port}; set PORT to one below 65536.") from error


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """The first signal stops the block; those that follow must not disturb the tidying up."""
    ours = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in ours:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    before = {each: signal.signal(each, stop) for each in ours}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _say(what: str) -> None:
    click.echo(f"qauip: {what}", err=True)
