"""1,000 notices to staff, the worker killed six times with letters in its hands: each delivered, none twice by its key.

Run with `make drill`. The provider takes a letter, and answers a moment later: a worker killed in between does not know
that it was taken, and sends it again. A provider that knows keys (the Message-ID) shows it once. The control sends
under a new key each time, and must show some twice; else this drill proves nothing.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections import Counter

from sqlalchemy import select

from app.actions.history import append_event
from app.actions.notify_staff import tell_body
from app.db import engine, transaction
from app.domain.hazard import Status
from app.domain.permissions import SYSTEM, Role
from app.models import Body
from tests.drill.kit import ROOT, City, city
from tests.gateways.mail_server import Post, open_post
from tests.jobs import kit, staff_kit

PORT = 8394
PEOPLE, HAZARDS = 10, 100
KILLS = 6
PATIENCE_S = 420
ANSWERS_AFTER_S = 0.03
_REFERENCE = re.compile(r"/staff/h/([0-9A-Z-]{8,10})")


class Provider(Post):
    """Takes a letter, then answers."""

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802  aiosmtpd's name
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(ANSWERS_AFTER_S)
        return answer


def main() -> int:
    figures = _run("notices", PORT, [str(ROOT / ".venv/bin/qauip"), "worker"])
    control = _run("control", PORT + 1, [sys.executable, "-m", "tests.drill.keyless"])
    wanted = PEOPLE * HAZARDS
    good = figures["delivered"] == wanted == figures["marked sent"]
    good = good and not figures["shown twice"] and figures["kills"] == KILLS and control["shown twice"] > 0
    print(f"drill notices {'ok' if good else 'FAILED'}")
    return 0 if good else 1


def _run(name: str, port: int, worker: list[str]) -> dict[str, int]:
    with open_post(Provider()) as post, city(port, SMTP_URL=post.url, MAIL_FROM="qauip@drill.example") as ours:
        _tell(ours)
        begun = time.monotonic()
        kills = _under_fire(ours, post, worker)
        return _counted(ours, post, name, kills, round(time.monotonic() - begun))


def _tell(ours: City) -> None:
    """Ten people of one body are told of a hundred hazards, urgently: else most would come as one message."""
    source = engine(ours.settings.database_url)
    with transaction(source) as session:
        body_id = session.scalars(select(Body.id).order_by(Body.id)).first() or 0
        for number in range(PEOPLE):
            staff_kit.add_account(session, f"drill{number}", [Role.DISPATCHER], body_id=body_id)
        for _ in range(HAZARDS):
            hazard = kit.add_hazard(session, body_id=body_id, make_safe_due=None, fix_due=None, severity="low")
            event_id = append_event(
                session, hazard_id=hazard.id, kind="correct", at=kit.NOW, by=SYSTEM, status=Status.ASSIGNED,
                body_id=body_id, public=False,
            )  # fmt: skip
            tell_body(
                session, kind="assigned", hazard_id=hazard.id, event_id=event_id, body_id=body_id,
                roles=[Role.DISPATCHER], now=kit.NOW, critical=True,
            )  # fmt: skip
    source.dispose()


def _under_fire(ours: City, post: Post, worker: list[str]) -> int:
    """Kill the worker each time it has handed over so many more, then let it end its work; how many kills."""
    kills, step = 0, PEOPLE * HAZARDS // (KILLS + 1)
    until = time.monotonic() + PATIENCE_S
    ours.start_worker(worker)
    while time.monotonic() < until and (kills < KILLS or _waiting(ours)):
        if kills < KILLS and len(post.letters) >= (kills + 1) * step:
            ours.kill("worker")
            kills += 1
            ours.start_worker(worker)
        time.sleep(0.02 if kills < KILLS else 0.5)
    return kills


def _waiting(ours: City) -> int:
    return ours.one("SELECT count(*) FROM staff_notice WHERE state = 'queued'")


def _counted(ours: City, post: Post, name: str, kills: int, seconds: int) -> dict[str, int]:
    """`shown twice`: what a reader sees, where the provider shows each key once."""
    letters = [letter for letter in post.letters if str(letter["To"]).startswith("drill")]
    by_key = {letter["Message-ID"]: (str(letter["To"]), _about(letter)) for letter in letters}
    shown = Counter(by_key.values())
    figures = {
        "kills": kills, "handed over": len(letters), "keys": len(by_key), "delivered": len(shown),
        "shown twice": sum(many - 1 for many in shown.values()),
        "marked sent": ours.one("SELECT count(*) FROM staff_notice WHERE state = 'sent'"),
        "given up": ours.one("SELECT count(*) FROM staff_notice WHERE state = 'refused'"), "seconds": seconds,
    }  # fmt: skip
    print(f"figure {name}: " + ", ".join(f"{number} {what}" for what, number in figures.items()), flush=True)
    return figures


def _about(letter: object) -> str:
    found = _REFERENCE.search(letter.get_body(("plain",)).get_content())  # type: ignore[attr-defined]
    return found[1] if found else ""


if __name__ == "__main__":
    sys.exit(main())
