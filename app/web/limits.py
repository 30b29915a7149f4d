"""The ladder at the door: how much came from this network, and what looks like a machine.

A limiter in trouble never holds up a report: it is logged, without an address, and the report goes straight in. Nothing
here refuses a person for how a form was filled in; what looks like a machine's is taken in and waits for a moderator.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.exc import SQLAlchemyError

from app.actions.limits import count_one, day_key
from app.domain.ladder import Ladder, Step, seconds_left
from app.web.context import databases, now, settings
from app.web.network import sender_network

CALL = ("111", "112")
SHORTEST_MS = 3000
KEYS = "qauip_day_keys"


def step_of(what: str, *, of: str | None = None, ladder: Ladder | None = None) -> Step:
    """Count this request, of its network or of what else is given; the step it stands on."""
    moment = now()
    try:
        with databases().app.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            key = _key(connection, settings().policy.day(moment))
            return count_one(
                connection,
                what=what,
                network=sender_network() if of is None else of,
                key=key,
                ladder=ladder or settings().ladder,
                now=moment,
            )
    except SQLAlchemyError as error:
        current_app.logger.error("the limiter is in trouble: %s", type(error).__name__)  # noqa: TRY400 - no address
        return Step.STRAIGHT


def with_retry(response: Response) -> Response:
    """Say when to come again."""
    response.headers["Retry-After"] = str(seconds_left(now()))
    return response


def opened() -> str:
    """The signed moment at which a form was made, for its hidden field."""
    return _signer().dumps(int(time.time()))


def by_machine(sent: Mapping[str, Any]) -> bool:
    """Whether the trap was filled in, or the form sent faster than anybody reads it."""
    if sent.get("website"):
        return True
    if "opened" in sent:
        return _age_ms(sent["opened"]) < SHORTEST_MS
    open_for = sent.get("elapsed_ms")
    return isinstance(open_for, int | float) and open_for < SHORTEST_MS


def _age_ms(signed: Any) -> float:
    """How old a form is; one whose moment is not ours is as new as can be. A clock set back makes none new."""
    try:
        made = float(_signer().loads(str(signed)))
    except (BadData, ValueError, TypeError):
        return 0
    age = time.time() - made
    return age * 1000 if age >= 0 else SHORTEST_MS


def _key(connection: Any, day: date) -> bytes:
    """Of the day, kept by the process: there is one for all processes, in the database."""
    known: dict[date, bytes] = current_app.extensions.setdefault(KEYS, {})
    if day not in known:
        known.clear()
        known[day] = day_key(connection, day)
    return known[day]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().require_secret(), salt="form opened")
