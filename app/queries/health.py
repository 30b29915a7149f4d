"""What tells whether the service is ready: the schema's revision and the worker's pulse."""

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
