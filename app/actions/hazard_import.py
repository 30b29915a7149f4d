"""Take in hazards of another system, each by the same action as a person's report, each under a savepoint.

Decision: the one intake, so that an imported hazard is assigned, scored and timed like any other. Turned down: a bulk
insert, which would be a second intake with rules of its own. Nobody gets a mail about an imported hazard.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from app.actions.imports import Outcome
from app.actions.reports import Submission, report_hazard
from app.domain.errors import DomainError
from app.domain.hazard import Channel
from app.domain.permissions import Actor
from app.domain.policy import Policy
from app.models import Hazard


@dataclass(frozen=True)
class HazardRow:
    """One line as the door read it; `external_id` is unique within its source."""

    line: int
    external_id: str
    hazard_type: str
    geometry: BaseGeometry
    text: str = ""
    language: str = "kk"


def import_hazards(
    session: Session,
    *,
    by: Actor,
    rows: Iterable[HazardRow],
    source: str,
    policy: Policy,
    now: datetime,
    outcome: Outcome,
) -> None:
    """Report every row that is not yet there, and note the refused ones in `outcome`. Never commits."""
    batch = list(rows)
    ids = [row.external_id for row in batch if row.external_id.isprintable()]
    there = select(Hazard.external_id).where(Hazard.external_source == source, Hazard.external_id.in_(ids))
    known = set(session.scalars(there))
    for row in batch:
        if not row.external_id.isprintable():
            outcome.refuse(row.line, "its id holds characters that cannot be printed")
            continue
        if row.external_id in known:
            outcome.counts["already there"] += 1
            continue
        known.add(row.external_id)
        submission = _submission(by, row, source)
        try:
            with session.begin_nested():
                report_hazard(session, submission=submission, policy=policy, now=now)
            outcome.counts["new"] += 1
        except DomainError as error:
            outcome.refuse(row.line, error.code)
        except DataError as error:
            outcome.refuse(row.line, str(error.orig).splitlines()[0])


def _submission(by: Actor, row: HazardRow, source: str) -> Submission:
    return Submission(
        client_id=uuid4(),  # secret like any other: the receipt is made from it. Repeats are known by the external id
        hazard_type=row.hazard_type,
        geometry=row.geometry,
        text=row.text,
        language=row.language,
        channel=Channel.IMPORT,
        by=by,
        external=(source, row.external_id),
    )
