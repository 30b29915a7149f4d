"""Back to the schema before the routing engine and forward again, with rows in the tables: the views come back too."""

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.actions.administration.rules import make_rule
from app.cli.db import _as_owner, _config
from app.domain.permissions import Role
from tests.actions.administration_kit import account, rule_facts
from tests.actions.town import Town
from tests.jobs import kit

CHANGED = ("public_hazard", "public_event")
_SAYS = text("SELECT pg_get_viewdef(CAST('public_data.' || :name AS regclass))")


def fill(session: Session) -> None:
    """A rule with a hint, a hazard with its history, a preview of a run and an entry of the audit."""
    town = Town(session)
    hazard = town.hazard(body="telecom")
    kit.assigned(session, hazard)
    assert town.moves(town.preview())
    facts = rule_facts(town.body["roads"], area_code="city")
    make_rule(session, by=account(session, Role.ADMINISTRATOR), facts=facts, now=kit.NOW)
    session.commit()


def views(url: str) -> list[str]:
    owner = create_engine(url)
    with owner.connect() as connection:
        found = [connection.execute(_SAYS, {"name": name}).scalar_one() for name in CHANGED]
    owner.dispose()
    return found


def as_first_made(url: str) -> list[str]:
    """What the views of 0004 would say of the tables as they now are."""
    module = ScriptDirectory.from_config(_config()).get_revision("0004").module
    owner = create_engine(url)
    with owner.connect() as connection:
        for name in CHANGED:
            connection.exec_driver_sql(f"CREATE VIEW public_data.first_{name} AS {module.VIEWS[name]}")
        found = [connection.execute(_SAYS, {"name": f"first_{name}"}).scalar_one() for name in CHANGED]
    owner.dispose()
    return found


def test_down_to_0005_and_up_again_keeps_hazards_and_brings_the_views_back(session, database, settings):
    fill(session)
    session.close()
    url = settings.owner_database_url
    before = views(url)
    with _as_owner(url) as config:
        command.downgrade(config, "0005")
    assert views(url) == as_first_made(url)
    assert views(url) != before
    with database.public.connect() as connection:
        connection.execute(text("SELECT * FROM public_data.public_event")).all()
    with _as_owner(url) as config:
        command.upgrade(config, "head")
    assert views(url) == before
    with database.app.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM hazard")) == 1
        assert connection.scalar(text("SELECT count(*) FROM responsibility WHERE hint IS NOT NULL")) == 0
