"""The most memory that one preview takes, in a process of its own and in its server process."""

from __future__ import annotations

import multiprocessing
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.actions.reroute_preview import preview_reroute
from app.config import Settings
from app.db import engine
from app.domain.permissions import SYSTEM

EVERY_S = 0.05


def preview_memory(settings: Settings, day: date) -> tuple[float, float]:
    """MB of the client (its largest resident size) and of the server (what is not shared with others)."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh) as pool:
        return pool.submit(_measure, settings, day).result()


def _measure(settings: Settings, day: date) -> tuple[float, float]:
    source = engine(settings.database_url, pool_size=1, application_name="bench")
    with Session(source) as session:
        server = session.scalar(text("SELECT pg_backend_pid()"))
        with _watched(int(server or 0)) as sizes:
            preview_reroute(
                session,
                by=SYSTEM,
                as_of=day,
                forced=False,
                reason="bench",
                policy=settings.policy,
                now=datetime.now(UTC),
            )
        session.rollback()
    source.dispose()
    return _megabytes("self", "VmHWM"), max(sizes)


@contextmanager
def _watched(process: int) -> Iterator[list[float]]:
    """Its private memory, looked at again and again while the block runs."""
    sizes, ended = [_megabytes(process, "RssAnon")], threading.Event()

    def look() -> None:
        while not ended.wait(EVERY_S):
            sizes.append(_megabytes(process, "RssAnon"))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield sizes
    finally:
        ended.set()
        watcher.join()


def _megabytes(process: int | str, name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
