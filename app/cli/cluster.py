"""The private PostGIS cluster of `make run` and of the tests: no port, no password, no service to set up.

Decision: the server is our own child, below `$QAUIP_VAR/postgres`, on a Unix socket in a folder only its user can
enter (therefore `trust`). Turned down: the distribution's cluster (needs an administrator, and its state is shared
with others), `pg_ctl` (its server outlives a killed parent), containers (one more tool to install).
As root the server runs as the distribution's `postgres`; where that user cannot reach the folder (a clone below
/root), the data goes to /var/lib/qauip and `$QAUIP_VAR/postgres` becomes a link to it.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from app.cli import processes
from app.config import Settings
from app.database_urls import private_socket_dir

BINARIES = Path("/usr/lib/postgresql")
ELSEWHERE = Path("/var/lib/qauip")
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")
DATABASE = "qauip"
ROLES = ("app", "public", "desk")
START_PATIENCE_S = 300
SERVER_SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "timezone=UTC",
    "log_timezone=UTC",
    "jit=off",
    "shared_buffers=256MB",
    "max_wal_size=2GB",
    "random_page_cost=1.1",
)


class ClusterError(Exception):
    """The cluster cannot run; the message is one sentence for whoever starts the program."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """`home` holds `data/`, `run/` and `server.log`; `server_settings` come last, so that tests may tune."""

    home: Path
    socket_dir: Path
    server_settings: tuple[str, ...] = ()

    @classmethod
    def of(cls, var: Path, *, server_settings: tuple[str, ...] = ()) -> Cluster:
        """The cluster below `var`, whether it exists or not."""
        return cls(var / "postgres", private_socket_dir(var), server_settings)

    @property
    def data(self) -> Path:
        """The data directory, links followed: the server's working directory."""
        return self.home.resolve() / "data"

    def answers(self) -> bool:
        """Whether a server accepts connections on our socket."""
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self, database: str = DATABASE) -> psycopg.Connection:
        """A connection as the superuser, autocommit."""
        return psycopg.connect(
            host=str(self.socket_dir), user="postgres", dbname=database, autocommit=True, connect_timeout=10
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the server for the length of the block. Raises ClusterError, also when somebody else runs it."""
        self.home.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(self.home.with_name("postgres.lock"), self.home):
            server = self._start(_server_user())
            try:
                self._make_database()
                yield
            finally:
                processes.stop(server, patience_s=60, how=signal.SIGINT)

    def _start(self, user: pwd.struct_passwd) -> subprocess.Popen[bytes]:
        _make_home(self.home, user)
        binaries = binaries_for(self.data)
        processes.end_all_in(self.data, first=_recorded_server(self.data))
        if not self.data.exists():
            _initdb(binaries, self.data, user)
        self._forget_killed_run()
        _make_private(self.socket_dir, user)
        with (self.home / "server.log").open("wb") as log:
            server = processes.spawn(
                self._command(binaries), when_parent_dies="INT", user=user, output=log, env=_server_env()
            )
        try:
            self._wait_until_ready(server)
        except BaseException:
            processes.stop(server, how=signal.SIGINT)
            raise
        return server

    def _forget_killed_run(self) -> None:
        """Nobody works in the data directory any more, but the number in a lock may be another process's now."""
        for lock in (self.data / "postmaster.pid", *self.socket_dir.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)

    def _command(self, binaries: Path) -> list[str]:
        settings = (f"unix_socket_directories={self.socket_dir.resolve()}", *SERVER_SETTINGS, *self.server_settings)
        flags = [flag for setting in settings for flag in ("-c", setting)]
        return [str(binaries / "postgres"), "-D", str(self.data), *flags]

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + START_PATIENCE_S
        while not self.answers():
            if server.poll() is not None or time.monotonic() > until:
                log = self.home / "server.log"
                raise ClusterError(f"PostgreSQL did not start: {_last_complaint(log)} (all of it: {log})")
            time.sleep(0.05)

    def _make_database(self) -> None:
        with self.connect("postgres") as connection:
            for role in (DATABASE, *(f"{DATABASE}_{name}" for name in ROLES)):
                make_role(connection, role)
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")
        with self.connect() as connection:
            for extension in EXTENSIONS:
                connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")


@contextmanager
def database_up(settings: Settings) -> Iterator[None]:
    """For one command: the private cluster that runs already, or one for the command's own duration."""
    cluster = Cluster.of(settings.var)
    if not settings.private_cluster or cluster.answers():
        yield
        return
    if not cluster.home.exists():
        raise ClusterError(
            f"There is no database in {cluster.home}: start it with `make run`, or set QAUIP_VAR or DATABASE_URL."
        )
    with cluster.running():
        yield


def make_role(connection: psycopg.Connection, role: str) -> None:
    """A role that may log in; the one that owns the database may make roles, for the migrations."""
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        return
    rights = sql.SQL("LOGIN CREATEROLE" if role == DATABASE else "LOGIN")
    connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), rights))
    if role != DATABASE:
        connection.execute(
            sql.SQL("GRANT {} TO {} WITH ADMIN OPTION").format(sql.Identifier(role), sql.Identifier(DATABASE))
        )


