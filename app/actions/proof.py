"""What the photos of an act prove: reckoned while their places are at hand, which nothing keeps."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.lifecycle import Act
from app.domain.permissions import Actor
from app.domain.photo import PhotoFile
from app.domain.policy import Policy
from app.domain.proof import FAR_M, Device, PlacedBy, Shot, moment, proof_among
from app.models import Hazard
from app.queries.proof import accepted_at, distances_m

Placed = tuple[tuple[float, float], datetime, PlacedBy]


def shots_of(
    session: Session,
    hazard: Hazard,
    photos: Sequence[PhotoFile],
    *,
    device: Device | None,
    policy: Policy,
    now: datetime,
) -> list[Shot]:
    """One for each photo, in their order; an empty one where nobody says where and when it was taken."""
    placed = [_placed(photo, device, policy, now) for photo in photos]
    metres = iter(distances_m(session, hazard.id, [each[0] for each in placed if each]))
    return [Shot(each[1], min(round(next(metres)), FAR_M), each[2]) if each else Shot() for each in placed]


def is_proven(
    session: Session, hazard: Hazard, act: Act, shots: Sequence[Shot], *, by: Actor, policy: Policy, now: datetime
) -> bool:
    """Whether a fix may be closed by its photos; the system, which imports old fixes, needs no proof."""
    if act is not Act.FIX or by.is_system or policy.fix_proof_m is None:
        return True
    since = accepted_at(session, hazard.id)
    return proof_among(shots, accepted_at=since, now=now, within_m=policy.fix_proof_m) is not None


def _placed(photo: PhotoFile, device: Device | None, policy: Policy, now: datetime) -> Placed | None:
    """The camera's note, and the device's word for what the camera has not noted."""
    taken = moment(photo.camera_time, policy.timezone)
    if photo.camera_place is not None and taken is not None:
        return photo.camera_place, taken, PlacedBy.CAMERA
    if device is None:
        return None
    return photo.camera_place or device.place, taken or device.at or now, PlacedBy.DEVICE
