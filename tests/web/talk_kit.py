"""Two bodies, a hazard of one of them, and its people, who talk."""

import io
import re
from dataclasses import dataclass
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.models import Hazard
from tests.actions.town import Town
from tests.web.pages import make_account, sign_in, token
from tests.web.test_report import HERE, good

SECRETS = ("ішкі жазба", "сұрақтың сөзі", "Бекзат", "жабық сөз", "үлгінің сөзі")
"""A note, a question, a colleague's name, words of a public step that were not shown, a body's own template."""


def photo() -> tuple[io.BytesIO, str]:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "JPEG")
    made.seek(0)
    return made, "a.jpg"


@dataclass
class World:
    """A reported hazard that the water works have; `client` is their dispatcher. Another body is `roads`."""

    app: Flask
    session: Session
    client: FlaskClient
    town: Town
    reference: str
    receipt: str

    @property
    def page(self) -> str:
        return f"/en/staff/h/{self.reference}"

    @property
    def hazard(self) -> Hazard:
        self.session.rollback()
        self.session.expire_all()
        return self.session.scalars(select(Hazard)).one()

    def as_one(self, role: Role, body: str | None = None, *, name: str = "Бекзат") -> FlaskClient:
        email = f"{role}.{body}@example.kz"
        made = make_account(self.session, role, email=email, body_id=self.town.body[body] if body else None)
        made.name = name
        self.session.commit()
        client = self.app.test_client()
        sign_in(client, email)
        return client

    def act(self, act: str, client: FlaskClient | None = None, **fields: object):
        by = client or self.client
        form = {"csrf_token": token(by, "/account"), "version": str(self.hazard.version), "seen": "0", **fields}
        return by.post(f"{self.page}/{act}", data=form, content_type="multipart/form-data")

    def say(self, note: str, client: FlaskClient | None = None, **fields: object):
        by = client or self.client
        return by.post(f"{self.page}/say", data={"csrf_token": token(by, "/account"), "note": note, **fields})

    def answer(self, words: str, **fields: object):
        shown = self.receipt_page()
        asked = re.search(r'name="question" value="([^"]+)"', shown)
        values = {"receipt": self.receipt, "client_id": str(uuid4()), "question": asked[1] if asked else "x"}
        return self.app.test_client().post("/receipt/answer", data=values | {"words": words} | fields, headers=HERE)

    def receipt_page(self, receipt: str | None = None) -> str:
        client = self.app.test_client()
        return client.post("/receipt", data={"receipt": receipt or self.receipt}, headers=HERE).text

    def forward(self) -> None:
        done = self.act("forward", body_id=str(self.town.body["roads"]), reason="Олардың желісі")
        assert done.status_code == 303


@pytest.fixture
def world(app: Flask, client: FlaskClient, session: Session) -> World:
    town = Town(session)
    session.commit()
    sent = app.test_client().post("/report", json=good(description="Люк ашық"), headers=HERE).json
    session.execute(
        text("UPDATE hazard SET body_id = :body, fix_due = now() + interval '2 days'"), {"body": town.body["water"]}
    )
    session.commit()
    make_account(session, Role.DISPATCHER, body_id=town.body["water"])
    sign_in(client)
    return World(app, session, client, town, sent["reference"], sent["receipt"])
