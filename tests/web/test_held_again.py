"""One report sent again with something else in it, where the desk has the first or gets the others: all of it once."""

import base64
import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from app.actions.held import decide_held, erase_held
from app.actions.submission import mark_of
from app.db import transaction
from app.domain.held import HeldContent, HeldState
from app.domain.ladder import Ladder
from app.domain.permissions import Actor, Role
from app.domain.references import parse_receipt, parse_reference, receipt_for
from app.gateways.vault import read_keyring
from app.models import Account, Held, HeldPhoto
from app.web.context import now
from app.web.public import intake
from tests.gateways.pictures import plain, saved
from tests.web.followup_kit import put, say
from tests.web.pages import make_account, sign_in, token
from tests.web.test_violence_is_held import (
    CANARY,
    FROM_HERE,
    WORDS,
    everything_stored,
    kinds,
    pictures,
    sent,
)

assert kinds  # a fixture, used by its name

BOY = f"Люк открыт, тут мальчик {CANARY}"
OTHER = f"Отчим избивает меня, я у школы. {CANARY}"
RED, BLUE = (saved(plain(size), "JPEG") for size in ((333, 213), (334, 214)))
PHOTO, SECOND = (base64.b64encode(each).decode() for each in (RED, BLUE))


def send(client, body, page="/report"):
    return client.post(page, json=body, headers=FROM_HERE)


@pytest.fixture
def opened(database, settings):
    """What the desk reads, in the order it came: (content, how many photos)."""

    def read() -> list[tuple[HeldContent, int]]:
        ring = read_keyring(settings.vault_key_file)
        with transaction(database.desk) as desk:
            photos = list(desk.scalars(select(HeldPhoto.held_id)))
            rows = desk.scalars(select(Held).order_by(Held.id)).all()
            return [(HeldContent.from_bytes(ring.open(row.key_id, row.sealed)), photos.count(row.id)) for row in rows]

    return read


def alarms(session):
    session.rollback()
    return session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'tell_desk'"))


def test_what_is_changed_after_the_first_was_held_is_held_too_and_once(client, session, kinds, opened, settings):
    before = pictures(settings)
    body = sent(photos=[PHOTO])
    changed = body | {"description": BOY, "someone_hurt": True, "photos": [PHOTO, SECOND]}
    first = send(client, body)
    again = [send(client, each) for each in (changed, body, changed, body)]
    assert [answer.status_code for answer in (first, *again)] == [201, 200, 200, 200, 200]
    assert all(answer.json == first.json for answer in again)
    (one, photos), (two, more) = opened()
    assert (one.texts, one.someone_hurt, one.again, photos) == ((WORDS,), False, None, 1)
    assert (two.texts, two.someone_hurt, two.again, more) == (
        (BOY,),
        True,
        parse_reference(first.json["reference"]),
        2,
    )
    assert (alarms(session), pictures(settings) == before, CANARY in everything_stored(settings)) == (2, True, False)
    assert session.scalar(text("SELECT count(*) FROM hazard")) == 0


@pytest.mark.parametrize("lacks", [{"lat": "", "lon": ""}, {"hazard_type": "NO_SUCH"}, {"description": ""}])
def test_what_is_changed_is_not_sent_back_to_be_corrected(client, kinds, opened, lacks):
    body = sent()
    for each in (body, body | {"description": BOY} | lacks):
        assert send(client, each).json["held"]
    assert [content.texts[0] for content, _ in opened()] == [WORDS, lacks.get("description", BOY)]


def test_two_violent_changes_of_a_report_that_is_out_are_held_both(client, session, kinds, opened):
    body = sent(description="Люк открыт")
    out = send(client, body).json
    one, two, *again = [send(client, body | {"description": words}) for words in (WORDS, OTHER, WORDS, OTHER)]
    assert [answer.status_code for answer in (one, two, *again)] == [201, 201, 200, 200]
    assert [answer.json for answer in again] == [one.json, two.json]
    assert len({answer["receipt"] for answer in (out, one.json, two.json)}) == 3
    reference = parse_reference(out["reference"])
    assert [(content.texts[0], content.again) for content, _ in opened()] == [(WORDS, reference), (OTHER, reference)]
    assert alarms(session) == 2


def test_a_repeat_is_known_in_another_language_by_the_form_and_after_its_photos_were_sealed(client, kinds, opened):
    ordinary = sent(description="Люк", find="Абай", find_place="1", photos=[(io.BytesIO(RED), "a.jpg")])
    shown = client.post("/report", data=ordinary, headers=FROM_HERE).text
    kept = re.search(r'name="kept"[^>]*value="([^"]+)"', shown)[1]
    body = sent(client_id=ordinary["client_id"])
    forms = [
        client.post(page, data=body | {"kept": kept, "csrf_token": token(client, "/report")}, headers=FROM_HERE)
        for page in ("/report", "/report", "/ru/report")
    ]
    assert [answer.status_code for answer in forms] == [201, 200, 200]
    assert send(client, body | {"photos": [PHOTO]}).status_code == 200
    assert [photos for _, photos in opened()] == [1]


@pytest.mark.parametrize("out", [False, True])
def test_three_at_once_are_one(app, client, kinds, opened, out):
    body = sent()
    if out:
        send(client, body | {"description": "Люк открыт"})

    def one(words):
        return send(app.test_client(), body | {"description": words}).json["reference"]

    for words in (WORDS, OTHER):
        with ThreadPoolExecutor(3) as pool:
            assert len(set(pool.map(one, [words] * 3))) == 1
    assert [content.texts[0] for content, _ in opened()] == [WORDS, OTHER]


