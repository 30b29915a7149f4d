"""The goals of the municipal workspace: the inbox, its filters, its search and one hazard at a million, and the sweep.

The baseline of a call is the very statements that it sends, sent again by the driver itself with the same values, in
turn and over the same connection: what the product adds on its own. Turned down: a query written for the benchmark,
which soon is another one. 200 bodies are at work; three hazards in ten are open.
"""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.actions.accounts import create_account
from app.actions.brake import Sender
from app.actions.sessions import open_session
from app.cli import bench_intake
from app.cli.bench_goals import Goal, Server, Took, percentile
from app.cli.bench_staff_data import lay_out
from app.cli.bench_stage import SECRET, Stage, undone
from app.cli.bench_sweep import sweep
from app.db import transaction
from app.domain.hazard import Severity, Status
from app.domain.inbox import Age, Mark, Wanted
from app.domain.permissions import SYSTEM, Actor, Role
from app.models import Account
from app.queries.inbox import inbox
from app.queries.staff import hazard_for_staff

PAIRS, CALLS, ROWS = 5, 120, 100
Call = Callable[[Session], Any]
Said = tuple[Any, Any]
FILTERS = (
    Wanted(severities=(Severity.CRITICAL,)),
    Wanted(statuses=(Status.ASSIGNED, Status.ACCEPTED)),
    Wanted(overdue="any", severities=(Severity.HIGH, Severity.CRITICAL)),
    Wanted(marks=(Mark.DISPUTED,)),
    Wanted(marks=(Mark.SECOND, Mark.OWNER_UNKNOWN)),
    Wanted(marks=(Mark.EXPIRING,)),
    Wanted(types=("MANHOLE_OPEN",), age=Age.OVER_WEEK),
    Wanted(groups=("water",), statuses=(Status.IN_PROGRESS,)),
    Wanted(closed=True),
    Wanted(closed=True, groups=("power",), severities=(Severity.LOW,)),
)
SEARCHES = (
    *("люк", "крышка", "балалар мектеп", "слово17", "слово1234 қақпақ", "улица 77", "люк улица 5"),
    *("R9VQ", "люк бостандыкский"),
)


def staff_goals(stage: Stage) -> Iterator[Goal | str]:
    """All lines; the stage has its hazards already."""
    yield lay_out(stage)
    rng = random.Random(1)  # noqa: S311 - the same calls in each run
    for name, calls in _calls(stage, rng).items():
        yield from _against_bare(stage, name, calls)
    yield from _pages(stage)
    yield from sweep(stage)


def _calls(stage: Stage, rng: random.Random) -> dict[str, list[Call]]:
    """What is measured, by the name of its goal: nine in ten by dispatchers, the others by a coordinator."""
    sample = "SELECT reference, body_id FROM hazard WHERE id %% greatest(%s / 500, 1) = 0"
    rows = stage.admin.execute(sample, [stage.number]).fetchall()
    bodies = [row[0] for row in stage.admin.execute("SELECT DISTINCT body_id FROM hazard LIMIT 200")]
    actors = [_dispatcher(rng.choice(bodies)) if n % 10 else _COORDINATOR for n in range(CALLS)]
    chosen = [rows[rng.randrange(len(rows))] for _ in range(CALLS)]
    return {
        "staff-inbox": [_inbox(actor, Wanted()) for actor in actors],
        "staff-filters": [_inbox(actor, FILTERS[n % len(FILTERS)]) for n, actor in enumerate(actors)],
        "staff-search": [
            _inbox(actor, Wanted.parse({"q": SEARCHES[n % len(SEARCHES)]})) for n, actor in enumerate(actors)
        ],
        "staff-detail": [_detail(_dispatcher(body), reference) for reference, body in chosen],
    }


_COORDINATOR = Actor(None, frozenset({Role.COORDINATOR}))


def _dispatcher(body_id: int) -> Actor:
    return Actor(None, frozenset({Role.DISPATCHER}), body_id)


def _inbox(actor: Actor, wanted: Wanted) -> Call:
    return lambda session: inbox(session, actor=actor, wanted=wanted, now=datetime.now(UTC), limit=ROWS)


def _detail(actor: Actor, reference: str) -> Call:
    return lambda session: hazard_for_staff(session, actor=actor, reference=reference)


