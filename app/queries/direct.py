"""A statement by psycopg itself, in the session's transaction: for the hot path alone.

SQLAlchemy's way of sending a text costs half as much again as the server's work on it. Errors are SQLAlchemy's, by
which the doors know a database that does not answer.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session


def fetch(session: Session, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of `sql`, whose parameters are `%(name)s`."""
    connection: Any = session.connection().connection.driver_connection
    try:
        return list(connection.execute(sql, values).fetchall())
    except psycopg.OperationalError as error:
        raise OperationalError(sql, None, error) from error
