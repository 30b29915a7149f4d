"""The web server: granian, WSGI, blocking threads: of the servers measured it took in most reports per second.

Turned down: gunicorn, which was slower there. Both take half a body for a whole one (`web/middleware.py` does not).
"""

from __future__ import annotations

import os
import sys

import click

from app.cli.vault import make_keys
from app.config import Settings


@click.command()
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--workers", envvar="WEB_WORKERS", default=2, show_default=True, help="Processes.")
@click.option("--threads", envvar="WEB_THREADS", default=4, show_default=True, help="Threads of each process.")
def serve(host: str, workers: int, threads: int) -> None:
    """Serve the web pages on PORT (default 8000). Needs SECRET_KEY; run `qauip worker` beside it.

    \b
    Example: SECRET_KEY=... DATABASE_URL=postgresql://... qauip serve --host 0.0.0.0
    """
    settings = Settings.from_env()
    settings.require_secret()
    if settings.private_cluster or settings.demo:
        make_keys(settings)
    command = server_command(host=host, port=settings.port, workers=workers, threads=threads)
    os.execv(command[0], command)  # noqa: S606  no shell; the server takes our place and our signals


def server_command(*, host: str, port: int, workers: int, threads: int, target: str = "app.wsgi:app") -> list[str]:
    """Granian's command line. HTTP/1 only: the proxy in front speaks it, and a body's length is plain there."""
    return [
        *(sys.executable, "-m", "granian", target),
        *("--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(threads)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "warning"),
    ]
