"""Record photographs that a door has already stored by content; they are private until a moderator clears them."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.hazard import PhotoKind
from app.domain.photo import PhotoFile
from app.domain.proof import Shot
from app.models import Photo


def add_photos(
    session: Session,
    *,
    hazard_id: int,
    files: Sequence[PhotoFile],
    kind: PhotoKind,
    now: datetime,
    report_id: int | None = None,
    event_id: int | None = None,
    shots: Sequence[Shot] = (),
) -> None:
    """`shots`: where and when each was taken, where that is known (none: of no photo)."""
    if not files:
        return
    session.execute(
        insert(Photo),
        [
            {
                "public_id": secrets.token_urlsafe(16),
                "hazard_id": hazard_id,
                "report_id": report_id,
                "event_id": event_id,
                "kind": kind.value,
                "content_key": file.content_key,
                "width": file.width,
                "height": file.height,
                "added_at": now,
                "taken_at": shot.taken_at,
                "distance_m": shot.distance_m,
                "placed_by": shot.placed_by,
            }
            for file, shot in zip(files, shots or [Shot()] * len(files), strict=True)
        ],
    )
