"""People of a body who are told, and gateways for SMS and push that remember."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Databases, transaction
from app.domain.permissions import Role
from app.gateways.sms import OutgoingSms
from app.gateways.vault import Keyring
from app.jobs import Jobs
from app.jobs.context import Vault
from app.jobs.staff_notices import send_staff_notice
from app.models import Account, StaffNotice, StaffPush
from tests.jobs import kit


@dataclass
class Telephone:
    """An SMS sender that keeps, or raises what it is told to."""

    sent: list[OutgoingSms] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)

    def send(self, sms: OutgoingSms) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.sent.append(sms)


@dataclass
class Browsers:
    """A push sender that keeps; `troubles` by endpoint."""

    sent: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    troubles: dict[str, Exception] = field(default_factory=dict)

    def send(self, subscription: Mapping[str, Any], message: Mapping[str, str]) -> None:
        if subscription["endpoint"] in self.troubles:
            raise self.troubles.pop(subscription["endpoint"])
        self.sent.append((subscription["endpoint"], message))


def add_account(
    session: Session, name: str, roles: Sequence[Role], *, body_id: int | None = None, language: str = "ru"
) -> int:
    """`name` is also the first part of the address."""
    account = Account(
        email=f"{name}@x.example",
        name=name,
        password_hash="-",
        roles=[role.value for role in roles],
        body_id=body_id,
        language=language,
        created_at=kit.NOW,
    )
    session.add(account)
    session.flush()
    return account.id


def add_browser(session: Session, account_id: int, endpoint: str, ring: Keyring) -> None:
    kept = ring.sealer.seal(json.dumps({"subscription": {"endpoint": endpoint}}).encode())
    session.execute(
        StaffPush.__table__.insert().values(
            account_id=account_id, endpoint_key=endpoint.encode(), key_id=kept.key_id, sealed=kept.data,
            created_at=kit.NOW,
        )
    )  # fmt: skip


def with_doors(jobs: Jobs, database: Databases, ring: Keyring | None = None) -> Jobs:
    """The same with SMS, push and, with `ring`, the vault."""
    vault = Vault(ring, lambda: transaction(database.desk)) if ring else None
    return replace(jobs, sms=Telephone(), push=Browsers(), vault=vault)


def at(jobs: Jobs, moment: datetime) -> Jobs:
    return replace(jobs, now=lambda: moment)


def send_queued(jobs: Jobs) -> None:
    """What the worker would do with every notice that waits in the queue."""
    with jobs.transaction() as session:
        waiting = session.scalars(select(StaffNotice.id).where(StaffNotice.state == "queued")).all()
    for notice_id in waiting:
        send_staff_notice(jobs, notice_id=notice_id)


def states(jobs: Jobs) -> list[tuple[str, str, str]]:
    """(kind, channel, state) in the order of their making."""
    with jobs.transaction() as session:
        rows = session.execute(
            select(StaffNotice.kind, StaffNotice.channel, StaffNotice.state).order_by(StaffNotice.id)
        )
        return [tuple(row) for row in rows]
