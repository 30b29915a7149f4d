"""Engines, sessions and the transaction: only the doors come here.

Decision: a session is opened and committed by the door, in one `with`, and handed down as an argument. Turned
down: Flask-SQLAlchemy and scoped sessions: they hide the transaction and tie actions to a web request.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from app.config import Settings


@dataclass(frozen=True, slots=True)
class Databases:
    """One engine for each role: the application's, the public pages' and the confidential desk's."""

    app: Engine
    public: Engine
    desk: Engine

    def dispose(self) -> None:
        """Close all pooled connections."""
        for each in (self.app, self.public, self.desk):
            each.dispose()


def engine(
    url: str | URL, *, pool_size: int = 5, statement_timeout_ms: int = 0, application_name: str = "qauip"
) -> Engine:
    """A pooled engine in UTC; a statement timeout of 0 means none. Connects on first use."""
    parsed = make_url(url)
    return create_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,  # errors stand in the log with their trace, and values are words of children
        connect_args={
            "application_name": application_name,
            "connect_timeout": 10,
            "options": _options(parsed, statement_timeout_ms),
        },
    )


def databases(settings: Settings, *, application_name: str = "qauip") -> Databases:
    """The three engines of a process. Public reads are cut off early: no query holds up the map."""
    return Databases(
        app=engine(settings.database_url, pool_size=settings.pool_size, application_name=f"{application_name} app"),
        public=engine(
            settings.public_database_url,
            pool_size=settings.public_pool_size,
            statement_timeout_ms=settings.public_statement_timeout_ms,
            application_name=f"{application_name} public",
        ),
        desk=engine(settings.desk_database_url, pool_size=2, application_name=f"{application_name} desk"),
    )


@contextmanager
def transaction(source: Engine) -> Iterator[Session]:
    """A session that commits at the end of the block and rolls back when it raises; objects stay readable."""
    with Session(source, expire_on_commit=False) as session, session.begin():
        yield session


def _options(url: URL, statement_timeout_ms: int) -> str:
    given = url.query.get("options", ())
    parts = [given] if isinstance(given, str) else list(given)
    parts.append("-ctimezone=UTC")
    if statement_timeout_ms:
        parts.append(f"-cstatement_timeout={statement_timeout_ms}")
    return " ".join(parts)
