"""What a view may ask for: a session of the right role, the settings, the clock. Nothing below the doors has these.

Decision: three functions around `current_app`. Turned down: Flask-SQLAlchemy's global session, which hides where a
transaction begins and ends.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import cast

from flask import current_app
from sqlalchemy.orm import Session

from app.config import Settings
from app.db import Databases, transaction
from app.domain.policy import Policy


def databases() -> Databases:
    """The three engines of this process."""
    return cast(Databases, current_app.extensions["qauip"])


def settings() -> Settings:
    return cast(Settings, current_app.extensions["qauip_settings"])


def db() -> AbstractContextManager[Session]:
    """`with db() as session:` one transaction of the application's role, committed at the end of the block."""
    return transaction(databases().app)


def public_db() -> AbstractContextManager[Session]:
    """One transaction of the role that reads `public_data` and nothing else; cut off after half a second."""
    return transaction(databases().public)


def policy() -> Policy:
    """The settings that rules need."""
    return settings().policy


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
