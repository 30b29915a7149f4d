"""A crew member who is signed in, a job of theirs, and another body's hazard."""

import base64
import io
from dataclasses import dataclass
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.actions.hazards import act_on_hazard
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Account, Crew, CrewMember, Event, Hazard
from tests.gateways.pictures import plain, saved
from tests.jobs.kit import NOW, POLICY, add_area, add_body, add_hazard, add_report, add_types, assigned
from tests.web.pages import make_account, sign_in, token

HERE = {"Origin": "http://localhost"}


@dataclass
class World:
    """A crew member who is signed in, a job of theirs, and another body's hazard."""

    session: Session
    client: FlaskClient
    me: Account
    team: int
    ours: Hazard
    theirs: Hazard

    def url(self, hazard: Hazard | None = None, language: str = "en") -> str:
        return f"/{language}/staff/crew/{show_reference((hazard or self.ours).reference)}"

    def page(self, **query: str) -> str:
        return self.client.get(self.url(), query_string=query).get_data(as_text=True)

    def form(self, act: str, hazard: Hazard | None = None, **fields: object) -> TestResponse:
        target = hazard or self.ours
        form = {"csrf_token": token(self.client, "/account"), "version": str(target.version), "seen": "0", **fields}
        return self.client.post(f"{self.url(target)}/{act}", data=form, content_type="multipart/form-data")

    def send(self, act: str, hazard: Hazard | None = None, *, origin: bool = True, **fields: object) -> TestResponse:
        target = hazard or self.ours
        body = {"by": self.key(), "client_id": str(uuid4()), "version": str(target.version), "seen": "0", **fields}
        return self.client.post(f"{self.url(target)}/{act}", json=body, headers=HERE if origin else {})

    def key(self) -> str:
        return self.client.get("/staff/crew").get_data(as_text=True).split('data-by="')[1].split('"')[0]

    def now(self) -> Hazard:
        self.session.rollback()
        self.session.expire_all()
        return self.session.get_one(Hazard, self.ours.id)

    def count(self, kind: str) -> int:
        self.session.rollback()
        return self.session.scalar(select(func.count()).select_from(Event).where(Event.kind == kind)) or 0

    def accept(self) -> None:
        """By a dispatcher, in another window."""
        dispatcher = make_account(self.session, Role.DISPATCHER, email="d@example.kz", body_id=self.me.body_id)
        act_on_hazard(
            self.session, by=dispatcher.actor, reference=self.ours.reference, act=Act.ACCEPT, version=None,
            given=Given(note="Take the pump with you"), policy=POLICY, now=NOW,
        )  # fmt: skip
        self.session.commit()


@pytest.fixture
def world(session: Session, client: FlaskClient) -> World:
    add_types(session)
    area, ours, theirs = add_area(session), add_body(session), add_body(session)
    team = Crew(body_id=ours, name="Crew One")
    session.add(team)
    session.flush()
    hazard = add_hazard(session, body_id=ours, area_id=area, crew_id=team.id)
    foreign = add_hazard(session, body_id=theirs, area_id=area)
    for each in (hazard, foreign):
        assigned(session, each)
        add_report(session, each, "No cover here")
    session.commit()
    me = make_account(session, Role.CREW, body_id=ours)
    session.add(CrewMember(crew_id=team.id, account_id=me.id))
    session.commit()
    sign_in(client)
    return World(session, client, me, team.id, hazard, foreign)


def photo() -> tuple[io.BytesIO, str]:
    return io.BytesIO(saved(plain(), "JPEG")), "a.jpg"


def photo64() -> str:
    return base64.b64encode(saved(plain(), "JPEG")).decode()
