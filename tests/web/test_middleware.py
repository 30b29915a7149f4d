"""Real sockets against the real server, which by itself hands on half a body."""

import os
import socket
from pathlib import Path

import pytest

from app.cli.serve import server_command
from app.config import Settings
from app.domain.hazard import MAX_PHOTOS, MAX_TEXT
from app.domain.photo import MAX_BYTES
from app.web.middleware import WholeBody
from tests.fixtures.web import free_port, served
from tests.web.counting_app import LIMIT

BOUNDARY = b"frontier"
FORM = b"Content-Type: multipart/form-data; boundary=frontier\r\n"


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    return tmp_path_factory.mktemp("rows")


@pytest.fixture(scope="module")
def port(rows):
    port = free_port()
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "COUNTED_ROWS": str(rows)}
    command = server_command(host="127.0.0.1", port=port, workers=1, threads=2, target="tests.web.counting_app:app")
    with served(command, port, env=env):
        yield port


@pytest.fixture
def send(port, rows):
    """Send these bytes, and perhaps no more; answers the status and how many rows the application keeps now."""
    for row in rows.iterdir():
        row.unlink()

    def send(headers: bytes, body: bytes = b"", *, method: bytes = b"POST", cut: bool = False) -> tuple[int, int]:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(method + b" / HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n" + body)
            if cut:
                connection.shutdown(socket.SHUT_WR)
            status = int(connection.makefile("rb").readline().split()[1])
        return status, len(list(rows.iterdir()))

    return send


def multipart(size: int) -> bytes:
    head = b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="description"\r\n\r\n'
    return head + b"x" * size + b"\r\n--" + BOUNDARY + b"--\r\n"


def length(size: int) -> bytes:
    return b"Content-Length: %d\r\n" % size


@pytest.mark.parametrize("size", [10, 1000, 2_000_000])
def test_whole_body_arrives_unchanged(send, rows, size):
    body = multipart(size)
    assert send(FORM + length(len(body)), body) == (201, 1)
    assert next(rows.iterdir()).read_bytes() == body


@pytest.mark.parametrize("percent", [10, 50, 99])
@pytest.mark.parametrize("size", [1000, 2_000_000])
def test_body_cut_short_is_refused_whole(send, percent, size):
    body = multipart(size)
    assert send(FORM + length(len(body)), body[: len(body) * percent // 100], cut=True) == (400, 0)


def test_plain_form_cut_short_is_refused_whole(send):
    assert send(length(100), b"hazard_type=MANHOLE_OPEN&description=deep", cut=True) == (400, 0)


def test_multipart_longer_than_declared_is_refused_whole(send):
    body = multipart(1000)
    assert send(FORM + length(len(body) - 20), body) == (400, 0)


def test_multipart_of_another_boundary_is_refused_whole(send):
    body = multipart(1000).replace(BOUNDARY, b"elsewhere")
    assert send(FORM + length(len(body)), body) == (400, 0)


def test_chunked_body_is_refused(send):
    assert send(b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n") == (411, 0)


@pytest.mark.parametrize("method", [b"POST", b"PUT", b"PATCH"])
def test_body_without_a_length_is_refused(send, method):
    assert send(b"", b"hello", method=method) == (411, 0)


def test_body_over_the_limit_is_refused_before_it_is_read(send):
    assert send(length(LIMIT + 1)) == (413, 0)


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/report", "application/json", "тым үлкен"),
        ("/ru/report", "multipart/form-data; boundary=x", "больше"),
        ("/en/staff/new", "multipart/form-data; boundary=x", "larger than we can take"),
    ],
)
def test_what_is_too_large_is_said_in_the_reader_s_words(own_app, path, kind, words):
    """By the whole application, as `app/wsgi.py` puts it together."""
    plain = own_app.wsgi_app
    own_app.wsgi_app = WholeBody(plain, limit=LIMIT, say=plain)
    answer = own_app.test_client().post(path, data=b"x" * (LIMIT + 1), content_type=kind)
    assert answer.status_code == 413
    said = answer.json["message"] if "json" in kind else answer.text
    assert words in said


def test_the_body_limit_holds_what_the_form_promises(tmp_path):
    """All photos at their largest, in base 64, and the longest text."""
    promised = MAX_PHOTOS * MAX_BYTES * 4 / 3 + MAX_TEXT * 12 + 10_000
    assert Settings.from_env({"QAUIP_VAR": str(tmp_path)}).max_body_mb * 1024 * 1024 >= promised


def test_page_needs_no_length(send):
    assert send(b"", method=b"GET") == (201, 0)


@pytest.mark.parametrize("declared", ["-1", "+5", "5 ", "٥", "5, 5", "0x5"])
def test_length_that_is_no_number_is_refused(declared):
    answers = []
    wrapped = WholeBody(lambda *_: pytest.fail("was handed on"), limit=LIMIT)
    environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": declared, "wsgi.input": None}
    list(wrapped(environ, lambda status, headers: answers.append(status)))
    assert answers == ["400 Bad Request"]


def test_source_that_gives_more_than_declared_is_not_read_further():
    class Endless:
        def read(self, size):
            return b"x" * size

    seen = []

    def app(environ, start_response):
        seen.append(environ["wsgi.input"].read())
        start_response("200 OK", [])
        return []

    WholeBody(app, limit=LIMIT)(
        {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "7", "wsgi.input": Endless()}, lambda *_: None
    )
    assert seen == [b"x" * 7]
