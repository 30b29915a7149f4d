"""The vault at the doors: every web server can seal; one that holds the key file can open, for the desk's pages.

Decision: the keyring is read at start and lives in the process of the desk. A city may run the desk's pages on a
machine of their own: there the key file lies, elsewhere `keyring()` is None and the desk says so.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import cast

from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.config import Settings, SettingsError, public_key_file
from app.db import transaction
from app.gateways.vault import BadVaultKey, Keyring, Sealer, first_key, read_keyring
from app.web.context import databases


def keep_vault(app: Flask, settings: Settings) -> None:
    """Give the application its keys. Raises SettingsError where reports could not be sealed.

    On a private cluster and in a demo the keys are made when they are missing.
    """
    if not settings.vault_public_key and (settings.private_cluster or settings.demo):
        first_key(settings.vault_key_file, public_key_file(settings.var))
        settings = replace(settings, vault_public_key=public_key_file(settings.var).read_text().strip())
    try:
        app.extensions["qauip_sealer"] = Sealer(settings.require_vault_key())
        app.extensions["qauip_keyring"] = read_keyring(settings.vault_key_file)
    except BadVaultKey as wrong:
        raise SettingsError(str(wrong)) from wrong


def sealer() -> Sealer:
    return cast(Sealer, current_app.extensions["qauip_sealer"])


def keyring() -> Keyring | None:
    """None where this server holds no private key."""
    return cast("Keyring | None", current_app.extensions["qauip_keyring"])


def desk_db() -> AbstractContextManager[Session]:
    """One transaction of the desk's role, which reads the vault."""
    return transaction(databases().desk)
