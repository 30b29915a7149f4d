"""The pages of administration: what is typed is kept, what would change is shown first, what was done can be undone."""

import re
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.actions.reference_data import load_reference_data
from app.cli.seed import DATA
from app.domain.permissions import Role
from app.i18n import ALMATY
from app.models import AuditEntry, Body, CalendarDay, EscalationStep, HazardType, Responsibility
from tests.jobs.kit import add_area, add_body, add_hazard
from tests.web.pages import make_account, sign_in

HERE = {"Origin": "http://localhost"}
PAGES = [
    *("bodies", "bodies/new", "rules", "rules/new", "calendar", "types", "types/MANHOLE_OPEN", "history"),
    *("escalation", "escalation/low/due"),
]
TODAY = datetime.now(ALMATY).date()


@pytest.fixture
def body(session: Session) -> Body:
    load_reference_data(session, DATA)
    add_area(session)
    number = add_body(session)
    make_account(session, Role.ADMINISTRATOR)
    return session.get_one(Body, number)


@pytest.fixture
def admin(client: FlaskClient, body: Body) -> FlaskClient:
    sign_in(client)
    return client


def fields(page: TestResponse) -> dict[str, str]:
    """What a browser would send of the main form: hidden and typed values, and the chosen lines of lists."""
    form = page.text.split('<form class="form-wide"', 1)[1].split("</form>", 1)[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = _attribute(tag, "name"), _attribute(tag, "value")
        if name and ("checked" in tag or not re.search('type="(checkbox|radio)"', tag)):
            found[name] = value
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', inside) or re.search(r'<option value="([^"]*)"', inside)
        found[name] = chosen[1] if chosen else ""
    for name, inside in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', form, re.S):
        found[name] = inside.strip()
    return found


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]*)"', tag)
    return found[1] if found else ""


def send(client: FlaskClient, address: str, *without: str, **typed: str) -> TestResponse:
    """Open a form, type, send."""
    form = fields(client.get(address)) | typed
    return client.post(address, data={k: v for k, v in form.items() if k not in without}, headers=HERE)


def press(client: FlaskClient, address: str, **typed: str) -> TestResponse:
    token = fields(client.get("/admin/bodies/new"))["csrf_token"]
    return client.post(address, data={"csrf_token": token, **typed}, headers=HERE)


def test_body_is_made_changed_found_and_the_change_undone(admin: FlaskClient, session: Session) -> None:
    names = {"name_kk": "Жылу желісі", "name_ru": "Теплосеть", "name_en": "Heating"}
    refused = send(admin, "/admin/bodies/new", code="heat", kind="heat_network", email="no address", **names)
    assert refused.status_code == 422
    assert all(typed in refused.text for typed in ("no address", "Жылу желісі", 'value="heat"'))
    assert send(admin, "/admin/bodies/new", code="heat", kind="heat_network", **names).status_code == 303
    assert send(admin, "/admin/bodies/heat", phone="109").status_code == 303
    assert "Жылу желісі" in admin.get("/admin/bodies?q=теплос").text
    assert "Жылу желісі" not in admin.get("/admin/bodies?q=такого-нет").text
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    page = admin.get("/admin/history?noun=body&key=heat").text
    assert ("109" in page, "water_utility" in page, "name_kk" in page) == (True, False, False)
    assert press(admin, f"/admin/history/{entry.id}/undo").status_code == 303
    assert session.scalars(select(Body).where(Body.code == "heat")).one().phone is None
    assert 'role="alert"' in admin.get(press(admin, f"/admin/history/{entry.id}/undo").location).text


def test_body_with_open_hazards_asks_before_it_is_switched_off(
    admin: FlaskClient, session: Session, body: Body
) -> None:
    add_hazard(session, body_id=body.id)
    session.commit()
    address = f"/admin/bodies/{body.code}"
    asked = send(admin, address, "active")
    assert (asked.status_code, 'name="leave_hazards"' in asked.text) == (422, True)
    assert send(admin, address, "active", leave_hazards="y").status_code == 303
    session.refresh(body)
    assert not body.active
    listed = f'href="{address}"'
    assert listed not in admin.get("/admin/bodies").text
    assert listed in admin.get("/admin/bodies?state=off").text
    body.active = True
    session.add(Responsibility(body_id=body.id, area_code="751110000", valid_from=TODAY))
    session.commit()
    gaps = send(admin, address, "active", "leave_hazards")
    assert (gaps.status_code, "notice-warning" in gaps.text) == (422, True)
    mine = fields(admin.get(address)) | {"phone": "105"}
    assert send(admin, address, phone="104").status_code == 303
    stale = admin.post(address, data=mine, headers=HERE)  # somebody else's change is not written over
    assert (stale.status_code, 'value="105"' in stale.text) == (409, True)
    assert admin.post(address, data=fields(stale), headers=HERE).status_code == 303


