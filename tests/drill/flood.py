"""The ladder under a flood (security notes T9): 30 pupils get through, of 1,000 from one network at most 60 are stored.

Meanwhile reports from elsewhere are taken in. Forged headers change nothing: one proxy is believed, its own hop only.
"""

from __future__ import annotations

import sys
import threading
import time

from tests.drill.kit import city, post, report

PORT = 8394
STEPS = {"INTAKE_STRAIGHT": "10", "INTAKE_MOST": "60", "TRUSTED_PROXIES": "1"}


def main() -> int:
    with city(PORT, **STEPS) as ours:
        ours.start_web()
        pupils = [_from("203.0.113.9", 0) for _ in range(30)]
        waiting = ours.one("SELECT count(*) FROM hazard WHERE review_first")
        routed = ours.one("SELECT count(*) FROM hazard WHERE body_id IS NOT NULL")
        others, took = [], []
        flood: list[int] = []
        senders = [threading.Thread(target=_flood, args=(flood, 250)) for _ in range(4)]
        for sender in senders:
            sender.start()
        for n in range(40):
            begun = time.monotonic()
            others.append(_from(f"192.0.{n}.7", n))
            took.append(time.monotonic() - begun)
        for sender in senders:
            sender.join()
        stored = ours.one("SELECT count(*) FROM report") - 30 - 40
    p95 = sorted(took)[int(0.95 * len(took))]
    print(f"figure pupils: {pupils.count(201)} of 30 stored, {routed} routed, {waiting} wait for a moderator")
    print(f"figure flood: {len(flood)} sent, {stored} stored, {flood.count(429)} refused")
    print(f"figure others meanwhile: {others.count(201)} of 40 stored, p95 {p95 * 1000:.0f} ms")
    good = (pupils.count(201), waiting, stored, others.count(201)) == (30, 20, 60, 40) and len(flood) == 1000
    print(f"drill flood {'ok' if good else 'FAILED'}")
    return 0 if good else 1


def _flood(answers: list[int], number: int) -> None:
    for n in range(number):
        answers.append(_from("198.51.100.20", n))


def _from(address: str, n: int) -> int:
    return post(PORT, report(), **{"X-Forwarded-For": f"10.9.{n % 250}.8, {address}"})[0]


if __name__ == "__main__":
    sys.exit(main())
