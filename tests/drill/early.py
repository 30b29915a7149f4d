"""The negative control: a door that answers before it commits. Under the same kills it must lose reports."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from app.config import Settings
from app.web import create_app
from app.web.context import databases
from app.web.public import intake

LATE_S = 0.5


@contextmanager
def answers_first() -> Iterator[Session]:
    session = Session(databases().app, expire_on_commit=False)
    session.begin()
    yield session
    threading.Thread(target=_commit, args=(session,), daemon=True).start()


def _commit(session: Session) -> None:
    time.sleep(LATE_S)
    session.commit()
    session.close()


intake.db = answers_first  # type: ignore[assignment]  # the control's very point
app = create_app(Settings.from_env())