def test_rule_is_looked_at_first_and_saved_second(admin: FlaskClient, session: Session, body: Body) -> None:
    address = f"/admin/rules/new?body={body.code}&area=751110000"
    shown = send(admin, address, what="type:MANHOLE_OPEN", step="check")
    assert (shown.status_code, 'value="save"' in shown.text) == (200, True)
    assert session.scalar(select(Responsibility.id)) is None
    again = fields(shown) | {"rank": "50", "step": "save"}
    assert admin.post(address, data=again, headers=HERE).status_code == 200  # not what was shown: looked at anew
    assert session.scalar(select(Responsibility.id)) is None
    saved = admin.post(address, data=fields(shown) | {"step": "save"}, headers=HERE)
    assert saved.status_code == 303
    assert body.name_kk in admin.get(saved.location).text
    other = session.get_one(Body, add_body(session))
    session.commit()
    address = f"/admin/rules/new?body={other.code}&area=751110000"
    warned = send(admin, address, what="type:MANHOLE_OPEN", rank="200", step="check")
    assert "notice-warning" in warned.text
    assert admin.post(address, data=fields(warned) | {"step": "save"}, headers=HERE).status_code == 303
    assert send(admin, address, what="type:MANHOLE_OPEN", step="check").status_code == 409  # the same from the same day


def test_rule_that_ends_before_it_begins_is_refused_beside_its_end(admin: FlaskClient, body: Body) -> None:
    address = f"/en/admin/rules/new?body={body.code}&area=751110000"
    typed = {"valid_from": "2026-05-05", "valid_until": "2026-05-01", "rank": "77"}
    refused = send(admin, address, step="check", **typed)
    assert (refused.status_code, 'id="valid_until-error"' in refused.text) == (422, True)
    assert {name: fields(refused)[name] for name in typed} == typed
    assert send(admin, address, "seen_there", "what", step="check").status_code == 200


def test_rule_is_ended_one_to_come_deleted_and_an_area_found_by_its_name(
    admin: FlaskClient, session: Session, body: Body
) -> None:
    kept = {"body_id": body.id, "area_code": "751110000", "rank": 1}
    now_on = Responsibility(**kept, valid_from=TODAY)
    later = Responsibility(**kept, valid_from=TODAY + timedelta(days=9), hazard_type="ROAD_COLLAPSE")
    session.add_all([now_on, later])
    session.commit()
    address = f"/admin/rules/{now_on.id}"
    end = (TODAY + timedelta(days=2)).isoformat()
    shown = send(admin, address, valid_until=end, step="check")
    assert "notice-warning" in shown.text  # a gap opens
    assert admin.post(address, data=fields(shown) | {"step": "save"}, headers=HERE).status_code == 303
    for number, left in ((now_on.id, True), (later.id, False)):
        press(admin, f"/admin/rules/{number}/delete")
        session.expire_all()
        assert (session.get(Responsibility, number) is not None) is left
    address = f"/admin/rules/new?body={body.code}"
    assert 'value="save"' in send(admin, address, area_code="алмалинский", rank="7", what="group:play").text
    several = send(admin, address, area_code="Алм")
    assert (several.status_code, "750000000" in several.text, "751110000" in several.text) == (422, True, True)
    assert send(admin, address, area_code="nowhere").status_code == 422


def test_day_is_added_changed_and_taken_out(admin: FlaskClient, session: Session) -> None:
    names = {"name_kk": "Мереке", "name_ru": "Праздник", "name_en": "Holiday"}
    assert send(admin, "/admin/calendar?year=2027", day="2027-07-07", name_kk="Мереке").status_code == 422
    assert send(admin, "/admin/calendar?year=2027", day="2027-07-07", **names).status_code == 303
    assert send(admin, "/admin/calendar?year=2027", day="2027-07-07", **names).status_code == 409
    assert send(admin, "/admin/calendar/2027-07-07", working="work").status_code == 303
    assert session.get_one(CalendarDay, date(2027, 7, 7)).working
    assert press(admin, "/admin/calendar/2027-07-07/remove").status_code == 303
    assert admin.get("/admin/calendar/2027-07-07").status_code == 404
    assert admin.get("/admin/calendar/soon").status_code == 404
    assert send(admin, "/admin/calendar?year=2027", day="0207-07-07", **names).status_code == 422


