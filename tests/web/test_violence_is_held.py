"""Words that point to violence: all of the report is sealed, none of it is anywhere else, and a person is told."""

import io
import logging
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from app.db import transaction
from app.domain.held import HeldContent
from app.domain.ladder import Ladder
from app.gateways.vault import read_keyring
from app.models import Event, Hazard, Held, HeldPhoto, Photo, Report
from tests.gateways.pictures import dirty_jpeg, plain, saved
from tests.jobs.kit import add_types
from tests.web.pages import token

CANARY = "Kanareyka4711"
WORDS = f"Мой отчим бьёт меня каждый день, помогите. {CANARY}"
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
TABLES = """
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""


def sent(**more):
    return {
        "hazard_type": "MANHOLE_OPEN",
        "lat": "43.2567",
        "lon": "76.9286",
        "description": WORDS,
        "client_id": str(uuid4()),
        "elapsed_ms": 9000,
        **more,
    }


@pytest.fixture
def kinds(session: Session) -> None:
    add_types(session)
    session.commit()


def opened(database, settings) -> list[HeldContent]:
    ring = read_keyring(settings.vault_key_file)
    with transaction(database.desk) as desk:
        return [HeldContent.from_bytes(ring.open(row.key_id, row.sealed)) for row in desk.scalars(select(Held))]


def count(session, *kinds_of_rows):
    return [session.scalar(select(func.count()).select_from(kind)) for kind in kinds_of_rows]


def pictures(settings) -> set:
    """The files of the photo store, which all tests share."""
    return set(settings.photo_dir.rglob("*.jpg"))


def everything_stored(settings) -> str:
    """All rows of all tables, as their owner reads them."""
    owner = create_engine(settings.owner_database_url)
    with owner.connect() as connection:
        tables = connection.scalars(text(TABLES)).all()
        rows = [connection.scalars(text(f"SELECT t::text FROM {name} t")).all() for name in tables]
    owner.dispose()
    return "\n".join(row for table in rows for row in table)


def test_a_report_of_violence_makes_no_hazard_and_a_repeat_gets_the_same(client, session, kinds, database, settings):
    body = sent()
    first = client.post("/ru/report", json=body, headers=FROM_HERE)
    assert first.status_code == 201
    assert first.json["held"] is True
    assert first.json["hazard_url"] is None
    assert first.json["call"] == ["111", "112", "102"]
    assert count(session, Hazard, Report, Event) == [0, 0, 0]
    (content,) = opened(database, settings)
    assert content.texts == (WORDS,)
    assert (content.hazard_type, content.language) == ("MANHOLE_OPEN", "ru")
    assert content.geometry == {"type": "Point", "coordinates": [76.9286, 43.2567]}
    again = client.post("/ru/report", json=body, headers=FROM_HERE)
    assert (again.status_code, again.json["receipt"]) == (200, first.json["receipt"])
    changed = client.post("/ru/report", json=body | {"description": "Люк открыт"}, headers=FROM_HERE)
    assert changed.json["reference"] == first.json["reference"]
    assert count(session, Hazard) == [0]


def test_nothing_of_it_stands_in_any_table_file_log_or_queue(client, session, kinds, settings, caplog):
    caplog.set_level(logging.DEBUG)
    before = pictures(settings)
    photo = (io.BytesIO(dirty_jpeg()), f"{CANARY}.jpg")
    form = sent(photos=[photo], csrf_token=token(client, "/report"))
    answer = client.post("/report", data=form, headers=FROM_HERE)
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert CANARY not in answer.text + caplog.text
    stored = everything_stored(settings)
    for word in (CANARY, "отчим", WORDS.encode().hex(), "76.9286", CANARY.encode().hex()):
        assert word not in stored
    assert session.scalar(select(func.count(HeldPhoto.id))) == 1
    assert count(session, Photo) == [0]
    assert pictures(settings) == before
    queued = session.scalars(text("SELECT args FROM procrastinate_jobs")).all()
    assert [set(args) for args in queued] == [{"held_id"}]
    ordinary = client.post("/report", json=sent(description=f"Ашық люк {CANARY}"), headers=FROM_HERE)
    assert ordinary.json["held"] is False
    assert CANARY in everything_stored(settings), "the search finds what is there"


@pytest.mark.parametrize("lacks", [{"lat": "", "lon": ""}, {"hazard_type": "NO_SUCH"}, {"photos": ["%%%"]}])
def test_a_disclosure_is_never_sent_back_to_be_corrected(client, kinds, database, settings, lacks):
    answer = client.post("/report", json=sent(**lacks), headers=FROM_HERE)
    assert (answer.status_code, answer.json["held"]) == (201, True)
    (content,) = opened(database, settings)
    assert content.texts == (WORDS,)
    assert content.unreadable == len(lacks.get("photos", []))


@pytest.mark.parametrize("times", [1, 50])
def test_a_long_disclosure_is_not_too_long(client, kinds, database, settings, times):
    words = f"{WORDS} " + "Очень страшно. " * 300 * times
    answer = client.post("/report", json=sent(description=words), headers=FROM_HERE)
    assert (answer.status_code, answer.json["held"]) == (201, True)
    (content,) = opened(database, settings)
    assert content.texts[0].startswith(f"{WORDS} Очень страшно.")
    long = client.post("/report", json=sent(description="Люк открыт. " * 400), headers=FROM_HERE)
    assert (long.status_code, long.json["error"]) == (400, "text_too_long")


def test_a_flood_of_ordinary_reports_shuts_out_no_disclosure(app, client, kinds):
    app.extensions["qauip_settings"] = replace(app.extensions["qauip_settings"], ladder=Ladder(0, 1))
    asked = [client.post("/report", json=sent(description="Люк открыт"), headers=FROM_HERE) for _ in range(2)]
    assert [answer.status_code for answer in asked] == [201, 429]
    answers = [client.post("/report", json=sent(), headers=FROM_HERE).status_code for _ in range(2)]
    assert answers == [201, 429]
    refused = client.post("/report", data=sent(), headers=FROM_HERE)
    assert (refused.status_code, CANARY in refused.text, 'href="tel:111"' in refused.text) == (429, False, True)


def test_the_public_surface_is_the_same_before_and_after(client, kinds):
    pages = ["/", "/map/10/700/300/760/380", "/about"]
    before = [client.get(page).data for page in pages]
    made = client.post("/report", json=sent(), headers=FROM_HERE).json
    assert [client.get(page).data for page in pages] == before
    assert client.get(f"/h/{made['reference']}").status_code == 404


@pytest.mark.parametrize(
    ("language", "said"), [("", "111 — тегін"), ("/ru", "111 — бесплатно"), ("/en", "111 is free")]
)
def test_the_receipt_tells_that_a_person_reads_it_and_whom_to_call(client, kinds, language, said):
    receipt = client.post("/report", json=sent(), headers=FROM_HERE).json["receipt"]
    page = client.post(f"{language}/receipt", data={"receipt": receipt}, headers=FROM_HERE).text
    assert said in page
    assert [number for number in ("111", "112", "102") if f'href="tel:{number}"' in page] == ["111", "112", "102"]
    assert CANARY not in page


def test_words_about_a_report_that_is_out_already_are_not_lost(client, session, kinds, database, settings):
    body = sent(description="Люк открыт")
    out = client.post("/report", json=body, headers=FROM_HERE).json
    held = client.post("/report", json=body | {"description": WORDS}, headers=FROM_HERE).json
    assert held["held"] is True
    assert held["receipt"] != out["receipt"]
    assert [content.texts for content in opened(database, settings)] == [(WORDS,)]
    assert count(session, Hazard) == [1]


@pytest.fixture
def known(client, kinds) -> None:
    """An open hazard of the kind where the report of violence puts its pin: one that is asked about."""
    ordinary = sent(description="Ашық люк")
    assert client.post("/report", json=ordinary, headers=FROM_HERE).status_code == 201
    asked = client.post("/report", json=ordinary | {"client_id": str(uuid4()), "ask": True}, headers=FROM_HERE)
    assert len(asked.json["near"]) == 1


@pytest.mark.parametrize("way", ["script", "form"])
def test_a_disclosure_beside_a_known_hazard_is_held_and_asked_nothing(client, known, database, settings, way):
    if way == "script":
        answer = client.post("/report", json=sent(ask=True), headers=FROM_HERE)
        assert answer.json["held"] is True
    else:
        answer = client.post("/report", data=sent(), headers=FROM_HERE)
    assert answer.status_code == 201
    assert [content.texts for content in opened(database, settings)] == [(WORDS,)]


@pytest.mark.usefixtures("kinds")
@pytest.mark.parametrize("vouches", [FROM_HERE, {"Origin": "http://localhost"}, {}])
def test_a_form_without_cookie_and_with_an_old_token_is_held_and_not_shown_again(
    client, session, database, settings, vouches
):
    """Where no header vouches for the sender the form is refused, but not what it says."""
    photo = (io.BytesIO(dirty_jpeg()), "a.jpg")
    form = sent(csrf_token="old", photos=[photo])
    answer = client.post("/report", data=form, headers=vouches)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert CANARY not in answer.text
    assert 'href="tel:111"' in answer.text
    assert [content.texts for content in opened(database, settings)] == [(WORDS,)]
    assert session.scalar(select(func.count(HeldPhoto.id))) == 1
    assert count(session, Hazard, Photo) == [0, 0]


CHOSEN = {"at": "43.238000|76.945000|Абай"}


@pytest.mark.usefixtures("kinds")
@pytest.mark.parametrize("button", [{"find": "Абай", "find_place": "1"}, CHOSEN])
@pytest.mark.parametrize("vouches", [FROM_HERE, {}])
def test_a_place_searched_within_the_form_shows_no_such_words_again_and_stores_no_photo(
    client, database, settings, button, vouches
):
    before = pictures(settings)
    picture = saved(plain((331, 211)), "JPEG")  # no other test stores this one
    ordinary = sent(description="Люк", photos=[(io.BytesIO(picture), "a.jpg")], **button)
    shown = client.post("/report", data=ordinary, headers=FROM_HERE)
    assert (shown.status_code, len(pictures(settings)) > len(before)) == (200, True)
    kept = shown.text.split('name="kept"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    other = (io.BytesIO(saved(plain((332, 212)), "JPEG")), "b.jpg")
    form = sent(lat="", lon="", photos=[other], kept=kept, **button)
    answer = client.post("/report", data=form, headers=vouches)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert (CANARY in answer.text, 'href="tel:111"' in answer.text) == (False, True)
    (content,) = opened(database, settings)
    assert content.texts == (WORDS,)
    assert content.geometry == ({"type": "Point", "coordinates": [76.945, 43.238]} if button is CHOSEN else None)
    with database.desk.connect() as desk:
        assert desk.scalar(select(func.count(HeldPhoto.id))) == 2
    assert pictures(settings) == before


@pytest.mark.parametrize("accused", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_sites_form_is_refused_whatever_it_says(client, kinds, database, settings, accused):
    answer = client.post("/report", data=sent(), headers=accused)
    assert answer.status_code == 403
    assert CANARY not in answer.text
    assert opened(database, settings) == []
