"""Photographs at the doors: taken in through the store before the action, sent out by key.

A key is only ever looked up for somebody who may see the photo: the caller asks first, and None is a 404.
"""

import base64
import binascii
from collections.abc import Iterable
from typing import cast

from flask import Flask, abort, current_app, send_file
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.config import Settings
from app.domain.errors import PhotoUnreadable
from app.domain.photo import SIZES_PX, PhotoFile
from app.gateways.photo_store import PhotoMissing, PhotoStore, photo_store_at, store_photos


def keep_photos(app: Flask, settings: Settings) -> None:
    """Give the application its photo store."""
    app.extensions["qauip_photos"] = photo_store_at(
        settings.photo_store, settings.photo_dir, endpoint=settings.photo_store_endpoint
    )


def photo_store() -> PhotoStore:
    return cast(PhotoStore, current_app.extensions["qauip_photos"])


def take_photos(uploads: Iterable[FileStorage | bytes]) -> tuple[PhotoFile, ...]:
    """Store what was sent; empty file fields are left out. Raises TooManyPhotos, PhotoUnreadable."""
    data = (upload if isinstance(upload, bytes) else upload.read() for upload in uploads)
    return tuple(store_photos(photo_store(), [each for each in data if each]))


def name_photo(upload: FileStorage | bytes) -> tuple[PhotoFile, ...]:
    """The photo as it would be stored, to be compared; it is kept nowhere, and can be read again."""
    data = upload if isinstance(upload, bytes) else upload.read()
    if not isinstance(upload, bytes):
        upload.seek(0)
    return (photo_store().named(data),) if data else ()


class NamedPhoto(bytes):
    """A photo with the name by which its sender knows it."""

    filename = ""


def decoded(photos: object) -> list[bytes]:
    """Photos as a script sends them: each in base 64, or as `{"data": base 64, "name": the file's}`, by which one that
    cannot be read is named. Raises PhotoUnreadable.
    """
    if not isinstance(photos, list):
        raise PhotoUnreadable()
    return [_named(photo) if isinstance(photo, dict) else _bytes(photo) for photo in photos]


def _named(photo: dict[str, object]) -> NamedPhoto:
    name = str(photo.get("name") or "")
    made = NamedPhoto(_bytes(photo.get("data"), **({"name": name} if name else {})))
    made.filename = name
    return made


def _bytes(sent: object, **named: str) -> bytes:
    try:
        return base64.b64decode(str(sent), validate=True)
    except (binascii.Error, ValueError):
        raise PhotoUnreadable(**named) from None


def send_photo(content_key: str | None, size: str, *, cache: str) -> Response:
    """The JPEG of `size` ("full", "medium", "thumb"), or 404. `cache`: the Cache-Control of the answer."""
    if content_key is None or size not in SIZES_PX:
        abort(404)
    try:
        response = send_file(photo_store().open(content_key, size), mimetype="image/jpeg")
    except PhotoMissing:
        abort(404)
    response.headers["Cache-Control"] = cache
    return response
