"""Where photographs lie: files named by the hash of their content, outside the web root, private until cleared.

Decision: `put` takes what a stranger sent and draws it anew itself, so that nothing else can get into a store. Turned
down: a store of any bytes with the drawing left to the doors, one of which would forget. The same picture sent twice is
one file. A file is whole or absent: written beside, synced, renamed (security notes R6).
"""

import hashlib
import os
import re
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from app.domain.errors import TooManyPhotos
from app.domain.hazard import MAX_PHOTOS
from app.domain.photo import SIZES_PX, Edit, PhotoFile, Region
from app.gateways.images import Redrawer, Redrawn

_KEY = re.compile(r"[0-9a-f]{64}")


class PhotoMissing(Exception):
    """The store has no file of this key and size."""


class PhotoStore(Protocol):
    """Keys are SHA-256, hex; sizes are the names in `SIZES_PX`."""

    def put(self, data: bytes) -> PhotoFile:
        """Draw the picture anew and keep it in all sizes. Raises PhotoUnreadable."""

    def named(self, data: bytes) -> PhotoFile:
        """What `put` would answer; nothing is kept. Raises PhotoUnreadable."""

    def edit(self, content_key: str, edit: Edit, region: Region) -> PhotoFile:
        """Keep the picture as edited, beside the one it was. Raises PhotoMissing."""

    def open(self, content_key: str, size: str) -> BinaryIO:
        """The JPEG, for reading. Raises PhotoMissing."""

    def keys_older_than(self, age: timedelta) -> Iterator[str]:
        """Keys of all photographs last put longer ago than `age`."""

    def delete(self, content_key: str, *, older_than: timedelta = timedelta()) -> bool:
        """Remove all sizes, unless the picture was put again within `older_than`; whether it was removed."""


class DrawingStore(ABC):
    """What all stores do alike: draw, name by content, then write."""

    def __init__(self, redrawer: Redrawer | None = None) -> None:
        self._redrawer = redrawer or Redrawer()

    def put(self, data: bytes) -> PhotoFile:
        """See PhotoStore."""
        return self._kept(self._redrawer.redraw(data))

    def named(self, data: bytes) -> PhotoFile:
        """See PhotoStore."""
        return _file_of(self._redrawer.redraw(data))

    def edit(self, content_key: str, edit: Edit, region: Region) -> PhotoFile:
        """See PhotoStore."""
        with self.open(content_key, "full") as full:
            data = full.read()
        return self._kept(self._redrawer.edit(data, edit, region))

    def close(self) -> None:
        """End the helper process that draws."""
        self._redrawer.close()

    @abstractmethod
    def open(self, content_key: str, size: str) -> BinaryIO:
        """See PhotoStore."""

    @abstractmethod
    def keys_older_than(self, age: timedelta) -> Iterator[str]:
        """See PhotoStore."""

    @abstractmethod
    def delete(self, content_key: str, *, older_than: timedelta = timedelta()) -> bool:
        """See PhotoStore."""

    @abstractmethod
    def write(self, content_key: str, jpegs: Mapping[str, bytes]) -> None:
        """Keep all sizes, the full one last: where it stands, all stand."""

    def _kept(self, drawn: Redrawn) -> PhotoFile:
        file = _file_of(drawn)
        self.write(file.content_key, drawn.jpegs)
        return file


class LocalPhotoStore(DrawingStore):
    """A folder: `ab/cd/<key>-<size>.jpg`, readable by our user only."""

    def __init__(self, folder: Path, redrawer: Redrawer | None = None) -> None:
        super().__init__(redrawer)
        self._folder = folder

    def write(self, content_key: str, jpegs: Mapping[str, bytes]) -> None:
        """See DrawingStore."""
        folder = self._path(content_key, "full").parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for size in reversed(SIZES_PX):
            _write_whole(self._path(content_key, size), jpegs[size])
        _sync_folder(folder)

    def open(self, content_key: str, size: str) -> BinaryIO:
        """See PhotoStore."""
        try:
            return self._path(content_key, size).open("rb")
        except FileNotFoundError:
            raise PhotoMissing(content_key, size) from None

    def keys_older_than(self, age: timedelta) -> Iterator[str]:
        """See PhotoStore. Any size names its key: of a put cut short the full one is missing. Half files go at once."""
        for folder in self._folder.glob("??/??"):
            old = [path for path in folder.iterdir() if _older_than(path, age)]
            for path in old:
                if path.suffix == ".new":
                    path.unlink(missing_ok=True)
            yield from sorted({path.stem.rpartition("-")[0] for path in old if path.suffix == ".jpg"})

    def delete(self, content_key: str, *, older_than: timedelta = timedelta()) -> bool:
        """See PhotoStore. Asks for the age once more: a door may be putting the same picture, smallest size first."""
        standing = [path for size in SIZES_PX if (path := self._path(content_key, size)).exists()]
        if not standing or not all(_older_than(path, older_than) for path in standing):
            return False
        for path in standing:
            path.unlink(missing_ok=True)
        return True

    def _path(self, content_key: str, size: str) -> Path:
        return self._folder / file_name(content_key, size)


def _file_of(drawn: Redrawn) -> PhotoFile:
    key = content_key(drawn.jpegs["full"])
    return PhotoFile(key, drawn.width, drawn.height, drawn.camera_place, drawn.camera_time)


def content_key(full: bytes) -> str:
    """By which a picture goes, in a store or in the vault."""
    return hashlib.sha256(full).hexdigest()


def file_name(content_key: str, size: str) -> str:
    """The name of a file below the store's folder or prefix. Raises PhotoMissing for what can be no key or size."""
    if not _KEY.fullmatch(content_key) or size not in SIZES_PX:
        raise PhotoMissing(content_key, size)
    return f"{content_key[:2]}/{content_key[2:4]}/{content_key}-{size}.jpg"


def photo_store_at(place: str, folder: Path, *, endpoint: str = "") -> DrawingStore:
    """The store of the settings: a bucket where `place` names one (`s3://bucket/prefix`), else the folder."""
    if place:
        from app.gateways.photo_store_s3 import S3PhotoStore  # noqa: PLC0415  boto3 is slow to load and seldom wanted

        return S3PhotoStore(place, endpoint)
    return LocalPhotoStore(folder)


def store_photos(store: PhotoStore, uploads: Sequence[bytes]) -> list[PhotoFile]:
    """Keep what a form brought, empty parts left out. Raises TooManyPhotos (before any is drawn), PhotoUnreadable."""
    given = [data for data in uploads if data]
    if len(given) > MAX_PHOTOS:
        raise TooManyPhotos(limit=MAX_PHOTOS)
    return [store.put(data) for data in given]


def _write_whole(path: Path, data: bytes) -> None:
    """Replace, so that the file is new even where it stood: the sweeper looks at its age."""
    beside = path.with_name(f"{path.stem}.{secrets.token_hex(8)}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _older_than(path: Path, age: timedelta) -> bool:
    try:
        return time.time() - path.stat().st_mtime >= age.total_seconds()
    except FileNotFoundError:
        return False
