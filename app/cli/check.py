"""`qauip check`: what a person who runs Qauip would otherwise find out at night."""

from __future__ import annotations

import base64
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.actions.sealing import Seal
from app.cli.cluster import database_up
from app.cli.db import current_revisions, wanted_revisions
from app.config import Settings, SettingsError
from app.db import engine, transaction
from app.domain.deadlines import wrong_clock
from app.domain.errors import DomainError
from app.domain.hazard import Severity
from app.gateways.photo_store import PhotoMissing, photo_store_at
from app.gateways.vault import BadVaultKey, Sealer, read_keyring
from app.models import OneTimeCode
from app.queries.escalation import schedule
from app.queries.health import last_heartbeat, left_with_bodies_off

_DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mMQDlEFAAEKAI313SCUAAAAAElFTkSuQmCC"
)  # one pixel of a colour that no camera makes alone
WORKER_SILENT = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the answer: `wrong` says what to do, or is empty."""

    name: str
    says: str
    wrong: str = ""


@click.command()
def check() -> None:
    """Say what is well and what is not; exit status 1 when something is wrong.

    \b
    Example: DATABASE_URL=postgresql://... SECRET_KEY=... qauip check
    """
    settings = Settings.from_env()
    with database_up(settings):
        findings = list(examine(settings, now=datetime.now(UTC)))
    for finding in findings:
        mark = click.style("wrong", fg="red") if finding.wrong else click.style("ok   ", fg="green")
        click.echo(f"{mark}  {finding.name}: {finding.wrong or finding.says}")
    sys.exit(1 if any(finding.wrong for finding in findings) else 0)


def examine(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """All findings, in the order they matter."""
    yield _python()
    yield _timezone(settings.timezone, now)
    yield _secret(settings)
    yield _second_factor(settings)
    yield from _database(settings)
    yield _photos(settings)
    yield _mail(settings)
    yield _vault_keys(settings)
    yield _desk_mail(settings)


def _python() -> Finding:
    return Finding("python", sys.version.split()[0])


def _timezone(name: str, now: datetime) -> Finding:
    wrong = wrong_clock(name, now)
    return Finding(
        "time zone", "" if wrong else f"{name} is at UTC+{now.astimezone(ZoneInfo(name)).utcoffset()}", wrong or ""
    )


def _secret(settings: Settings) -> Finding:
    if settings.private_cluster and not os.environ.get("SECRET_KEY") and settings.secret_key:
        return Finding("secret key", f"kept beside the private cluster, in {settings.var / 'secret_key'}")
    try:
        settings.require_secret()
    except SettingsError as error:
        return Finding("secret key", "", str(error))
    return Finding("secret key", "long enough")


def _second_factor(settings: Settings) -> Finding:
    """Which roles must have one. Not wrong where none must: a city may decide so, and reads it here."""
    roles = ", ".join(sorted(settings.second_factor_roles))
    says = roles or "no role must have one; set REQUIRE_SECOND_FACTOR, for example to: administrator operator"
    return Finding("second factor", says)


def _sealed_secrets(settings: Settings) -> Finding:
    """Whether the secrets of one-time codes can be opened with the keys that are set."""
    seal = Seal([settings.secret_key, *settings.old_secret_keys])
    with _reading(settings.owner_database_url) as session:
        lost = sum(seal.open(secret) is None for secret in session.scalars(select(OneTimeCode.secret)))
    name = "one-time codes"
    if lost:
        return Finding(name, "", f"{lost} cannot be opened: put the SECRET_KEY of before into SECRET_KEY_FALLBACKS")
    return Finding(name, "all secrets can be opened")


def _database(settings: Settings) -> Iterator[Finding]:
    yield _asked("database", settings.owner_database_url, lambda: _postgis(settings))
    yield _asked("schema", settings.owner_database_url, lambda: _migrated(settings))
    yield _asked("worker", settings.owner_database_url, lambda: _worker(settings))
    yield _asked("bodies", settings.owner_database_url, lambda: _bodies(settings))
    yield _asked("escalation", settings.owner_database_url, lambda: _escalation(settings))
    yield _asked("one-time codes", settings.owner_database_url, lambda: _sealed_secrets(settings))
    for role in ("database", "public_database", "desk_database"):
        yield _role(role, getattr(settings, f"{role}_url"), settings.database_name)


@contextmanager
def _reading(url: str) -> Iterator[Session]:
    opened = engine(url, pool_size=1)
    try:
        with transaction(opened) as session:
            yield session
    finally:
        opened.dispose()


def _asked(name: str, url: str, ask: Callable[[], Finding]) -> Finding:
    try:
        return ask()
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        return Finding(name, "", f"{make_url(url).render_as_string()} answers: {reason}")


def _postgis(settings: Settings) -> Finding:
    with _reading(settings.owner_database_url) as session:
        versions = session.execute(text("SELECT current_setting('server_version'), postgis_lib_version()")).one()
    return Finding("database", "PostgreSQL {}, PostGIS {}".format(*versions))


def _migrated(settings: Settings) -> Finding:
    stands, wanted = current_revisions(settings.owner_database_url), wanted_revisions()
    if stands != wanted:
        return Finding("schema", "", f"stands at {stands or 'nothing'}, wanted {wanted}: run `qauip db upgrade`")
    return Finding("schema", f"at {', '.join(stands)}")


def _worker(settings: Settings) -> Finding:
    with _reading(settings.owner_database_url) as session:
        seen = last_heartbeat(session)
    if seen is None or datetime.now(UTC) - seen > WORKER_SILENT:
        return Finding("worker", "", f"last seen {seen or 'never'}: no mail goes out; start `qauip worker`")
    return Finding("worker", f"last seen {seen:%Y-%m-%d %H:%M} UTC")


def _bodies(settings: Settings) -> Finding:
    with _reading(settings.owner_database_url) as session:
        left = left_with_bodies_off(session)
    if left:
        wrong = f"{sum(left.values())} open hazards lie with bodies that are switched off ({', '.join(left)})"
        return Finding("bodies", "", f"{wrong}: pass them on")
    return Finding("bodies", "no open hazard lies with one that is switched off")


def _escalation(settings: Settings) -> Finding:
    with _reading(settings.owner_database_url) as session:
        told = schedule(session)
    silent = [severity.value for severity in Severity if not told.get(severity)]
    if silent:
        wrong = f"nobody is told when a time runs out ({', '.join(silent)}): run `qauip seed`, or see /admin/escalation"
        return Finding("escalation", "", wrong)
    return Finding("escalation", f"{sum(len(steps) for steps in told.values())} steps")


def _role(name: str, url: str, database: str) -> Finding:
    """The public role must read the public schema and no application table."""

    def ask() -> Finding:
        with _reading(url) as session:
            user, hazards = session.execute(
                text("SELECT current_user, has_table_privilege(current_user, 'public.hazard', 'SELECT')")
            ).one()
        if name == "public_database" and hazards:
            return Finding(name, "", f"{user} may read more than is public in {database}: see the grants")
        return Finding(name, f"is {user}")

    return _asked(name, url, ask)


def _photos(settings: Settings) -> Finding:
    """A picture is written, read and deleted, as a report does it."""
    if settings.photo_store:
        return _stored(settings, settings.photo_store)
    folder = settings.photo_dir
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        return Finding("photos", "", f"{folder} cannot be written: {error.strerror}")
    return _stored(settings, str(folder)) if folder.exists() else Finding("photos", f"{folder} can be made")


def _stored(settings: Settings, where: str) -> Finding:
    store = photo_store_at(settings.photo_store, settings.photo_dir, endpoint=settings.photo_store_endpoint)
    try:
        key = store.put(_DOT).content_key
        store.open(key, "full").close()
        store.delete(key)
    except (DomainError, PhotoMissing, OSError) as error:
        return Finding("photos", "", f"{where} does not take and give back a photo: {_cause(error)}")
    finally:
        store.close()
    return Finding("photos", f"{where} can be written, read and emptied")


def _cause(error: BaseException) -> str:
    return str(error.__cause__ or error)


def _mail(settings: Settings) -> Finding:
    if not settings.smtp_url:
        return Finding("mail", "is printed by the worker; set SMTP_URL to send it")
    return Finding("mail", f"goes out from {settings.mail_from}")


def _vault_keys(settings: Settings) -> Finding:
    try:
        sealed_with = Sealer(settings.require_vault_key()).key_id
        keys = read_keyring(settings.vault_key_file)
    except (SettingsError, BadVaultKey) as error:
        return Finding("vault", "", str(error))
    if keys is None:
        return Finding("vault", f"sealed with key {sealed_with}; no private key is here, so no held report opens here")
    if sealed_with not in keys.key_ids:
        return Finding("vault", "", f"reports are sealed with key {sealed_with}, which {settings.vault_key_file} lacks")
    if sealed_with != keys.key_ids[0]:
        return Finding("vault", "", f"VAULT_PUBLIC_KEY is not of the newest key: set it to {keys.public_key}")
    return Finding("vault", f"sealed with key {sealed_with}; {len(keys.key_ids)} private key(s) here")


def _desk_mail(settings: Settings) -> Finding:
    if not settings.desk_email:
        return Finding("desk", "", "nobody is told by mail of a held report: set DESK_EMAIL to the desk's address")
    return Finding("desk", f"held reports are told to {settings.desk_email}")
