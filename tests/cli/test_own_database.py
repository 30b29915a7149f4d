"""A city's own PostgreSQL, where our user is no superuser: one address serves all roles."""

import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.cli.cluster import EXTENSIONS
from app.cli.db import upgrade_database
from app.config import Settings
from app.db import databases
from migrations.roles import SEARCH, VAULT, role_names, statements
from tests.fixtures.database import Server

DATABASE, OWNER = "own_city", "own_city_owner"


@pytest.fixture
def own(server: Server):
    """Settings of a database with PostGIS that a plain user owns; roles and all go afterwards."""
    host = make_url(server.settings.owner_database_url).query["host"]
    yield Settings.from_env({"DATABASE_URL": f"postgresql://{OWNER}@/{DATABASE}?host={host}", "SECRET_KEY": "x" * 40})
    names = [OWNER, *role_names(DATABASE)]
    server.admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(DATABASE)))
    for name in names:
        server.admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))


def make(server: Server, rights: str) -> None:
    server.admin.execute(sql.SQL(f"CREATE ROLE {OWNER} LOGIN {rights}"))
    server.admin.execute(sql.SQL(f"CREATE DATABASE {DATABASE} OWNER {OWNER}"))
    with connected(server) as inside:
        for name in EXTENSIONS:
            inside.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(name)))


def connected(server: Server):
    return type(server.admin).connect(server.admin.info.dsn, dbname=DATABASE, autocommit=True)


def serves(settings: Settings) -> None:
    opened = databases(settings, application_name="test")
    with opened.app.connect() as app, opened.public.connect() as public:
        assert app.scalar(text("SELECT current_user")) == f"{DATABASE}_app"
        assert app.scalar(text("SELECT count(*) FROM hazard")) == 0
        assert public.scalar(text("SELECT count(*) FROM public_data.public_hazard")) == 0
    opened.dispose()


def test_a_user_who_may_make_roles_needs_nothing_else(server: Server, own: Settings) -> None:
    make(server, "CREATEROLE")
    upgrade_database(own.owner_database_url)
    serves(own)


def test_a_user_who_may_not_gets_the_statements_for_the_administrator(server: Server, own: Settings, capsys) -> None:
    make(server, "NOCREATEROLE")
    upgrade_database(own.owner_database_url)
    assert statements(DATABASE, OWNER, VAULT + SEARCH) in capsys.readouterr().err
    with connected(server) as administrator:
        administrator.execute(statements(DATABASE, OWNER, VAULT + SEARCH))
    serves(own)
