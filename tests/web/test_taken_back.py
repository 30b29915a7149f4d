"""A report that is taken back: what goes with it, and what stays of others."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.actions.history import append_event
from app.domain.hazard import Status
from app.domain.permissions import SYSTEM, Role
from tests.web.followup_kit import fixed, jpeg, put, say, sent, state
from tests.web.pages import make_account, sign_in
from tests.web.test_report import HERE, good

__all__ = ["sent"]


def test_a_report_taken_back_loses_words_and_photos_and_closes_what_nobody_else_knows(client, sent, session):
    say(client, sent[0], "photo", photos=(jpeg(), "a.jpg"))
    answer = say(client, sent[0], "withdraw-report")
    assert say(client, sent[0], "withdraw-report").status_code == 200
    assert (answer.status_code, "Люк ашық" in answer.text) == (200, False)
    assert "#b-check" not in answer.text  # nobody has fixed it
    assert session.scalar(text("SELECT data FROM event ORDER BY id DESC LIMIT 1")).get("reason_code") is None
    assert state(session) == ("rejected", False, 0, 0)
    assert session.scalar(text("SELECT string_agg(text, '') FROM report")) == ""
    assert session.scalar(text("SELECT count(*) FROM photo")) == 0
    assert say(client, sent[0], "note", words="x").status_code == 409
    assert session.scalar(text("SELECT count(*) FROM event WHERE kind = 'closed_by_reporter'")) == 1


def test_what_is_taken_back_is_called_rejected_nowhere(client, sent, session):
    put(session, moderation="cleared")
    receipt = say(client, sent[0], "withdraw-report").text
    page = client.get(f"/en/h/{sent[1]}").text
    listed = client.get("/en/?status=closed").text
    make_account(session, Role.COORDINATOR)
    sign_in(client)
    staff = [client.get(path).text for path in (f"/en/staff/h/{sent[1]}", "/en/staff/?state=closed")]
    assert "Хабарлаушы қайтарып алды" in receipt
    for shown in (page, listed, *staff):
        assert "Taken back by its reporter" in shown
    assert not [shown for shown in (page, listed, staff[0]) if ">Rejected" in shown or "Rejected<" in shown]


def test_what_a_moderator_rejected_stays_so_after_its_report_is_taken_back(client, sent, session):
    when = datetime.now(UTC)
    reason = {"rejection_reason": "abuse", "rejection_by": make_account(session).id}
    put(session, status="rejected", closed_at=when, **reason)
    said = {"kind": "confirm_rejection", "status": Status.REJECTED, "at": when, "public": True}
    append_event(session, hazard_id=session.scalar(text("SELECT id FROM hazard")), by=SYSTEM, **said)
    session.commit()
    say(client, sent[0], "withdraw-report")
    page = client.get(f"/en/h/{sent[1]}").text
    assert "Rejected<" in page
    assert "Taken back by its reporter" not in page


@pytest.mark.parametrize("case", ["joined", "accepted", "urgent", "flagged", "opened again"])
def test_the_hazard_stays_where_others_know_of_it_or_work_has_begun(client, sent, session, case):
    if case == "joined":
        client.post("/report", json=good(joins=sent[1]), headers=HERE)
    elif case == "opened again":
        number, body, at = session.execute(text("SELECT id, body_id, received_at FROM hazard")).one()
        kept = {"hazard_id": number, "body_id": body, "at": at, "public": True}
        append_event(session, kind="fix", by=SYSTEM, status=Status.FIXED, **kept)
        session.commit()
        fixed(session)
        assert say(client, sent[0], "not-safe").status_code == 200
    else:
        put(session, **{"accepted": {"status": "accepted"}, "urgent": {"urgent": True}, "flagged": {"flags": 1}}[case])
    before = state(session)[0]
    say(client, sent[0], "withdraw-report")
    assert state(session)[0] == before


def test_whoever_joins_and_takes_it_back_wipes_no_words_of_others(client, sent, session):
    put(session, moderation="cleared", public_text="Люк ашық")
    session.execute(text("UPDATE report SET moderation = 'cleared'"))
    session.commit()
    joined = client.post("/report", json=good(joins=sent[1], description=""), headers=HERE).json["receipt"]
    assert say(client, joined, "withdraw-report").status_code == 200
    assert session.scalar(text("SELECT public_text FROM hazard")) == "Люк ашық"


def test_words_taken_back_leave_the_public_text_and_those_of_others_wait_again(client, sent, session):
    joined = client.post("/report", json=good(joins=sent[1], description="Мен де"), headers=HERE).json["receipt"]
    put(session, moderation="cleared", public_text="Люк ашық. Мен де")
    session.execute(text("UPDATE report SET moderation = 'cleared'"))
    session.commit()
    assert say(client, joined, "withdraw-report").status_code == 200
    session.rollback()
    assert session.scalar(text("SELECT public_text FROM hazard")) is None
    rows = session.execute(text("SELECT text, moderation FROM report ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [("Люк ашық", "pending"), ("", "refused")]
