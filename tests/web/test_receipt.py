"""A receipt shows each step of one's own report, and nothing that staff wrote for themselves."""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from shapely.geometry import Point
from sqlalchemy.orm import Session

from app import i18n
from app.actions.changes import Correction
from app.actions.hazards import NO_CORRECTION, act_on_hazard
from app.actions.moderation import clear_hazard, hide_hazard
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.config import Settings
from app.domain.hazard import RejectReason
from app.domain.lifecycle import Act, Given
from app.domain.permissions import SYSTEM, Actor, Role
from app.domain.references import parse_receipt
from app.models import Area, Responsibility
from app.web import labels
from tests.jobs.kit import NOW, PLACE, POLICY, add_area, add_body, add_types
from tests.web.pages import make_account

SECRET = "The caller is the neighbour of flat 12"
OPEN_WORDS = "The crew comes tomorrow"


class Mine:
    """A report of mine that was routed to a body, and its receipt."""

    def __init__(self, client: FlaskClient, session: Session, settings: Settings) -> None:
        self.client, self.session, self.settings = client, session, settings
        add_types(session)
        add_area(session)
        area = session.query(Area).filter_by(code="750000000").one()
        body = add_body(session)
        session.add(Responsibility(body_id=body, area_code=area.code, valid_from=area.valid_from))
        session.flush()
        made = report_hazard(
            session, submission=Submission(uuid4(), "MANHOLE_OPEN", PLACE), policy=settings.policy, now=NOW
        )
        session.commit()
        self.staff = make_account(session, Role.DISPATCHER, body_id=body).actor
        self.reference = made.reference
        self.receipt = parse_receipt(made.receipt or "")

    def act(
        self,
        act: Act,
        *,
        correction: Correction = NO_CORRECTION,
        show: bool = False,
        by: Actor | None = None,
        **given: Any,
    ) -> None:
        act_on_hazard(
            self.session, by=by or self.staff, reference=self.reference, act=act, version=None, given=Given(**given),
            policy=self.settings.policy, now=NOW, correction=correction, show_note=show,
        )  # fmt: skip
        self.session.commit()

    def shown(self) -> str:
        answer = self.client.post("/en/receipt", data={"receipt": self.receipt})
        assert answer.status_code == 200
        return answer.get_data(as_text=True)


@pytest.fixture
def mine(client: FlaskClient, session: Session, settings: Settings) -> Mine:
    return Mine(client, session, settings)


def test_a_moved_pin_is_on_the_receipt_without_the_words(mine: Mine) -> None:
    mine.act(Act.ACCEPT)
    mine.act(Act.CORRECT, reason=SECRET, correction=Correction(geometry=Point(76.93, 43.26)))
    assert "Place: moved by about 400 m" in mine.shown()
    assert SECRET not in mine.shown()


def test_internal_steps_are_not_on_the_receipt(mine: Mine) -> None:
    mine.act(Act.ACCEPT)
    mine.act(Act.PROPOSE_REJECTION, reject_reason=RejectReason.ABUSE, note=SECRET)
    mine.act(Act.DECLINE_REJECTION, by=SYSTEM, reason=SECRET)
    mine.act(Act.CORRECT, reason=SECRET, correction=Correction(geometry=Point(76.9287, 43.2567)))
    mine.act(Act.NOTE, note=SECRET)
    text = mine.shown()
    assert "Accepted" in text
    with i18n.speaking("en"):
        titles = [labels.event(each) for each in (Act.PROPOSE_REJECTION, Act.DECLINE_REJECTION, Act.CORRECT, Act.NOTE)]
    assert not [title for title in titles if title in text]
    assert SECRET not in text


def test_of_a_public_step_the_words_are_there_only_where_they_were_meant_for_everybody(mine: Mine) -> None:
    mine.act(Act.ACCEPT, note=SECRET)
    mine.act(Act.START, note=OPEN_WORDS, show=True)
    text = mine.shown()
    assert OPEN_WORDS in text
    assert SECRET not in text


def test_what_was_decided_about_my_words_is_a_step_without_the_moderator_s_reason(mine: Mine) -> None:
    policy = mine.settings.policy
    clear_hazard(mine.session, by=SYSTEM, reference=mine.reference, public_text=None, policy=policy, now=NOW)
    hide_hazard(mine.session, by=SYSTEM, reference=mine.reference, reason=SECRET, policy=POLICY, now=NOW, again=True)
    mine.session.commit()
    text = mine.shown()
    assert "The description is not shown to the public" in text
    assert SECRET not in text
