"""`qauip seed`: the reference data of every installation, and the demo city for those who try it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.actions import deadlines, demo_city, demo_hazards, demo_people, map_cells
from app.actions.passwords import new_password
from app.actions.reference_data import load_reference_data, read_yaml
from app.cli.cluster import database_up
from app.cli.sessions import one_transaction
from app.config import Settings
from app.domain.photo import PhotoFile
from app.gateways.photo_store import LocalPhotoStore

DATA = Path(__file__).parents[2] / "data"
ONE_AT_A_TIME = 4_711_001  # advisory lock: a second seeding waits, then finds the demo there


@click.command()
@click.option("--demo", is_flag=True, help="Add the demo city: Almaty, with invented hazards.")
@click.option("--password", envvar="QAUIP_DEMO_PASSWORD", help="Of the demo accounts; else one is made and printed.")
def seed(*, demo: bool, password: str | None) -> None:
    """Load hazard types, kinds of bodies and the calendar. Loading again changes nothing.

    \b
    Example: qauip seed
    Example: qauip seed --demo
    """
    settings = Settings.from_env()
    with database_up(settings):
        if demo:
            for role, email, word in seed_demo(settings, password or new_password()):
                click.echo(f"sign in: {role} {email} {word}")
        else:
            seed_reference_data(settings)


def seed_reference_data(settings: Settings) -> None:
    """Load the reference data, say how much."""
    with one_transaction(settings) as session:
        _say(load_reference_data(session, DATA))


def seed_demo(settings: Settings, password: str) -> list[tuple[str, str, str]]:
    """Make the demo city unless it is there; (role, e-mail, password) of its accounts. One transaction."""
    settings.require_secret()
    with one_transaction(settings) as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        if demo_city.city_is_there(session):
            demo_people.keep_password(session, password)
        else:
            _make_demo(session, settings, password)
    return [(each.role.value, each.email, password) for each in demo_people.SIGN_INS]


def _make_demo(session: Session, settings: Settings, password: str) -> None:
    _say(load_reference_data(session, DATA))
    _say(demo_city.make_city(session, DATA))
    demo_people.make_accounts(session, password)
    now = datetime.now(UTC)
    rows = read_yaml(DATA / "demo.yaml")["hazards"]
    photos = _store_photos(settings)
    _say({"demo hazards": demo_hazards.tell(session, rows, photos=photos, policy=settings.policy, now=now)})
    demo_people.make_hand_over(session, now=now)
    _sweep(session, now)
    map_cells.rebuild(session)


def _sweep(session: Session, now: datetime) -> None:
    """What time alone would have done since."""
    while deadlines.end_made_safe(session, now=now) or deadlines.mark_overdue(session, now=now):
        pass


def _store_photos(settings: Settings) -> dict[str, PhotoFile]:
    store = LocalPhotoStore(settings.photo_dir)
    try:
        return {path.name: store.put(path.read_bytes()) for path in sorted((DATA / "photos").glob("*.jpg"))}
    finally:
        store.close()


def _say(counts: dict[str, int]) -> None:
    click.echo("Seeded: " + ", ".join(f"{number} {what}" for what, number in counts.items()) + ".")
