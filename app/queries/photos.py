"""Which stored photographs are mentioned anywhere."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Photo


def keys_in_use(session: Session, keys: Collection[str]) -> frozenset[str]:
    """Those of `keys` (SHA-256, hex) that a photo's row names."""
    return frozenset(session.scalars(select(Photo.content_key).where(Photo.content_key.in_(keys)).distinct()))
