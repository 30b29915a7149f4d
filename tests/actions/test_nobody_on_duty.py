"""An urgent report for which nobody answers calls the coordinator's people at once."""

from uuid import uuid4

import pytest
from shapely.geometry import Point
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.domain.hazard import Channel
from app.domain.permissions import SYSTEM
from tests.actions.town import POLICY, Town
from tests.jobs.kit import NOW

NOWHERE, SOMEWHERE = Point(78.5, 44.0), Point(76.85, 43.25)


@pytest.mark.parametrize(
    ("place", "hurt", "channel", "calls"),
    [
        (NOWHERE, True, Channel.WEB, 1),
        (NOWHERE, False, Channel.WEB, 0),
        (NOWHERE, True, Channel.IMPORT, 0),
        (SOMEWHERE, True, Channel.WEB, 0),  # the job that mails its body calls
    ],
)
def test_it_is_urgent_and_nobody_s(session: Session, place: Point, hurt: bool, channel: Channel, calls: int) -> None:
    Town(session)
    submission = Submission(uuid4(), "MANHOLE_OPEN", place, someone_hurt=hurt, channel=channel, by=SYSTEM)
    report_hazard(session, submission=submission, policy=POLICY, now=NOW)
    assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'call_duty'")) == calls
