"""Whether the clock tells who has an account: 200 known against 200 unknown addresses, in turn, in one process.

Security notes T18: signing in with a wrong password, and asking for a letter. The figure is the p of the Mann-Whitney
test (two-sided, by the normal approximation): over 0.01, the times cannot be told apart. Negative control: without the
hash that is looked at for an unknown address the same test must tell them apart.

Half of the accounts have a second factor: the first step must not know.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from itertools import pairwise

from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.actions import passwords
from app.actions.sealing import Seal
from app.actions.second_factor import begin_app
from app.cli.vault import make_keys
from app.config import Settings
from app.models import Account, OneTimeCode, SignInTry
from app.web import create_app
from app.web.context import now
from tests.drill.kit import City, city

PORT = 8139
EACH = 200
LEVEL = 0.01


def main() -> int:
    """Prints a line for each figure; 1 where one is wrong."""
    with city(PORT) as ours:
        app = create_app(_with_vault(ours))
        _fill(app)
        figures = {
            "sign-in": _p(app, "/sign-in", {"password": "a wrong password"}),
            "forgot": _p(app, "/forgot", {}),
            "control: no hash for the unknown": _control(app),
        }
    fine = figures["sign-in"] > LEVEL and figures["forgot"] > LEVEL and min(figures.values()) < LEVEL
    print("ok" if fine else "WRONG")
    return 0 if fine else 1


def _with_vault(ours: City) -> Settings:
    make_keys(ours.settings)
    return Settings.from_env(ours.env)


def _fill(app: Flask) -> None:
    hashed, seal = passwords.hashed("seven green bridges over"), Seal([app.extensions["qauip_settings"].secret_key])
    with Session(app.extensions["qauip"].app) as session:
        made = [
            Account(email=_address("known", n), name="x", roles=["auditor"], password_hash=hashed) for n in range(EACH)
        ]
        session.add_all(made)
        session.flush()
        for account in made[::2]:
            begin_app(session, account=account, seal=seal, now=now())
        session.flush()
        session.query(OneTimeCode).update({"confirmed_at": now()})
        session.commit()


def _address(kind: str, number: int) -> str:
    return f"{kind}.{number:03}@example.kz" if kind == "known" else f"other.{number:03}@example.kz"


def _p(app: Flask, page: str, form: dict[str, str]) -> float:
    """Of one way to ask; printed with the medians."""
    with Session(app.extensions["qauip"].app) as session:
        session.execute(delete(SignInTry))
        session.commit()
    client = app.test_client()
    token = (
        client.get(page).get_data(as_text=True).split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"')[0]
    )
    asked = [(kind, number) for kind in ("known", "unknown") for number in range(EACH)]
    random.Random(7).shuffle(asked)
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for kind, number in [("unknown", 999), *asked]:
        began = time.perf_counter()
        answer = client.post(page, data={"email": _address(kind, number), "csrf_token": token, **form})
        if number < EACH:
            times[kind].append(time.perf_counter() - began)
        assert answer.status_code in {200, 401}, answer.status_code
    p = mann_whitney(times["known"], times["unknown"])
    medians = ", ".join(f"{kind} {statistics.median(taken) * 1000:.1f} ms" for kind, taken in times.items())
    print(f"{page}: medians {medians}; p = {p:.4f}")
    return p


def _control(app: Flask) -> float:
    """A door that does not look at a hash where there is none."""
    kept = passwords.matches
    passwords.matches = lambda stored, given: kept(stored, given) if stored else False
    try:
        return _p(app, "/sign-in", {"password": "a wrong password"})
    finally:
        passwords.matches = kept


def mann_whitney(one: list[float], other: list[float]) -> float:
    """The two-sided p, by the normal approximation; ties do not happen with a clock of nanoseconds."""
    ranked = sorted([(value, True) for value in one] + [(value, False) for value in other])
    assert all(a[0] <= b[0] for a, b in pairwise(ranked))
    ranks = sum(rank for rank, (_, mine) in enumerate(ranked, 1) if mine)
    u = ranks - len(one) * (len(one) + 1) / 2
    mean = len(one) * len(other) / 2
    spread = (len(one) * len(other) * (len(one) + len(other) + 1) / 12) ** 0.5
    return 2 * (1 - statistics.NormalDist().cdf(abs(u - mean) / spread))


if __name__ == "__main__":
    sys.exit(main())
