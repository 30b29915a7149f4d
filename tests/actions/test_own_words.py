"""Whoever of the staff writes for a body or for everybody: words of violence go to nobody, whatever the door."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.actions.hazards import act_on_hazard
from app.actions.moderation import clear_hazard, decide_words, hide_hazard
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.domain.errors import PointsToViolence
from app.domain.hazard import Channel
from app.domain.lifecycle import Act, Given
from app.domain.permissions import SYSTEM, Actor, Role
from app.models import Event, Hazard, Report
from tests.jobs.kit import NOW, PLACE, POLICY, add_body, add_hazard, add_report, add_types, assigned
from tests.web.pages import make_account

WORDS = "Люк открыт. Отчим бьёт ребёнка и насилует"


@pytest.fixture
def policy(settings):
    return replace(POLICY, signs=settings.policy.signs)


def test_no_operator_logs_a_caller_s_words_of_violence_for_a_body(session, policy):
    add_types(session)
    sent = Submission(uuid4(), "MANHOLE_OPEN", PLACE, text=WORDS, channel=Channel.PHONE, by=SYSTEM)
    with pytest.raises(PointsToViolence):
        report_hazard(session, submission=sent, policy=policy, now=NOW)
    assert session.scalars(select(Hazard)).all() == []
    report_hazard(session, submission=replace(sent, text="Люк открыт, провод бьёт током"), policy=policy, now=NOW)


def test_no_moderator_publishes_them(session, policy):
    add_types(session)
    hazard = add_hazard(session)
    report = add_report(session, hazard, "Люк")
    said = {"by": SYSTEM, "reference": hazard.reference, "policy": policy, "now": NOW}
    with pytest.raises(PointsToViolence):
        clear_hazard(session, public_text=WORDS, **said)
    with pytest.raises(PointsToViolence):
        decide_words(session, report_id=report.id, public_text=WORDS, seen_text="", **said)
    assert hazard.moderation == "pending"
    report.text = "Отчим бьёт"  # the list of signs may err: a moderator reads it, and may publish what it says
    clear_hazard(session, public_text="Отчим бьёт", again=True, **said)
    clear_hazard(session, public_text="Люк открыт", again=True, **said)
    assert session.scalars(select(Report.moderation)).one() == "cleared"


@pytest.mark.parametrize("said", ["папа бьёт ребёнка, ребёнок просит помощи", "әкесі баланы сабап жатыр"])
def test_no_moderator_passes_them_on_to_a_body_as_a_reason(session, policy, said):
    add_types(session)
    hazard = add_hazard(session, body_id=add_body(session))
    assigned(session, hazard)
    add_report(session, hazard, "Отчим бьёт")  # not even where a report says the same
    with pytest.raises(PointsToViolence):
        hide_hazard(session, by=SYSTEM, reference=hazard.reference, reason=said, policy=policy, now=NOW)
    assert hazard.moderation == "pending"
    proposer = make_account(session, Role.DISPATCHER, body_id=hazard.body_id)
    hazard.rejection_reason, hazard.rejection_by = "abuse", proposer.id
    by = Actor(make_account(session, Role.MODERATOR, email="moderator@example.kz").id, frozenset({Role.MODERATOR}))
    for act in (Act.DECLINE_REJECTION, Act.CONFIRM_REJECTION):
        for given in (Given(reason=said), Given(reason="looked", note=said)):
            with pytest.raises(PointsToViolence):
                act_on_hazard(
                    session,
                    by=by,
                    reference=hazard.reference,
                    act=act,
                    version=None,
                    given=given,
                    policy=policy,
                    now=NOW,
                )
    assert not [event for event in session.scalars(select(Event)) if said in event.note]
    act_on_hazard(
        session, by=by, reference=hazard.reference, act=Act.DECLINE_REJECTION, version=None,
        given=Given(reason="Провод бьёт током"), policy=policy, now=NOW,
    )  # fmt: skip
