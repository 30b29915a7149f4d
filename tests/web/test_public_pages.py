"""The public side on the demo city: what is there, what is not, and what it never says."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from shapely.geometry import MultiPolygon, Point, box
from sqlalchemy import select, text

from app.actions.hazards import act_on_hazard
from app.actions.moderation import clear_hazard, hide_hazard
from app.actions.reference_data import load_reference_data
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.cli.seed import DATA
from app.db import engine, transaction
from app.domain.errors import AlreadyDecided
from app.domain.hazard import Measure, Status
from app.domain.lifecycle import Act, Given
from app.domain.permissions import SYSTEM
from app.domain.photo import PhotoFile
from app.models import Area, Body, Event, Hazard, Place, Responsibility
from tests.jobs.kit import NAMES, POLICY

NOW = datetime.now(UTC)
CITY = box(76.7, 43.1, 77.2, 43.4)


@pytest.fixture
def town(database, settings):
    """One city, one utility that answers for manholes, and a way to write in a transaction."""
    opened = engine(settings.database_url)
    with transaction(opened) as session:
        load_reference_data(session, DATA)
        day = (NOW - timedelta(days=900)).date()
        names = {"name_kk": "Қала", "name_ru": "Город", "name_en": "City"}
        session.add(Area(code="75", kind="city", rank=40, valid_from=day, geom=MultiPolygon([CITY]), **names))
        body = Body(code="water", kind="water_utility", email="water@qauip.example", **names)
        session.add(body)
        session.flush()
        session.add(Responsibility(body_id=body.id, area_code="75", hazard_type="MANHOLE_OPEN", valid_from=day))
    yield lambda: transaction(opened)
    opened.dispose()


def report(session, settings, kind="MANHOLE_OPEN", at=(76.9, 43.25), words="Люк ашық тұр"):
    submission = Submission(uuid4(), kind, Point(*at), text=words)
    return report_hazard(session, submission=submission, policy=settings.policy, now=NOW).reference


def test_reported_hazard_is_assigned_and_on_the_map_at_once(town, client, settings):
    with town() as session:
        reference = report(session, settings)
    page = client.get(f"/h/{reference}")
    assert page.status_code == 200
    assert "Қала" in page.text
    assert "Люк ашық тұр" not in page.text  # words wait for a moderator
    assert client.get("/map/4/8/0/15/7").json["total"] == 1


def test_text_is_public_after_the_moderator_only(town, client, settings):
    with town() as session:
        reference = report(session, settings)
    with town() as session:
        clear_hazard(session, by=SYSTEM, reference=reference, public_text="Люк ашық", policy=settings.policy, now=NOW)
    assert "Люк ашық" in client.get(f"/h/{reference}").text
    with town() as session, pytest.raises(AlreadyDecided):
        hide_hazard(session, by=SYSTEM, reference=reference, reason="", policy=POLICY, now=NOW)


@pytest.mark.parametrize("kind", ["SUSPICIOUS_OBJECT", "TRANSFORMER_OPEN"])
def test_never_and_not_yet_reviewed_types_have_no_page_and_no_pin(town, client, settings, kind):
    with town() as session:
        reference = report(session, settings, kind)
    assert client.get(f"/h/{reference}").status_code == 404
    assert client.get("/map/4/8/0/15/7").json["total"] == 0


def test_public_pages_name_no_counter_and_no_time(town, client, settings):
    with town() as session:
        reference = report(session, settings)
        hazard_id = session.scalar(select(Hazard.id).where(Hazard.reference == reference))
    for answer in (client.get(f"/h/{reference}").text, client.get("/map/4/8/0/15/7").text):
        assert not re.search(r"\b\d\d:\d\d\b", re.sub(r"<(script|link|svg)[^>]*>", "", answer))
        assert f'"id":{hazard_id}' not in answer


@pytest.mark.parametrize(
    "address", ["/map/30/0/0/1/1", "/map/5/9/0/3/1", "/map/5/0/0/99/1", "/map/99999999999/0/0/0/0"]
)
def test_impossible_tiles_are_not_found(client, town, address):
    assert client.get(address).status_code == 404


def test_same_client_id_makes_one_report(town, settings):
    submission = Submission(uuid4(), "MANHOLE_OPEN", Point(76.9, 43.25))
    with town() as session:
        first = report_hazard(session, submission=submission, policy=settings.policy, now=NOW)
    with town() as session:
        again = report_hazard(session, submission=submission, policy=settings.policy, now=NOW)
        assert session.scalar(text("SELECT count(*) FROM hazard")) == 1
    assert (again.reference, again.receipt, again.created) == (first.reference, first.receipt, False)


def test_pin_to_closed_through_the_actions_and_the_map_follows(town, client, settings):
    photo = [PhotoFile("a" * 64, 800, 600)]
    with town() as session:
        reference = report(session, settings)
    steps = [
        (Act.ACCEPT, Given(), []),
        (Act.MAKE_SAFE, Given(measure=Measure.RIGID_COVER), photo),
        (Act.FIX, Given(note="Жаңа қақпақ"), photo),
    ]
    for act, given, photos in steps:
        with town() as session:
            version = session.scalar(select(Hazard.version).where(Hazard.reference == reference))
            act_on_hazard(
                session,
                by=SYSTEM,
                reference=reference,
                act=act,
                version=version,
                given=given,
                policy=settings.policy,
                now=NOW,
                photos=photos,
                show_note=True,
            )
    with town() as session:
        hazard = session.scalars(select(Hazard).where(Hazard.reference == reference)).one()
        assert hazard.status == Status.FIXED
        kinds = session.scalars(select(Event.kind).where(Event.hazard_id == hazard.id).order_by(Event.id)).all()
    assert kinds == ["reported", "assigned", "accept", "make_safe", "fix"]
    assert client.get("/map/4/8/0/15/7").json["total"] == 0
    assert client.get("/map/4/8/0/15/7?status=closed").json["total"] == 1
    page = client.get(f"/h/{reference}").text
    assert "Жаңа қақпақ" in page
    assert "Келесі тексеру" not in page, "what is fixed is not checked again"


def test_each_clock_whose_day_has_passed_is_overdue(town, client, settings):
    with town() as session:
        reference = report(session, settings)
        hazard = session.scalars(select(Hazard).where(Hazard.reference == reference)).one()
        hazard.make_safe_due, hazard.fix_due = NOW - timedelta(days=9), NOW - timedelta(days=2)
        hazard.overdue = "make_safe"
    page = client.get(f"/en/h/{reference}").text
    assert (page.count("Overdue since"), "Today" in page) == (2, False)


def test_point_outside_every_area_is_in_the_queue(town, settings):
    with town() as session:
        reference = report(session, settings, at=(70.0, 50.0))
        hazard = session.scalars(select(Hazard).where(Hazard.reference == reference)).one()
        assert (hazard.status, hazard.body_id, hazard.area_id) == (Status.RECEIVED, None, None)


def test_openstreetmap_is_credited_where_its_data_are_used(client, session):
    assert client.get("/map/outlines").json["credit"] is None
    assert "openstreetmap.org/copyright" not in client.get("/en/about").text
    session.add(Place(source="osm", external_id="w1", kind="street", search_key="x", geom=Point(76.9, 43.2), **NAMES))
    session.commit()
    assert client.get("/map/outlines").json["credit"] == "© OpenStreetMap contributors, ODbL"
    assert "openstreetmap.org/copyright" in client.get("/en/about").text
