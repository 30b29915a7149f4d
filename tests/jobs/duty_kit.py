"""An urgent hazard of a body with two people on duty, and what is written of their calls."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.models import DutyContact, Event, Hazard
from app.outbox import JobName
from tests.jobs import kit


@pytest.fixture
def hazard(session: Session) -> Hazard:
    kit.add_types(session)
    area = kit.add_area(session)
    body = kit.add_body(session)
    for position, language in ((1, "ru"), (2, "kk")):
        session.add(
            DutyContact(
                body_id=body, position=position, name=f"N{position}", email=f"n{position}@x.example", language=language
            )
        )
    hazard = kit.add_hazard(session, body_id=body, urgent=True, area_id=area)
    session.commit()
    return hazard


def kinds(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Event.kind).where(Event.kind.like("duty_%")).order_by(Event.id)))


def queued(session: Session, name: JobName) -> int:
    asked = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name")
    return session.scalar(asked, {"name": name.value}) or 0


def add_contact(session: Session, name: str, *, body: int | None, position: int = 1, **more: object) -> None:
    session.add(DutyContact(body_id=body, position=position, name=name, email=f"{name}@x.example", **more))
    session.commit()
