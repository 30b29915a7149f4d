"""Alembic's environment: the owner's connection, one migration at a time, GeoAlchemy2's helpers, our schemas only.

The caller hands a connection in `config.attributes["connection"]` (`app/cli/db.py`, the tests); without one the
settings of the environment are read. `lock_timeout` keeps a waiting migration from stopping intake (security notes R7).
"""

from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, text

from app.config import Settings
from app.db import engine
from app.models import Base
from app.models.types import ShapelyGeometry

SCHEMAS = {None, "public", "public_data", "vault"}
NOT_OURS = ("procrastinate_", "spatial_ref_sys", "alembic_version")
LOCK = 4_711_001


def include_name(name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
    if kind == "schema":
        return name in SCHEMAS
    return not (kind == "table" and name is not None and name.startswith(NOT_OURS))


def render_item(kind: str, item: Any, autogen: Any) -> Any:
    """A migration must not change when our column type does: it names GeoAlchemy2's own."""
    if isinstance(item, ShapelyGeometry):
        return f"geoalchemy2.Geometry({item.geometry_type!r}, srid={item.srid}, spatial_index=False)"
    return alembic_helpers.render_item(kind, item, autogen)


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_schemas=True,
        include_name=include_name,
        include_object=alembic_helpers.include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=render_item,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with engine(Settings.from_env().owner_database_url).connect() as opened:
        run(opened)
