"""A moderator's flag: words and photos of reporters leave for the vault, the hazard leaves for everybody."""

import base64
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from app.domain.held import HeldContent
from app.domain.permissions import Role
from app.domain.references import show_reference
from app.gateways.vault import read_keyring
from app.models import Hazard, Held, Photo, Report
from tests.gateways.pictures import plain, saved
from tests.web.pages import make_account, sign_in, token
from tests.web.test_desk_held import OWN, post
from tests.web.test_violence_is_held import CANARY, FROM_HERE, everything_stored, kinds, pictures, sent

assert kinds  # a fixture, used by its name
WORDS = f"Открытый люк. {CANARY}"


@pytest.fixture
def flagged(client, session, kinds, settings):
    """A hazard with a photo that a moderator has given to the desk, and its receipt."""
    before = pictures(settings)
    photo = base64.b64encode(saved(plain((333, 217)), "JPEG")).decode()  # no other test stores this one
    body = sent(description=WORDS, photos=[photo])
    receipt = client.post("/report", json=body, headers=FROM_HERE).json["receipt"]
    assert len(pictures(settings)) > len(before)
    hazard = session.scalars(select(Hazard)).one()
    make_account(session, Role.MODERATOR)
    sign_in(client)
    page = client.get("/ru/staff/moderation/").text
    address = f"/ru/staff/moderation/hold/{show_reference(hazard.reference)}"
    assert address in page
    assert post(client, address, csrf_token=token(client, "/staff/moderation/")).status_code == 303
    assert pictures(settings) == before
    return hazard.reference, receipt


def test_the_flag_seals_what_reporters_sent_and_hides_the_hazard(client, session, flagged, database, settings):
    reference, receipt = flagged
    assert CANARY not in everything_stored(settings)
    assert session.scalars(select(Photo)).all() == []
    assert client.get(f"/h/{reference}").status_code == 404
    assert reference not in client.get("/staff/moderation/").text.replace("-", "")
    with database.desk.connect() as desk:
        row = desk.execute(select(Held.key_id, Held.sealed, Held.why)).one()
        assert desk.scalar(text("SELECT count(*) FROM vault.held_photo")) == 1
    content = HeldContent.from_bytes(read_keyring(settings.vault_key_file).open(row.key_id, row.sealed))
    assert (content.texts, content.about, row.why) == ((WORDS,), reference, "moderator")
    page = client.post("/en/receipt", data={"receipt": receipt}, headers=FROM_HERE).text
    assert 'href="tel:111"' in page
    assert "hazard" not in page.split("<main", 1)[1].split("</main>", 1)[0].lower()


def test_the_desk_gives_it_back_in_own_words_and_the_receipt_works_on(app, client, session, flagged, settings):
    reference, receipt = flagged
    desk = app.test_client()
    make_account(session, Role.OPERATOR, email="desk@example.kz")
    sign_in(desk, "desk@example.kz")
    assert CANARY in post(desk, f"/en/desk/held/{reference}").text
    assert post(desk, f"/en/desk/held/{reference}/decide", decision="hazard", description=OWN).status_code == 303
    waits = "SELECT count(*) FROM duty_waiting w JOIN hazard h ON h.id = w.hazard_id AND h.severity = 'critical'"
    assert session.scalar(text(waits)) == 1  # nobody on duty was called to it while it was held
    hazard = session.scalars(select(Hazard).execution_options(populate_existing=True)).one()
    assert (hazard.held, hazard.moderation) == (False, "pending")
    assert session.scalars(select(Report.text)).all() == [OWN]
    assert OWN in client.post("/en/receipt", data={"receipt": receipt}, headers=FROM_HERE).text
    assert CANARY not in everything_stored(settings)


def test_what_is_added_to_a_held_hazard_goes_to_the_vault_too(client, session, flagged, settings):
    _, receipt = flagged
    form = {"receipt": receipt, "words": f"Тағы бір сөз {CANARY}", "client_id": str(uuid4())}
    assert client.post("/receipt/note", data=form, headers=FROM_HERE).status_code == 201
    assert CANARY not in everything_stored(settings)
    assert session.scalar(select(func.count(Held.id))) == 2


@pytest.mark.parametrize("act", ["withdraw-report", "withdraw-contact"])
def test_nobody_closes_what_the_desk_has_by_taking_it_back(client, session, flagged, act):
    _reference, receipt = flagged
    before = session.execute(text("SELECT status, reports, public_text FROM hazard")).one()
    page = client.post(f"/en/receipt/{act}", data={"receipt": receipt}, headers=FROM_HERE)
    assert 'href="tel:111"' in page.text
    assert "hazard" not in page.text.split("<main", 1)[1].split("</main>", 1)[0].lower()
    session.rollback()
    assert session.execute(text("SELECT status, reports, public_text FROM hazard")).one() == before
    assert session.scalars(select(Report.withdrawn_at)).all() == [None]
