"""Accepted is safe: SIGKILL of web, worker and database under load; 0 acknowledged lost, 0 twice (R1, R4).

Run with `make drill`. The control answers before it commits and must lose; else this drill proves nothing.
"""

from __future__ import annotations

import sys
import time

from tests.drill.kit import City, Load, city

PORT = 8391
SECONDS = 60
STEADY = 20
"""So many reports are acknowledged between two kills."""


def main() -> int:
    with city(PORT) as ours:
        ours.start_worker()
        ours.start_web()
        figures = _under_fire(ours, databases=3)
    with city(PORT + 1, DATABASE_POOL_SIZE="60") as control:
        control.start_web("tests.drill.early:app")
        lost = _under_fire(control, databases=0, seconds=12, name="control")["lost"]
    good = not (figures["lost"] or figures["twice"] or figures["given_up"] or figures["untold"]) and lost > 0
    print(f"drill kills {'ok' if good else 'FAILED'}")
    return 0 if good else 1


def _under_fire(ours: City, *, databases: int, seconds: int = SECONDS, name: str = "kills") -> dict[str, int]:
    load = Load(ours.port)
    kills = {"web process": 0, "web": 0, "worker": 0, "database": 0}
    target = "tests.drill.early:app" if name == "control" else "app.wsgi:app"
    begun, before = time.monotonic(), 0
    with load.running():
        while (passed := time.monotonic() - begun) < seconds:
            time.sleep(0.5)
            if ours.processes["web"].poll() is not None:  # granian gives up a crash loop; a service manager starts it
                ours.start_web(target)
            if len(load.acknowledged) < before + STEADY:
                continue  # a kill is only worth something under load
            before = len(load.acknowledged)
            ours.kill_one_web_process()
            kills["web process"] += 1
            if passed > (kills["web"] + 1) * seconds / 4:
                ours.kill("web")
                ours.start_web(target)
                kills["web"] += 1
            if "worker" in ours.processes and kills["worker"] < passed / 5:
                ours.kill("worker")
                ours.start_worker()
                kills["worker"] += 1
            if kills["database"] < databases and passed > (kills["database"] + 1) * seconds / (databases + 1):
                ours.kill_database()
                kills["database"] += 1
        ours.kill("web")
        kills["web"] += 1
        ours.start_web(target)
    time.sleep(1)
    return _counted(ours, load, kills, name)


def _counted(ours: City, load: Load, kills: dict[str, int], name: str) -> dict[str, int]:
    stored = ours.references()
    lost = sum(stored.get(client) != reference for client, reference in load.acknowledged.items())
    hazards = ours.one("SELECT count(*) FROM hazard")
    untold = ours.one(
        "SELECT count(*) FROM event e WHERE e.kind = 'assigned' AND NOT EXISTS (SELECT FROM procrastinate_jobs j"
        " WHERE j.task_name = 'notify_body' AND (j.args ->> 'event_id')::bigint = e.id)"
        " AND NOT EXISTS (SELECT FROM message m WHERE m.hazard_id = e.hazard_id)"
    )
    figures = {
        "acknowledged": len(load.acknowledged), "lost": lost, "twice": hazards - len(stored),
        "given_up": load.given_up, "sent again": load.again, "untold": untold,
    }  # fmt: skip
    print(f"figure {name}: " + ", ".join(f"{number} {what}" for what, number in (kills | figures).items()))
    return figures


if __name__ == "__main__":
    sys.exit(main())
