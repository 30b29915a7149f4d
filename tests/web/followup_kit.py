"""A report that was sent, what its receipt says later, and what the database has of it."""

import io
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import text

from tests.actions.town import Town
from tests.web.test_report import HERE, good


@pytest.fixture
def sent(client, database, session):
    """Receipt and reference of a report whose hazard a body has."""
    Town(session)
    session.commit()
    answer = client.post("/report", json=good(description="Люк ашық"), headers=HERE).json
    return answer["receipt"], answer["reference"]


def say(client, receipt, act, **fields):
    values = {"receipt": receipt, "client_id": str(uuid4())} | fields
    return client.post(f"/receipt/{act}", data=values, headers=HERE)


def put(session, **values):
    session.rollback()
    session.execute(text("UPDATE hazard SET " + ", ".join(f"{name} = :{name}" for name in values)), values)
    session.commit()


def fixed(session):
    put(session, status="fixed", closed_at="2026-11-24T10:00:00Z")


def state(session):
    session.rollback()
    return tuple(session.execute(text("SELECT status, disputed, reports, flags FROM hazard")).one())


def kinds(session):
    session.rollback()
    return list(session.scalars(text("SELECT kind FROM report ORDER BY id")))


def jpeg():
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "JPEG")
    made.seek(0)
    return made
