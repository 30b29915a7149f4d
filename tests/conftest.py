"""What all tests share: a database of their own, a browser, and no way out.

Decision: every test sees the database as the migrations left it, made anew from a template (40 ms) only after a test
that wrote. Turned down: a transaction rolled back around each test, which hides commits, triggers at commit, roles and
the second connection; and truncation, which our append-only tables refuse and which loses what migrations insert.
"""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

pytest_plugins = ("tests.fixtures.database", "tests.fixtures.web", "tests.fixtures.browser")


class OutsideWorld(AssertionError):
    """A test tried to reach a machine that is not this one."""


@pytest.fixture(autouse=True, scope="session")
def _stay_at_home() -> Iterator[None]:
    """Connections beyond loopback fail, and with them all mail."""
    connect, connect_ex, lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def checked(original: Any) -> Any:
        def wrapper(self: socket.socket, address: Any) -> Any:
            if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(address[0]):
                raise OutsideWorld(f"a test connects to {address}")
            return original(self, address)

        return wrapper

    def checked_lookup(host: Any, *rest: Any, **more: Any) -> Any:
        if host is not None and not _is_here(host):
            raise OutsideWorld(f"a test looks up {host}")
        return lookup(host, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", checked(connect))
        patch.setattr(socket.socket, "connect_ex", checked(connect_ex))
        patch.setattr(socket, "getaddrinfo", checked_lookup)
        yield


def _is_here(host: str | bytes) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name in {"localhost", "ip6-localhost", socket.gethostname()}
