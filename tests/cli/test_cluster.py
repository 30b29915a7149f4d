"""The private cluster, killed in every way we could think of."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from app.cli import cluster as cluster_module
from app.cli.cluster import Cluster, ClusterError
from app.cli.processes import end_all_in, working_in
from app.database_urls import SOCKET_PATH_MAX, private_socket_dir

HOLD = """
import sys, time
from pathlib import Path
from app.cli.cluster import Cluster
with Cluster.of(Path(sys.argv[1]), server_settings=("fsync=off",)).running():
    print("up", flush=True)
    time.sleep(60)
"""


@contextmanager
def scratch():
    folder = Path(tempfile.mkdtemp(prefix="qauip-test-"))
    folder.chmod(0o711)
    yield folder
    end_all_in(quick(folder).data, first=None)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def used():
    """A folder whose cluster has run and was stopped, made once."""
    with scratch() as folder:
        with quick(folder).running():
            pass
        yield folder


@pytest.fixture
def bare():
    """A folder in which nothing ever ran."""
    with scratch() as folder:
        yield folder


@pytest.fixture
def var(used, bare):
    """A copy of the used one."""
    subprocess.run(["cp", "-a", used / "postgres", bare / "postgres"], check=True)
    return bare


@pytest.fixture
def held(var):
    """Another process that runs the cluster."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(var)], stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"up\n"
        yield child
        child.kill()


def quick(var: Path) -> Cluster:
    return Cluster.of(var, server_settings=("fsync=off",))


def add_row(cluster: Cluster) -> int:
    with cluster.connect() as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        return connection.execute("SELECT count(*) FROM kept").fetchone()[0]


def test_starts_stops_and_keeps_its_data(bare):
    for expected in (1, 2):
        with quick(bare).running():
            assert add_row(quick(bare)) == expected
        assert not working_in(quick(bare).data)


def test_has_postgis_roles_and_utc(var):
    with quick(var).running(), quick(var).connect() as connection:
        assert connection.execute("SELECT ST_SRID(ST_Point(76.9, 43.2, 4326))").fetchone() == (4326,)
        assert connection.execute("SHOW timezone").fetchone() == ("UTC",)
        roles = connection.execute("SELECT rolname FROM pg_roles WHERE rolcanlogin ORDER BY 1").fetchall()
        assert [name for (name,) in roles] == [
            "postgres",
            "qauip",
            "qauip_app",
            "qauip_desk",
            "qauip_public",
        ]


def test_nobody_else_can_enter_and_no_port_is_open(var):
    with quick(var).running(), quick(var).connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert quick(var).socket_dir.stat().st_mode & 0o077 == 0
        assert quick(var).data.stat().st_mode & 0o077 == 0


def test_server_never_runs_as_root(var):
    with quick(var).running():
        postmaster = (quick(var).data / "postmaster.pid").read_text().split()[0]
        assert Path(f"/proc/{postmaster}").stat().st_uid != 0


def test_second_run_on_the_same_folder_is_refused_in_one_sentence(var, held):
    with pytest.raises(ClusterError, match=r"^Another Qauip uses .*: stop it, or set QAUIP_VAR"), quick(var).running():
        pytest.fail("two servers on one folder")


def test_server_ends_when_its_parent_is_killed(var, held):
    held.kill()
    held.wait()
    until = time.monotonic() + 20
    while working_in(quick(var).data) and time.monotonic() < until:
        time.sleep(0.05)
    assert not working_in(quick(var).data)


@pytest.mark.parametrize("also", ["nothing else", "the postmaster", "everything"])
def test_starts_again_after_kill_9(var, held, also):
    assert add_row(quick(var)) == 1
    postmaster = int((quick(var).data / "postmaster.pid").read_text().split()[0])
    victims = {
        "nothing else": [],
        "the postmaster": [postmaster],
        "everything": working_in(quick(var).data),
    }[also]
    for pid in (held.pid, *victims):
        with suppress(ProcessLookupError):  # a child of the server that its parent's end has ended already
            os.kill(pid, signal.SIGKILL)
    held.wait()
    with quick(var).running():
        assert add_row(quick(var)) == 2


def test_lock_file_that_names_a_living_stranger_is_no_obstacle(var):
    (quick(var).data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    with quick(var).running():
        assert quick(var).answers()


def test_initdb_that_was_killed_is_begun_anew(var):
    quick(var).data.rename(quick(var).data.with_name("data.new"))
    with quick(var).running():
        assert add_row(quick(var)) == 1


def test_data_of_another_version_is_one_sentence(var):
    (quick(var).data / "PG_VERSION").write_text("9\n")
    with pytest.raises(ClusterError, match="was made by PostgreSQL 9, and this machine has"), quick(var).running():
        pytest.fail("started")


def test_missing_postgresql_is_one_sentence(var, monkeypatch, tmp_path):
    monkeypatch.setattr(cluster_module, "BINARIES", tmp_path)
    with pytest.raises(ClusterError, match=r"^PostgreSQL is not installed: apt install"), quick(var).running():
        pytest.fail("started")


def test_server_that_cannot_start_says_why(var):
    wrong = Cluster.of(var, server_settings=("shared_buffers=nonsense",))
    with pytest.raises(ClusterError, match="shared_buffers"), wrong.running():
        pytest.fail("started")


def test_long_folder_gets_a_short_socket(var):
    deep = var / ("x" * 90)
    assert len(str(private_socket_dir(deep) / ".s.PGSQL.5432")) < SOCKET_PATH_MAX
    try:
        with quick(deep).running():
            assert quick(deep).answers()
    finally:
        shutil.rmtree(private_socket_dir(deep))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a server for another user")
def test_folder_the_server_cannot_enter_is_linked_to_one_it_can(var, monkeypatch):
    monkeypatch.setattr(cluster_module, "ELSEWHERE", var / "elsewhere")
    closed = var / "closed"
    closed.mkdir(mode=0o700)
    for expected in (1, 2):
        with quick(closed).running():
            assert add_row(quick(closed)) == expected
    assert (closed / "postgres").is_symlink()


def test_public_role_is_not_the_owner(var):
    with (
        quick(var).running(),
        psycopg.connect(host=str(quick(var).socket_dir), user="qauip_public", dbname="qauip") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE ROLE intruder")
