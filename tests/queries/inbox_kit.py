"""Two bodies whose hazards differ in all that an inbox can be asked for, and who asks."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.domain.permissions import Actor, Role
from app.models import Crew
from tests.jobs.kit import NOW, add_area, add_body, add_hazard, add_report, add_types

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STATUSES = ("assigned", "accepted", "in_progress", "on_hold", "fix_reported")


def dispatcher(body_id: int | None) -> Actor:
    return Actor(None, frozenset({Role.DISPATCHER}), body_id)


COORDINATOR = Actor(None, frozenset({Role.COORDINATOR}))


@pytest.fixture
def bodies(session: Session) -> tuple[int, int]:
    """Two bodies with thirty hazards each that differ in all that can be asked for; some are held, some closed."""
    add_types(session)
    area = add_area(session)
    ours, theirs = add_body(session), add_body(session)
    for body in (ours, theirs):
        crew = Crew(body_id=body, name="Crew", active=True)
        session.add(crew)
        session.flush()
        for n in range(30):
            made = add_hazard(session, body_id=body, area_id=area if n % 2 else None, **varied(n, crew.id))
            add_report(session, made, f"Қақпағы жоқ, балалар жүреді {n}" if n % 3 else "Открытый колодец у школы")
    session.flush()
    return ours, theirs


def varied(n: int, crew_id: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "status": STATUSES[n % 5], "severity": ("low", "medium", "high", "critical")[n % 4],
        "hazard_type": ("MANHOLE_OPEN", "ROPE")[n % 2], "urgent": n % 11 == 0, "disputed": n % 7 == 0,
        "overdue": ("make_safe", "fix", None, None)[n % 4], "owner_unknown": n % 6 == 0, "held": n % 13 == 5,
        "crew_id": crew_id if n % 4 == 1 else None, "received_at": NOW - n * DAY,
        "make_safe_due": NOW + (n - 15) * HOUR, "fix_due": None if n % 9 == 0 else NOW + (n - 10) * DAY,
        "public_text": "Люк без крышки" if n % 8 == 0 else None,
    }  # fmt: skip
    if n % 5 == 2:
        made |= {"made_safe_measure": "grid", "made_safe_at": NOW - HOUR, "made_safe_until": NOW + n * HOUR}
    if n % 10 == 9:
        made |= {"status": "fixed", "closed_at": NOW - n * HOUR}
    return made
