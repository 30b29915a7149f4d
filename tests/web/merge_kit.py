"""Two hazards that may be one, one of another body beside them, and a dispatcher who looks."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from shapely.geometry import Point
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Hazard
from tests.jobs.kit import NOW, PLACE, add_area, add_body, add_hazard, add_report, add_types
from tests.web.pages import make_account, sign_in, token

NEAR = Point(PLACE.x + 0.0001, PLACE.y)
"""Eight metres to the east."""


@dataclass
class World:
    """Two hazards of ours eight metres apart, one of another body beside them; a dispatcher is signed in."""

    session: Session
    client: FlaskClient
    older: Hazard
    newer: Hazard
    theirs: Hazard
    body: int

    def url(self, *parts: Hazard | str) -> str:
        shown = (show_reference(each.reference) if isinstance(each, Hazard) else each for each in parts)
        return "/en/staff/h/" + "/".join(shown)

    def page(self, hazard: Hazard) -> str:
        return self.client.get(self.url(hazard)).get_data(as_text=True)

    def post(self, url: str, **fields: object):
        return self.client.post(url, data={"csrf_token": token(self.client, "/account"), **fields})

    def join(self, **changes: object):
        self.fresh()
        form = {"keep": self.older.reference, "note": "The same cover"}
        form |= {f"version_{each.reference}": str(each.version) for each in (self.older, self.newer)}
        return self.post(self.url(self.newer, "merge", self.older), **form | changes)

    def fresh(self) -> None:
        self.session.rollback()
        self.session.expire_all()


@pytest.fixture
def world(session: Session, client: FlaskClient) -> World:
    add_types(session)
    area, body, other = add_area(session), add_body(session), add_body(session)
    older = add_hazard(session, body_id=body, area_id=area, received_at=NOW - timedelta(days=2))
    newer = add_hazard(session, body_id=body, area_id=area, place=NEAR)
    theirs = add_hazard(session, body_id=other, area_id=area, place=NEAR)
    for hazard in (older, newer, theirs):
        add_report(session, hazard, f"words of {hazard.id}")
    session.commit()
    make_account(session, Role.DISPATCHER, body_id=body)
    sign_in(client)
    return World(session, client, older, newer, theirs, body)
