"""Text goes out compressed: without it the first page of a phone on 3G is three times as heavy.

Decision: gzip here, since `qauip serve` has no proxy in front in development and in small towns; a proxy that
compresses by itself sends no Accept-Encoding and gets plain text. A static file is compressed once and kept by its
content hash. Secrets stay safe: the token of a form is signed anew for each page, so that sizes tell nothing of it
(BREACH), and pages of one signed-in person are left plain. Turned down: Flask-Compress, which compresses a file again
for each reader and brings two codecs in C.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

from app.web.access import asked_who

MIN_BYTES = 800
LEVEL = 6
KINDS = frozenset(
    {
        *("text/html", "text/css", "text/javascript", "application/javascript", "application/json"),
        *("application/geo+json", "image/svg+xml", "application/manifest+json", "application/atom+xml"),
    }
)


def compress_answers(app: Flask) -> None:
    """Compress what is worth it. To be called before all that changes an answer: first called acts last."""

    @app.after_request
    def compress(response: Response) -> Response:
        if response.mimetype not in KINDS or response.headers.get("Content-Encoding"):
            return response
        response.vary.add("Accept-Encoding")
        if not _worth_it(response):
            return response
        response.direct_passthrough = False
        data = response.get_data()
        if len(data) < MIN_BYTES:
            return response
        version = request.args.get("v") if request.endpoint == "static" else None
        response.set_data(_kept(request.path, version, data) if version else gzip.compress(data, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        etag, _weak = response.get_etag()
        if etag:
            response.set_etag(etag, weak=True)
        return response


def _worth_it(response: Response) -> bool:
    wanted = request.accept_encodings["gzip"] > 0
    whole = response.status_code in (200, 201, 403, 404, 409, 422) and request.method != "HEAD"
    return wanted and whole and (request.endpoint == "static" or not (response.is_streamed or asked_who()))


@lru_cache(maxsize=256)
def _kept(_path: str, _version: str, data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)
