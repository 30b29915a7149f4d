"""The desk: operators and nobody else; each look is written down; the first decision holds; own words go out alone."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.actions.held import alarm_of_waiting, decide_held, erase_held, hazard_of_held
from app.db import transaction
from app.domain.errors import AlreadyDecided
from app.domain.held import HeldState, OwnWords
from app.domain.permissions import BODY_ROLES, Actor, Role
from app.domain.references import parse_reference, receipt_for
from app.models import Account, Alarm, Hazard, Held, HeldPhoto, Look, Photo, Report
from app.web.context import now
from tests.gateways.pictures import dirty_jpeg
from tests.jobs.kit import add_body
from tests.web.pages import make_account, sign_in, token
from tests.web.test_violence_is_held import CANARY, FROM_HERE, everything_stored, kinds, sent

assert kinds  # a fixture, used by its name

OWN = "Колодец без крышки у школы"


@pytest.fixture
def held(client, session, kinds) -> str:
    """The reference of a held report with one photo; an operator is signed in."""
    form = sent(photos=[(io.BytesIO(dirty_jpeg()), "a.jpg")], csrf_token=token(client, "/report"))
    page = client.post("/report", data=form, headers=FROM_HERE).text
    made = session.scalars(select(Held.reference)).one()
    assert f"{made[:4]}-{made[4:]}" in page
    make_account(session, Role.OPERATOR)
    sign_in(client)
    return made


def post(client, address, **form):
    form["csrf_token"] = token(client, "/en/desk/held") if "csrf_token" not in form else form["csrf_token"]
    return client.post(address, data=form, headers=FROM_HERE)


def test_the_list_shows_no_content_and_opening_writes_a_look_first(client, held, database):
    listed = client.get("/ru/desk/held").text
    assert "1 задержанное сообщение ждёт" in listed
    assert CANARY not in listed
    assert CANARY not in client.get(f"/ru/desk/held/{held}").text
    with transaction(database.desk) as desk:
        assert desk.scalars(select(Look)).all() == []
    opened = post(client, f"/ru/desk/held/{held}")
    assert CANARY in opened.text
    assert "data:image/jpeg;base64," in opened.text
    assert (opened.headers["Cache-Control"], opened.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    form = opened.text.split("<form", 2)[2]
    assert CANARY not in form, "no word of the sender stands in the form by itself"
    with transaction(database.desk) as desk:
        assert len(desk.scalars(select(Look)).all()) == 1
        with pytest.raises(DBAPIError), desk.begin_nested():
            desk.execute(text("UPDATE vault.look SET at = now()"))


def test_nobody_else_opens_the_desk(app, session, kinds):
    body = add_body(session)
    for number, role in enumerate(role for role in Role if role is not Role.OPERATOR):
        email, client = f"{number}@example.kz", app.test_client()
        make_account(session, role, email=email, body_id=body if role in BODY_ROLES else None)
        sign_in(client, email)
        for address in ("/desk/held", "/desk/held/waiting", "/desk/held/K7M42QXT"):
            assert client.get(address).status_code == 403, role
        made = token(client, "/account")
        for address in ("/desk/held/K7M42QXT", "/desk/held/K7M42QXT/decide"):
            assert post(client, address, csrf_token=made, decision="nothing").status_code == 403, role


def test_visitors_are_led_to_sign_in_and_numbers_that_are_none_are_not_found(client, held):
    assert post(client, "/desk/held/0000-0000").status_code == 404
    fresh = client.application.test_client()
    assert fresh.get("/desk/held").status_code == 302
    assert fresh.get("/desk/held/waiting", headers={"Accept": "application/json"}).status_code == 401


def test_a_hazard_in_own_words_keeps_number_receipt_clock_and_chosen_photos(client, session, held, settings, database):
    opened = post(client, f"/en/desk/held/{held}").text
    photo = re.search(r'name="photos" value="(\d+)"', opened)[1]
    more = {"hazard_type": "MANHOLE_OPEN", "lat": "43.2570", "lon": "76.9290", "description": OWN, "photos": photo}
    done = post(client, f"/en/desk/held/{held}/decide", decision="hazard", **more)
    assert done.status_code == 303
    hazard = session.scalars(select(Hazard)).one()
    report = session.scalars(select(Report)).one()
    assert (hazard.reference, report.text, hazard.label.y) == (held, OWN, 43.2570)
    with transaction(database.desk) as desk:
        row = desk.scalars(select(Held)).one()
    assert (row.state, row.hazard_id, row.receipt_hash) == ("hazard", hazard.id, report.receipt_hash)
    assert hazard.received_at == row.received_at
    assert len(session.scalars(select(Photo)).all()) == 1
    assert CANARY not in everything_stored(settings)
    receipt = receipt_for(row.client_id, settings.policy.receipt_key)
    page = client.post("/en/receipt", data={"receipt": receipt}, headers=FROM_HERE).text
    assert "Open manhole" in page
    assert CANARY not in page


def test_whoever_decides_second_is_told(client, session, held, settings):
    assert post(client, f"/en/desk/held/{held}/decide", decision="kept").status_code == 303
    second = post(client, f"/en/desk/held/{held}/decide", decision="nothing")
    assert second.status_code == 409
    assert "Somebody else has already decided this." in second.text
    operator = Actor(account_id=None, roles=frozenset({Role.OPERATOR}))
    with pytest.raises(AlreadyDecided):
        hazard_of_held(
            session,
            by=operator,
            reference=held,
            words=OwnWords("MANHOLE_OPEN", 76.9, 43.2, OWN),
            heard=(),
            policy=settings.policy,
            now=now(),
        )


def test_of_two_decisions_at_the_same_moment_one_holds(session, held, database):
    account = session.scalars(select(Account)).one().actor
    with ThreadPoolExecutor(1) as other, transaction(database.app) as first:
        decide_held(first, by=account, reference=held, state=HeldState.KEPT, now=now())

        def second():
            with transaction(database.app) as late:
                decide_held(late, by=account, reference=held, state=HeldState.NOTHING, now=now())

        waits = other.submit(second)
        with pytest.raises(TimeoutError):
            waits.result(timeout=0.3)
        first.commit()
        with pytest.raises(AlreadyDecided):
            waits.result(timeout=10)
    assert session.scalars(select(Held.state)).one() == "kept"


def test_a_refused_decision_keeps_what_was_typed_and_decides_nothing(client, session, held):
    for lacks in ({"description": " "}, {"lat": "abc"}, {"hazard_type": "NO"}, {"lon": "7.9"}):
        given = {"hazard_type": "MANHOLE_OPEN", "lat": "43.2570", "lon": "76.9290", "description": OWN, **lacks}
        refused = post(client, f"/en/desk/held/{held}/decide", decision="hazard", **given)
        assert refused.status_code == 422
        assert "notice-danger" in refused.text
        assert (OWN in refused.text) == (given["description"] == OWN)
        assert session.scalars(select(Held.state)).one() == "waiting"


def test_what_came_to_nothing_is_erased_after_thirty_days_and_what_is_kept_is_not(client, held, database):
    post(client, f"/en/desk/held/{held}/decide", decision="nothing")
    with transaction(database.desk) as desk:
        assert erase_held(desk, now=now() + timedelta(days=29)) == 0
        assert erase_held(desk, now=now() + timedelta(days=31)) == 1
        assert desk.scalars(select(Held.sealed)).one() is None
        assert desk.scalars(select(HeldPhoto)).all() == []
    assert "erased" in post(client, f"/en/desk/held/{held}").text


def test_the_waiting_are_counted_and_after_a_quarter_of_an_hour_an_alarm_stands(client, session, held):
    said = client.get("/en/desk/held/waiting").json
    assert said == {"number": 1, "text": "1 held report waits"}
    assert not alarm_of_waiting(session, now=now() + timedelta(minutes=14))
    assert alarm_of_waiting(session, now=now() + timedelta(minutes=16))
    assert alarm_of_waiting(session, now=now() + timedelta(minutes=17))
    assert [alarm.kind for alarm in session.scalars(select(Alarm))] == ["held_waits"]


def test_numbers_are_read_as_people_write_them(client, held):
    assert parse_reference(f"{held[:4]}-{held[4:]}".lower()) == held
    assert client.get(f"/desk/held/{held[:4]}-{held[4:]}".lower()).status_code == 200


COPIED = "Мой отчим бьёт меня каждый день"


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (COPIED, "These words tell of violence against a person"),
        ("Люк открыт. Дядя насилует ребёнка", "These words tell of violence against a person"),
        ("Проверьте люк, он открыт каждый день", None),
        (f"меня каждый день помогите {CANARY}", "These are too much the sender"),
    ],
)
def test_sealed_words_and_words_of_violence_reach_no_body(client, session, held, own, said):
    given = {"hazard_type": "MANHOLE_OPEN", "lat": "43.2570", "lon": "76.9290", "description": own}
    answer = post(client, f"/en/desk/held/{held}/decide", decision="hazard", **given)
    assert answer.status_code == (422 if said else 303)
    assert session.scalars(select(Held.state)).one() == ("waiting" if said else "hazard")
    if said:
        assert said in answer.text.replace("&#39;", "'")
        assert re.search(rf"<textarea[^>]*>\s*{re.escape(own)}</textarea>", answer.text), "it is kept"
        assert session.scalars(select(Hazard)).all() == []
        assert session.scalars(select(Report)).all() == []


def test_a_dog_that_bit_can_still_be_passed_on(client, session, held):
    given = {"hazard_type": "ROPE", "lat": "43.2570", "lon": "76.9290"}
    own = "Бродячая собака у школы укусила ребёнка за ногу"
    answer = post(client, f"/en/desk/held/{held}/decide", decision="hazard", description=own, **given)
    assert answer.status_code == 303
    assert session.scalars(select(Report.text)).one() == own
