"""`qauip vault`: the keys of held reports and contacts.

Decision: a change of keys is two commands. `rotate` makes a key and seals everything anew; the old key stays, since web
servers that run go on sealing with it until they are started again. `rotate --finish` takes what they sealed meanwhile
and drops the old keys. Turned down: dropping at once, which would lose exactly those reports.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Engine

from app.cli.cluster import database_up
from app.config import Settings, SettingsError, public_key_file
from app.db import engine, transaction
from app.gateways.vault import BadVaultKey, CannotOpen, Keyring, drop_keys, first_key, make_key, read_keyring
from app.queries.vault import SEALED, SealedRow, keys_in_use, under_older_keys

BATCH = 200


@click.group()
def vault() -> None:
    """Make and change the keys of held reports and contacts."""


@vault.command("make-key")
def make_key_command() -> None:
    """Make the first keys: the private one for the desk and the worker, the public one for every web server.

    \b
    Example: VAULT_KEY_FILE=/etc/qauip/vault-keys qauip vault make-key
    """
    settings = Settings.from_env()
    if settings.vault_key_file.exists():
        raise click.ClickException(f"{settings.vault_key_file} is there already; to change the key: qauip vault rotate")
    _tell(settings, make_key(settings.vault_key_file, public_key_file(settings.var)))


@vault.command()
@click.option("--finish", is_flag=True, help="After all web servers were started again: drop the old keys.")
def rotate(*, finish: bool) -> None:
    """Make a new key and seal all there is with it; may be stopped and run again.

    \b
    Example: qauip vault rotate
    Example: qauip vault rotate --finish
    """
    settings = Settings.from_env()
    with database_up(settings), _alone(settings), _desk(settings) as desk:
        if not finish:
            _tell(settings, make_key(settings.vault_key_file, public_key_file(settings.var)))
        keys = ring(settings)
        click.echo(f"Sealed anew: {seal_anew(desk, keys)}.")
        if finish:
            click.echo(f"Old keys dropped: {_drop_old(settings, desk, keys)}.")
        else:
            click.echo(
                "Start the web servers again, with the new VAULT_PUBLIC_KEY where it is set; then: rotate --finish"
            )


@vault.command("check")
def check_command() -> None:
    """Say which keys the vault needs and whether they are here.

    \b
    Example: qauip vault check
    """
    settings = Settings.from_env()
    with database_up(settings), _desk(settings) as desk, transaction(desk) as session:
        needed = keys_in_use(session)
    have = ring(settings).key_ids
    for key in have:
        click.echo(f"{key}  {'in use' if key in needed else 'opens nothing'}")
    if missing := needed - set(have):
        raise click.ClickException(f"Keys that the vault needs are not in the file: {', '.join(sorted(missing))}")


def make_keys(settings: Settings) -> None:
    """Keys for a private cluster or a demo, where none were given and none are there."""
    if not settings.vault_public_key:
        first_key(settings.vault_key_file, public_key_file(settings.var))


def ring(settings: Settings) -> Keyring:
    """The keyring of this machine. Raises SettingsError where there is none."""
    try:
        found = read_keyring(settings.vault_key_file)
    except BadVaultKey as wrong:
        raise SettingsError(str(wrong)) from wrong
    if found is None:
        raise SettingsError(f"There are no keys in {settings.vault_key_file}: set VAULT_KEY_FILE.")
    return found


def seal_anew(desk: Engine, keys: Keyring) -> int:
    """Seal with the newest key what lies under older ones, in batches of one transaction each; how many."""
    sealer, done = keys.sealer, 0
    for kind in SEALED:
        while True:
            with transaction(desk) as session:
                rows = under_older_keys(session, kind, sealer.key_id, limit=BATCH)
                for row in rows:
                    _anew(row, keys)
            done += len(rows)
            if not rows:
                break
    return done


def _anew(row: SealedRow, keys: Keyring) -> None:
    if row.sealed is None:
        return
    try:
        fresh = keys.sealer.seal(keys.open(row.key_id, row.sealed))
    except CannotOpen as wrong:
        raise click.ClickException(f"A row of vault.{row.__tablename__} cannot be opened: {wrong}") from wrong
    row.key_id, row.sealed = fresh.key_id, fresh.data


def _drop_old(settings: Settings, desk: Engine, keys: Keyring) -> int:
    with transaction(desk) as session:
        unused = frozenset(keys.key_ids[1:]) - keys_in_use(session)
    drop_keys(settings.vault_key_file, unused)
    return len(unused)


def _tell(settings: Settings, public: str) -> None:
    click.echo(f"Private keys: {settings.vault_key_file}. Keep a copy off this machine: without it nothing opens.")
    click.echo(f"VAULT_PUBLIC_KEY={public}")


@contextmanager
def _desk(settings: Settings) -> Iterator[Engine]:
    opened = engine(settings.desk_database_url, pool_size=1, application_name="qauip vault")
    try:
        yield opened
    finally:
        opened.dispose()


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Two rotations at once would each forget the other's new key."""
    ring(settings)
    with settings.vault_key_file.with_suffix(".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
