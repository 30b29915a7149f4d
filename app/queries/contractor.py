"""Contractors' links: what opens by one, and which ones a hazard has.

A link lives while it is neither revoked nor over and its hazard is open, is not held and still lies with the body that
gave it. To its holder all dead ones are alike.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.permissions import Actor
from app.models import Account, Body, ContractorLink, ContractorPhoto, Event, Hazard, HazardType, Photo
from app.queries.staff import near_name


@dataclass(frozen=True)
class ContractorJob:
    """All that a contractor may know: `sent` are the own lines of history, `photos` those chosen for them."""

    link: ContractorLink
    hazard: Hazard
    kind: HazardType
    body: Body
    near: str | None
    photos: Sequence[str]
    sent: Sequence[Any]

    @property
    def actor(self) -> Actor:
        return actor_of(self.link)


def token_hash(token: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()


def actor_of(link: ContractorLink) -> Actor:
    return Actor(None, frozenset(), body_id=link.body_id, name=link.name, link_id=link.id, given_by=link.made_by)


def lives(now: datetime) -> tuple[Any, ...]:
    """What must hold of a link and its hazard at `now`."""
    return (
        ContractorLink.revoked_at.is_(None),
        ContractorLink.expires_at > now,
        Hazard.body_id == ContractorLink.body_id,
        Hazard.is_open,
        ~Hazard.held,
    )


def job_of_token(session: Session, token: str, language: str, *, now: datetime) -> ContractorJob | None:
    """The job of a living link, or None."""
    found = session.execute(
        select(ContractorLink, Hazard, HazardType, Body)
        .join(Hazard, Hazard.id == ContractorLink.hazard_id)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .join(Body, Body.id == ContractorLink.body_id)
        .where(ContractorLink.token_hash == token_hash(token), *lives(now))
    ).first()
    if found is None:
        return None
    link, hazard, kind, body = found
    near = near_name(session, hazard.id, language)
    return ContractorJob(link, hazard, kind, body, near, _shared(session, link.id), _sent(session, link))


def photo_key_for(session: Session, token: str, public_id: str, *, now: datetime) -> str | None:
    """The content key of a photo that was chosen for the holder of a living link."""
    return session.scalar(
        select(Photo.content_key)
        .join(ContractorPhoto, ContractorPhoto.photo_id == Photo.id)
        .join(ContractorLink, ContractorLink.id == ContractorPhoto.link_id)
        .join(Hazard, Hazard.id == ContractorLink.hazard_id)
        .where(
            ContractorLink.token_hash == token_hash(token),
            Photo.public_id == public_id,
            Photo.hazard_id == Hazard.id,
            *lives(now),
        )
    )


def links_of(session: Session, hazard_id: int) -> Sequence[Any]:
    """All links of a hazard with who gave them, the latest first."""
    return session.execute(
        select(ContractorLink, Account.name.label("who"))
        .join(Account, Account.id == ContractorLink.made_by)
        .where(ContractorLink.hazard_id == hazard_id)
        .order_by(ContractorLink.id.desc())
    ).all()


def _shared(session: Session, link_id: int) -> Sequence[str]:
    chosen = select(Photo.public_id).join(ContractorPhoto, ContractorPhoto.photo_id == Photo.id)
    return session.scalars(chosen.where(ContractorPhoto.link_id == link_id).order_by(Photo.added_at, Photo.id)).all()


def _sent(session: Session, link: ContractorLink) -> Sequence[Any]:
    mine = Event.data["link"].as_integer() == link.id
    return session.execute(
        select(Event.kind, Event.at, Event.note)
        .where(Event.hazard_id == link.hazard_id, Event.actor == "contractor", mine)
        .order_by(Event.at, Event.id)
    ).all()
