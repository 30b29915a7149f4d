"""What the photos of an act prove: reckoned while their places are at hand, which nothing keeps."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import PhotoUsedBefore
from app.domain.hazard import Severity
from app.domain.lifecycle import LOOKS, Act
from app.domain.permissions import Actor
from app.domain.photo import PhotoFile
from app.domain.policy import Policy
from app.domain.proof import FAR_M, Device, Doubt, PlacedBy, Shot, Terms, doubt_about, moment
from app.models import Hazard
from app.queries.corrections import corrected
from app.queries.merges import joined_seen_at
from app.queries.proof import accepted_at, distances_m, given_to, giver_of, looked_at, used_keys
from app.queries.second_person import are_one_hand

Placed = tuple[tuple[float, float], datetime | None, PlacedBy]
FIXES = frozenset({Act.FIX, Act.REPORT_FIX})


def shots_of(
    session: Session, hazard: Hazard, photos: Sequence[PhotoFile], *, device: Device | None, policy: Policy
) -> list[Shot]:
    """One for each photo, in their order; an empty one where nobody says where it was taken."""
    placed = [_placed(photo, device, policy) for photo in photos]
    metres = iter(distances_m(session, hazard.id, [each[0] for each in placed if each]))
    used = used_keys(session, [photo.content_key for photo in photos])
    return [
        Shot(each[1], min(round(next(metres)), FAR_M), each[2], photo.content_key in used)
        if each
        else Shot(used=photo.content_key in used)
        for photo, each in zip(photos, placed, strict=True)
    ]


def doubt_of(
    session: Session, hazard: Hazard, act: Act, shots: Sequence[Shot], *, by: Actor, policy: Policy, now: datetime
) -> Doubt | None:
    """Why the photos of a fix or a measure do not prove it; None where they do, or where nothing is to be proven.

    The system, which imports old fixes, proves nothing. Raises PhotoUsedBefore for a renewal without a new photo.
    """
    if act not in FIXES | LOOKS or by.is_system:
        return None
    if renews(hazard, act) and shots and all(shot.used for shot in shots):
        raise PhotoUsedBefore(act=act.value)
    if policy.fix_proof_m is None:
        return None
    return doubt_about(shots, _terms(session, hazard, act, by=by, within_m=policy.fix_proof_m, policy=policy, now=now))


def renews(hazard: Hazard, act: Act) -> bool:
    """Whether the act trusts anew what was made safe before."""
    return act in LOOKS and (hazard.made_safe_at is not None or hazard.inspect_due is not None)


def device_counts(session: Session, hazard: Hazard, act: Act, *, by: Actor, policy: Policy, now: datetime) -> bool:
    """Whether the word of the actor's device stands in for a camera's note (`domain/proof.py`): somebody else gave them
    the job.
    """
    closes_danger = act in FIXES and hazard.severity == Severity.CRITICAL
    if closes_danger or by.account_id is None or not given_to(session, hazard, by=by, day=policy.day(now)):
        return False
    giver = giver_of(session, hazard.id)
    return giver is not None and not are_one_hand(session, giver, by.account_id, policy=policy, now=now)


def _terms(
    session: Session, hazard: Hazard, act: Act, *, by: Actor, within_m: float, policy: Policy, now: datetime
) -> Terms:
    begun = accepted_at(session, hazard.id) if act in FIXES else looked_at(session, hazard.id) or hazard.received_at
    seen = joined_seen_at(session, hazard.id)
    since = max(begun, seen) if begun and seen else begun
    moved_m = corrected(session, hazard.id).moved_m
    counts = device_counts(session, hazard, act, by=by, policy=policy, now=now)
    return Terms(since, now, within_m, moved_m, counts)


def _placed(photo: PhotoFile, device: Device | None, policy: Policy) -> Placed | None:
    """The camera's note, and the device's word for what the camera has not noted."""
    taken = moment(photo.camera_time, policy.timezone)
    if photo.camera_place is not None and taken is not None:
        return photo.camera_place, taken, PlacedBy.CAMERA
    if device is None:
        return None
    return photo.camera_place or device.place, taken or device.at, PlacedBy.DEVICE
