"""Roles and grants, named after the database since roles belong to the whole cluster (decisions §26).

Where the connected user may not make roles, the statements are printed for the database's administrator instead, and
`qauip check` keeps saying so until they exist.
"""

import sys

from sqlalchemy import Connection, text

FIRST_PUBLIC_RELATIONS = (
    "public_hazard",
    "public_event",
    "public_photo",
    "public_area",
    "public_body",
    "public_type",
    "public_place",
    "map_cell",
    "map_change",
)
SEARCH_RELATIONS = ("public_word", "public_shape")
"""Since 0009: the words of the search, and lines and waters a report may choose."""
REPEAT_RELATIONS = ("public_repeat",)
"""Since 0015: which public hazards were at the same spot before, by days."""
PUBLIC_RELATIONS = FIRST_PUBLIC_RELATIONS + SEARCH_RELATIONS + REPEAT_RELATIONS

GRANTS = """
GRANT USAGE ON SCHEMA public_data TO "{db}_public";
GRANT SELECT ON {relations} TO "{db}_public";

GRANT USAGE ON SCHEMA public, public_data, vault TO "{db}_app";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{db}_app";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{db}_app";
REVOKE UPDATE, DELETE ON event FROM "{db}_app";
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM "{db}_app";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public_data TO "{db}_app";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public_data TO "{db}_app";
GRANT INSERT ON vault.contact TO "{db}_app";

GRANT USAGE ON SCHEMA vault TO "{db}_desk";
GRANT SELECT, UPDATE, DELETE ON vault.contact TO "{db}_desk";
"""

VAULT = """
GRANT INSERT, DELETE, SELECT (follow_id, delete_after), UPDATE (delete_after) ON vault.contact TO "{db}_app";
GRANT INSERT,
  SELECT (id, reference, client_id, receipt_hash, why, received_at, state, decided_at, decided_by, hazard_id, told_at),
  UPDATE (state, decided_at, decided_by, hazard_id, told_at)
  ON vault.held TO "{db}_app";
GRANT INSERT, SELECT (id, held_id) ON vault.held_photo TO "{db}_app";
GRANT SELECT, UPDATE ON vault.held TO "{db}_desk";
GRANT SELECT, UPDATE, DELETE ON vault.held_photo TO "{db}_desk";
GRANT SELECT, INSERT ON vault.look TO "{db}_desk";
"""
"""Since 0008: the application puts in and finds its own row again, the desk and the contact worker read."""

SEARCH = 'GRANT SELECT ON public_data.public_word, public_data.public_shape TO "{db}_public";\n'
REPEATS = 'GRANT SELECT ON public_data.public_repeat TO "{db}_public";\n'


def role_names(database: str) -> tuple[str, str, str]:
    """Application, public pages, confidential desk."""
    return (f"{database}_app", f"{database}_public", f"{database}_desk")


def statements(database: str, user: str, more: str = "") -> str:
    """All SQL that makes the roles (if absent), lets `user` act as them, and grants what they need, for `database`.

    `more`: grants on what later migrations made.
    """
    make = "".join(
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')"
        f' THEN CREATE ROLE "{role}" LOGIN; END IF; END $$;\n'
        for role in role_names(database)
    )
    relations = ", ".join(f"public_data.{name}" for name in FIRST_PUBLIC_RELATIONS)
    become = "".join(_membership(role, user) for role in role_names(database))
    return make + become + (GRANTS + more).format(db=database, relations=relations)


def _membership(role: str, user: str) -> str:
    """One address serves all roles by `SET ROLE` (`app/config.py`). Since 16, making a role is not being it."""
    right = "CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END"
    return (
        f"DO $$ BEGIN IF NOT pg_has_role('{user}', '{role}', {right})"
        f' THEN GRANT "{role}" TO "{user}"; END IF; END $$;\n'
    )


def grant(connection: Connection, more: str = "") -> None:
    """Make the roles and grants, or print them where the connected user may not."""
    database, user, may = connection.execute(
        text(
            "SELECT current_database(), current_user, rolsuper OR rolcreaterole"
            "  FROM pg_roles WHERE rolname = current_user"
        )
    ).one()
    existing = connection.scalar(
        text("SELECT count(*) FROM pg_roles WHERE rolname = ANY(:names)"), {"names": list(role_names(database))}
    )
    if may or existing == len(role_names(database)):
        connection.exec_driver_sql(statements(database, user, more))
        return
    print("-- The user of this connection may not make roles. Let the administrator run:", file=sys.stderr)
    print(statements(database, user, more), file=sys.stderr)


def revoke(connection: Connection) -> None:
    """Take the grants of this database back; the roles stay, since others may use them."""
    database = connection.scalar(text("SELECT current_database()"))
    for role in role_names(database):
        connection.exec_driver_sql(
            f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')"
            f" THEN EXECUTE 'DROP OWNED BY \"{role}\"'; END IF; END $$"
        )
