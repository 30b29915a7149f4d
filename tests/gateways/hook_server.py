"""A real HTTP server on loopback that answers as it is told and keeps what it was sent."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Door:
    """`answers`: statuses by turn, 200 when none is left. `where`: a Location header. `slow_s`: between two bytes."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    where: str = ""
    slow_s: float = 0
    seen: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def open_door() -> Iterator[Door]:
    """Listens on a free port for the length of the block."""
    door = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with door.lock:
                door.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                status = door.answers.pop(0) if door.answers else 200
            if door.slow_s:
                self._drip()
                return
            self.send_response(status)
            if door.where:
                self.send_header("Location", door.where)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815  as above

        def _drip(self) -> None:
            try:
                for sign in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 1000:
                    self.wfile.write(bytes([sign]))
                    self.wfile.flush()
                    time.sleep(door.slow_s)
            except OSError:  # the other side has given up, as it should
                return

        def log_message(self, *_given: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    door.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield door
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
