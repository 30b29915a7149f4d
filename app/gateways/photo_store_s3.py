"""Photographs in a bucket that speaks S3: the same keys, sizes and promises as the folder.

Decision: boto3, since every S3 has been tried with it; it is loaded only where PHOTO_STORE names a bucket. Turned down:
signing requests by hand. One PUT is whole or absent by itself; an answer is waited for a few seconds, then the photo is
refused in words and the report can go without it.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.domain.errors import PhotosAway
from app.domain.photo import SIZES_PX
from app.gateways.images import Redrawer
from app.gateways.photo_store import DrawingStore, PhotoMissing, file_name

CONNECT_S, READ_S, TRIES = 3, 10, 2
_NONE = {"NoSuchKey", "404"}


class S3PhotoStore(DrawingStore):
    """`s3://bucket/prefix`; the keys of the account come from AWS's own variables, the address from `endpoint`."""

    def __init__(self, url: str, endpoint: str = "", redrawer: Redrawer | None = None) -> None:
        super().__init__(redrawer)
        parts = urlsplit(url)
        self._bucket = parts.netloc
        self._prefix = f"{prefix}/" if (prefix := parts.path.strip("/")) else ""
        waits = Config(  # type: ignore[no-untyped-call]  # boto3 has no types
            connect_timeout=CONNECT_S,
            read_timeout=READ_S,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            s3={"addressing_style": "path" if endpoint else "auto"},
        )
        self._client: Any = boto3.client(  # type: ignore[no-untyped-call]  # boto3 has no types
            "s3", endpoint_url=endpoint or None, config=waits
        )

    def write(self, content_key: str, jpegs: Mapping[str, bytes]) -> None:
        """See DrawingStore."""
        for size in reversed(SIZES_PX):
            name = self._name(content_key, size)
            with _answers():
                self._client.put_object(Bucket=self._bucket, Key=name, Body=jpegs[size], ContentType="image/jpeg")

    def open(self, content_key: str, size: str) -> BinaryIO:
        """See PhotoStore."""
        name = self._name(content_key, size)
        with _answers(PhotoMissing(content_key, size)):
            return io.BytesIO(self._client.get_object(Bucket=self._bucket, Key=name)["Body"].read())

    def keys_older_than(self, age: timedelta) -> Iterator[str]:
        """See PhotoStore. The sizes of a key stand one after another, since names come sorted."""
        until, last = datetime.now(UTC) - age, ""
        for entry in self._listed(self._prefix):
            key = entry["Key"].rpartition("/")[2].rpartition("-")[0]
            if entry["LastModified"] <= until and key != last:
                last = key
                yield key

    def delete(self, content_key: str, *, older_than: timedelta = timedelta()) -> bool:
        """See PhotoStore."""
        until = datetime.now(UTC) - older_than
        standing = list(self._listed(self._name(content_key, "full").removesuffix("full.jpg")))
        if not standing or any(entry["LastModified"] > until for entry in standing):
            return False
        for entry in standing:
            with _answers():
                self._client.delete_object(Bucket=self._bucket, Key=entry["Key"])
        return True

    def _listed(self, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        with _answers():
            for page in pages:
                yield from page.get("Contents", [])

    def _name(self, content_key: str, size: str) -> str:
        return self._prefix + file_name(content_key, size)


@contextmanager
def _answers(missing: PhotoMissing | None = None) -> Iterator[None]:
    """PhotosAway where the bucket does not answer or refuses; `missing` where it says there is no such file."""
    try:
        yield
    except ClientError as error:
        if missing is not None and error.response["Error"]["Code"] in _NONE:
            raise missing from error
        raise PhotosAway() from error
    except BotoCoreError as error:
        raise PhotosAway() from error
