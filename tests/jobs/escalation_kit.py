"""The schedule as it is delivered, a critical hazard whose clock runs, and who was told what about it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.reference_data import load_escalation
from app.cli.seed import DATA
from app.db import Databases
from app.domain.permissions import Role
from app.jobs import Jobs
from app.models import Body, Escalation, Hazard, StaffNotice
from app.outbox import JobName
from tests.jobs import kit
from tests.web.pages import make_account

HOUR = timedelta(hours=1)


def at(database: Databases, moment: datetime, **more: object) -> Jobs:
    return kit.jobs(database, now=lambda: moment, **more)


@pytest.fixture(autouse=True)
def loaded(session: Session) -> None:
    load_escalation(session, DATA)
    session.commit()


@pytest.fixture
def hazard(session: Session) -> Hazard:
    """Critical, received an hour ago, to be made safe in three hours: half of the time is over in one."""
    kit.add_types(session)
    area = kit.add_area(session)
    above = kit.add_body(session, email="akimat@x.example")
    body = kit.add_body(session)
    session.get_one(Body, body).parent_id = above
    made = kit.add_hazard(session, body_id=body, area_id=area, fix_due=None)
    session.commit()
    for role, of in ((Role.DISPATCHER, body), (Role.COORDINATOR, None), (Role.MANAGER, above)):
        make_account(session, role, email=f"{role.value}@example.kz", body_id=of)
    return made


def steps(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Escalation.step).order_by(Escalation.at, Escalation.event_id)))


def queued(session: Session, name: JobName) -> list[dict[str, int]]:
    asked = text("SELECT args FROM procrastinate_jobs WHERE task_name = :name ORDER BY id")
    return list(session.scalars(asked, {"name": name.value}))


def told(session: Session) -> list[tuple[str, str]]:
    asked = select(StaffNotice.kind, StaffNotice.account_id).where(StaffNotice.channel == "email")
    session.expire_all()
    emails = dict(session.execute(text("SELECT id, email FROM account")).all())
    return [(kind, emails[account]) for kind, account in session.execute(asked.order_by(StaffNotice.id))]
