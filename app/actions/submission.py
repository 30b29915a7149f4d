"""What a person sent and what it became, and the row of a report: shared by all that take reports in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain import references
from app.domain.hazard import Channel, Moderation, ReportKind
from app.domain.permissions import ANONYMOUS, Actor
from app.domain.photo import PhotoFile
from app.models import Report
from app.models.base import table_of

_NEW = insert(table_of(Report)).returning(Report.id)


@dataclass(frozen=True)
class Submission:
    """What a person sent, as the door parsed it. `external`: (source, id) of an import, unique together.

    `hints`: what was seen on the spot, as sent (`domain/hints.py`). `joins`: the reference of the hazard that is meant.
    `review_first`: it came in a flood or looks like a machine's, so that nothing is public before a moderator looked.
    """

    client_id: UUID
    hazard_type: str
    geometry: BaseGeometry
    text: str = ""
    language: str = "kk"
    channel: Channel = Channel.WEB
    someone_hurt: bool = False
    photos: tuple[PhotoFile, ...] = ()
    by: Actor = ANONYMOUS
    external: tuple[str, str] | None = None
    hints: Mapping[str, Any] = field(default_factory=dict)
    joins: str | None = None
    review_first: bool = False


@dataclass(frozen=True)
class Reported:
    """`receipt` is secret and None only when a repeat cannot be given it again (the server's key has changed).

    `held`: it went to the desk and is no hazard.
    """

    reference: str
    receipt: str | None
    created: bool
    held: bool = False


def insert_report(
    session: Session,
    submission: Submission,
    hazard_id: int,
    *,
    text: str,
    receipt: str,
    now: datetime,
    kind: ReportKind = ReportKind.NEW,
    parent_id: int | None = None,
) -> int:
    """The row of a report; its id. Without words there is nothing for a moderator to read, unless it is the first."""
    waits = bool(text) or kind is ReportKind.NEW
    values = {
        "hazard_id": hazard_id,
        "client_id": submission.client_id,
        "receipt_hash": references.receipt_hash(receipt),
        "channel": submission.channel.value,
        "language": submission.language,
        "text": text,
        "someone_hurt": submission.someone_hurt,
        "received_at": now,
        "by_account": submission.by.account_id,
        "kind": kind.value,
        "parent_id": parent_id,
        "moderation": (Moderation.PENDING if waits else Moderation.CLEARED).value,
    }
    return session.connection().execute(_NEW, values).scalar_one()
