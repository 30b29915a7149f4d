"""A body is taken whole or not at all: cut, chunked or too large, it leaves 0 rows and 0 files (security §0.3)."""

from __future__ import annotations

import io
import json
import socket
import sys
import time

from PIL import Image

from tests.drill.kit import City, city, post, report

PORT = 8393
BOUNDARY = "qauip-drill"


def main() -> int:
    with city(PORT) as ours:
        ours.start_web()
        counts: dict[str, int] = {}
        for kind, content_type, body in _bodies():
            for share in (0.1, 0.5, 0.99):
                _count(counts, _sent(content_type, body[: int(len(body) * share)], f"Content-Length: {len(body)}"))
            half = body[: len(body) // 2]
            chunks = f"{len(half):x}\r\n".encode() + half + b"\r\n"
            _count(counts, _sent(content_type, chunks, "Transfer-Encoding: chunked"))
            _count(counts, _sent(content_type, chunks + b"0\r\n\r\n", "Transfer-Encoding: chunked"))
            _count(counts, _sent(content_type, body[:1000], f"Content-Length: {500 * 1024 * 1024}"))
            print(f"figure bodies of {kind}: {len(body)} bytes")
        time.sleep(2)
        rows, files = _left(ours)
        whole = post(PORT, report())[0]
        kept = ours.one("SELECT count(*) FROM report")
    good = (rows, files, whole, kept) == (0, 0, 201, 1) and not any(answer.startswith("2") for answer in counts)
    print(f"figure bodies: answers {counts}, {rows} rows, {files} files; control: a whole one {whole}, {kept} row")
    print(f"drill bodies {'ok' if good else 'FAILED'}")
    return 0 if good else 1


def _bodies() -> list[tuple[str, str, bytes]]:
    picture = io.BytesIO()
    Image.effect_noise((900, 700), 80).convert("RGB").save(picture, "JPEG")
    fields = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in report().items()
    )
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\n'
    form = fields.encode() + head.encode() + picture.getvalue() + f"\r\n--{BOUNDARY}--\r\n".encode()
    text = json.dumps(report() | {"description": "я" * 3000}).encode()
    return [
        ("JSON", "application/json", text),
        ("a form with a photo", f"multipart/form-data; boundary={BOUNDARY}", form),
    ]


def _sent(content_type: str, body: bytes, length: str) -> str:
    """The status that came back; "closed" where nothing did."""
    head = (
        f"POST /report HTTP/1.1\r\nHost: localhost:{PORT}\r\nOrigin: http://localhost:{PORT}\r\n"
        f"Content-Type: {content_type}\r\n{length}\r\n\r\n"
    )
    with socket.create_connection(("localhost", PORT), timeout=5) as opened:
        try:
            opened.sendall(head.encode() + body)
            opened.shutdown(socket.SHUT_WR)
            answer = opened.recv(64)
        except OSError:
            return "closed"
    return answer.split(b" ", 2)[1].decode() if answer.startswith(b"HTTP") else "closed"


def _count(counts: dict[str, int], answer: str) -> None:
    counts[answer] = counts.get(answer, 0) + 1


def _left(ours: City) -> tuple[int, int]:
    rows = ours.one(
        "SELECT (SELECT count(*) FROM report) + (SELECT count(*) FROM hazard) + (SELECT count(*) FROM photo)"
    )
    return rows, len(list(ours.settings.photo_dir.rglob("*.jpg")))


if __name__ == "__main__":
    sys.exit(main())
