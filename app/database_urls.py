"""The addresses of the database, one for each role.

Three roles are named after the database, because roles belong to the whole cluster: `<db>_app`, `<db>_public`,
`<db>_desk`. Without DATABASE_URL they log in on the private cluster's Unix socket.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

SOCKET_PATH_MAX = 107  # sockaddr_un.sun_path on Linux, less the closing zero
DRIVER = "postgresql+psycopg"


class SettingsError(Exception):
    """A setting is missing or wrong; the message is one sentence for whoever starts the program."""


def private_socket_dir(var: Path) -> Path:
    """Where the private cluster of `var` listens: below it, or in /tmp where that path would be too long."""
    near = var.absolute() / "postgres" / "run"
    if len(os.fsencode(near / ".s.PGSQL.5432.lock")) < SOCKET_PATH_MAX:
        return near
    return Path("/tmp") / f"qauip-{hashlib.sha256(os.fsencode(near)).hexdigest()[:16]}"  # noqa: S108  checked to be ours and 0700 by the cluster


def database_urls(env: Mapping[str, str], var: Path) -> dict[str, str]:
    """The four addresses of `Settings`, by name. Raises SettingsError for one that is none."""
    given = env.get("DATABASE_URL")
    owner = env.get("OWNER_DATABASE_URL") or given
    urls = _derived_from(_parsed("DATABASE_URL", owner)) if owner else _on_private_cluster(var)
    if given and env.get("OWNER_DATABASE_URL"):
        urls["database_url"] = _text(_parsed("DATABASE_URL", given))
    for role in ("public", "desk"):
        name = f"{role.upper()}_DATABASE_URL"
        if env.get(name):
            urls[f"{role}_database_url"] = _text(_parsed(name, env[name]))
    return urls


def _on_private_cluster(var: Path) -> dict[str, str]:
    def url(user: str) -> str:
        return _text(URL.create(DRIVER, user, database="qauip", query={"host": str(private_socket_dir(var))}))

    return {
        "owner_database_url": url("qauip"),
        "database_url": url("qauip_app"),
        "public_database_url": url("qauip_public"),
        "desk_database_url": url("qauip_desk"),
    }


def _derived_from(owner: URL) -> dict[str, str]:
    def as_role(suffix: str) -> str:
        had = owner.query.get("options", ())
        options = " ".join([*((had,) if isinstance(had, str) else had), f"-crole={owner.database}_{suffix}"])
        return _text(owner.update_query_dict({"options": options}))

    return {
        "owner_database_url": _text(owner),
        "database_url": as_role("app"),
        "public_database_url": as_role("public"),
        "desk_database_url": as_role("desk"),
    }


def _parsed(name: str, value: str | None) -> URL:
    try:
        url = make_url(value or "")
    except (ArgumentError, ValueError):
        raise SettingsError(f"{name} is not a database address like postgresql://user@host/name.") from None
    if url.get_backend_name() not in {"postgresql", "postgres"} or not url.database:
        raise SettingsError(f"{name} must name a PostgreSQL database, like postgresql://user@host/name.")
    return url.set(drivername=DRIVER)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
