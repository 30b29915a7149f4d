"""What tells whether the service is well: the schema's revision, the worker's pulse, hazards left with nobody."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import text
from sqlalchemy.orm import Session


def schema_revisions(session: Session) -> frozenset[str]:
    """Where the schema stands, by Alembic's own table."""
    return frozenset(session.scalars(text("SELECT version_num FROM alembic_version")))


def last_heartbeat(session: Session) -> datetime | None:
    """When a worker of the job queue was last alive; None where none ever was."""
    return cast("datetime | None", session.scalar(text("SELECT max(last_heartbeat) FROM procrastinate_workers")))


def left_with_bodies_off(session: Session) -> dict[str, int]:
    """How many open hazards lie with each body (code) that is switched off, the most first."""
    counted = text("""
      SELECT b.code, count(*) AS number FROM hazard h JOIN body b ON b.id = h.body_id
       WHERE h.is_open AND NOT b.active GROUP BY b.code ORDER BY 2 DESC, 1""")
    return {row.code: row.number for row in session.execute(counted)}
