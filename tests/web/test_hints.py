"""What was seen on the spot comes in by every door, decides who answers, and is shown to those who work on it."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from shapely.geometry import LineString
from sqlalchemy import select

from app.actions import demo_city
from app.actions.reference_data import load_reference_data
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.cli.seed import DATA
from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Assignment, Body, Hazard
from tests.web.pages import make_account, sign_in, token

SCRIPT = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
MANHOLE = {"hazard_type": "MANHOLE_OPEN", "lat": "43.2567", "lon": "76.9286"}


@pytest.fixture
def city(client, database, session) -> FlaskClient:
    load_reference_data(session, DATA)
    demo_city.make_city(session, DATA)
    session.commit()
    return client


def kept(session) -> tuple[dict, str]:
    session.rollback()
    hazard = session.scalars(select(Hazard).order_by(Hazard.id.desc()).limit(1)).one()
    return hazard.hints, session.get_one(Body, hazard.body_id).kind


def test_a_report_brings_hints_by_script_and_by_form(city, session):
    sent = MANHOLE | {"network": "heat", "hidden": True, "water": False, "setting": ""}
    assert city.post("/report", json=sent, headers=SCRIPT).status_code == 201
    assert kept(session) == ({"network": "heat", "hidden": "yes"}, "heat_network")
    form = MANHOLE | {
        "csrf_token": token(city, "/report"),
        "client_id": str(uuid4()),
        "network": "telecom",
        "water": "y",
        "not_these": "1",
    }
    assert city.post("/report", data=form, headers=SCRIPT).status_code == 201
    assert kept(session) == ({"network": "telecom", "water": "yes"}, "telecom_operator")


def test_a_hint_that_is_none_is_refused_and_the_rest_is_kept(city, session):
    answer = city.post("/en/report", json=MANHOLE | {"network": "lava"}, headers=SCRIPT)
    assert (answer.status_code, answer.json["error"], answer.json["field"]) == (400, "bad_hint", "network")
    for wrong in ([1], {"a": 1}, 7, "x" * 5000):
        assert city.post("/report", json=MANHOLE | {"sign": wrong}, headers=SCRIPT).status_code == 400
    form = MANHOLE | {"csrf_token": token(city, "/report"), "network": "lava", "description": "No cover"}
    page = city.post("/en/report", data=form, headers=SCRIPT)
    assert page.status_code == 400
    assert "This answer is not one of the choices." in page.text
    assert "No cover" in page.text
    assert session.query(Hazard).count() == 0


def test_the_form_names_the_kinds_that_ask_each_question(city):
    page = city.get("/en/report").text
    assert "Which letters are on the cover" in page
    questions = [part.split(">")[0] for part in page.split('<div class="question"')[1:]]
    assert ["MANHOLE_OPEN" in question for question in questions].count(True) == 3


def test_an_operator_s_hints_and_a_correction_of_them_decide_anew(city, session):
    heat = session.scalars(select(Body.id).where(Body.kind == "heat_network")).first()
    make_account(session, Role.DISPATCHER, email="d@city.kz", body_id=heat)
    make_account(session, Role.COORDINATOR)
    sign_in(city, "d@city.kz")
    form = MANHOLE | {"csrf_token": token(city, "/staff/new"), "network": "heat", "description": "x"}
    made = city.post("/staff/new", data=form | {"client_id": str(uuid4())})
    assert made.status_code == 303
    assert kept(session) == ({"network": "heat"}, "heat_network")
    hazard = session.scalars(select(Hazard)).one()
    city = city.application.test_client()
    sign_in(city)
    page = f"/en/staff/h/{show_reference(hazard.reference)}"
    shown = city.get(page).text
    assert "Letters on the cover: ТС: heating" in shown
    fields = {"hazard_type": hazard.hazard_type, "lat": "43.256700", "lon": "76.928600", "reason": "Looked again"}
    fields |= {"csrf_token": token(city, page), "version": str(hazard.version), "seen": "0", "network": "telecom"}
    answer = city.post(f"{page}/correct", data=fields, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    assert kept(session) == ({"network": "telecom"}, "telecom_operator")
    assert len(session.scalars(select(Assignment)).all()) == 2


def test_a_line_names_every_organisation_it_lies_with_and_how_much(city, session, settings):
    make_account(session, Role.COORDINATOR)
    sign_in(city)
    line = LineString([(76.90, 43.2567), (76.99, 43.2567)])
    made = report_hazard(
        session, submission=Submission(uuid4(), "ARYK_OPEN", line), policy=settings.policy, now=datetime.now(UTC)
    )
    session.commit()
    page = city.get(f"/en/staff/h/{show_reference(made.reference)}").text
    assert "It lies with several organisations:" in page
    shares = [int(share) for share in re.findall(r"<li>[^<]*: (\d+) %</li>", page)]
    assert len(shares) > 1
    assert shares == sorted(shares, reverse=True)
    assert 98 <= sum(shares) <= 101
