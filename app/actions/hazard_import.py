"""Take in hazards of another system: each row checked by itself, the fit ones of a batch stored together.

Points go set-wise (`hazard_bulk.py`); lines and areas, which are few, by the same action as a person's report. A test
holds the two to one result, column by column. Nobody gets a mail about an imported hazard. Turned down: each row by
itself, with all its questions to the database: some two hundred a second.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select, text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from app.actions.hazard_bulk import FitPoint, report_points
from app.actions.imports import Outcome
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.domain import geo
from app.domain.errors import DomainError, NotReportable, UnknownHazardType
from app.domain.hazard import Channel
from app.domain.permissions import Actor, Permission, ensure
from app.domain.policy import Policy
from app.domain.text import clean
from app.models import Hazard, HazardType

MAX_ID = 500
"""Characters; an index cannot hold much more."""


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
    """Report every row that is not yet there, and note the refused ones in `outcome`. Never commits.

    Two imports of one source go one after the other. Raises NotPermitted unless `by` may administer.
    """
    ensure(by, Permission.ADMINISTER, anywhere=True)
    new = list(_new(session, list(rows), source, outcome))
    types = {kind.code: kind for kind in session.scalars(select(HazardType))}
    points: list[FitPoint] = []
    for row in new:
        try:
            point = _fit_point(row, types, policy)
            if point is None:
                _report(session, by=by, row=row, source=source, policy=policy, now=now)
                outcome.counts["new"] += 1
            else:
                points.append(point)
        except DomainError as error:
            outcome.refuse(row.line, error.code)
        except DataError as error:
            outcome.refuse(row.line, str(error.orig).splitlines()[0])
    report_points(session, by=by, points=points, source=source, policy=policy, now=now)
    outcome.counts["new"] += len(points)


def _new(session: Session, rows: list[HazardRow], source: str, outcome: Outcome) -> Iterator[HazardRow]:
    """Rows with a fit id that is not there yet; others of the same source wait until the end of this transaction."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"import:{source}"})
    ids = [row.external_id for row in rows if _unfit_id(row.external_id) is None]
    there = select(Hazard.external_id).where(Hazard.external_source == source, Hazard.external_id == func.any(ids))
    known = set(session.scalars(there))
    for row in rows:
        unfit = _unfit_id(row.external_id)
        if unfit is not None:
            outcome.refuse(row.line, unfit)
        elif row.external_id in known:
            outcome.counts["already there"] += 1
        else:
            known.add(row.external_id)
            yield row


def _unfit_id(external_id: str) -> str | None:
    if not external_id.isprintable():
        return "its id holds characters that cannot be printed"
    return "its id is too long" if len(external_id) > MAX_ID else None


def _fit_point(row: HazardRow, types: Mapping[str, HazardType], policy: Policy) -> FitPoint | None:
    """The row as it can be stored; None for a line or an area. Raises DomainError as the single intake does."""
    kind = types.get(row.hazard_type)
    if kind is None:
        raise UnknownHazardType(hazard_type=row.hazard_type[:40])
    if not kind.reportable:
        raise NotReportable(hazard_type=kind.code)
    said = clean(row.text)
    place = geo.hazard_geometry(row.geometry, policy.bounds)
    return FitPoint(row.external_id, kind, place, said, row.language) if isinstance(place, Point) else None


def _report(session: Session, *, by: Actor, row: HazardRow, source: str, policy: Policy, now: datetime) -> None:
    submission = Submission(
        client_id=uuid4(),  # secret like any other: the receipt is made from it. Repeats are known by the external id
        hazard_type=row.hazard_type,
        geometry=row.geometry,
        text=row.text,
        language=row.language,
        channel=Channel.IMPORT,
        by=by,
        external=(source, row.external_id),
    )
    with session.begin_nested():
        report_hazard(session, submission=submission, policy=policy, now=now)
