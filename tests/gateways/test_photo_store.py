"""The store: whole files or none, named by content, and nothing a stranger named."""

import os
import stat
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.errors import PhotoUnreadable, TooManyPhotos
from app.gateways.photo_store import LocalPhotoStore, PhotoMissing, store_photos
from tests.gateways import pictures

DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalPhotoStore]:
    made = LocalPhotoStore(tmp_path / "photos")
    yield made
    made.close()


def test_put_keeps_three_sizes_and_the_same_picture_is_one_file(store: LocalPhotoStore, tmp_path: Path) -> None:
    first, second = store.put(pictures.dirty_jpeg()), store.put(pictures.dirty_jpeg())
    assert first == second
    assert (first.width, first.height) == (640, 480)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    for size in ("full", "medium", "thumb"):
        with store.open(first.content_key, size) as photo:
            assert photo.read(2) == b"\xff\xd8"


@pytest.mark.parametrize(
    ("key", "size"),
    [("../../etc/passwd", "full"), ("a" * 64, "full"), ("a" * 64, "../x"), ("", "full"), ("A" * 64, "full")],
)
def test_no_other_file_can_be_asked_for(store: LocalPhotoStore, key: str, size: str) -> None:
    with pytest.raises(PhotoMissing):
        store.open(key, size)


def test_refused_picture_leaves_no_file(store: LocalPhotoStore, tmp_path: Path) -> None:
    with pytest.raises(PhotoUnreadable):
        store.put(b"not a picture")
    assert list(tmp_path.rglob("*.jpg")) == []


def test_old_photos_are_found_and_one_put_again_is_not_deleted(store: LocalPhotoStore, tmp_path: Path) -> None:
    old = store.put(pictures.dirty_jpeg()).content_key
    store.put(pictures.dirty_png())
    half = tmp_path / "photos" / "ab" / "cd" / "x.new"
    half.parent.mkdir(parents=True)
    half.touch()
    for path in (*tmp_path.rglob(f"{old}*"), half):
        os.utime(path, (time.time() - 2 * 86_400,) * 2)
    assert list(store.keys_older_than(DAY)) == [old]
    assert not half.exists()
    store.put(pictures.dirty_jpeg())
    assert not store.delete(old, older_than=DAY)
    assert store.delete(old)
    with pytest.raises(PhotoMissing):
        store.open(old, "full")


@pytest.mark.parametrize("lost", [("full",), ("full", "medium")])
def test_a_put_that_was_cut_short_is_found_and_removed(
    store: LocalPhotoStore, tmp_path: Path, lost: tuple[str, ...]
) -> None:
    key = store.put(pictures.dirty_jpeg()).content_key
    for size in lost:
        next(tmp_path.rglob(f"{key}-{size}.jpg")).unlink()
    assert not store.delete(key, older_than=DAY)  # young: its door may be writing the full size now
    for path in tmp_path.rglob(f"{key}*"):
        os.utime(path, (time.time() - 2 * 86_400,) * 2)
    assert list(store.keys_older_than(DAY)) == [key]
    assert store.delete(key, older_than=DAY)
    assert list(tmp_path.rglob("*.jpg")) == []


def test_too_many_photos_are_refused_before_any_is_drawn(store: LocalPhotoStore, tmp_path: Path) -> None:
    with pytest.raises(TooManyPhotos):
        store_photos(store, [pictures.dirty_jpeg()] * 6)
    assert list(tmp_path.rglob("*.jpg")) == []
    assert len(store_photos(store, [b"", pictures.dirty_jpeg(), pictures.dirty_png()])) == 2