@contextmanager
def _only_one(lock: Path, home: Path) -> Iterator[None]:
    try:
        handle = lock.open("w")
    except OSError as error:
        raise ClusterError(f"{lock.parent} cannot be written: {error.strerror}.") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ClusterError(
                f"Another Qauip uses {home.parent}: stop it, or set QAUIP_VAR to another folder."
            ) from None
        yield


def _server_user() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise ClusterError("PostgreSQL refuses to run as root, and there is no user `postgres` here.") from None


def _make_home(home: Path, user: pwd.struct_passwd) -> None:
    """Make `home`, or, where the server's user cannot get there, a folder elsewhere with a link to it."""
    if home.is_symlink() and not home.exists():
        home.unlink()
    if not home.exists():
        _make_private(home, user)
    if processes.run_as(user, "test", "-x", str(home.resolve())).returncode == 0:
        return
    if os.geteuid() != 0 or home.is_symlink() or any(home.iterdir()):
        raise ClusterError(f"The user {user.pw_name} cannot enter {home}: make its parent folders passable (o+x).")
    home.rmdir()
    elsewhere = ELSEWHERE / f"postgres-{secrets.token_hex(4)}"
    _make_private(elsewhere, user)
    home.symlink_to(elsewhere)


def _make_private(folder: Path, user: pwd.struct_passwd) -> None:
    """A folder only the server's user can enter; refuses one that is somebody else's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0 and folder.stat().st_uid == 0:
        os.chown(folder, user.pw_uid, user.pw_gid)
    if folder.stat().st_uid != user.pw_uid:
        raise ClusterError(f"{folder} belongs to another user than {user.pw_name}.")
    folder.chmod(0o700)


def binaries_for(data: Path) -> Path:
    installed = {int(path.parent.parent.name): path.parent for path in BINARIES.glob("[0-9]*/bin/initdb")}
    if not installed:
        raise ClusterError("PostgreSQL is not installed: apt install postgresql postgresql-postgis")
    made_by = data / "PG_VERSION"
    if not made_by.exists():
        return installed[max(installed)]
    version = int(made_by.read_text())
    if version not in installed:
        raise ClusterError(
            f"{data} was made by PostgreSQL {version}, and this machine has {max(installed)}: install "
            f"postgresql-{version}-postgis-3, or move the folder away to begin anew."
        )
    return installed[version]


def _initdb(binaries: Path, data: Path, user: pwd.struct_passwd) -> None:
    """Made under another name and renamed when whole: a killed initdb leaves nothing that looks finished."""
    fresh = data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    flags = ["--username=postgres", "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"]
    done = processes.run_as(
        user, str(binaries / "initdb"), "-D", str(fresh), *flags, "--locale=C.UTF-8", "--no-instructions"
    )
    if done.returncode:
        raise ClusterError(f"initdb failed: {done.stderr.strip().splitlines()[-1]}")
    fresh.rename(data)


def _recorded_server(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _last_complaint(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    severe = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines
    return severe[-1] if severe else "it said nothing."


def _server_env() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
