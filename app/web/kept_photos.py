"""Photos that a form has brought already, carried on by signed keys: whoever corrects a form chooses them once.

Decision: the stored picture's key and size, signed, in a hidden field. Nobody can name a picture that the server has
not given out, and nothing is kept for a form that never comes back: the sweeper takes what no report names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from app.domain.photo import PhotoFile
from app.web.context import settings


def keep(photos: Iterable[PhotoFile]) -> list[str]:
    """What the hidden fields `kept` hold."""
    return [_signer().dumps([photo.content_key, photo.width, photo.height]) for photo in photos]


def kept_photos(sent: Mapping[str, Any]) -> tuple[PhotoFile, ...]:
    """The photos that the fields `kept` name; what we did not sign is left out."""
    many = getattr(sent, "getlist", None)
    names = many("kept") if many else sent.get("kept")
    found = [_read(name) for name in names] if isinstance(names, list) else []
    return tuple(photo for photo in found if photo is not None)


def _read(name: Any) -> PhotoFile | None:
    try:
        key, width, height = _signer().loads(str(name))
    except (BadData, ValueError, TypeError):
        return None
    return PhotoFile(key, width, height)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().require_secret(), salt="kept photos")
