"""Is it alive, is it ready? For whoever restarts processes and whoever sends them visitors.

`/healthz` looks at nothing but itself, so that a database that is down does not restart the web server in circles.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from app.domain.deadlines import wrong_clock
from app.queries.health import last_heartbeat, schema_revisions
from app.web.access import PUBLIC, access
from app.web.context import db, now, settings

MIGRATIONS = Path(__file__).parents[3] / "migrations"
SEEN_LATELY_S = 60

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@access(PUBLIC)
def alive() -> Response:
    """The process answers."""
    return _not_kept(jsonify(status="ok"))


@bp.get("/readyz")
@access(PUBLIC)
def ready() -> tuple[Response, int]:
    """The database answers and is migrated, a worker was seen within a minute, and the clock is Kazakhstan's; else 503
    and why.
    """
    wrong = _wrong(now())
    body = jsonify(status="not ready", wrong=wrong) if wrong else jsonify(status="ready")
    return _not_kept(body), 503 if wrong else 200


def _wrong(moment: datetime) -> dict[str, str]:
    try:
        with db() as session:
            revisions, heartbeat = schema_revisions(session), last_heartbeat(session)
    except SQLAlchemyError as error:
        return {"database": type(error).__name__}
    wrong = {}
    if (clock := wrong_clock(settings().timezone, moment)) is not None:
        wrong["time zone"] = clock
    if revisions != _wanted():
        wrong["schema"] = (
            f"stands at {', '.join(sorted(revisions)) or 'nothing'}, wanted {', '.join(sorted(_wanted()))}"
        )
    if heartbeat is None or (moment - heartbeat).total_seconds() > SEEN_LATELY_S:
        wrong["worker"] = f"last seen {heartbeat.isoformat(timespec='seconds')}" if heartbeat else "never seen"
    return wrong


@lru_cache(maxsize=1)
def _wanted() -> frozenset[str]:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("prepend_sys_path", str(MIGRATIONS.parent))
    return frozenset(ScriptDirectory.from_config(config).get_heads())


def _not_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
