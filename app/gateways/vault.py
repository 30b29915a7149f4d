"""Sealing and opening: what anybody may put into the vault, and only the desk and the contact worker can read.

Decision: PyNaCl's sealed boxes (X25519, XSalsa20-Poly1305): whoever seals holds a public key only, so a machine of
the web pages that is broken into gives away nothing of the past. Turned down: a symmetric key (the web pages could read
what they wrote), pgcrypto (the database would see text and key) and a cloud's key service (outside the country).
A keyring holds several private keys, so that a key can be changed while rows of the old one are still there.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from app.domain.held import Sealed

KEY_BYTES = 32
OURS_ONLY = 0o600


class BadVaultKey(Exception):
    """A key or a key file is not what it should be; the message is one sentence without any key in it."""


class CannotOpen(Exception):
    """The vault holds something that no key of this keyring opens, or that was changed. Names the id of the key."""


class Sealer:
    """Seals with a public key, as text in base64."""

    def __init__(self, public_key: str) -> None:
        """Raises BadVaultKey."""
        key = PublicKey(_decoded(public_key))
        self.key_id = key_id(key)
        self._box = SealedBox(key)

    def seal(self, data: bytes) -> Sealed:
        """Different each time, also for the same data; 48 bytes longer than it."""
        return Sealed(self.key_id, self._box.encrypt(data))


class Keyring:
    """Private keys, the newest first. `key_file`: read again when a key is asked for that was not in it at first, so
    that no program must be started again at the moment of a rotation.
    """

    def __init__(self, keys: Sequence[PrivateKey], key_file: Path | None = None) -> None:
        self._keys = {key_id(key.public_key): key for key in keys}
        self._key_file = key_file

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The newest first."""
        return tuple(self._keys)

    @property
    def public_key(self) -> str:
        """Of the newest key, in base64."""
        return _public_text(next(iter(self._keys.values())))

    @property
    def sealer(self) -> Sealer:
        """Seals with the newest key."""
        return Sealer(self.public_key)

    def open(self, key_id: str, data: bytes) -> bytes:
        """What was sealed. Raises CannotOpen."""
        key = self._keys.get(key_id) or self._read_again().get(key_id)
        if key is None:
            raise CannotOpen(f"no key {key_id}")
        try:
            return SealedBox(key).decrypt(data)
        except CryptoError:
            raise CannotOpen(f"not sealed with {key_id}, or changed") from None

    def _read_again(self) -> dict[str, PrivateKey]:
        if self._key_file is not None and (fresh := read_keyring(self._key_file)) is not None:
            self._keys = fresh._keys
        return self._keys


def key_id(key: PublicKey) -> str:
    """A short name of a key that says nothing about it."""
    return hashlib.sha256(bytes(key)).hexdigest()[:16]


def read_keyring(key_file: Path) -> Keyring | None:
    """The keyring of a file, one key a line, the newest first; None where there is no file. Raises BadVaultKey."""
    try:
        with key_file.open() as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            lines = opened.read().split()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadVaultKey(f"The vault's keys in {key_file} cannot be read: {error.strerror}.") from error
    if mode & ~OURS_ONLY:
        raise BadVaultKey(f"Others may read the vault's keys: run `chmod 600 {key_file}`.")
    if not lines:
        raise BadVaultKey(f"{key_file} holds no key.")
    return Keyring([PrivateKey(_decoded(line)) for line in lines], key_file)


def make_key(key_file: Path, public_file: Path) -> str:
    """A new key before those that are there, and its public half beside; answers the public key.

    The private key is on the disk before anybody can seal with the public one.
    """
    key = PrivateKey.generate()
    before = key_file.read_text().split() if key_file.exists() else []
    key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_whole(key_file, "\n".join([base64.b64encode(bytes(key)).decode(), *before]) + "\n", OURS_ONLY)
    public = _public_text(key)
    public_file.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    _write_whole(public_file, public + "\n", 0o644)
    return public


def first_key(key_file: Path, public_file: Path) -> None:
    """A key where there is none yet; of several processes that start at once, one makes it."""
    key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with key_file.with_suffix(".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not key_file.exists():
            make_key(key_file, public_file)


def drop_keys(key_file: Path, key_ids: frozenset[str]) -> None:
    """Take these out of the file; the newest stays whatever is asked."""
    newest, *rest = key_file.read_text().split()
    kept = [line for line in rest if key_id(PrivateKey(_decoded(line)).public_key) not in key_ids]
    _write_whole(key_file, "\n".join([newest, *kept]) + "\n", OURS_ONLY)


def _decoded(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise BadVaultKey("A key of the vault is 32 bytes in base64; make one with: qauip vault make-key")
    return key


def _public_text(key: PrivateKey) -> str:
    return base64.b64encode(bytes(key.public_key)).decode()


def _write_whole(path: Path, text: str, mode: int) -> None:
    """Whole or not at all, and on the disk before it counts: a lost key is lost reports."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as opened:  # noqa: PTH123
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    beside.chmod(mode)
    beside.replace(path)
