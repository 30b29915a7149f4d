"""The goals of the intake: reports over HTTP against pgbench of the very same statements; ten times the hazards.

The baseline is what one report makes the database do, and nothing else: its statements as the driver sent them
(`bench_script.py`), run by pgbench with as many clients, prepared. The candidate is the product: granian as `qauip
serve` starts it, JSON over HTTP. Both write into the same tables, in turn. Turned down: statements written down by
hand, which are soon no longer those of the product.

Ten times the hazards lie in ten times the cities: what is asked is whether the size of the table costs anything, not
whether ten times as many within 100 m do, of which there is more to answer with.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from shapely.geometry import Point

from app.actions.limits import count_one
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.cli import processes
from app.cli.bench_goals import Goal
from app.cli.bench_script import overheard, script
from app.cli.bench_stage import SECRET, Stage
from app.cli.cluster import binaries_for
from app.cli.serve import server_command
from app.db import engine, transaction
from app.domain.ladder import Ladder
from app.domain.references import receipt_hash
from app.queries.nearby import nearby

PAIRS, SECONDS, CLIENTS, DIFFERENT = 5, 4, 16, 8
TIMES, ROUNDS = 60, 5
HAZARD_TYPE = "MANHOLE_OPEN"
SAID = "Құдықтың қақпағы жоқ, балалар жиі жүретін жерде."
FREE = {"INTAKE_STRAIGHT": "1000000000", "INTAKE_MOST": "1000000000", "INTAKE_BRAKE": "1000000000"}
PORT = 8399
_FIRST_ID = 900_000_000
_STATEMENT = re.compile(r"\S;$|aset", re.MULTILINE)
Report = dict[str, Any]


def over_http(stage: Stage) -> Iterator[Goal | str]:
    """Reports a second through the real server against pgbench, in turn."""
    reports = [_report(place) for place in _places(stage, DIFFERENT)]
    written = [_overheard(stage, report) for report in reports]
    files = [_kept(stage, number, text) for number, text in enumerate(written)]
    yield f"figure statements of one report: {len(_STATEMENT.findall(written[0]))}"
    with served(stage):
        _pgbench(stage, files, 2)
        _http(reports, 2)
        pairs = [(_pgbench(stage, files, SECONDS), _http(reports, SECONDS)) for _ in range(PAIRS)]
    yield "figure reports a second, pgbench and HTTP: " + ", ".join(f"{base:.0f} {ours:.0f}" for base, ours in pairs)
    yield Goal("intake-http", pairs, 0.30, at_least=True)


def begin(stage: Stage) -> None:
    """Ids of reported hazards and of events far from those of loaded ones."""
    for table in ("hazard", "event"):
        stage.admin.execute(f"ALTER TABLE {table} ALTER id RESTART WITH {_FIRST_ID}")


def growth(small: Stage, large: Stage) -> Iterator[Goal | str]:
    """The median of one intake and of one "is it this one?" with ten times the hazards against that with fewer."""
    with _calls(small) as few, _calls(large) as many:
        for name, call in few.items():
            pairs = [(_median(call), _median(many[name])) for _ in range(ROUNDS + 1)][1:]
            yield f"figure {name}, ms, few and many: " + ", ".join(f"{one:.2f} {other:.2f}" for one, other in pairs)
            yield Goal(f"{name}-growth", pairs, 1.2)


@contextmanager
def _calls(stage: Stage) -> Iterator[dict[str, Callable[[], Any]]]:
    public = engine(stage.settings.public_database_url, pool_size=1)
    places = iter(_places(stage, 2 * TIMES * (ROUNDS + 1)))
    with transaction(public) as session:
        yield {
            "intake": lambda: _take(stage, next(places)),
            "nearby": lambda: nearby(session, "kk", hazard_type=HAZARD_TYPE, place=next(places)),
        }
    public.dispose()


def _overheard(stage: Stage, report: Report) -> str:
    """What the door of reports does, within this process: count, then take in; its statements for pgbench."""
    for _ in range(2):  # the second time everything is warm
        place, now = Point(report["lon"], report["lat"]), datetime.now(UTC)
        submission = Submission(uuid4(), HAZARD_TYPE, place, text=SAID)
        key = b"k" * 32
        with overheard() as heard:
            with stage.app.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                count_one(connection, what="report", network="127.0.0.0/24", key=key, ladder=Ladder(), now=now)
            with transaction(stage.app) as session:
                made = report_hazard(session, submission=submission, policy=stage.policy, now=now)
    found = stage.admin.execute("SELECT id FROM hazard WHERE reference = %s", [made.reference]).fetchone()
    assert found is not None  # noqa: S101 - it was just taken in
    assert made.receipt is not None  # noqa: S101 - new ones have one
    hashed = receipt_hash(made.receipt)
    return script(
        heard,
        client_id=submission.client_id,
        receipt_hash=hashed,
        reference=made.reference,
        hazard_id=found[0],
    )


def _kept(stage: Stage, number: int, text: str) -> Path:
    path = stage.settings.var / f"report-{number}.sql"
    path.write_text(text, "utf-8")
    return path


def _pgbench(stage: Stage, files: list[Path], seconds: int) -> float:
    """Transactions a second; AssertionError where a statement fails."""
    socket_dir, data = stage.admin.info.host, stage.settings.var / "postgres" / "data"
    command = [
        str(binaries_for(data) / "pgbench"), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds),
        *(part for path in files for part in ("-f", str(path))), "-h", socket_dir, "-U", "qauip_app", "qauip",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not found:
        raise AssertionError(f"pgbench: {done.stderr[-2000:]}")
    return float(found[1])


@contextmanager
def served(stage: Stage) -> Iterator[None]:
    env = {"PATH": os.environ["PATH"], "QAUIP_VAR": str(stage.settings.var), "SECRET_KEY": SECRET, "PORT": str(PORT)}
    command = server_command(host="127.0.0.1", port=PORT, workers=2, threads=4)
    child = processes.spawn(command, env=env | FREE)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and not _answers():
            time.sleep(0.1)
        yield
    finally:
        processes.stop(child, patience_s=5)


def _answers() -> bool:
    try:
        return _connection_answers(http.client.HTTPConnection("127.0.0.1", PORT, timeout=5))
    except OSError:
        return False


def _connection_answers(connection: http.client.HTTPConnection) -> bool:
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    connection.close()
    return True


def _http(reports: list[Report], seconds: int) -> float:
    """Reports a second that were answered with 201, by clients that keep their connections."""
    counts, end = [0] * CLIENTS, time.monotonic() + seconds
    threads = [threading.Thread(target=_client, args=(reports, counts, number, end)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def _client(reports: list[Report], counts: list[int], number: int, end: float) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    head = {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{PORT}"}
    while time.monotonic() < end:
        sent = reports[counts[number] % len(reports)] | {"client_id": str(uuid4())}
        connection.request("POST", "/report", json.dumps(sent), head)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 201:
            raise AssertionError(f"a report was answered with {answer.status}")
        counts[number] += 1
    connection.close()


def _take(stage: Stage, place: Point) -> None:
    submission = Submission(uuid4(), HAZARD_TYPE, place, text=SAID)
    with transaction(stage.app) as session:
        report_hazard(session, submission=submission, policy=stage.policy, now=datetime.now(UTC))


def _median(what: Callable[[], Any]) -> float:
    """Of TIMES calls, in milliseconds."""
    took = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        what()
        took.append((time.perf_counter() - begun) * 1000)
    return median(took)


def _report(place: Point) -> Report:
    return {"hazard_type": HAZARD_TYPE, "lat": place.y, "lon": place.x, "description": SAID, "elapsed_ms": 30_000}


def _places(stage: Stage, number: int) -> list[Point]:
    """Near hazards that are there, as reports are."""
    shapes = [Point(*pair) for pair in stage.country.in_cities(number)]
    random.Random(number).shuffle(shapes)  # noqa: S311 - an order
    return [shape for shape in shapes if stage.policy.bounds.contains(shape.x, shape.y)] or shapes
