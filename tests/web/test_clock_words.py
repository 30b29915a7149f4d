"""What is said of the fix clock: before it is stopped, while it stands, why it runs again; and of what was safe."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from app.domain.permissions import Role
from tests.web.talk_kit import World, world

__all__ = ["world"]
WAITS, ENDED = "The time for the fix waits, at most until", "waits for this answer no longer"


def test_the_pause_stands_on_the_page_until_the_work_is_over_and_then_why_it_ended(world: World) -> None:
    world.act("ask", note="сұрақ", stops_clock="y")
    assert WAITS in world.client.get(world.page).text
    assert world.act("accept").status_code == 303
    accepted = world.client.get(world.page).text
    assert (WAITS in accepted, "Stopped until an answer comes" in accepted) == (True, True)
    hazard = world.hazard
    world.session.execute(text("UPDATE hazard SET fix_paused_at = NULL WHERE id = :id"), {"id": hazard.id})
    world.session.commit()
    page = world.client.get(world.page).text
    assert (WAITS in page, ENDED in page) == (False, True)


def test_it_says_that_the_answer_came_or_did_not(world: World) -> None:
    world.act("ask", note="сұрақ", stops_clock="y")
    world.answer("Дүкен жанында")
    assert "The answer has come: the time for the fix runs again." in world.client.get(world.page).text
    late = {"by": timedelta(days=6)}
    world.session.execute(text("UPDATE question SET answered_at = answered_at + :by, ran_again_at = stops_until"), late)
    world.session.commit()
    assert "No answer came in time: the time for the fix runs again." in world.client.get(world.page).text


def test_a_hold_says_beforehand_that_it_stops_no_clock_and_stops_none(world: World) -> None:
    world.act("accept")
    assert "No clock stops while it is on hold" in world.client.get(world.page).text
    refused = world.act("hold", hold_reason="reporter_answer")
    assert "No question waits for an answer here." in refused.text
    assert world.act("hold", hold_reason="money").status_code == 303
    assert (world.hazard.status, world.hazard.fix_paused_at) == ("on_hold", None)
    for page in (world.client.get(world.page).text, world.client.get(f"/en/h/{world.reference}").text):
        assert "Stopped" not in page


def test_what_was_safe_until_its_measure_ran_out_is_late_from_then_on(world: World) -> None:
    """Due fourteen days ago, made safe in time and trusted until eleven days ago: eleven days, wherever it is said."""
    crew = world.as_one(Role.CREW, "water")
    due, ended = (datetime.now(UTC) - timedelta(days=days, hours=1) for days in (14, 11))
    safe = "make_safe_due = :due, inspect_due = :ended, inspect_measure = 'grid', overdue = 'make_safe', fix_due = NULL"
    mine = "assignee_id = (SELECT id FROM account WHERE roles @> '{crew}')"
    world.session.execute(text(f"UPDATE hazard SET {safe}, {mine}"), {"due": due, "ended": ended})
    world.session.commit()
    staff = [world.client.get(path).text for path in (world.page, "/en/staff/", "/en/staff/hand-over")]
    for page in (*staff, crew.get("/en/staff/crew").text, crew.get(f"/en/staff/crew/{world.reference}").text):
        assert ("11 days overdue" in page, "14 days overdue" in page) == (True, False)
    receipt = world.receipt_page()
    assert ("11 күн" in receipt, "14 күн" in receipt) == (True, False)
    assert world.hazard.make_safe_due == due


def test_a_measure_that_ran_out_before_the_time_was_due_is_not_late(world: World) -> None:
    due, ended = (datetime.now(UTC) + timedelta(hours=hours) for hours in (5.5, -9))
    safe = "make_safe_due = :due, inspect_due = :ended, inspect_measure = 'grid'"
    world.session.execute(text(f"UPDATE hazard SET {safe}"), {"due": due, "ended": ended})
    world.session.commit()
    page = world.client.get(world.page).text
    assert ("in 5 hours" in page, "overdue" in page) == (True, False)
