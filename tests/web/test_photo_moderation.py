"""Photos and later words: decided one by one, cropped or blackened on the server; who comes second is told."""

import io
import re

import pytest
from PIL import Image
from sqlalchemy import select

from app.actions.moderation import clear_hazard, decide_photo
from app.actions.reference_data import load_reference_data
from app.cli.seed import DATA
from app.domain.errors import HazardNotFound
from app.domain.permissions import SYSTEM, Role
from app.gateways.photo_store import photo_store_at
from app.models import Event, Hazard, Photo, Report
from tests.gateways import pictures
from tests.gateways.test_photo_store_s3 import PLACE, endpoint  # noqa: F401  a fixture
from tests.jobs.kit import POLICY, add_hazard, add_report, add_types
from tests.web.pages import make_account, sign_in, token
from tests.web.test_report import NOW, form


@pytest.fixture
def moderator(app, session):
    make_account(session, Role.MODERATOR)
    client = app.test_client()
    sign_in(client)
    return client


@pytest.fixture
def photo(client, session):
    load_reference_data(session, DATA)
    session.commit()
    assert form(client, photos=(io.BytesIO(pictures.dirty_jpeg()), "x.jpg")).status_code == 201
    return session.scalars(select(Photo)).one()


def post(client, path, **fields):
    return client.post(f"/en/staff/moderation/{path}", data={"csrf_token": token(client, "/account"), **fields})


def status(client, photo_id, size="medium"):
    with client.get(f"/photo/{photo_id}/{size}") as answer:
        return answer.status_code, answer.headers.get("Cache-Control")


def half(choice):
    return {"edit": choice, "left": "0", "top": "0", "width": "50", "height": "100"}


@pytest.mark.parametrize(("choice", "size"), [("crop", (320, 480)), ("blacken", (640, 480))])
def test_part_of_a_photo_is_cut_off_or_black_and_the_old_one_is_gone(  # noqa: PLR0917  fixtures
    app, moderator, photo, session, choice, size
):
    store, old_key, old_id = app.extensions["qauip_photos"], photo.content_key, photo.public_id
    decide_photo(session, by=SYSTEM, public_id=old_id, cleared=True, now=NOW)
    session.commit()
    answer = post(moderator, f"photo/{old_id}/edit", **half(choice))
    assert answer.status_code == 303
    session.refresh(photo)
    with store.open(photo.content_key, "full") as full, Image.open(full) as image:
        assert image.size == size
        assert choice == "crop" or max(image.getpixel((100, 100))) < 20
    assert photo.moderation == "pending"
    assert [status(moderator, each)[0] for each in (old_id, photo.public_id)] == [404, 404]
    assert not any(store.delete(old_key) for _ in range(1))
    edited = session.scalars(select(Event).where(Event.kind == "photo_edited")).one()
    assert not edited.public


def test_second_moderator_is_told_that_the_photo_is_another_by_now(moderator, photo):
    post(moderator, f"photo/{photo.public_id}/edit", **half("crop"))
    assert post(moderator, f"photo/{photo.public_id}/edit", **half("crop")).status_code == 404


@pytest.mark.parametrize("wrong", [{"left": "x"}, {"width": "0"}, {"left": "NaN"}, {"top": "-1"}, {"height": "1e99"}])
def test_no_rectangle_is_refused_in_words(moderator, photo, wrong):
    answer = post(moderator, f"photo/{photo.public_id}/edit", **half("crop") | wrong)
    assert answer.status_code == 400
    assert "Draw a rectangle" in answer.text


def test_clearing_one_text_leaves_the_others_unread(moderator, session):
    add_types(session)
    hazard = add_hazard(session)
    first = add_report(session, hazard, "Deep pit")
    later = add_report(session, hazard, "Call Aliya 8700", kind="addition", parent_id=first.id)
    session.commit()
    page = moderator.get("/en/staff/moderation/").text
    sent = re.findall(r'name="reports" value="(\d+)"', page)
    assert sent == [str(first.id)]
    post(moderator, f"text/{hazard.reference}", choice="clear", public_text="Deep pit", reports=sent)
    session.expire_all()
    session.rollback()
    assert [session.get_one(Report, each.id).moderation for each in (first, later)] == ["cleared", "pending"]
    page = moderator.get("/en/staff/moderation/").text
    assert "The reporter added this later" in page
    path = f"words/{hazard.reference}/{later.id}"
    stale = {"choice": "clear", "public_text": "Deep pit. It smells", "seen_text": "Another text"}
    assert post(moderator, path, **stale).status_code == 409
    assert post(moderator, path, **stale | {"seen_text": "Deep pit"}).status_code == 303
    session.rollback()
    session.expire_all()
    assert session.get_one(Hazard, hazard.id).public_text == "Deep pit. It smells"
    assert post(moderator, path, choice="refuse").status_code == 409


def test_queue_says_why_a_hazard_waits_and_that_a_child_is_not_blurred(moderator, session, photo):
    hazard = session.get_one(Hazard, photo.hazard_id)
    hazard.review_first = True
    session.commit()
    page = moderator.get("/en/staff/moderation/").text
    assert "It came among very many reports" in page
    assert "s face: do not show it" in page


def test_a_photo_of_an_internal_line_is_never_let_out(moderator, photo, session):
    line = {"kind": "note", "at": NOW, "actor": "system", "status": "assigned", "public": False, "data": {}}
    event = Event(hazard_id=photo.hazard_id, **line)
    session.add(event)
    session.flush()
    photo.event_id, photo.report_id, photo.moderation, photo.moderated_at = event.id, None, "refused", NOW
    session.commit()
    reference = session.scalars(select(Hazard.reference)).one()
    assert photo.public_id not in moderator.get(f"/en/staff/moderation/h/{reference}").get_data(as_text=True)
    assert moderator.get(f"/en/staff/moderation/photo/{photo.public_id}/edit").status_code == 404
    assert post(moderator, f"photo/{photo.public_id}/edit", seen=photo.content_key, **half("crop")).status_code == 404
    for again in (False, True):
        with pytest.raises(HazardNotFound):
            decide_photo(session, by=SYSTEM, public_id=photo.public_id, cleared=True, now=NOW, again=again)
    session.expire_all()
    assert session.get_one(Photo, photo.id).moderation == "refused"


def test_photo_goes_from_the_form_to_the_public_page_through_a_bucket(app, client, moderator, session, request):
    made = photo_store_at(PLACE, None, endpoint=request.getfixturevalue("endpoint"))
    made._client.create_bucket(Bucket="qauip")
    app.extensions["qauip_photos"] = made
    load_reference_data(session, DATA)
    session.commit()
    assert form(client, photos=(io.BytesIO(pictures.dirty_png()), "x.png")).status_code == 201
    photo = session.scalars(select(Photo)).one()
    assert status(client, photo.public_id) == (404, "no-cache")
    assert post(moderator, f"photo/{photo.public_id}", choice="clear").status_code == 303
    hazard = session.get_one(Hazard, photo.hazard_id)
    clear_hazard(session, by=SYSTEM, reference=hazard.reference, public_text=None, policy=POLICY, now=NOW)
    session.commit()
    assert status(client, photo.public_id, "full") == (200, "public, max-age=60")
    with client.get(f"/photo/{photo.public_id}/full") as answer:
        assert answer.data[:2] == b"\xff\xd8"
    made.close()
