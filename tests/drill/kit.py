"""A city for each drill: cluster with fsync, granian, worker, and clients that try again. Gone at the end."""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from app.actions import demo_city
from app.actions.reference_data import load_reference_data
from app.cli import processes
from app.cli.cluster import Cluster
from app.cli.db import upgrade_database
from app.cli.seed import DATA
from app.cli.serve import server_command
from app.config import Settings
from app.db import engine, transaction

ROOT = Path(__file__).parents[2]
SECRET = "only for a drill, thrown away with its city: 0123456789"
TRIES = 240
WORKER = (str(ROOT / ".venv/bin/qauip"), "worker")


class City:
    """`env` leads child processes to it; `admin` is asked with `one`."""

    def __init__(self, var: Path, port: int, **more: str) -> None:
        self.var, self.port, self._stack = var, port, ExitStack()
        self.env = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "QAUIP_VAR": str(var), "PORT": str(port),
            "SECRET_KEY": SECRET, "INTAKE_STRAIGHT": "1000000", "INTAKE_MOST": "1000000", "INTAKE_BRAKE": "1000000",
        } | more  # fmt: skip
        self.settings = Settings.from_env(self.env)
        self.cluster = Cluster.of(var)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start_database(self) -> None:
        self._stack.enter_context(self.cluster.running())

    def kill_database(self) -> None:
        """SIGKILL to every process of the server, and a new one on the same files."""
        for pid in processes.working_in(self.cluster.data):
            _kill(pid)
        self._stack.close()
        self.start_database()

    def fill(self) -> None:
        upgrade_database(self.settings.owner_database_url)
        source = engine(self.settings.database_url)
        with transaction(source) as session:
            load_reference_data(session, DATA)
            demo_city.make_city(session, DATA)
        source.dispose()

    def start_web(self, target: str = "app.wsgi:app") -> None:
        command = server_command(host="127.0.0.1", port=self.port, workers=2, threads=4, target=target)
        self.processes["web"] = processes.spawn(command, env=self.env)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                ask(self.port, "GET", "/healthz")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("the web server did not start")

    def start_worker(self, command: Sequence[str] = WORKER) -> None:
        self.processes["worker"] = processes.spawn(command, env=self.env)

    def kill(self, name: str) -> None:
        """SIGKILL to a process and all its children."""
        child = self.processes[name]
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def kill_one_web_process(self) -> None:
        """SIGKILL to one of the workers below granian, which starts another."""
        found = Path(f"/proc/{self.processes['web'].pid}/task/{self.processes['web'].pid}/children").read_text().split()
        if found:
            _kill(int(random.choice(found)))

    def one(self, statement: str) -> int:
        with self.cluster.connect() as admin:
            row = admin.execute(statement).fetchone()  # type: ignore[call-overload]  # our own words
        return int(row[0])

    def references(self) -> dict[str, str]:
        """What is stored: the hazard's reference by the client's id."""
        with self.cluster.connect() as admin:
            rows = admin.execute("SELECT r.client_id, h.reference FROM report r JOIN hazard h ON h.id = r.hazard_id")
            return {str(client): reference for client, reference in rows.fetchall()}

    def close(self) -> None:
        for child in self.processes.values():
            processes.stop(child, patience_s=5)
        self._stack.close()


@contextmanager
def city(port: int, **more: str) -> Iterator[City]:
    var = Path(tempfile.mkdtemp(prefix="qauip-drill-"))
    var.chmod(0o711)
    made = City(var, port, **more)
    try:
        made.start_database()
        made.fill()
        yield made
    finally:
        made.close()
        shutil.rmtree(var, ignore_errors=True)


def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """Status and body of one request on a connection of its own. Raises OSError."""
    connection = http.client.HTTPConnection("localhost", port, timeout=20)
    try:
        connection.request(method, path, body or None, {"Origin": f"http://localhost:{port}", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as broken:
        raise OSError(str(broken)) from broken
    finally:
        connection.close()


def report(client_id: str | None = None) -> dict[str, object]:
    """A report somewhere in the demo city."""
    lat, lon = 43.2 + random.random() * 0.08, 76.85 + random.random() * 0.1
    known = client_id or str(uuid4())
    return {"client_id": known, "hazard_type": "MANHOLE_OPEN", "lat": lat, "lon": lon, "description": "Люк"}


def post(port: int, sent: dict[str, object], **headers: str) -> tuple[int, dict[str, object]]:
    status, said = ask(
        port, "POST", "/report", json.dumps(sent).encode(), **{"Content-Type": "application/json", **headers}
    )
    return status, json.loads(said) if said.startswith(b"{") else {}


@dataclass
class Load:
    """Clients that send until told to stop, and each report again until it is acknowledged."""

    port: int
    clients: int = 8
    acknowledged: dict[str, str] = field(default_factory=dict)
    tried: int = 0
    again: int = 0
    given_up: int = 0
    _end: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._client) for _ in range(self.clients)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._end.set()
            for thread in threads:
                thread.join()

    def _client(self) -> None:
        while not self._end.is_set():
            self._send(report())

    def _send(self, sent: dict[str, object]) -> None:
        self.tried += 1
        for attempt in range(TRIES):
            self.again += attempt > 0
            try:
                status, said = post(self.port, sent)
            except (OSError, ValueError):
                status, said = 0, {}
            if status in {200, 201}:
                self.acknowledged[str(sent["client_id"])] = str(said["reference"]).replace("-", "")
                return
            time.sleep(0.25)
        self.given_up += 1


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


__all__ = ["City", "Load", "ask", "city", "post", "report"]
