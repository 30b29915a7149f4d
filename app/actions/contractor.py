"""A contractor's link to one hazard: given, revoked, and what its holder sends by it.

Decision: a random token of 256 bits, of which only the hash is kept; it is shown once, to whoever made it. Turned down:
a signed token that carries its own end, which nobody can revoke, and accounts for contractors, who come for one job.
Its holder only proposes, and whoever gave the link may not confirm it: the address was in their hands, so that one
person could send "fixed" by it and confirm that. Any other of the body who may, or the coordinator, does.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.actions.hazards import act_on_hazard
from app.actions.history import note_inside
from app.domain.errors import ActNotAllowedNow, BadLinkDays, LinkDead, NeedsName, NeedsNote, NotPermitted
from app.domain.hazard import MOST_LINK_DAYS, Status
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Actor, Permission, ensure
from app.domain.photo import PhotoFile
from app.domain.policy import Policy
from app.domain.text import clean
from app.models import ContractorLink, ContractorPhoto, Event, Hazard, Photo
from app.queries.contractor import actor_of, lives, token_hash
from app.queries.own_matters import photo_is_theirs_to_see
from app.queries.staff import visible_hazard

NAME_MAX, NEEDED_MAX = 120, 2000
ACTS = frozenset({Act.START, Act.NOTE, Act.REPORT_FIX})
"""All that the holder of a link may do, of what the lifecycle allows then."""
TAKEN_ON = frozenset({Status.ACCEPTED, Status.IN_PROGRESS, Status.PLANNED, Status.ON_HOLD, Status.FIX_REPORTED})
"""Where a link may be given: only what the body has taken on can be reported as fixed."""


@dataclass(frozen=True)
class LinkFacts:
    """What the link is for. `photos`: public ids of photos of the hazard that its holder may see."""

    name: str
    language: str
    needed: str
    days: int
    photos: Collection[str] = ()


@dataclass(frozen=True)
class NewLink:
    """`token` goes into the address and is known to nobody afterwards."""

    link: ContractorLink
    token: str


def give_link(session: Session, *, by: Actor, reference: str, facts: LinkFacts, now: datetime) -> NewLink:
    """A new link to a hazard of the actor's body. Raises HazardNotFound, NotPermitted, NeedsName, BadLinkDays …"""
    hazard = _ours(session, by, reference)
    name, needed = clean(facts.name, limit=NAME_MAX), clean(facts.needed, limit=NEEDED_MAX)
    if Status(hazard.status) not in TAKEN_ON or hazard.body_id is None:
        raise ActNotAllowedNow(act="give_link", status=hazard.status)
    if not name:
        raise NeedsName()
    if not needed:
        raise NeedsNote(act="give_link")
    if not 1 <= facts.days <= MOST_LINK_DAYS:
        raise BadLinkDays(limit=MOST_LINK_DAYS)
    token = secrets.token_urlsafe(32)
    link = ContractorLink(
        token_hash=token_hash(token),
        hazard_id=hazard.id,
        body_id=hazard.body_id,
        name=name,
        language=facts.language,
        needed=needed,
        made_by=by.account_id or 0,
        made_at=now,
        expires_at=now + timedelta(days=facts.days),
    )
    session.add(link)
    session.flush()
    _share(session, by, link, facts.photos)
    note_inside(session, hazard, "link_given", by=by, now=now, note=f"{name}\n{needed}", link=link.id)
    return NewLink(link, token)


def revoke_link(session: Session, *, by: Actor, reference: str, link_id: int, now: datetime) -> None:
    """End a link at once; one that is revoked already stays as it is. Raises HazardNotFound, NotPermitted, LinkDead."""
    hazard = _ours(session, by, reference)
    found = select(ContractorLink).where(ContractorLink.id == link_id, ContractorLink.hazard_id == hazard.id)
    link = session.scalar(found.with_for_update())
    if link is None:
        raise LinkDead()
    if link.revoked_at is None:
        link.revoked_at, link.revoked_by = now, by.account_id
        note_inside(session, hazard, "link_revoked", by=by, now=now, note=link.name, link=link.id)
    session.flush()


def act_by_link(
    session: Session,
    *,
    token: str,
    act: Act,
    note: str,
    photos: Sequence[PhotoFile],
    policy: Policy,
    now: datetime,
) -> None:
    """What a contractor sends: a note, "started", or "fixed", to be confirmed. Raises LinkDead, NotPermitted, …"""
    if act not in ACTS:
        raise NotPermitted(permission=Permission.WORK.value)
    hazard, link = _living(session, token, now)
    if act is Act.START and hazard.status == Status.FIX_REPORTED:  # it would take back what somebody has reported
        raise ActNotAllowedNow(act=act.value, status=hazard.status)
    act_on_hazard(
        session,
        by=actor_of(link),
        reference=hazard.reference,
        act=act,
        version=hazard.version,
        given=Given(note=note),
        policy=policy,
        now=now,
        photos=photos,
    )
    link.used_at = now
    session.flush()


def _ours(session: Session, by: Actor, reference: str) -> Hazard:
    """The hazard, locked, of whoever may dispatch it."""
    hazard_id = visible_hazard(session, actor=by, reference=reference).id
    locked = select(Hazard).where(Hazard.id == hazard_id).with_for_update()
    hazard = session.scalars(locked.execution_options(populate_existing=True)).one()
    ensure(by, Permission.DISPATCH, body_id=hazard.body_id)
    return hazard


def _living(session: Session, token: str, now: datetime) -> tuple[Hazard, ContractorLink]:
    """Both locked, the hazard first as everywhere; whether the link lives is asked under the lock."""
    mine = ContractorLink.token_hash == token_hash(token)
    hazard_id = session.scalar(select(ContractorLink.hazard_id).where(mine))
    locked = select(Hazard).where(Hazard.id == hazard_id).with_for_update()
    hazard = session.scalar(locked.execution_options(populate_existing=True))
    both = select(ContractorLink).join(Hazard, Hazard.id == ContractorLink.hazard_id).where(mine, *lives(now))
    link = session.scalar(both.with_for_update(of=ContractorLink).execution_options(populate_existing=True))
    if hazard is None or link is None:
        raise LinkDead()
    return hazard, link


def _share(session: Session, by: Actor, link: ContractorLink, public_ids: Collection[str]) -> None:
    """Only photos of this very hazard that the giver may see, whatever was sent."""
    chosen = select(Photo.id).outerjoin(Event, Event.id == Photo.event_id).where(photo_is_theirs_to_see(by))
    chosen = chosen.where(Photo.hazard_id == link.hazard_id, Photo.public_id.in_(public_ids))
    rows = [{"link_id": link.id, "photo_id": photo_id} for photo_id in session.scalars(chosen)]
    if rows:
        session.execute(insert(ContractorPhoto), rows)
