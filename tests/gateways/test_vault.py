"""What is sealed opens with its own key only; key files are ours alone and lose no key."""

import pytest

from app.gateways.vault import (
    BadVaultKey,
    CannotOpen,
    Keyring,
    Sealer,
    drop_keys,
    make_key,
    read_keyring,
)


@pytest.fixture
def paths(tmp_path):
    return tmp_path / "vault" / "keys", tmp_path / "vault" / "public"


def ring(key_file) -> Keyring:
    found = read_keyring(key_file)
    assert found is not None
    return found


def test_what_was_sealed_opens_and_looks_different_each_time(paths):
    sealer = Sealer(make_key(*paths))
    words = "ауладағы бала".encode()
    first, second = sealer.seal(words), sealer.seal(words)
    assert first.data != second.data
    assert words not in first.data
    assert ring(paths[0]).open(first.key_id, first.data) == words


def test_a_changed_byte_and_a_strange_key_open_nothing(paths, tmp_path):
    sealed = Sealer(make_key(*paths)).seal(b"words")
    changed = bytes([*sealed.data[:-1], sealed.data[-1] ^ 1])
    with pytest.raises(CannotOpen):
        ring(paths[0]).open(sealed.key_id, changed)
    other = tmp_path / "other"
    make_key(other, tmp_path / "public")
    with pytest.raises(CannotOpen):
        ring(other).open(sealed.key_id, sealed.data)


def test_a_keyring_that_is_in_use_learns_the_key_of_a_rotation(paths):
    make_key(*paths)
    used = ring(paths[0])
    sealed = Sealer(make_key(*paths)).seal(b"words")
    assert used.open(sealed.key_id, sealed.data) == b"words"
    assert used.key_ids[0] == sealed.key_id
    assert paths[1].read_text().strip() == used.public_key


def test_the_newest_key_is_never_dropped(paths):
    make_key(*paths)
    newest = Sealer(make_key(*paths)).key_id
    drop_keys(paths[0], frozenset(ring(paths[0]).key_ids))
    assert ring(paths[0]).key_ids == (newest,)


def test_keys_that_others_may_read_are_refused(paths):
    make_key(*paths)
    assert paths[0].stat().st_mode & 0o777 == 0o600
    paths[0].chmod(0o640)
    with pytest.raises(BadVaultKey, match="chmod 600"):
        read_keyring(paths[0])


@pytest.mark.parametrize("text", ["", "AAAA", "не ключ", "x" * 44])
def test_what_is_no_key_is_refused_without_being_repeated(text):
    with pytest.raises(BadVaultKey) as refused:
        Sealer(text)
    assert not text or text not in str(refused.value)


def test_no_key_file_is_no_keyring(tmp_path):
    assert read_keyring(tmp_path / "keys") is None
