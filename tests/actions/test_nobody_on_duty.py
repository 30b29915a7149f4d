"""A report of a danger to life for which nobody answers calls the coordinator's people at once."""

from uuid import uuid4

import pytest
from shapely.geometry import Point
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.actions.changes import Correction
from app.actions.hazards import act_on_hazard
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.domain.hazard import Channel
from app.domain.lifecycle import Act, Given
from app.domain.permissions import SYSTEM, Role
from tests.actions.people import person
from tests.actions.town import POLICY, Town
from tests.jobs.kit import NOW

NOWHERE, SOMEWHERE = Point(78.5, 44.0), Point(76.85, 43.25)


@pytest.mark.parametrize(
    ("kind", "place", "hurt", "channel", "expected"),
    [
        ("MANHOLE_DAMAGED", NOWHERE, True, Channel.WEB, (1, 0)),
        ("MANHOLE_DAMAGED", NOWHERE, False, Channel.WEB, (0, 0)),
        ("MANHOLE_OPEN", NOWHERE, False, Channel.WEB, (1, 0)),  # critical by itself
        ("MANHOLE_OPEN", NOWHERE, False, Channel.IMPORT, (0, 1)),  # with all others of the import
        ("MANHOLE_DAMAGED", NOWHERE, False, Channel.IMPORT, (0, 0)),
        ("MANHOLE_OPEN", SOMEWHERE, True, Channel.WEB, (0, 0)),  # the job that mails its body calls
    ],
)
def test_it_threatens_lives_and_is_nobody_s(  # noqa: PLR0917 - a table
    session: Session, kind: str, place: Point, hurt: bool, channel: Channel, expected: tuple[int, int]
) -> None:
    Town(session)
    submission = Submission(uuid4(), kind, place, someone_hurt=hurt, channel=channel, by=SYSTEM)
    report_hazard(session, submission=submission, policy=POLICY, now=NOW)
    calls = session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'call_duty'"))
    assert (calls, session.scalar(text("SELECT count(*) FROM duty_waiting"))) == expected


def test_somebody_hurt_at_what_is_nobody_s_calls_too_when_a_second_person_says_so(session: Session) -> None:
    Town(session)
    first = report_hazard(session, submission=Submission(uuid4(), "MANHOLE_DAMAGED", NOWHERE), policy=POLICY, now=NOW)
    joins = Submission(uuid4(), "MANHOLE_DAMAGED", NOWHERE, someone_hurt=True, joins=first.reference)
    report_hazard(session, submission=joins, policy=POLICY, now=NOW)
    assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'call_duty'")) == 1


def test_a_correction_that_makes_it_critical_calls_the_body_s_people_at_once(session: Session) -> None:
    town = Town(session)
    hazard = town.hazard(kind="MANHOLE_DAMAGED", body="roads")
    by = person(session, Role.DISPATCHER, town.body["roads"])

    def correct(to: Correction) -> tuple[str, int]:
        act_on_hazard(
            session, by=by, reference=hazard.reference, act=Act.CORRECT, version=None, given=Given(reason="x"),
            policy=POLICY, now=NOW, correction=to,
        )  # fmt: skip
        calls = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'call_duty'")
        return hazard.severity, session.scalar(calls) or 0

    assert correct(Correction(geometry=Point(76.851, 43.251)))[1] == 0
    assert correct(Correction(hazard_type="MANHOLE_OPEN")) == ("critical", 1)
    assert correct(Correction(geometry=Point(76.85, 43.25))) == ("critical", 1)
    assert hazard.body_id == town.body["roads"]