def _against_bare(stage: Stage, name: str, calls: list[Call]) -> Iterator[Goal | str]:
    """Two goals: by the clock on the wall, and by the processors' time, which a busy machine does not lengthen."""
    with undone(stage.app) as session:
        said = [_heard(session, call) for call in calls]
        turns = [(_bare(session, said), _ours(session, calls)) for _ in range(PAIRS + 1)][1:]  # the first warms up
    for clock in ("wall", "busy"):
        bare, ours = ([[getattr(took, clock) for took in each[at]] for each in turns] for at in (0, 1))
        for what, times in (("call", [*chain(*ours)]), ("bare", [*chain(*bare)])):
            shares = " ".join(f"p{100 * share:g} {1000 * percentile(times, share):.2f}" for share in (0.5, 0.95))
            yield f"figure {name} {what}, {clock} ms: {shares} of {len(times)}"
        p95 = [(percentile(base, 0.95), percentile(our, 0.95)) for base, our in zip(bare, ours, strict=True)]
        yield Goal(name if clock == "wall" else f"{name}-busy", p95, 2)


def _ours(session: Session, calls: list[Call]) -> list[Took]:
    server = _server(session)
    took = []
    for call in calls:
        session.expunge_all()
        took.append(_took(server, lambda call=call: call(session)))  # type: ignore[misc]  # bound now
    return took


def _bare(session: Session, said: list[list[Said]]) -> list[Took]:
    driver, server = session.connection().connection.driver_connection, _server(session)
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - this product has no other
    with driver.cursor() as cursor:
        return [_took(server, lambda each=each: _sent_again(cursor, each)) for each in said]  # type: ignore[misc]  # bound now


def _server(session: Session) -> Server:
    return Server(session.scalar(text("SELECT pg_backend_pid()")) or 0)


def _took(server: Server, what: Callable[[], Any]) -> Took:
    begun, busy = time.perf_counter(), server.seconds() + time.thread_time()
    what()
    return Took(time.perf_counter() - begun, server.seconds() + time.thread_time() - busy)


def _sent_again(cursor: psycopg.Cursor[Any], said: list[Said]) -> None:
    for query, params in said:
        cursor.execute(query, params).fetchall()


def _heard(session: Session, call: Call) -> list[Said]:
    """The statements of a call with their values, as the driver got them."""
    heard: list[Said] = []
    really = psycopg.Cursor.execute

    def execute(cursor: Any, query: Any, params: Any = None, **how: Any) -> Any:
        if str(query).strip(" ;"):  # else a ping of the pool
            heard.append((query, params))
        return really(cursor, query, params, **how)

    with patch.object(psycopg.Cursor, "execute", execute):
        call(session)
    return heard


def _pages(stage: Stage) -> Iterator[str]:
    """The whole of a page over HTTP, as a dispatcher gets it: figures, no goal."""
    token = _signed_in(stage)
    with bench_intake.served(stage):
        for path in ("/staff/", "/staff/?view=board", "/staff/?q=люк", "/staff/news?since=0", "/staff/points"):
            times = [_page(path, token) for _ in range(25)][5:]
            yield f"figure page {path} ms: p50 {percentile(times, 0.5):.0f} p95 {percentile(times, 0.95):.0f}"


def _signed_in(stage: Stage) -> str:
    body = stage.admin.execute("SELECT body_id FROM hazard WHERE id = 1").fetchone()
    now = datetime.now(UTC)
    who: dict[str, Any] = {"email": "bench@qauip.example", "name": "Bench", "roles": [Role.DISPATCHER]}
    where: dict[str, Any] = {"body_id": body[0] if body else None, "language": "kk", "password": SECRET}
    sender = Sender("127.0.0.0/24", b"k" * 32)
    with transaction(stage.app) as session:
        made = create_account(session, by=SYSTEM, now=now, **who, **where)
        return open_session(session, account=session.get_one(Account, made.id), sender=sender, now=now).token


def _page(path: str, token: str) -> float:
    """Milliseconds of one answer; AssertionError where it is not the page."""
    connection = http.client.HTTPConnection("127.0.0.1", bench_intake.PORT, timeout=30)
    begun = time.perf_counter()
    connection.request("GET", quote(path, safe="/?=&"), headers={"Cookie": f"qauip_session={token}"})
    answer = connection.getresponse()
    body = answer.read()
    took = 1000 * (time.perf_counter() - begun)
    connection.close()
    if answer.status != 200 or not body:
        raise AssertionError(f"{path} was answered with {answer.status}")
    return took
