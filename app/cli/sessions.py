"""One transaction of one command, on a connection that is closed behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from app.config import Settings
from app.db import engine, transaction


@contextmanager
def one_transaction(settings: Settings) -> Iterator[Session]:
    """A session of the application's role; commits at the end, or rolls back."""
    opened = engine(settings.database_url, pool_size=1, application_name="qauip command")
    try:
        with transaction(opened) as session:
            yield session
    finally:
        opened.dispose()
