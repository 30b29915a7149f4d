"""The brake on guessing: passwords, second factors, letters for a forgotten password.

Decision: failures are counted for an address together with the network they come from, and, with a much higher limit,
for the address alone. Turned down: the address alone with the low limit, by which anybody who knows a dispatcher's
address keeps the dispatcher out of the duty desk with ten wrong words. What this costs: from ten networks one may try a
hundred passwords an hour instead of forty, and, with as many networks, still pause the address for up to an hour; and
who shares a network with the guesser is paused with them. Passwords are long enough for the first.

A code of six digits is not: whoever knows the password could try a hundred an hour, each of them one of three that are
right at the moment. So the second step stops at twenty an hour from anywhere (a chance of one in seven hundred a day);
a signature of a passkey cannot be guessed and is not counted.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.errors import TooManyTries
from app.models import SignInTry
from app.queries.accounts import failed_tries

TRIES = 10
TRIES_WITHIN = timedelta(minutes=15)
TRIES_EVERYWHERE = 100
TRIES_EVERYWHERE_WITHIN = timedelta(hours=1)
"""OWASP ASVS 4.0, 2.2.1: at most a hundred failures an hour on one account."""
SECOND_EVERYWHERE = 20
LETTERS, LETTERS_EVERYWHERE = 5, 10
STARTS = 120


@dataclass(frozen=True)
class Brake:
    """The keys under which failures are counted: keyed hashes, so that neither address nor network is kept."""

    near: bytes
    everywhere: bytes
    most_near: int = TRIES
    most_everywhere: int = TRIES_EVERYWHERE


@dataclass(frozen=True)
class Sender:
    """Where a request comes from: its network's prefix, browser and system in words, and the day's key of the brake.

    `browser`: by which its messages are found (`StaffPush.endpoint_key`), where the page's script named it.
    """

    network: str
    key: bytes
    device: str = ""
    browser: bytes | None = None


def password_brake(email: str, network: str, key: bytes) -> Brake:
    """Of passwords, at sign-in and wherever one is asked for again."""
    near, everywhere = _keys(b"sign-in:", email, network, key)
    return Brake(near, everywhere)


def second_brake(email: str, sender: Sender) -> Brake:
    """Of codes, after the right password."""
    near, everywhere = _keys(b"second:", email, sender.network, sender.key)
    return Brake(near, everywhere, TRIES, SECOND_EVERYWHERE)


def letter_brake(email: str, sender: Sender) -> Brake:
    """Of letters to whoever forgot a password: each one counts."""
    near, everywhere = _keys(b"letter:", email, sender.network, sender.key)
    return Brake(near, everywhere, LETTERS, LETTERS_EVERYWHERE)


def new_email_brake(whose: str, sender: Sender) -> Brake:
    """Of letters to a new address: `whose` is the account that asks, or the address that would get them."""
    near, everywhere = _keys(b"new address:", whose, sender.network, sender.key)
    return Brake(near, everywhere, LETTERS, LETTERS_EVERYWHERE)


def passkey_brake(sender: Sender) -> Brake:
    """Of sign-ins begun with a passkey, which leave a row before anybody has said who they are; each counts twice."""
    near, _ = _keys(b"passkey:", "", sender.network, sender.key)
    return Brake(near, near, STARTS, 4 * STARTS)


def check_brake(session: Session, brake: Brake, now: datetime) -> None:
    """Raise TooManyTries while the brake is on."""
    near = failed_tries(session, key=brake.near, since=now - TRIES_WITHIN)
    everywhere = failed_tries(session, key=brake.everywhere, since=now - TRIES_EVERYWHERE_WITHIN)
    if near >= brake.most_near or everywhere >= brake.most_everywhere:
        raise TooManyTries()


def count_failure(session: Session, brake: Brake, now: datetime) -> None:
    """One more."""
    session.add_all([SignInTry(key=brake.near, at=now), SignInTry(key=brake.everywhere, at=now)])


def release(session: Session, brake: Brake) -> None:
    """Forget the failures from this network: the right words came from there."""
    session.execute(delete(SignInTry).where(SignInTry.key == brake.near))


def _keys(what: bytes, email: str, network: str, key: bytes) -> tuple[bytes, bytes]:
    address = email.strip().lower().encode("utf-8", "replace")
    whole = hmac.digest(key, what + address, "sha256")
    return hmac.digest(whole, network.encode(), "sha256"), whole
