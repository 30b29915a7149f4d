"""The sweep of what has run out, over all hazards of the stage, while reports go on coming in."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

from shapely.geometry import Point

from app.actions.deadlines import AT_ONCE, mark_overdue
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.cli.bench_goals import Goal, percentile
from app.cli.bench_staff_data import run_out
from app.cli.bench_stage import Stage
from app.db import engine, transaction

QUIET = 200
FIRST_ID = 900_000_000
SLOWEST_S = 1.0
"""An intake that takes longer while the sweep runs has waited for it."""


def sweep(stage: Stage) -> Iterator[Goal | str]:
    """Seconds of the sweep, and what one report took before it and meanwhile."""
    number = run_out(stage)
    for table in ("hazard", "event", "report"):
        stage.admin.execute(f"ALTER TABLE {table} ALTER id RESTART WITH {FIRST_ID}")
    quiet = [_take(stage) for _ in range(QUIET)][QUIET // 10 :]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        running = pool.submit(_swept, stage.settings.database_url)
        during = _while_running(stage, running)
        marked, seconds, longest = running.result()
    yield f"figure sweep of {marked} newly overdue among {stage.number}, s: {seconds:.1f}, longest batch {longest:.2f}"
    for name, took in (("quiet", quiet), ("during the sweep", during)):
        yield f"figure intake {name} ms: {_shares(took)} of {len(took)}"
    if marked != number:
        raise AssertionError(f"{number} had run out, {marked} were marked")
    yield Goal("staff-sweep-intake-slowest-of-1s", [(SLOWEST_S, max(during, default=0.0))], 1)


def _swept(url: str) -> tuple[int, float, float]:
    """What the worker does each minute, in a process of its own: marked, seconds, seconds of the longest batch."""
    app, now, marked = engine(url, pool_size=1, application_name="bench"), datetime.now(UTC), 0
    begun, longest = time.perf_counter(), 0.0
    while True:
        at = time.perf_counter()
        with transaction(app) as session:
            done = mark_overdue(session, now=now)
        longest, marked = max(longest, time.perf_counter() - at), marked + done
        if done < AT_ONCE:
            app.dispose()
            return marked, time.perf_counter() - begun, longest


def _while_running(stage: Stage, running: Future[tuple[int, float, float]]) -> list[float]:
    took = []
    while not running.done():
        took.append(_take(stage))
    return took


def _take(stage: Stage) -> float:
    """Seconds of one report, committed."""
    place = Point(*stage.country.in_cities(1)[0])
    if not stage.policy.bounds.contains(place.x, place.y):
        place = Point(76.9, 43.25)
    submission = Submission(uuid4(), "MANHOLE_OPEN", place, text="Құдықтың қақпағы жоқ")
    begun = time.perf_counter()
    with transaction(stage.app) as session:
        report_hazard(session, submission=submission, policy=stage.policy, now=datetime.now(UTC))
    return time.perf_counter() - begun


def _shares(took: list[float]) -> str:
    if not took:
        return "none"
    return " ".join(f"p{100 * share:g} {1000 * percentile(took, share):.1f}" for share in (0.5, 0.95, 1))
