"""Whose internal lines somebody may see: the rule of the models and its twin in the driver's statements agree."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.history import append_event
from app.db import Databases, transaction
from app.domain.hazard import Status
from app.domain.permissions import SYSTEM, Actor, Role
from app.models import Event
from app.queries.own_matters import internal_of_others
from app.queries.staff_rows import event_rows
from tests.jobs import kit
from tests.jobs.kit import NOW


def _lines(session: Session) -> tuple[int, int]:
    """A hazard with a public and an internal line of its body, of another and of nobody; it and its body."""
    kit.add_types(session)
    own, other = kit.add_body(session), kit.add_body(session)
    hazard = kit.add_hazard(session, body_id=own)
    for body in (own, other, None):
        for public in (True, False):
            append_event(
                session, hazard_id=hazard.id, kind="note", at=NOW, by=SYSTEM, status=Status.ASSIGNED,
                body_id=body, public=public,
            )  # fmt: skip
    return hazard.id, own


@pytest.mark.parametrize(
    ("role", "of_a_body", "number"),
    [(Role.DISPATCHER, True, 5), (Role.DISPATCHER, False, 4), (Role.COORDINATOR, False, 6)],
)
def test_the_page_shows_the_lines_that_the_rule_lets_through(
    database: Databases, role: Role, of_a_body: bool, number: int
) -> None:
    with transaction(database.app) as session:
        hazard_id, own = _lines(session)
        actor = Actor(None, frozenset({role}), own if of_a_body else None)
        shown = {row.id for row in event_rows(session, actor, hazard_id, "kk")}
        asked = select(Event.id).where(Event.hazard_id == hazard_id, ~internal_of_others(actor))
        assert shown == set(session.scalars(asked))
        assert len(set(session.scalars(asked.where(Event.kind == "note")))) == number
