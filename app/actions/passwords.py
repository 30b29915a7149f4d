"""Passwords: good ones, their hashes, and one that opens nothing.

Decision: argon2id with OWASP's cost (`web/auth/__init__.py`). Where there is no hash to look at, one of a password that
nobody knows is looked at, so that the clock tells nothing.
"""

from __future__ import annotations

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.domain.errors import WeakPassword

PASSWORD_MIN, PASSWORD_MAX = 12, 200
WELL_KNOWN = ("password", "qwerty", "123456", "administrator", "парол", "йцукен", "құпиясөз", "almaty", "kazakhstan")

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def check_password(password: str, *, email: str) -> None:
    """Raise WeakPassword for a short, endless or easily guessed one."""
    folded, address = password.casefold(), email.strip().casefold()
    guessable = folded in {address, address.split("@", maxsplit=1)[0]} or len(set(folded)) < 5
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX or guessable or _is_well_known(folded):
        raise WeakPassword(minimum=PASSWORD_MIN)


def new_password() -> str:
    """A random password of 96 bits, in four groups that can be read out."""
    return "-".join(secrets.token_hex(3) for _ in range(4))


def hashed(password: str) -> str:
    """What the database keeps of a password."""
    return _hasher.hash(password)


def no_password() -> str:
    """A hash that nothing matches, as slow to check as any: of somebody who has not chosen a password yet."""
    return _hasher.hash(secrets.token_urlsafe(32))


def matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the one of `stored`; None takes as long, and is never."""
    try:
        right = _hasher.verify(stored or _dummy_hash(), password[: PASSWORD_MAX + 1])
    except (VerificationError, InvalidHashError):
        return False
    return right and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with another cost than today's."""
    return _hasher.check_needs_rehash(stored)


def _is_well_known(folded: str) -> bool:
    """Well-known words with little of one's own around them."""
    rest = folded
    for word in WELL_KNOWN:
        rest = rest.replace(word, "")
    return rest != folded and len(rest) < PASSWORD_MIN // 2


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return no_password()
