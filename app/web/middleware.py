"""A body is taken whole or not at all, before any of our code reads a field of it.

Decision: read and count it here, behind every WSGI server. Both granian and gunicorn hand the application half a body
when the sender goes away, and the application would store half a report and answer 201. Turned down: trusting the
proxy in front (it is not there in development, and a setting away from not buffering in production).

Bytes beyond the declared length never reach WSGI over HTTP/1.1 (the server takes them for a second request), so a body
that was longer shows by its end: a multipart body must close with its boundary.

A refusal is said in words by the application where it offers to (`say`): it gets an empty body and is told the status.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any

from werkzeug.http import parse_options_header

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

IN_MEMORY = 1024 * 1024
CHUNK = 64 * 1024
REFUSED = "qauip.refused"
"""The key in the environment under which `say` finds the status it is to answer with."""
NEED_LENGTH = {"POST", "PUT", "PATCH"}


class Refused(Exception):
    """The body is refused with this status."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class WholeBody:
    """WSGI middleware; `limit` in bytes; `say` answers what is refused, by default in plain words of HTTP."""

    def __init__(self, app: WSGIApplication, *, limit: int, say: WSGIApplication | None = None) -> None:
        self.app = app
        self.limit = limit
        self.say = say

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer 400 (cut short or too long), 411 (no length) or 413 (over the limit), else hand on."""
        try:
            length = self._declared(environ)
            body = _read(environ["wsgi.input"], length)
            with body:
                _check_end(environ, body, length)
                environ["wsgi.input"] = body
                environ["wsgi.input_terminated"] = True
                return self.app(environ, start_response)
        except Refused as refused:
            if self.say is None:
                return _answer(refused.status, start_response)
            nothing = {"wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "0", REFUSED: refused.status.value}
            return self.say({**environ, **nothing}, start_response)

    def _declared(self, environ: WSGIEnvironment) -> int:
        if environ.get("HTTP_TRANSFER_ENCODING"):
            raise Refused(HTTPStatus.LENGTH_REQUIRED)
        given = environ.get("CONTENT_LENGTH") or ""
        if not given:
            if environ["REQUEST_METHOD"] in NEED_LENGTH:
                raise Refused(HTTPStatus.LENGTH_REQUIRED)
            return 0
        if not (given.isascii() and given.isdigit()):
            raise Refused(HTTPStatus.BAD_REQUEST)
        if int(given) > self.limit:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return int(given)


def _read(source: Any, length: int) -> IO[bytes]:
    body = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  closed by the caller
    left = length
    while left:
        part = source.read(min(left, CHUNK))
        if not part:
            body.close()
            raise Refused(HTTPStatus.BAD_REQUEST)
        body.write(part)
        left -= len(part)
    body.seek(0)
    return body


def _check_end(environ: WSGIEnvironment, body: IO[bytes], length: int) -> None:
    kind, options = parse_options_header(environ.get("CONTENT_TYPE", ""))
    if kind != "multipart/form-data" or not length:
        return
    boundary = options.get("boundary", "")
    closing = f"--{boundary}--".encode("latin-1", "replace")
    body.seek(max(0, length - len(closing) - len(b"\r\n")))
    whole = bool(boundary) and body.read().rstrip(b"\r\n").endswith(closing)
    body.seek(0)
    if not whole:
        raise Refused(HTTPStatus.BAD_REQUEST)


def _answer(status: HTTPStatus, start_response: StartResponse) -> Iterable[bytes]:
    text = f"{status.value} {status.phrase}"
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(text) + 1))]
    start_response(text, [*headers, ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")])
    return [f"{text}\n".encode()]
