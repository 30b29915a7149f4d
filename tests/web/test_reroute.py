"""Re-routing in the administrator's hands: look, move, and see what moved."""

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.actions import reroute_preview
from app.domain.permissions import Role
from app.domain.references import show_reference
from app.jobs.preview_reroute import preview_reroute
from app.jobs.reroute import reroute
from app.models import Hazard, Responsibility
from tests.jobs import kit
from tests.jobs.kit import add_area, add_body, add_hazard, add_types, assigned
from tests.web.pages import make_account, sign_in, token


def test_looking_moves_nothing_and_starting_moves_what_was_seen(
    database, session: Session, client: FlaskClient
) -> None:
    add_types(session)
    area, old, new = add_area(session), add_body(session), add_body(session)
    hazard = add_hazard(session, body_id=old, area_id=area)
    assigned(session, hazard)
    session.add(Responsibility(body_id=new, area_code="750000000", rank=1, valid_from=date(2020, 1, 1)))
    make_account(session, Role.ADMINISTRATOR)
    sign_in(client)
    form = {"csrf_token": token(client, "/en/admin/reroute"), "reason": "A new water company"}
    refused = client.post("/en/admin/reroute", data=form | {"reason": " "})
    assert (refused.status_code, 'id="reason-error"' in refused.text) == (422, True)
    seen = client.post("/en/admin/reroute", data=form)
    page = client.get(seen.location).text
    assert "Would go to somebody else" in page
    assert len(client.get(f"{seen.location}/places").json["features"]) == 1
    session.expire_all()
    session.rollback()
    assert session.get_one(Hazard, hazard.id).body_id == old
    session.rollback()
    assert client.post(f"{seen.location}/start", data=form).status_code == 303
    reroute(kit.jobs(database), run_id=int(seen.location.rsplit("/", 1)[1]))
    session.expire_all()
    session.rollback()
    assert session.get_one(Hazard, hazard.id).body_id == new
    assert "A new water company" in client.get(f"/en/staff/h/{show_reference(hazard.reference)}").text
    again = client.post("/en/admin/reroute", data=form, follow_redirects=True).text
    assert ("Nothing would move" in again, "leaflet" in again) == (True, False)  # a map's script without a map fails


def test_a_large_one_is_looked_through_by_the_worker(
    database, session: Session, client: FlaskClient, monkeypatch
) -> None:
    add_types(session)
    area, old, new = add_area(session), add_body(session), add_body(session)
    assigned(session, add_hazard(session, body_id=old, area_id=area))
    session.add(Responsibility(body_id=new, area_code="750000000", rank=1, valid_from=date(2020, 1, 1)))
    make_account(session, Role.ADMINISTRATOR)
    sign_in(client)
    monkeypatch.setattr(reroute_preview, "AT_ONCE", 0)
    form = {"csrf_token": token(client, "/en/admin/reroute"), "reason": "A new water company"}
    seen = client.post("/en/admin/reroute", data=form)
    waiting = client.get(seen.location).text
    assert ("being looked through" in waiting, "Move them" in waiting, "Nothing would move" in waiting) == (
        True,
        False,
        False,
    )
    run = int(seen.location.rsplit("/", 1)[1])
    for _ in range(2):
        preview_reroute(kit.jobs(database), run_id=run)
    assert "Move them" in client.get(seen.location).text


def test_who_may_not_administer_sees_no_run(session: Session, client: FlaskClient) -> None:
    make_account(session, Role.COORDINATOR)
    sign_in(client)
    for path in ("/en/admin/reroute", "/en/admin/reroute/1", "/en/admin/reroute/1/places"):
        assert client.get(path).status_code == 403
