"""Keys of the vault: made once, changed while rows are there, and never dropped while one of them needs it."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from app.cli.check import examine
from app.cli.vault import vault
from app.config import SettingsError
from app.db import transaction
from app.gateways.vault import Sealer, make_key, read_keyring
from app.models import Held, HeldPhoto
from app.web import create_app
from tests.fixtures.web import server_env
from tests.jobs.test_held import held_id

assert held_id  # a fixture, used by its name


@pytest.fixture
def run(settings, tmp_path):
    """`qauip vault …` on keys of its own."""
    keys = tmp_path / "keys"
    shutil.copy(settings.vault_key_file, keys)
    env = server_env(settings, 8000) | {"VAULT_KEY_FILE": str(keys)}
    public = settings.vault_key_file.with_name("public")
    before = public.read_bytes()
    yield lambda *words: CliRunner().invoke(vault, words, env=env), keys
    public.write_bytes(before)


def sealed_again(database, keys):
    with transaction(database.desk) as desk:
        ring = read_keyring(keys)
        rows = [*desk.scalars(select(Held)), *desk.scalars(select(HeldPhoto))]
        return {ring.open(row.key_id, row.sealed) for row in rows}, {row.key_id for row in rows}, ring.key_ids


def test_a_rotation_seals_all_anew_and_the_second_step_drops_the_old_key(database, settings, held_id, run):
    qauip_vault, keys = run
    first = Sealer(settings.vault_public_key).seal(b"words")
    with transaction(database.desk) as desk:
        desk.execute(update(Held).values(key_id=first.key_id, sealed=first.data))
        desk.execute(update(HeldPhoto).values(key_id=first.key_id, sealed=first.data))
    done = qauip_vault("rotate")
    assert done.exit_code == 0, done.output
    assert "Sealed anew: 2." in done.output
    words, used, known = sealed_again(database, keys)
    assert (words, used, len(known)) == ({b"words"}, {known[0]}, 2)
    late = Sealer(settings.vault_public_key).seal(b"late")  # by a web server that still has the old public key
    with transaction(database.desk) as desk:
        desk.execute(update(HeldPhoto).values(key_id=late.key_id, sealed=late.data))
    done = qauip_vault("rotate", "--finish")
    assert "Sealed anew: 1." in done.output
    assert "Old keys dropped: 1." in done.output
    assert sealed_again(database, keys)[0] == {b"words", b"late"}
    assert qauip_vault("check").exit_code == 0


def test_a_row_that_no_key_opens_is_named_by_its_key_and_nothing_is_dropped(held_id, run):
    qauip_vault, keys = run
    checked = qauip_vault("check")
    assert checked.exit_code == 1
    assert "not in the file: k" in checked.output
    before = keys.read_text()
    refused = qauip_vault("rotate", "--finish")
    assert refused.exit_code == 1
    assert "cannot be opened" in refused.output
    assert keys.read_text() == before


def test_keys_are_made_once(run):
    qauip_vault, keys = run
    assert "is there already" in qauip_vault("make-key").output
    keys.unlink()
    made = qauip_vault("make-key")
    assert f"VAULT_PUBLIC_KEY={read_keyring(keys).public_key}" in made.output
    assert keys.stat().st_mode & 0o777 == 0o600


def test_the_check_tells_of_keys_that_do_not_fit_and_of_a_desk_without_mail(settings, run, tmp_path):
    _, keys = run
    now = datetime.now(UTC)
    found = {each.name: each for each in examine(settings, now=now)}
    assert not found["vault"].wrong
    assert not found["desk"].wrong
    make_key(tmp_path / "other", tmp_path / "public")
    strange = replace(settings, vault_key_file=tmp_path / "other", desk_email="")
    found = {each.name: each for each in examine(strange, now=now)}
    assert "lacks" in found["vault"].wrong
    assert "DESK_EMAIL" in found["desk"].wrong
    keys.chmod(0o644)
    found = {each.name: each for each in examine(replace(settings, vault_key_file=keys), now=now)}
    assert "chmod 600" in found["vault"].wrong


def test_a_city_without_the_public_key_does_not_start_and_a_private_cluster_makes_it(settings, tmp_path):
    keyless = {"vault_public_key": "", "var": tmp_path, "vault_key_file": tmp_path / "vault" / "keys"}
    with pytest.raises(SettingsError, match="qauip vault make-key"):
        create_app(replace(settings, **keyless, private_cluster=False, demo=False))
    create_app(replace(settings, **keyless, private_cluster=True)).extensions["qauip"].dispose()
    assert read_keyring(tmp_path / "vault" / "keys") is not None
