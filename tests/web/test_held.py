"""A held hazard is nobody's but a moderator's: not in the inbox, not on its page, not by its photo."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Hazard, Photo
from tests.jobs.kit import NOW, add_body, add_hazard, add_types, assigned
from tests.web.pages import make_account, sign_in

PHOTO = "p" * 22


@pytest.fixture
def hazards(session: Session) -> tuple[Hazard, Hazard]:
    """Two of one body; the first of them is held."""
    add_types(session)
    body = add_body(session)
    held, other = add_hazard(session, body_id=body, held=True), add_hazard(session, body_id=body)
    assigned(session, held)
    session.add(Photo(public_id=PHOTO, hazard_id=held.id, kind="report", content_key="a" * 64, width=1, height=1,
                      added_at=NOW))  # fmt: skip
    session.commit()
    return held, other


def page(client: FlaskClient, hazard: Hazard) -> int:
    return client.get(f"/en/staff/h/{show_reference(hazard.reference)}").status_code


@pytest.mark.parametrize("role", [Role.CREW, Role.DISPATCHER, Role.MANAGER, Role.COORDINATOR])
def test_those_who_work_on_hazards_do_not_see_it(
    client: FlaskClient, session: Session, hazards: tuple[Hazard, Hazard], role: Role
) -> None:
    held, other = hazards
    make_account(session, role, body_id=None if role is Role.COORDINATOR else held.body_id)
    sign_in(client)
    inbox = client.get("/en/staff/").get_data(as_text=True)
    assert show_reference(other.reference) in inbox
    assert show_reference(held.reference) not in inbox
    assert (page(client, other), page(client, held)) == (200, 404)
    assert client.get(f"/staff/photo/{PHOTO}/full").status_code == 404


def test_a_moderator_sees_its_page(client: FlaskClient, session: Session, hazards: tuple[Hazard, Hazard]) -> None:
    make_account(session, Role.MODERATOR)
    sign_in(client)
    assert page(client, hazards[0]) == 200
