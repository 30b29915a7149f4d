"""What a person sent and what it became, and the row of a report: shared by all that take reports in.

Of each part that was sent a mark is kept, so that a repeat is known for one after a moderator has cropped a photo or
taken the words away. Decision: a mark is made with the receipt as its key, which the database does not have: nobody can
try out there what words were. Turned down: comparing a repeat with what is stored, which moderators change.
"""

import hmac
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
from app.domain.text import clean
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


Part = tuple[str, str]
"""What kind of a part (text, hurt, type, place, joins, hint, photo), and what it says."""
MARK_BYTES = 16


def parts_sent(submission: Submission, receipt: str) -> dict[Part, bytes]:
    """Each part of what was sent with its mark. What was left empty is no part."""
    text = clean(submission.text)
    parts: list[Part] = [("type", submission.hazard_type), ("place", submission.geometry.wkb_hex)]
    parts += [("text", text)] * bool(text)
    parts += [("hurt", "")] * submission.someone_hurt
    parts += [("joins", submission.joins)] if submission.joins else []
    parts += [("hint", f"{name}={value}") for name, value in sorted(submission.hints.items())]
    parts += [("photo", photo.content_key) for photo in submission.photos]
    return {part: mark_of("\0".join(part).encode(), receipt) for part in parts}


def mark_of(said: bytes, receipt: str) -> bytes:
    """Tells whether the same was said under the same receipt, and nothing to whoever does not have that."""
    return hmac.digest(receipt.encode(), said, "sha256")[:MARK_BYTES]


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
    comes_again = submission.external is None and parent_id is None
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
        "sent": list(parts_sent(submission, receipt).values()) if comes_again else None,
        "moderation": (Moderation.PENDING if waits else Moderation.CLEARED).value,
    }
    return session.connection().execute(_NEW, values).scalar_one()
