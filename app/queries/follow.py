"""What a notice says, read at the moment of sending: never what was true when it was asked for."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.domain.follow import ASKED
from app.domain.hazard import Moderation
from app.models import Body, Event, Follow, Hazard, HazardType, Notice

_OF_REFERENCE = text("SELECT reference FROM public_data.public_hazard WHERE reference = :reference")


@dataclass(frozen=True)
class NoticeFacts:
    """For one follower, in their language. `body`: who is named; `linked`: holds a receipt of a report on it;

    `public`: the hazard has a public page.
    """

    key: str
    follow_id: int
    channel: str
    language: str
    token: str
    kind: str
    reference: str
    type_name: str
    body: str | None
    linked: bool
    public: bool


def notice_facts(session: Session, notice_id: int) -> NoticeFacts | None:
    """None where nothing is to be said any longer: held or hidden by now, or not to be seen by this follower."""
    is_public = func.is_public(Hazard.hazard_type, Hazard.moderation, Hazard.held, Hazard.review_first)
    row = session.execute(
        select(Notice, Follow, Hazard, HazardType, Body, Event, is_public.label("public"), Event.public.label("told"))
        .join(Follow, Follow.id == Notice.follow_id)
        .join(Hazard, Hazard.id == Follow.hazard_id)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .outerjoin(Event, Event.id == Notice.event_id)
        .outerjoin(Body, Body.id == Event.body_id)
        .where(Notice.id == notice_id)
    ).first()
    if row is None or row.Hazard.held or row.Hazard.moderation == Moderation.REFUSED:
        return None
    linked = row.Follow.report_id is not None
    if not (row.public or linked) or not _may_be_told(row):
        return None
    language = row.Follow.language
    return NoticeFacts(
        key=f"notice-{row.Notice.key}",
        follow_id=row.Follow.id,
        channel=row.Follow.channel,
        language=language,
        token=row.Follow.token,
        kind=row.Notice.kind,
        reference=row.Hazard.reference,
        type_name=row.HazardType.name(language),
        body=row.Body.name(language) if row.Body else None,
        linked=linked,
        public=bool(row.public),
    )


def _may_be_told(row: Any) -> bool:
    """Of internal lines only a question, while the body that asked has it; no word of it stands in the notice."""
    if row.Notice.kind == ASKED:
        return bool(row.Hazard.is_open and row.Event and row.Event.body_id == row.Hazard.body_id)
    return row.told is not False


def event_kind(session: Session, event_id: int) -> str | None:
    """Of an event that the public may know."""
    return session.scalar(select(Event.kind).where(Event.id == event_id, Event.public))


def sealed_contact(session: Session, follow_id: int) -> tuple[str, bytes] | None:
    """(key, sealed) of a follower; `session` is of the desk's role."""
    row = session.execute(
        text("SELECT key_id, sealed FROM vault.contact WHERE follow_id = :id"), {"id": follow_id}
    ).first()
    return (row.key_id, bytes(row.sealed)) if row else None


def public_hazard_id(session: Session, reference: str) -> int | None:
    """The id of a hazard that everybody may see."""
    if session.scalar(_OF_REFERENCE, {"reference": reference}) is None:
        return None
    return session.scalar(select(Hazard.id).where(Hazard.reference == reference))


def follow_by_token(session: Session, token: str, language: str) -> tuple[bool, str, str] | None:
    """(confirmed, reference, name of the kind) of a link."""
    row = session.execute(
        select(Follow.confirmed_at, Hazard.reference, HazardType)
        .join(Hazard, Hazard.id == Follow.hazard_id)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .where(Follow.token == token)
    ).first()
    return (row.confirmed_at is not None, row.reference, row.HazardType.name(language)) if row else None
