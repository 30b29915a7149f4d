"""Child processes that never outlive us, and what to do about those of a run that was killed.

Decision: util-linux's `setpriv` (essential on Debian and Ubuntu) lowers the user and sets the parent-death signal, so
that `kill -9` of the parent stops the children too. Turned down: `preexec_fn`, which is unsafe once threads run.
"""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO


def spawn(
    command: Sequence[str],
    *,
    when_parent_dies: str = "TERM",
    user: pwd.struct_passwd | None = None,
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a process group of its own (Ctrl-C is ours to pass on), as `user` when we are root."""
    return subprocess.Popen(
        [*_setpriv(user), "--pdeathsig", when_parent_dies, "--", *command],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=True,
    )


def run_as(user: pwd.struct_passwd | None, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a short command to its end as `user`; its output is in the answer."""
    return subprocess.run([*_setpriv(user), "--", *command], capture_output=True, text=True, check=False, cwd="/")


def stop(child: subprocess.Popen[bytes], *, patience_s: float = 20, how: int = signal.SIGTERM) -> None:
    """Ask the child to end, wait, then kill what is left of its process group."""
    if child.poll() is None:
        child.send_signal(how)
        try:
            child.wait(patience_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    _kill_group(child.pid)


def working_in(folder: Path) -> list[int]:
    """Processes whose working directory is `folder`: of a PostgreSQL data directory, its server and no other."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                here = (entry / "cwd").readlink() == folder
            except OSError:  # ended meanwhile, or another user's
                continue
            if here:
                found.append(int(entry.name))
    return found


def end_all_in(folder: Path, *, first: int | None, patience_s: float = 20) -> None:
    """End the server left in `folder` by a killed run: politely the one named `first`, then the others."""
    if first in working_in(folder):
        _send(first, signal.SIGINT)
        _wait_until_empty(folder, patience_s)
    for how in (signal.SIGQUIT, signal.SIGKILL):
        for pid in working_in(folder):
            _send(pid, how)
        _wait_until_empty(folder, 5)


def _setpriv(user: pwd.struct_passwd | None) -> list[str]:
    if user is None or os.geteuid() != 0:
        return ["setpriv"]
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--init-groups"]


def _wait_until_empty(folder: Path, patience_s: float) -> None:
    until = time.monotonic() + patience_s
    while working_in(folder) and time.monotonic() < until:
        time.sleep(0.05)


def _send(pid: int, how: int) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
