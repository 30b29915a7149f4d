"""A photo is nobody's but the staff's until a moderator clears it, and gone again when its hazard is hidden."""

import pytest
from sqlalchemy import select

from app.actions.moderation import decide_photo, hide_hazard
from app.actions.reference_data import load_reference_data
from app.cli.seed import DATA
from app.domain.permissions import SYSTEM, Role
from app.models import Body, Hazard, Photo
from tests.jobs.kit import POLICY
from tests.web.pages import make_account, sign_in
from tests.web.test_report import NOW, form


@pytest.fixture
def photo(client, session):
    """The photo of a report that was sent by the form."""
    load_reference_data(session, DATA)
    session.commit()
    with (DATA / "photos" / "manhole-open.jpg").open("rb") as picture:
        assert form(client, photos=picture).status_code == 201
    return session.scalars(select(Photo)).one()


def seen(client, photo):
    with client.get(f"/photo/{photo.public_id}/medium") as answer:
        return answer.status_code


def test_uncleared_photo_is_not_found_by_anybody_outside(client, photo, session):
    assert seen(client, photo) == 404
    reference = session.get_one(Hazard, photo.hazard_id).reference
    assert photo.public_id not in client.get(f"/h/{reference}").text


def test_cleared_photo_is_public_until_its_hazard_is_hidden(client, photo, session):
    decide_photo(session, by=SYSTEM, public_id=photo.public_id, cleared=True, now=NOW)
    session.commit()
    assert seen(client, photo) == 200
    reference = session.get_one(Hazard, photo.hazard_id).reference
    hide_hazard(session, by=SYSTEM, reference=reference, reason="", policy=POLICY, now=NOW)
    session.commit()
    assert seen(client, photo) == 404


def test_refused_photo_stays_private(client, photo, session):
    decide_photo(session, by=SYSTEM, public_id=photo.public_id, cleared=False, now=NOW)
    session.commit()
    assert seen(client, photo) == 404


def test_staff_of_another_body_do_not_see_it(app, photo, session):
    names = {"name_kk": "Су", "name_ru": "Вода", "name_en": "Water"}
    body = Body(code="w", kind="water_utility", **names)
    session.add(body)
    session.flush()
    make_account(session, Role.DISPATCHER, body_id=body.id)
    client = app.test_client()
    sign_in(client)
    assert client.get(f"/staff/photo/{photo.public_id}/medium").status_code == 404


@pytest.mark.parametrize("size", ["huge", "..", "full.jpg"])
def test_unknown_size_is_not_found(client, photo, session, size):
    decide_photo(session, by=SYSTEM, public_id=photo.public_id, cleared=True, now=NOW)
    session.commit()
    assert client.get(f"/photo/{photo.public_id}/{size}").status_code == 404


@pytest.mark.parametrize("why", ["uncleared", "refused", "hidden", "held", "type never public"])
def test_photo_that_may_not_be_seen_is_gone_in_every_size_and_kept_by_no_cache(client, photo, session, why):
    hazard = session.get_one(Hazard, photo.hazard_id)
    photo.moderation, photo.moderated_at = ("pending", None) if why == "uncleared" else ("cleared", NOW)
    photo.moderation = "refused" if why == "refused" else photo.moderation
    hazard.moderation = "refused" if why == "hidden" else "cleared"
    hazard.held = why == "held"
    hazard.hazard_type = "SUSPICIOUS_OBJECT" if why == "type never public" else hazard.hazard_type
    session.commit()
    for size in ("full", "medium", "thumb"):
        answer = client.get(f"/photo/{photo.public_id}/{size}", headers={"If-None-Match": "*"})
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-cache")
        assert b"JFIF" not in answer.data


def test_public_photo_is_kept_a_minute_at_most_and_asked_for_whole(client, photo, session):
    decide_photo(session, by=SYSTEM, public_id=photo.public_id, cleared=True, now=NOW)
    session.commit()
    with client.get(f"/photo/{photo.public_id}/thumb") as answer:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=60")
        assert "ETag" not in answer.headers
        assert "Last-Modified" not in answer.headers
