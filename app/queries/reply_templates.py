"""Templates of replies: those that suit a hazard, and those that somebody keeps."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.models import Body, ReplyTemplate


def templates_for(session: Session, *, body_id: int | None, hazard_type: str, group: str) -> Sequence[ReplyTemplate]:
    """The active ones of this body and for everybody that suit the type; the body's own first, then the nearest."""
    own = ReplyTemplate.body_id.is_(None) if body_id is None else _of(body_id)
    suits = or_(
        ReplyTemplate.hazard_type == hazard_type,
        ReplyTemplate.group == group,
        ReplyTemplate.hazard_type.is_(None) & ReplyTemplate.group.is_(None),
    )
    order = (
        ReplyTemplate.body_id.is_(None),
        ReplyTemplate.hazard_type.is_(None),
        ReplyTemplate.group.is_(None),
        ReplyTemplate.id,
    )
    return session.scalars(select(ReplyTemplate).where(ReplyTemplate.offered, own, suits).order_by(*order)).all()


def kept_templates(session: Session, *, body_id: int | None, everybodys: bool) -> Sequence[tuple[ReplyTemplate, Body]]:
    """(template, its body or None): all of them (`everybodys`), or those of one body and the ones for everybody."""
    found = select(ReplyTemplate, Body).outerjoin(Body, Body.id == ReplyTemplate.body_id)
    if not everybodys:
        found = found.where(ReplyTemplate.body_id.is_(None) if body_id is None else _of(body_id))
    order = (ReplyTemplate.body_id.is_(None), Body.name_ru, ReplyTemplate.act, ReplyTemplate.id)
    return [(row[0], row[1]) for row in session.execute(found.order_by(*order))]


def template_by_code(session: Session, code: str) -> ReplyTemplate | None:
    return session.scalar(select(ReplyTemplate).where(ReplyTemplate.code == code))


def _of(body_id: int) -> ColumnElement[bool]:
    return or_(ReplyTemplate.body_id == body_id, ReplyTemplate.body_id.is_(None))
