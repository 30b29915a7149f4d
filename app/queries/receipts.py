"""What the holder of a receipt may see: the own report, and each step of the hazard with its exact time.

Decision: found by the hash of the receipt alone, and by the application's role, since a report that is not public
has its receipt too. Notes of staff that are not public stay out; what was decided about the own words and photos
does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Row, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.hazard import Publish
from app.models import Body, Event, Follow, Hazard, HazardType, Photo, Report
from app.queries.merges import joined_from
from app.queries.questions import Asked, asked_on_receipt

ABOUT_THE_REPORT = ("text_cleared", "text_refused", "photo_cleared", "photo_refused")


@dataclass(frozen=True)
class ReceiptView:
    """`events`: each with the body it names, and what a correction changed: the kinds before and after, and the body
    before; None where there is none; oldest first. `later`: what was said afterwards, oldest first.

    `photos`: of the report and of what was said later. `questions`: what the body asks, and what was answered.
    `joined_from`: references under which it was taken in, before its hazard was found to be the same as this one.
    """

    report: Report
    hazard: Hazard
    kind: HazardType
    body: Body | None
    events: Sequence[Row[Any]]
    photos: Sequence[Photo]
    is_public: bool
    later: Sequence[Report] = ()
    followed: bool = False
    questions: Sequence[Asked] = ()
    joined_from: Sequence[str] = ()

    def photos_of(self, report: Report) -> list[Photo]:
        return [photo for photo in self.photos if photo.report_id == report.id]


def by_receipt(session: Session, receipt_hash: bytes) -> ReceiptView | None:
    """The report of a receipt, or None."""
    found = session.execute(
        select(Report, Hazard, HazardType, Body, _is_public())
        .join(Hazard, Hazard.id == Report.hazard_id)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .outerjoin(Body, Body.id == Hazard.body_id)
        .where(Report.receipt_hash == receipt_hash)
    ).first()
    if found is None:
        return None
    report, hazard, kind, body, is_public = found
    later = session.scalars(select(Report).where(Report.parent_id == report.id).order_by(Report.id)).all()
    photos = _photos(session, [report.id, *(each.id for each in later)])
    followed = session.scalar(select(Follow.id).where(Follow.report_id == report.id).limit(1)) is not None
    events = _events(session, hazard.id)
    asked = () if report.withdrawn_at is not None else asked_on_receipt(session, report, hazard)
    joined = joined_from(session, report_id=report.id, hazard_id=hazard.id)
    return ReceiptView(report, hazard, kind, body, events, photos, bool(is_public), later, followed, asked, joined)


def _is_public() -> Any:
    return func.is_public(Hazard.hazard_type, Hazard.moderation, Hazard.held, Hazard.review_first)


def _events(session: Session, hazard_id: int) -> Sequence[Row[Any]]:
    was, became, left = aliased(HazardType), aliased(HazardType), aliased(Body)
    found: Sequence[Row[Any]] = session.execute(
        select(Event, Body, was, became, left)
        .outerjoin(Body, Body.id == Event.body_id)
        .outerjoin(was, (was.code == Event.data["from_type"].astext) & (was.publish != Publish.NEVER))
        .outerjoin(became, (became.code == Event.data["to_type"].astext) & (became.publish != Publish.NEVER))
        .outerjoin(left, left.id == cast(Event.data["from_body"].astext, Integer))
        .where(Event.hazard_id == hazard_id, or_(Event.public, Event.kind.in_(ABOUT_THE_REPORT)))
        .order_by(Event.at, Event.id)
    ).all()  # type: ignore[assignment]  # rows of entities, read by position
    return found


def _photos(session: Session, reports: Sequence[int]) -> Sequence[Photo]:
    return session.scalars(select(Photo).where(Photo.report_id.in_(reports)).order_by(Photo.id)).all()
