"""Photos of a public form or of JSON, stored one by one: one that cannot be read does not take the others with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from app.domain.errors import PhotoUnreadable, TooManyPhotos
from app.domain.hazard import MAX_PHOTOS
from app.domain.photo import PhotoFile
from app.web.photos import NamedPhoto, name_photo, take_photos
from app.web.public.sent import WrongReport

NAME_MAX = 60


def sent_photos(
    photos: Callable[[], list[Any]], wrong: WrongReport, *, only_named: bool = False
) -> tuple[PhotoFile, ...]:
    """Those that can be read; what is wrong with the others is noted in `wrong`. `only_named`: none is stored."""
    given = [photo for photo in wrong.tried("photos", photos) or [] if photo]
    if len(given) > MAX_PHOTOS:
        wrong.errors.append(("photos", TooManyPhotos(limit=MAX_PHOTOS)))
        return ()
    one = partial(_read_photo, only_named=only_named, one=len(given) == 1)
    stored = [wrong.tried("photos", partial(one, photo)) or () for photo in given]
    return tuple(file for files in stored for file in files)


def _read_photo(photo: Any, *, only_named: bool, one: bool) -> tuple[PhotoFile, ...]:
    """Of several, the one that cannot be read is named as its sender knows it; to a script always."""
    try:
        return name_photo(photo) if only_named else take_photos([photo])
    except PhotoUnreadable:
        name = getattr(photo, "filename", None)
        if name and (isinstance(photo, NamedPhoto) or not one):
            raise PhotoUnreadable(name=name[:NAME_MAX]) from None
        raise PhotoUnreadable() from None
