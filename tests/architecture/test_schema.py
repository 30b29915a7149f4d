"""The schema is what the models say, and each role of the database reads what it may and nothing else."""

import pytest
from alembic import command
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.cli.db import _config
from migrations.roles import PUBLIC_RELATIONS

OURS = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname IN ('public', 'public_data', 'vault') AND c.relkind IN ('r', 'v', 'm', 'p')
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1
"""

VAULT = {"vault.contact", "vault.held", "vault.held_photo", "vault.look", "vault.staff_push"}


def relations(engine):
    with engine.connect() as connection:
        return connection.scalars(text(OURS)).all()


def readable(engine, names):
    found = set()
    for name in names:
        with engine.connect() as connection:
            try:
                connection.execute(text(f"SELECT * FROM {name} LIMIT 0"))
                found.add(name)
            except ProgrammingError:  # permission denied
                continue
    return found


def test_models_and_migrations_agree(database, settings):
    engine = create_engine(settings.owner_database_url)
    with engine.connect() as connection:
        command.check(_config(connection))
    engine.dispose()


def test_public_role_reads_the_closed_list_and_nothing_else(database):
    names = relations(database.app)
    assert readable(database.public, names) == {f"public_data.{name}" for name in PUBLIC_RELATIONS}


def test_application_may_never_read_the_vault(database):
    names = relations(database.app)
    assert set(names) - readable(database.app, names) == VAULT


def test_desk_role_reads_the_vault_alone(database):
    assert readable(database.desk, relations(database.app)) == VAULT


@pytest.mark.parametrize("wish", ["INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}"])
def test_public_role_writes_nothing(database, wish):
    for name in PUBLIC_RELATIONS:
        with database.public.connect() as connection, pytest.raises(DBAPIError):
            connection.execute(text(wish.format(f"public_data.{name}")))


@pytest.mark.parametrize("wish", ["UPDATE event SET note = 'x'", "DELETE FROM event", "TRUNCATE event CASCADE"])
def test_history_is_append_only_for_the_owner_too(database, settings, wish):
    owner = create_engine(settings.owner_database_url)
    seed = """
      INSERT INTO hazard_type (code, type_group, name_kk, name_ru, name_en, advice_kk, advice_ru, advice_en,
        geometry, severity, emergency_mode, dial, publish, ask, season, duplicate_radius_m, responsible, reportable,
        position)
      VALUES ('T', 'other', '', '', '', '', '', '', 'point', 'low', 'none', '{}', 'never', '{}', '{}', 1, '{}', true,
        1);
      INSERT INTO hazard (reference, hazard_type, geom, label, public_place, status, severity, severity_why,
        received_at, received_day)
      SELECT 'A', 'T', p, p, p, 'received', 'low', '[]', now(), current_date
        FROM ST_SetSRID(ST_MakePoint(76, 43), 4326) p;
      INSERT INTO event (hazard_id, kind, at, actor, status, public)
      SELECT id, 'reported', now(), 'reporter', 'received', true FROM hazard"""
    with owner.connect() as connection:
        for statement in seed.split(";"):
            connection.execute(text(statement))
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(wish))
    owner.dispose()
    with database.app.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text(wish))


def test_parts_follow_their_area(session):
    session.execute(
        text("""INSERT INTO area (code, kind, rank, valid_from, name_kk, name_ru, name_en, geom) VALUES
          ('1', 'city', 40, '2020-01-01', '', '', '', ST_Multi(ST_MakeEnvelope(70, 40, 71, 41, 4326)))""")
    )
    session.execute(text("UPDATE area SET geom = ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(70, 40), 4326), 1, 500))"))
    whole, parts, most = session.execute(
        text("""SELECT (SELECT ST_Area(geom) FROM area), sum(ST_Area(geom)), max(ST_NPoints(geom)) FROM area_part""")
    ).one()
    assert parts == pytest.approx(whole)
    assert most <= 128


def test_two_versions_of_a_code_never_meet_on_a_day(session):
    row = """INSERT INTO area (code, kind, rank, valid_from, valid_until, name_kk, name_ru, name_en, geom)
      SELECT '1', 'city', 40, '{}', {}, '', '', '', ST_Multi(ST_MakeEnvelope(70, 40, 71, 41, 4326))"""
    session.execute(text(row.format("2020-01-01", "'2021-01-01'")))
    session.execute(text(row.format("2021-01-01", "NULL")))
    with pytest.raises(DBAPIError, match="ex_area_code_validity"):
        session.execute(text(row.format("2022-01-01", "NULL")))
