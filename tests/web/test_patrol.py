"""A hazard found on patrol, as its page's script sends it: once, in the name of whoever typed it."""

import base64
import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.models import Photo, Report
from tests.gateways.pictures import plain, saved
from tests.jobs.kit import add_area, add_body, add_types
from tests.web.pages import make_account, sign_in

HERE = {"Sec-Fetch-Site": "same-origin"}
PAGE = "/en/staff/new"


@pytest.fixture
def crew(session: Session, client: FlaskClient) -> FlaskClient:
    add_types(session)
    add_area(session)
    body = add_body(session)
    session.commit()
    make_account(session, Role.CREW, body_id=body)
    sign_in(client)
    return client


def by(client: FlaskClient) -> str:
    found = re.search(r'data-by="(\w+)"', client.get(PAGE).get_data(as_text=True))
    assert found
    return found[1]


def body(client: FlaskClient, **changed: object) -> dict[str, object]:
    place = {"hazard_type": "MANHOLE_OPEN", "lat": "43.25", "lon": "76.92", "description": "Deep"}
    return {"client_id": str(uuid4()), "by": by(client), "photos": [], **place, **changed}


def reports(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Report).where(Report.channel == "patrol")) or 0


def test_sent_twice_it_is_one_report_and_both_are_told_so(crew: FlaskClient, session: Session) -> None:
    sent = body(crew, photos=[base64.b64encode(saved(plain(), "JPEG")).decode()], someone_hurt="y", hidden="y")
    answers = [crew.post(PAGE, json=sent, headers=HERE) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json["url"] == answers[1].json["url"]
    assert answers[0].json["message"].startswith("The hazard was logged")
    assert reports(session) == 1
    assert session.scalars(select(Report.someone_hurt)).one()
    assert session.scalar(select(func.count()).select_from(Photo)) == 1


def test_of_another_account_it_is_not_taken(crew: FlaskClient, session: Session) -> None:
    answer = crew.post(PAGE, json=body(crew, by="0" * 16), headers=HERE)
    assert answer.json["error"] == "other_person"
    assert reports(session) == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"hazard_type": ""}, "Kind of hazard: Choose what kind of hazard it is."),
        ({"hazard_type": "NO_SUCH"}, "Kind of hazard: "),
        ({"lat": ""}, "Latitude: Please fill this in"),
        ({"lat": "0"}, ""),
        ({"client_id": "x"}, ""),
        ({"photos": ["no base 64"]}, ""),
        ({"photos": "x"}, ""),
    ],
)
def test_what_is_wrong_gets_its_sentence_and_stays_with_the_sender(
    crew: FlaskClient, session: Session, changed: dict[str, object], said: str
) -> None:
    answer = crew.post(PAGE, json=body(crew, **changed), headers=HERE)
    assert answer.status_code in {400, 422}
    assert answer.json["message"].startswith(said)
    assert answer.json["message"]
    assert reports(session) == 0


def test_without_a_header_that_vouches_or_a_session_nothing_is_taken(crew: FlaskClient, session: Session) -> None:
    sent = body(crew)
    assert crew.post(PAGE, json=sent).status_code == 403
    assert crew.post(PAGE, json=sent, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    crew.delete_cookie("qauip_session")
    assert crew.post(PAGE, json=sent, headers=HERE | {"Accept": "application/json"}).status_code == 401
    assert reports(session) == 0
