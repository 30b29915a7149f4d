"""Tell staff: one row for each event, person and channel they chose, and its job, in the caller's transaction.

Decision: here it is only written down who is told what; whether it goes out now, waits for the end of somebody's quiet
hours or has become untrue is asked when it is sent (`jobs/staff_notices.py`). The same event told twice is told once:
`key` is unique. Who must not see the hazard is told nothing of it, whatever the caller says.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.domain.staff_notices import ALSO_TO_MAILBOX, Channel, StaffKind, channels_of, is_critical
from app.models import Body, Hazard, StaffNotice
from app.outbox import JobName, enqueue
from app.queries.staff_notices import Reachable, reachable, staff_of_body, staff_of_role


def tell_staff(
    session: Session,
    *,
    kind: str,
    hazard_id: int,
    event_id: int,
    accounts: Collection[int],
    now: datetime,
    critical: bool = False,
) -> int:
    """Put a notice for each of `accounts` and each channel they chose into the outbox; how many are new."""
    told, loud = 0, is_critical(kind, critical=critical)
    hazard = session.get_one(Hazard, hazard_id)
    mailbox = _mailbox(session, hazard, StaffKind(kind))
    for person in reachable(session, accounts, hazard):
        for channel in sorted(channels_of(StaffKind(kind), person.choices, person.channels, critical=loud)):
            if channel is Channel.EMAIL and person.email == mailbox:
                continue
            told += _put(session, person, channel, kind=kind, hazard_id=hazard_id, event_id=event_id, at=now, loud=loud)
    return told


def tell_body(
    session: Session,
    *,
    kind: str,
    hazard_id: int,
    event_id: int,
    body_id: int,
    roles: Collection[Role],
    now: datetime,
    critical: bool = False,
    but: int | None = None,
) -> int:
    """Tell a body's people of these roles, those on shift and deputies of who is away; `but`: who did it knows it."""
    people = set(staff_of_body(session, body_id, roles, now=now)) - {but}
    return tell_staff(
        session, kind=kind, hazard_id=hazard_id, event_id=event_id, accounts=people, now=now, critical=critical
    )  # fmt: skip


def tell_role(
    session: Session,
    *,
    role: Role,
    kind: str,
    hazard_id: int,
    event_id: int,
    now: datetime,
    critical: bool = False,
    but: int | None = None,
) -> int:
    """Tell everybody of a role, of whatever body: for coordinators and administrators."""
    people = set(staff_of_role(session, role)) - {but}
    return tell_staff(
        session, kind=kind, hazard_id=hazard_id, event_id=event_id, accounts=people, now=now, critical=critical
    )  # fmt: skip


def _mailbox(session: Session, hazard: Hazard, kind: StaffKind) -> str | None:
    """The body's address, where a letter about this goes there as well."""
    if kind not in ALSO_TO_MAILBOX or hazard.body_id is None:
        return None
    return (session.get_one(Body, hazard.body_id).email or "").strip().lower() or None


def _put(
    session: Session,
    person: Reachable,
    channel: Channel,
    *,
    kind: str,
    hazard_id: int,
    event_id: int,
    at: datetime,
    loud: bool,
) -> int:
    row = {"account_id": person.account_id, "hazard_id": hazard_id, "event_id": event_id, "kind": kind}
    key = f"{kind}:{event_id}:{person.account_id}:{channel}"
    statement = insert(StaffNotice).values(**row, key=key, channel=channel.value, critical=loud, created_at=at)
    made = session.scalar(statement.on_conflict_do_nothing(index_elements=[StaffNotice.key]).returning(StaffNotice.id))
    if made is None:
        return 0
    enqueue(session, JobName.SEND_STAFF_NOTICE, notice_id=made)
    return 1
