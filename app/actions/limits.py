"""Count what comes from where: by a hash keyed with the day's own key, so that no address is written down anywhere.

Decision: one statement by itself before the report's transaction. In that transaction the row of a network would be
locked until the report is on the disk, and a school would queue behind itself. Both tables are unlogged: such a commit
waits for no disk. Turned down: Redis, one service more; memory, which each process has for itself.
"""

import hmac
import secrets
from datetime import date, datetime

from sqlalchemy import Connection, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.ladder import HOUR, Ladder, Step, hour_of
from app.models import DayKey, IntakeCount

EVERYBODY = b"everybody"
_COUNT = text("""
INSERT INTO intake_count AS c (key, hour, n) VALUES (:mine, :hour, 1), (:everybody, :hour, 1)
ON CONFLICT (key, hour) DO UPDATE SET n = c.n + 1
RETURNING key, n
""")


def count_one(connection: Connection, *, what: str, network: str, key: bytes, ladder: Ladder, now: datetime) -> Step:
    """Count one `what` (report, flag, …) from `network`; the step it stands on. `key`: of the day (`day_key`)."""
    mine = hmac.digest(key, f"{what}:{network}".encode(), "sha256")[:16]
    everybody = EVERYBODY + b":" + what.encode()
    rows = connection.execute(_COUNT, {"mine": mine, "everybody": everybody, "hour": hour_of(now)})
    counts = {bytes(row.key): row.n for row in rows}
    return ladder.step(counts[mine], counts[everybody])


def day_key(connection: Connection, day: date) -> bytes:
    """The key of `day`, drawn by whoever asks first."""
    connection.execute(insert(DayKey).values(day=day, key=secrets.token_bytes(32)).on_conflict_do_nothing())
    return bytes(connection.execute(select(DayKey.key).where(DayKey.day == day)).scalar_one())


def forget_counts(session: Session, *, now: datetime) -> None:
    """Keys of days before yesterday and counts of earlier hours: then nobody can tell whose they were."""
    session.execute(delete(DayKey).where(DayKey.day < now.date()))
    session.execute(delete(IntakeCount).where(IntakeCount.hour < hour_of(now) - HOUR))
