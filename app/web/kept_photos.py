"""Photos that a form has brought already, carried on by signed keys: whoever corrects a form chooses them once.

Decision: the stored picture's key and size, signed, in a hidden field. Nobody can name a picture that the server has
not given out, and nothing is kept for a form that never comes back: the sweeper takes what no report names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from app.domain.photo import PhotoFile
from app.gateways.photo_store import PhotoMissing
from app.web.context import settings
from app.web.photos import photo_store

LASTS = timedelta(hours=12)
"""Well below the age at which the sweeper takes what no report names."""


def keep(photos: Iterable[PhotoFile]) -> list[str]:
    """What the hidden fields `kept` hold."""
    return [_signer().dumps([photo.content_key, photo.width, photo.height]) for photo in photos]


def kept_names(sent: Mapping[str, Any]) -> list[str]:
    """The fields `kept` that were sent and are still good, as they were: shown again they get no longer life."""
    return [name for name in _sent(sent) if _read(name) is not None]


def kept_photos(sent: Mapping[str, Any], *, gone_too: bool = False) -> tuple[PhotoFile, ...]:
    """The photos that the fields `kept` name; what we did not sign, or too long ago, is left out. `gone_too`: also
    those that stand no longer, for whoever must know a repeat of a form whose photos were sealed.
    """
    found = [_signed(name) if gone_too else _read(name) for name in _sent(sent)]
    return tuple(photo for photo in found if photo is not None)


def _sent(sent: Mapping[str, Any]) -> list[str]:
    many = getattr(sent, "getlist", None)
    names = many("kept") if many else sent.get("kept")
    return [str(name) for name in dict.fromkeys(map(str, names))] if isinstance(names, list) else []


def _read(name: str) -> PhotoFile | None:
    """The photo, if it still stands: one that a report was refused with may have gone meanwhile."""
    photo = _signed(name)
    try:
        if photo is not None:
            photo_store().open(photo.content_key, "thumb").close()
    except PhotoMissing:
        return None
    return photo


def _signed(name: str) -> PhotoFile | None:
    try:
        key, width, height = _signer().loads(name, max_age=int(LASTS.total_seconds()))
    except (BadData, ValueError, TypeError):
        return None
    return PhotoFile(key, width, height)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().require_secret(), salt="kept photos")
