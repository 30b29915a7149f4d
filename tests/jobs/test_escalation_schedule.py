"""A schedule that is changed: it holds for what is open already, and no step is told twice."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions import escalation
from app.actions.administration.escalation import StepFacts, add_step, edit_step, remove_step
from app.db import Databases
from app.domain.permissions import Actor, Role
from app.jobs.escalation import sweep_escalation
from app.models import Hazard
from tests.jobs import kit
from tests.jobs.escalation_kit import HOUR, at, hazard, loaded, steps, told
from tests.jobs.kit import NOW

__all__ = ["hazard", "loaded"]


BY = Actor(None, frozenset({Role.ADMINISTRATOR}))


def test_a_changed_schedule_holds_for_what_was_open_before_within_a_day(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    session.execute(text("DELETE FROM escalation_step"))
    session.commit()
    sweep_escalation(at(database, NOW))  # with no schedule at all
    session.execute(
        text("INSERT INTO escalation_step VALUES ('critical:x', 'critical', 'x', NULL, NULL, 0, '{head}', false)")
    )
    session.commit()  # by nobody who says so
    sweep_escalation(at(database, NOW + 23 * HOUR))
    assert steps(session) == []
    sweep_escalation(at(database, NOW + 25 * HOUR))
    assert steps(session) == ["x"]


def facts(**given: object) -> StepFacts:
    return StepFacts(**({"clock": None, "share": None, "hours": 1.0, "tell": ["coordinator"]} | given))


def test_what_an_administrator_changes_holds_for_the_next_sweep(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    sweep_escalation(at(database, NOW))
    soon = facts(share=0.1, hours=None)
    edit_step(session, by=BY, key="critical:due", facts=soon, now=NOW)
    session.commit()
    sweep_escalation(at(database, NOW + HOUR / 2))
    assert (steps(session), told(session)) == (["due"], [("overdue_up", "coordinator@example.kz")])


def test_a_step_that_was_told_is_not_told_again_however_it_is_moved(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    sweep_escalation(at(database, NOW + 3 * HOUR))
    assert steps(session) == ["half", "soon", "due"]
    edit_step(session, by=BY, key="critical:due", facts=facts(), now=NOW)
    session.commit()
    sweep_escalation(at(database, NOW + 4.5 * HOUR))
    assert steps(session) == ["half", "soon", "due"]


def test_a_step_that_is_added_is_told_once_and_one_taken_away_never(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    sweep_escalation(at(database, NOW + 3 * HOUR))
    new = add_step(session, by=BY, severity="critical", facts=facts(hours=-1.0), now=NOW).code
    remove_step(session, by=BY, key="critical:after", now=NOW)
    session.commit()
    for hours in (3.1, 3.2, 40):
        sweep_escalation(at(database, NOW + hours * HOUR))
    assert steps(session) == ["half", "soon", "due", new]


def test_all_open_hazards_are_looked_at_anew_in_batches(session: Session, database: Databases, hazard: Hazard) -> None:
    for _ in range(4):
        kit.add_hazard(session, body_id=hazard.body_id, area_id=hazard.area_id, fix_due=None)
    session.commit()
    sweep_escalation(at(database, NOW))
    edit_step(session, by=BY, key="critical:due", facts=facts(share=0.1, hours=None), now=NOW)
    assert [escalation.look_anew(session, now=NOW, batch=2) for _ in range(4)] == [False, False, True, True]
    empty = select(Hazard.id).where(Hazard.escalate_at.is_(None))
    assert len(session.scalars(empty).all()) == 5
