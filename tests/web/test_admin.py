"""The administrator's page: the queue nobody answers for, alarms, accounts; closed to everybody else."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from shapely.geometry import Point

from app.actions.alarms import raise_alarm
from app.actions.reference_data import load_reference_data
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.cli.seed import DATA
from app.domain.permissions import Role
from app.domain.references import parse_reference, show_reference
from app.models import Account, AccountLink, Alarm, Body
from app.queries.admin import After
from tests.jobs.kit import add_hazard
from tests.web.pages import make_account, sign_in

NOW = datetime.now(UTC)
HERE = {"Origin": "http://localhost"}


@pytest.fixture
def admin(client, database, session):
    load_reference_data(session, DATA)
    make_account(session, Role.ADMINISTRATOR)
    sign_in(client)
    return client


def token(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]


def post(client, address, **data):
    return client.post(address, data=data | {"csrf_token": token(client.get("/admin/accounts"))}, headers=HERE)


def test_hazard_without_a_body_waits_in_the_queue(admin, session, settings):
    submission = Submission(uuid4(), "MANHOLE_OPEN", Point(76.9, 43.2))
    made = report_hazard(session, submission=submission, policy=settings.policy, now=NOW)
    session.commit()
    page = admin.get("/admin/")
    assert show_reference(made.reference) in page.text
    assert admin.get(f"/staff/h/{made.reference}").status_code == 200


def test_the_queue_pages_through_all_that_wait_the_urgent_first(admin, session):
    """More than any page holds; each once, in order."""
    area_free = {"body_id": None, "place": Point(76.9, 43.2), "hazard_type": "MANHOLE_OPEN"}
    made = [
        add_hazard(session, urgent=number % 3 == 0, received_at=NOW - timedelta(minutes=number // 3), **area_free)
        for number in range(230)
    ]
    session.commit()
    wanted = [h.reference for h in sorted(made, key=lambda h: (not h.urgent, h.received_at, h.id))]
    seen, page = [], "/admin/"
    while page:
        text = admin.get(page).text
        queue = text[text.index('id="queue"') : text.index('id="alarms"')]
        seen += [parse_reference(found) for found in re.findall(r'class="note num">([^<]+)<', queue)]
        found = re.search(r'rel="next" href="([^"]+)"', queue)
        page = found and found[1].replace("&amp;", "&")
    assert seen == wanted


@pytest.mark.parametrize("after", ["", "x", "2_1_1", "1_99999999999999999_1", "1_1_" + "9" * 19, "-1_1_1"])
def test_a_page_that_is_none_is_the_first(after):
    assert After.parse(after) is None


def test_settled_alarm_is_gone_and_its_body_is_written_to_again(admin, session):
    names = {"name_kk": "Су", "name_ru": "Вода", "name_en": "Water"}
    body = Body(code="w", kind="water_utility", email="x@qauip.example", mail_failed_at=NOW, **names)
    session.add(body)
    session.flush()
    raise_alarm(session, key="mail_failed:w", kind="mail_failed", now=NOW, body_id=body.id)
    session.commit()
    assert "x@qauip.example" in admin.get("/admin/").text
    alarm = session.query(Alarm).one()
    assert post(admin, f"/admin/alarms/{alarm.id}/settle").status_code == 303
    assert "x@qauip.example" not in admin.get("/admin/").text
    session.expire_all()
    assert (alarm.settled_by is not None, body.mail_failed_at) == (True, None)
    assert post(admin, f"/admin/alarms/{alarm.id}/settle").status_code == 303  # a second click changes nothing


def test_new_account_is_invited_and_nobody_can_sign_in_to_it_before(admin, app, session):
    answer = post(admin, "/admin/accounts", name="Модератор", email="Mod@city.kz", role="moderator", body="")
    assert answer.status_code == 303
    made = session.query(Account).filter_by(email="mod@city.kz").one()
    assert (made.joined_at, made.roles) == (None, ["moderator"])
    assert session.query(AccountLink).one().account_id == made.id
    assert sign_in(app.test_client(), "mod@city.kz", "").status_code == 400
    assert sign_in(app.test_client(), "mod@city.kz", "any password at all").status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"email": "aigul@example.kz"},
        {"role": "crew", "body": ""},
        {"role": "king"},
        {"email": "not an address"},
        {"email": "a@b"},
    ],
)
def test_bad_account_is_refused_and_what_was_typed_is_kept(admin, wrong):
    good = {"name": "Айдос", "email": "aidos@city.kz", "role": "auditor", "body": ""}
    answer = post(admin, "/admin/accounts", **good | wrong)
    assert 400 <= answer.status_code < 500
    assert 'class="error"' in answer.text or "error-summary" in answer.text
    assert (good | wrong)["email"] in answer.text


def test_disabled_account_is_out_at_once_and_nobody_disables_themselves(admin, app, session):
    other = make_account(session, Role.MODERATOR, email="m@city.kz")
    theirs = app.test_client()
    sign_in(theirs, "m@city.kz")
    assert theirs.get("/staff/moderation/").status_code == 200
    post(admin, f"/admin/accounts/{other.id}/disable")
    assert theirs.get("/staff/moderation/").status_code == 302
    post(admin, f"/admin/accounts/{other.id - 1}/disable")
    assert admin.get("/admin/").status_code == 200
    assert post(admin, "/admin/accounts/999999/disable").status_code == 404


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR, Role.CREW, Role.DISPATCHER, Role.MANAGER}))
def test_nobody_else_gets_in(client, session, role):
    make_account(session, role)
    sign_in(client)
    assert client.get("/admin/").status_code == 403
    assert client.get("/admin/accounts").status_code == 403


def test_an_administrator_lands_on_the_administration(admin):
    assert admin.get("/account/start").location == "/admin/"
