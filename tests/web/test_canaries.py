"""Every way in: the form, the script's JSON, an act of staff, a later photo by receipt. 0 canary bytes in what is kept.

The table of formats and metadata is `tests/gateways/test_canaries.py`; here each way gets five formats at once.
"""

import base64
import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.actions.reference_data import load_reference_data
from app.cli.seed import DATA
from app.domain.permissions import Role
from app.domain.references import show_reference
from app.gateways.photo_store import LocalPhotoStore
from app.models import Body, Hazard, Photo
from tests.gateways import canaries
from tests.gateways.pictures import CANARY
from tests.web.pages import make_account, sign_in
from tests.web.test_report import HERE, form, good

KINDS = ("jpeg", "png", "webp", "heic", "avif")


@pytest.fixture
def photos(app, tmp_path, session):
    """The five dirty pictures; photos lie in a folder of this test alone."""
    load_reference_data(session, DATA)
    session.commit()
    app.extensions["qauip_photos"] = store = LocalPhotoStore(tmp_path)
    yield [canaries.whole(kind) for kind in KINDS]
    store.close()


def uploads(photos):
    return [(io.BytesIO(data), f"IMG_{CANARY.decode()}_{kind}.jpg") for kind, data in zip(KINDS, photos, strict=True)]


def by_json(client: FlaskClient, photos):
    body = good(photos=[base64.b64encode(data).decode() for data in photos])
    return client.post("/report", json=body, headers=HERE)


def test_no_way_in_lets_a_canary_through(app, client, photos, session, tmp_path):
    ways = {}
    assert by_json(client, photos).status_code == 201
    ways["report, JSON"] = left(tmp_path)
    sent = form(client, photos=uploads(photos), not_these="1")
    assert sent.status_code == 201
    ways["report, form"] = left(tmp_path)
    receipt = sent.text.split('name="receipt" value="', 1)[1].split('"', 1)[0]
    later = client.post("/receipt/photo", data={"receipt": receipt, "photos": uploads(photos)})
    assert later.status_code in {200, 201}, later.text[:300]
    ways["receipt, later photo"] = left(tmp_path)
    ways["staff, an act"] = by_staff(app, session, photos, tmp_path)
    print("  ".join(f"{way}: {found} in {count} files" for way, (found, count) in ways.items()))
    assert {found for found, _ in ways.values()} == {0}
    assert {count for _, count in ways.values()} == {12}  # three sizes; two of the five draw the very same picture
    assert len(session.scalars(select(Photo)).all()) >= 15


def by_staff(app, session, photos, folder):
    names = {"name_kk": "Су", "name_ru": "Вода", "name_en": "Water"}
    body = Body(code="w", kind="water_utility", **names)
    session.add(body)
    session.flush()
    hazard = session.scalars(select(Hazard)).first()
    hazard.body_id, hazard.status, hazard.basis = body.id, "in_progress", "by_decision"
    make_account(session, Role.DISPATCHER, body_id=body.id)
    client = app.test_client()
    sign_in(client)
    page = f"/en/staff/h/{show_reference(hazard.reference)}"
    text = client.get(page).text
    fields = {name: text.split(f'name="{name}"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
              for name in ("csrf_token", "version", "seen")}  # fmt: skip
    done = client.post(f"{page}/make_safe", data={**fields, "measure": "grid", "photos": uploads(photos)})
    assert done.status_code == 303, done.text[:500]
    return left(folder)


def left(folder):
    """How often the word is in the stored files and their names, and how many files there are; then none are."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = sum(path.read_bytes().count(CANARY) + (CANARY.decode() in path.name) for path in files)
    for path in files:
        path.unlink()
    return found, len(files)