def test_type_is_changed_and_nonsense_is_kept_in_its_field(admin: FlaskClient, session: Session) -> None:
    refused = send(admin, "/admin/types/MANHOLE_OPEN", make_safe_hours="many", name_ru="Люк")
    assert (refused.status_code, 'value="many"' in refused.text, 'value="Люк"' in refused.text) == (422, True, True)
    saved = send(admin, "/admin/types/MANHOLE_OPEN", make_safe_hours="2", **{"responsible-1": "", "season": "11"})
    kind = session.get_one(HazardType, "MANHOLE_OPEN")
    assert (saved.status_code, kind.make_safe_hours, kind.season, len(kind.responsible)) == (303, 2, [11], 4)
    assert send(admin, "/admin/types/CHILD_IN_DANGER", reportable="y").status_code == 422


def test_type_that_names_nobody_s_kind_any_more_asks_first(admin: FlaskClient, session: Session, body: Body) -> None:
    session.add(Responsibility(body_id=body.id, area_code="751110000", valid_from=TODAY))
    session.commit()
    address = "/admin/types/MANHOLE_OPEN"
    others = {"responsible-0": "telecom_operator"} | {f"responsible-{place}": "" for place in range(1, 7)}
    asked = send(admin, address, "sure", **others)
    assert (asked.status_code, "notice-warning" in asked.text) == (422, True)
    assert admin.post(address, data=fields(asked) | {"sure": "y"}, headers=HERE).status_code == 303
    assert session.get_one(HazardType, "MANHOLE_OPEN").responsible == ["telecom_operator"]


def test_every_page_opens_in_every_language_and_for_administrators_only(
    admin: FlaskClient, session: Session, body: Body
) -> None:
    assert [admin.get(f"{prefix}/admin/{page}").status_code for prefix in ("", "/ru", "/en") for page in PAGES] == (
        [200] * len(PAGES) * 3
    )
    make_account(session, Role.DISPATCHER, email="d@x.example", body_id=body.id)
    theirs = admin.application.test_client()
    sign_in(theirs, "d@x.example")
    assert {theirs.get(f"/admin/{page}").status_code for page in PAGES} == {403}
    assert theirs.post("/admin/history/1/undo", headers=HERE).status_code == 403


def test_step_of_the_escalation_is_changed_taken_away_and_taken_back(admin: FlaskClient, session: Session) -> None:
    shown = admin.get("/ru/admin/escalation").text
    for words in ("Когда прошло 50% срока", "За 24 ч до окончания срока", "Через 2 ч после окончания срока"):
        assert words in shown
    address = "/admin/escalation"
    assert send(admin, address, severity="low", when="after", amount="many", tell="head").status_code == 422
    assert send(admin, address, severity="low", when="after", amount="2").status_code == 422
    assert send(admin, address, severity="low", when="after", amount="72", tell="head").status_code == 409
    assert send(admin, address, severity="low", when="after", amount="1,5", tell="head", clock="fix").status_code == 303
    row = session.scalars(select(EscalationStep).where(EscalationStep.hours == 1.5)).one()
    assert (row.severity, row.clock, row.share, row.tell) == ("low", "fix", None, ["head"])
    page = f"/admin/escalation/low/{row.code}"
    assert send(admin, page, when="share", amount="40", tell="above").status_code == 303
    session.refresh(row)
    assert (row.share, row.hours, row.tell) == (0.4, None, ["above"])
    assert press(admin, f"{page}/remove").status_code == 303
    assert admin.get(page).status_code == 404
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert press(admin, f"/admin/history/{entry.id}/undo").status_code == 303
    assert admin.get(page).status_code == 200
    assert "40 %" in admin.get("/admin/history?noun=escalation_step").text


def test_step_that_open_hazards_have_passed_asks_first(admin: FlaskClient, session: Session) -> None:
    add_hazard(session, severity="low", make_safe_due=None, fix_due=datetime.now(ALMATY) - timedelta(hours=5))
    session.commit()
    step = {"severity": "low", "when": "after", "amount": "1", "tell": "head"}
    asked = send(admin, "/admin/escalation", **step)
    assert (asked.status_code, 'name="sure"' in asked.text) == (422, True)
    assert send(admin, "/admin/escalation", **step, sure="y").status_code == 303


def test_minutes_of_the_night_duty_are_changed(admin: FlaskClient, session: Session) -> None:
    assert press(admin, "/admin/escalation/duty", minutes="1").status_code == 422
    assert press(admin, "/admin/escalation/duty", minutes="25").status_code == 303
    assert 'value="25"' in admin.get("/admin/escalation").text
