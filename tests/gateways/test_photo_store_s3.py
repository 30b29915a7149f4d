"""The bucket keeps the folder's promises, over HTTP against a server that speaks S3; and the web is the same on it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from moto.server import ThreadedMotoServer

from app.domain.errors import PhotosAway, PhotoUnreadable
from app.domain.photo import Edit, Region
from app.gateways.photo_store import PhotoMissing, photo_store_at
from app.gateways.photo_store_s3 import S3PhotoStore
from tests.gateways import pictures

PLACE = "s3://qauip/photos"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b"), ("DEFAULT_REGION", "us-east-1")):
            patch.setenv(f"AWS_{name}", value)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
        server.stop()


@pytest.fixture(scope="module")
def store(endpoint: str) -> Iterator[S3PhotoStore]:
    made = photo_store_at(PLACE, None, endpoint=endpoint)
    assert isinstance(made, S3PhotoStore)
    made._client.create_bucket(Bucket="qauip")
    yield made
    made.close()


def test_put_keeps_three_clean_sizes_under_the_prefix(store: S3PhotoStore) -> None:
    first, second = store.put(pictures.dirty_jpeg()), store.put(pictures.dirty_jpeg())
    assert first == second
    names = [entry["Key"] for entry in store._listed("") if first.content_key in entry["Key"]]
    assert sorted(names) == sorted(
        f"photos/{first.content_key[:2]}/{first.content_key[2:4]}/{first.content_key}-{size}.jpg"
        for size in ("full", "medium", "thumb")
    )
    for size in ("full", "medium", "thumb"):
        with store.open(first.content_key, size) as photo:
            data = photo.read()
        assert data[:2] == b"\xff\xd8"
        assert pictures.CANARY not in data


@pytest.mark.parametrize(("key", "size"), [("../x", "full"), ("a" * 64, "full"), ("a" * 64, "../x"), ("", "full")])
def test_no_other_file_can_be_asked_for(store: S3PhotoStore, key: str, size: str) -> None:
    with pytest.raises(PhotoMissing):
        store.open(key, size)


def test_sweep_finds_the_old_and_spares_the_young(store: S3PhotoStore) -> None:
    key = store.put(pictures.dirty_png()).content_key
    assert list(store.keys_older_than(timedelta(days=1))) == []
    assert key in list(store.keys_older_than(timedelta(seconds=-60)))
    assert not store.delete(key, older_than=timedelta(days=1))
    assert store.delete(key, older_than=timedelta(seconds=-60))
    assert not store.delete(key)
    with pytest.raises(PhotoMissing):
        store.open(key, "full")


def test_refused_picture_leaves_nothing_and_an_edit_is_another_picture(store: S3PhotoStore) -> None:
    before = len(list(store._listed("")))
    with pytest.raises(PhotoUnreadable):
        store.put(b"not a picture")
    assert len(list(store._listed(""))) == before
    photo = store.put(pictures.dirty_webp())
    edited = store.edit(photo.content_key, Edit.CROP, Region(0, 0, 50, 25))
    assert (edited.width, edited.height) == (320, 120)
    assert edited.content_key != photo.content_key


def test_bucket_that_does_not_answer_is_a_refusal_in_words(store: S3PhotoStore) -> None:
    with pytest.raises(PhotosAway):
        S3PhotoStore("s3://nowhere/x", store._client.meta.endpoint_url).put(pictures.dirty_jpeg())
