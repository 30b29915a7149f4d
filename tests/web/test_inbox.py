"""The pages of the inbox: isolation by every route, the fragment that is polled, saved filters, addresses."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.inbox import Wanted
from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Hazard, SavedFilter
from tests.domain.test_inbox import ADDRESSES
from tests.jobs.kit import add_area, add_body, add_hazard, add_report, add_types
from tests.web.pages import make_account, sign_in, token

PAGES = ("/ru/staff/", "/ru/staff/?view=map", "/ru/staff/?view=board")


@dataclass
class Desk:
    session: Session
    client: FlaskClient
    ours: Hazard
    theirs: Hazard
    account: int

    def post(self, path: str, **fields: str) -> int:
        form = {"csrf_token": token(self.client, "/account"), **fields}
        return self.client.post(path, data=form).status_code

    def filters(self) -> list[SavedFilter]:
        self.session.rollback()
        return list(self.session.scalars(select(SavedFilter).order_by(SavedFilter.id)))


@pytest.fixture
def desk(session: Session, client: FlaskClient) -> Desk:
    add_types(session)
    area, ours, theirs = add_area(session), add_body(session), add_body(session)
    mine, foreign = (add_hazard(session, body_id=body, area_id=area) for body in (ours, theirs))
    for each in (mine, foreign):
        add_report(session, each, "Открытый колодец у школы")
    session.commit()
    account = make_account(session, Role.DISPATCHER, body_id=ours)
    sign_in(client)
    return Desk(session, client, mine, foreign, account.id)


@given(ADDRESSES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_shows_another_body_s_hazard(desk: Desk, address: dict[str, list[str]]) -> None:
    query = urlencode(Wanted.parse(address).query(), doseq=True)
    for path in (*PAGES, "/ru/staff/points", "/ru/staff/news?since=0"):
        answer = desk.client.get(path + ("&" if "?" in path else "?") + query)
        assert answer.status_code == 200
        assert desk.theirs.reference not in answer.text
        assert show_reference(desk.theirs.reference) not in answer.text


def test_list_map_and_board_hold_my_hazard(desk: Desk) -> None:
    for path in PAGES:
        assert show_reference(desk.ours.reference) in desk.client.get(path).text
    points = desk.client.get("/ru/staff/points").get_json()
    assert [feature["properties"]["ref"] for feature in points["features"]] == [desk.ours.reference]
    assert points["features"][0]["geometry"]["coordinates"] == [76.9286, 43.2567]
    assert points["more"] is False


def test_the_map_answers_for_the_box_that_is_looked_at(desk: Desk) -> None:
    def number(box: str) -> int:
        return len(desk.client.get(f"/ru/staff/points?in={box}").get_json()["features"])

    assert number("76.9,43.2,77,43.3") == 1
    assert number("70,43.2,71,43.3") == 0
    assert number("nonsense") == number("77,43,76,42") == 1  # no box is all


def test_a_search_and_a_filter_stand_in_the_address_and_in_the_page(desk: Desk) -> None:
    found = desk.client.get("/ru/staff/?q=колодцы&severity=critical").text
    assert show_reference(desk.ours.reference) in found
    assert 'value="колодцы"' in found
    assert "Опасно для жизни" in found
    assert "Ничего не подходит" in desk.client.get("/ru/staff/?q=жираф").text


def test_a_closed_hazard_is_found_by_its_number_under_a_heading_of_its_own(desk: Desk) -> None:
    asked = f"/ru/staff/?q={desk.ours.reference}"
    assert "Опасно для жизни, ещё не обезопашено" in desk.client.get(asked).text
    closed = "UPDATE hazard SET status = 'fixed', closed_at = now() WHERE id = :id"
    desk.session.execute(text(closed), {"id": desk.ours.id})
    desk.session.commit()
    for path in (asked, f"/ru/staff/?q={desk.ours.reference[4:]}"):
        headings = re.findall(r'<h2 class="inbox-step[^>]*>([^<]*)<', desk.client.get(path).text)
        assert headings == ["Закрыто"]


def news_url(desk: Desk, page: str = "/ru/staff/") -> str:
    found = re.search(r'id="inbox-rows" data-news="([^"]+)"', desk.client.get(page).text)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_the_fragment_is_silent_until_something_changes_and_answers_304(desk: Desk) -> None:
    address = news_url(desk)
    first = desk.client.get(address)
    assert "data-waiting" not in first.text
    again = desk.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


def test_the_fragment_says_what_is_new_and_what_has_changed(desk: Desk) -> None:
    address = news_url(desk)
    add_hazard(desk.session, body_id=desk.theirs.body_id)
    desk.session.commit()
    assert "data-waiting" not in desk.client.get(address).text  # another body's is no news
    add_hazard(desk.session, body_id=desk.ours.body_id)
    desk.session.commit()
    assert "Новых: 1." in desk.client.get(address).text
    address = news_url(desk)
    desk.ours.disputed = True
    desk.session.commit()
    assert "Список изменился." in desk.client.get(address).text


def test_a_filter_is_saved_opened_first_renamed_and_deleted(desk: Desk) -> None:
    assert desk.post("/ru/staff/filters", name="Опасные", severity="critical", view="board", start="1") == 303
    (kept,) = desk.filters()
    assert (kept.name, kept.query, kept.start) == ("Опасные", "severity=critical&view=board", True)
    assert desk.client.get("/ru/staff/").location.endswith("/ru/staff/?severity=critical&view=board")
    assert desk.client.get("/ru/staff/?state=open").status_code == 200
    desk.post(f"/ru/staff/filters/{kept.id}", choice="rename", name="Другие")
    desk.post(f"/ru/staff/filters/{kept.id}", choice="no_start")
    assert [(each.name, each.start) for each in desk.filters()] == [("Другие", False)]
    assert desk.client.get("/ru/staff/").status_code == 200
    desk.post(f"/ru/staff/filters/{kept.id}", choice="delete")
    assert desk.filters() == []


def test_a_name_is_needed_and_is_mine_once(desk: Desk) -> None:
    for name in ("  ", "Один", "Один"):
        assert desk.post("/ru/staff/filters", name=name) == 303
    assert [each.name for each in desk.filters()] == ["Один"]
    assert "Фильтр с таким названием" in desk.client.get("/ru/staff/?state=open").text


def test_another_person_s_filter_cannot_be_seen_or_touched(desk: Desk) -> None:
    other = make_account(desk.session, Role.DISPATCHER, email="b@example.kz", body_id=desk.ours.body_id)
    desk.session.add(SavedFilter(account_id=other.id, name="Чужой", query="state=open"))
    desk.session.commit()
    (kept,) = desk.filters()
    for choice in ("rename", "start", "delete"):
        desk.post(f"/ru/staff/filters/{kept.id}", choice=choice, name="Мой")
    assert [(each.name, each.start) for each in desk.filters()] == [("Чужой", False)]
    assert "Чужой" not in desk.client.get("/ru/staff/?state=open").text


def test_nothing_of_a_filter_is_believed(desk: Desk) -> None:
    hostile = (
        "/ru/staff/?type='%3B--&status=x&severity=y&area=%25&overdue=1&mark=z&whom=crew:x&body=..&after=1_x&view=q"
    )
    assert desk.client.get(hostile).status_code == 200
    assert "<script>alert" not in desk.client.get("/ru/staff/?q=<script>alert(1)</script>").text
    assert desk.post("/ru/staff/filters/1", choice="nonsense") == 400
