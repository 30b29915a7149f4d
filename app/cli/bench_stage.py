"""The throw-away database of a benchmark: filled by stages, each hazard with the body that the rules give it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click
import psycopg
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.actions.reference_data import load_reference_data
from app.actions.reroute_preview import decided_rows
from app.cli.bench_data import DAY, Country, load_hazards, load_rules
from app.cli.cluster import DATABASE, Cluster
from app.cli.db import upgrade_database
from app.cli.seed import DATA
from app.config import Settings
from app.db import engine, transaction
from app.domain.policy import Policy
from app.queries import reroute
from app.queries.rule_book import rule_book

SECRET = "only for a benchmark, thrown away with its database"  # noqa: S105 - not one
_SETTLE = text("""
UPDATE hazard h
   SET body_id = d.to_body_id, basis = d.basis, area_id = d.area_id, status = 'assigned',
       owner_unknown = d.basis = 'default_triage'
  FROM reroute_place p
  JOIN reroute_decision d ON d.areas = p.areas AND d.nearness = p.nearness AND d.hazard_type = p.hazard_type
                         AND d.hints = p.hints AND p.body_id = ANY (d.bodies)
 WHERE h.id = p.id AND d.to_body_id IS NOT NULL
""")
_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
 WHERE tablename = 'hazard' AND indexname NOT IN ('pk_hazard', 'ix_hazard_label')
"""


@dataclass
class Stage:
    """`odd`: ids of hazards on borders and outside every area."""

    settings: Settings
    cluster: Cluster
    policy: Policy
    app: Engine
    admin: psycopg.Connection[Any]
    country: Country
    number: int = 0
    odd: list[int] = field(default_factory=list)

    def grow(self, number: int, *then: str) -> None:
        """Have `number` hazards, all assigned by the rules of DAY, or by the statements of the caller's instead.

        Indexes are made anew when many are added.
        """
        indexes = self.admin.execute(_INDEXES).fetchall() if number > 10 * self.number else []
        for name, _ in indexes:
            self.admin.execute(f"DROP INDEX {name}")
        self.odd += load_hazards(self.admin, self.country, self.number + 1, number - self.number)
        self.number = number
        self.admin.execute("ANALYZE hazard")
        if not then:
            self._settle()
        for statement in then:
            self.admin.execute(statement)
        self.admin.execute("VACUUM (FULL) hazard")
        for _, definition in indexes:
            self.admin.execute(definition)
        self.admin.execute("VACUUM (ANALYZE) hazard")
        click.echo(f"hazards {number}", err=True)

    @contextmanager
    def kept_as(self, name: str) -> Iterator[Stage]:
        """What is here now, in a database of its own, for as long as the block lasts: it stays while this one grows."""
        self.app.dispose()
        self.admin.close()
        with self.cluster.connect("postgres") as maker:
            maker.execute(f"CREATE DATABASE {name} TEMPLATE {DATABASE}")
        self.admin = _administrator(self.cluster)
        settings = replace(
            self.settings,
            database_url=_elsewhere(self.settings.database_url, name),
            public_database_url=_elsewhere(self.settings.public_database_url, name),
        )
        app = engine(settings.database_url, pool_size=1, application_name="bench")
        with _administrator(self.cluster, name) as admin:
            yield replace(self, settings=settings, app=app, admin=admin)
        app.dispose()

    def _settle(self) -> None:
        with transaction(self.app) as session:
            reroute.lay_out(session, day=DAY, forced=False, tolerance_m=self.policy.tolerance_m)
            book = rule_book(session, DAY)
            for part in reroute.combinations(session):
                reroute.keep_decisions(session, list(decided_rows(part, book)))
            session.execute(text("ANALYZE reroute_decision"))
            session.execute(_SETTLE)


@contextmanager
def stage(seed: int) -> Iterator[Stage]:
    """A cluster of its own with the rules and no hazards yet; gone at the end."""
    var = Path(tempfile.mkdtemp(prefix="qauip-bench-"))
    var.chmod(0o711)
    settings = Settings.from_env({"QAUIP_VAR": str(var), "SECRET_KEY": SECRET})
    cluster = Cluster.of(var, server_settings=("autovacuum=off",))
    try:
        with cluster.running():
            upgrade_database(settings.owner_database_url)
            app = engine(settings.database_url, pool_size=1, application_name="bench")
            with transaction(app) as session:
                load_reference_data(session, DATA)
            country = Country(seed)
            with cluster.connect() as admin:
                counts = load_rules(admin, country)
            click.echo("data " + ", ".join(f"{number} {what}" for what, number in counts.items()))
            data = Stage(settings, cluster, settings.policy, app, _administrator(cluster), country)
            yield data
            app.dispose()
            data.admin.close()
    finally:
        shutil.rmtree(var, ignore_errors=True)


def _administrator(cluster: Cluster, database: str = DATABASE) -> psycopg.Connection[Any]:
    """Without triggers: loaded hazards have their history with them."""
    admin = cluster.connect(database)
    admin.execute("SET session_replication_role = replica")
    return admin


def _elsewhere(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


@contextmanager
def undone(app: Engine) -> Iterator[Session]:
    """A session whose work is rolled back: each turn finds the database as it was."""
    with Session(app) as session:
        yield session
        session.rollback()