def test_where_the_first_is_only_just_under_way_the_action_sends_the_other_to_the_desk(
    client, kinds, opened, settings, monkeypatch
):
    before = pictures(settings)
    body = sent()
    first = send(client, body)
    monkeypatch.setattr(intake, "went_to_desk", lambda *_: False)  # asked a moment too early
    for _ in range(2):
        answer = send(client, body | {"description": BOY, "photos": [PHOTO]})
        assert (answer.status_code, answer.json) == (200, first.json)
    assert [(content.texts[0], photos) for content, photos in opened()] == [(WORDS, 0), (BOY, 1)]
    assert pictures(settings) == before


def test_in_a_flood_a_repeat_is_answered_and_a_known_id_brings_nothing_more_to_the_desk(
    app, client, kinds, opened, monkeypatch
):
    app.extensions["qauip_settings"] = replace(app.extensions["qauip_settings"], ladder=Ladder(0, 1))
    body = sent()
    assert [send(client, body).status_code for _ in range(2)] == [201, 200]
    refused = client.post("/report", data=body | {"description": BOY}, headers=FROM_HERE)
    assert (refused.status_code, CANARY in refused.text) == (429, False)
    assert send(client, body | {"description": OTHER}).status_code == 429
    monkeypatch.setattr(intake, "went_to_desk", lambda *_: False)
    assert [send(client, body | {"description": f"{BOY} {n}"}).status_code for n in range(2)] == [200, 429]
    assert [content.texts[0] for content, _ in opened()] == [WORDS, f"{BOY} 0"]


def test_what_the_desk_made_a_hazard_of_gets_no_words_and_no_photo_of_the_child(client, session, kinds, opened):
    body = sent(photos=[PHOTO])
    first = send(client, body).json
    code = parse_reference(first["reference"])
    make_account(session, Role.OPERATOR)
    sign_in(client)
    place = {"hazard_type": "MANHOLE_OPEN", "lat": "43.2570", "lon": "76.9290", "description": "Колодец без крышки"}
    form = place | {"decision": "hazard", "csrf_token": token(client, "/en/desk/held")}
    assert client.post(f"/en/desk/held/{code}/decide", data=form, headers=FROM_HERE).status_code == 303
    stored = session.execute(text("SELECT count(*), max(text) FROM report")).one()
    answers = [send(client, each) for each in (body, body | {"description": BOY}, body | {"description": BOY})]
    assert [(answer.status_code, answer.json["held"]) for answer in answers] == [(200, True)] * 3
    assert {answer.json["receipt"] for answer in answers} == {first["receipt"]}
    assert [content.texts[0] for content, _ in opened()] == [WORDS, BOY]
    session.rollback()
    assert session.execute(text("SELECT count(*), max(text) FROM report")).one() == stored
    assert session.scalar(text("SELECT count(*) FROM photo")) == 0


def test_the_desk_is_told_of_which_report_it_is(client, session, kinds):
    body = sent()
    first = send(client, body).json["reference"]
    send(client, body | {"description": OTHER})
    make_account(session, Role.OPERATOR)
    sign_in(client)
    second = session.scalars(select(Held.reference).order_by(Held.id.desc())).first()
    form = {"csrf_token": token(client, "/en/desk/held")}
    page = client.post(f"/en/desk/held/{second}", data=form, headers=FROM_HERE).text
    assert re.search(rf"<dt>Sent before as</dt><dd>{first}</dd>", page)


def test_a_later_word_changed_after_it_was_held_is_held_too(client, session, kinds, opened):
    receipt, client_id = send(client, sent(description="Люк открыт")).json["receipt"], str(uuid4())
    for words in (WORDS, BOY, BOY, WORDS):
        assert say(client, receipt, "note", words=words, client_id=client_id).status_code in {200, 201}
    assert [content.texts[0] for content, _ in opened()] == [WORDS, BOY]
    assert session.scalar(text("SELECT count(*) FROM report")) == 1


def test_of_what_a_moderator_held_each_change_goes_to_the_desk_once(client, session, kinds, opened):
    body = sent(description="Люк открыт")
    send(client, body)
    put(session, held=True)
    changes = [body | {"description": f"Люк открыт, {word}"} for word in ("скорее", "быстрее")]
    assert [send(client, each).status_code for each in (*changes, *changes)] == [201, 201, 200, 200]
    assert len(opened()) == 2


def test_the_mark_is_keyed_with_the_receipt_read_by_no_role_of_the_application_and_goes_with_the_words(
    client, session, kinds, database, settings
):
    body = sent()
    receipt = parse_receipt(send(client, body).json["receipt"])
    assert receipt == receipt_for(UUID(body["client_id"]), settings.policy.receipt_key)
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("SELECT mark FROM vault.held"))
    session.rollback()
    with transaction(database.desk) as desk:
        row = desk.scalars(select(Held)).one()
        said = HeldContent.from_bytes(read_keyring(settings.vault_key_file).open(row.key_id, row.sealed)).said([])
    assert row.mark == mark_of(said, receipt)
    assert row.mark.hex() not in sha256(said).hexdigest()
    make_account(session, Role.OPERATOR)
    operator = Actor(account_id=session.scalars(select(Account.id)).one(), roles=frozenset({Role.OPERATOR}))
    with transaction(database.app) as app_session:
        decide_held(app_session, by=operator, reference=row.reference, state=HeldState.NOTHING, now=row.received_at)
    with transaction(database.desk) as desk:
        assert erase_held(desk, now=now().replace(year=now().year + 1)) == 1
        assert desk.execute(select(Held.sealed, Held.mark)).one() == (None, None)
