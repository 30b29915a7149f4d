"""Duplicates as staff, reporters and everybody see them; and what another body does not."""

from uuid import uuid4

from sqlalchemy import select

from app.actions.merging import merge_hazards
from app.domain.permissions import Role
from app.domain.references import receipt_for, receipt_hash, show_reference
from app.models import Event, Merge, NotSame, Photo
from tests.jobs.kit import NOW, POLICY, add_hazard, add_report
from tests.web.merge_kit import NEAR, World, world
from tests.web.pages import make_account, sign_in

__all__ = ["world"]


def test_a_likely_duplicate_is_suggested_with_its_reasons(world: World) -> None:
    text = world.page(world.newer)
    assert "8 m away, same kind, reported 1 day earlier" in text
    assert "Likely the same" in text
    assert world.url(world.newer, "merge", world.older) in text


def test_a_report_that_waits_for_a_moderator_is_suggested_too(world: World) -> None:
    world.older.review_first = True
    world.session.commit()
    assert "Waits for a moderator" in world.page(world.newer)


def test_nothing_of_another_body_is_suggested_and_its_number_is_a_404(world: World) -> None:
    assert show_reference(world.theirs.reference) not in world.page(world.newer)
    for pair in ((world.newer, world.theirs), (world.theirs, world.newer)):
        url = world.url(pair[0], "merge", pair[1])
        assert world.client.get(url).status_code == 404
        assert world.post(url, keep=pair[0].reference, note="x").status_code == 404
        assert world.post(world.url(pair[0], "not-same", pair[1])).status_code == 404


def test_a_photo_of_another_bodys_internal_line_is_not_shown_as_a_broken_picture(world: World) -> None:
    for number, body in enumerate((world.theirs.body_id, world.body)):
        line = {"body_id": body, "status": "assigned", "public": False, "note": "", "data": {}}
        event = Event(hazard_id=world.older.id, kind="note", at=NOW, actor="system", **line)
        world.session.add(event)
        world.session.flush()
        kept = {"event_id": event.id, "content_key": f"k{number}", "width": 1, "height": 1, "moderation": "pending"}
        world.session.add(
            Photo(public_id=f"{number}" * 22, hazard_id=world.older.id, kind="site", added_at=NOW, **kept)
        )
    world.session.commit()
    page = world.page(world.newer)
    assert "0" * 22 not in page
    assert "1" * 22 in page


def test_no_another_one_takes_the_suggestion_away_for_good(world: World) -> None:
    assert world.post(world.url(world.newer, "not-same", world.older)).status_code == 303
    world.fresh()
    assert world.session.scalars(select(NotSame)).one()
    for hazard in (world.newer, world.older):
        assert "Is it the same hazard?" not in world.page(hazard)


def test_the_act_leads_to_both_side_by_side_and_the_older_one_stays_unless_told(world: World) -> None:
    form = {"version": "1", "seen": "0", "duplicate_of": show_reference(world.older.reference)}
    answer = world.post(world.url(world.newer, "mark_duplicate"), **form)
    assert answer.status_code == 303
    text = world.client.get(answer.location).get_data(as_text=True)
    assert f"words of {world.older.id}" in text
    assert f"words of {world.newer.id}" in text
    assert f'value="{world.older.reference}" checked' in text


def test_joined_shown_and_undone_by_buttons(world: World) -> None:
    answer = world.join()
    assert answer.location.endswith(show_reference(world.older.reference))
    kept = world.page(world.older)
    assert "Another report of it was joined to this hazard:" in kept
    assert f"words of {world.newer.id}" in kept
    gone = world.page(world.newer)
    assert "This one was joined to another hazard" in gone
    assert "/reopen" not in gone
    world.fresh()
    merge = world.session.scalars(select(Merge)).one()
    assert f"/staff/merges/{merge.id}/undo" in kept
    back = world.post(f"/en/staff/merges/{merge.id}/undo")
    assert back.location.endswith(show_reference(world.newer.reference))
    world.fresh()
    assert world.newer.status == "assigned"
    assert world.post(f"/en/staff/merges/{merge.id}/undo").status_code == 409


def test_without_a_word_or_over_a_change_nothing_is_joined_and_the_words_stay(world: World) -> None:
    empty = world.join(note="")
    assert empty.status_code == 422
    stale = world.join(**{f"version_{world.older.reference}": "77"})
    assert stale.status_code == 409
    assert "The same cover" in stale.get_data(as_text=True)
    world.fresh()
    assert world.newer.status == "assigned"


def test_a_form_that_has_grown_old_keeps_its_words(world: World) -> None:
    form = {"keep": world.older.reference, "note": "typed with care", "csrf_token": "old"}
    answer = world.client.post(world.url(world.newer, "merge", world.older), data=form)
    assert answer.status_code == 403
    assert "typed with care" in answer.get_data(as_text=True)


def test_a_duplicate_leads_on_to_the_hazard_that_it_is_part_of(world: World) -> None:
    world.join()
    third = add_hazard(world.session, body_id=world.body, place=NEAR)
    world.session.commit()
    answer = world.client.get(world.url(third, "merge", world.newer))
    assert answer.location.endswith(f"{show_reference(third.reference)}/merge/{show_reference(world.older.reference)}")
    assert world.client.get(world.url(world.newer, "merge", world.older)).status_code == 303


def test_a_crew_sees_suggestions_and_joins_nothing(world: World, app) -> None:
    make_account(world.session, Role.CREW, email="crew@example.kz", body_id=world.body)
    client = app.test_client()
    sign_in(client, "crew@example.kz")
    text = client.get(world.url(world.newer)).get_data(as_text=True)
    assert "Is it the same hazard?" in text
    assert "Compare" not in text
    assert client.get(world.url(world.newer, "merge", world.older)).status_code == 403


def test_a_body_whose_hazard_the_coordinator_joined_learns_no_number_of_the_other_s(world: World) -> None:
    arbiter = make_account(world.session, Role.COORDINATOR, email="c@example.kz").actor
    versions = (world.theirs.version, world.newer.version)
    merge_hazards(
        world.session, by=arbiter, duplicate=world.theirs.reference, into=world.newer.reference, versions=versions,
        note="one", policy=POLICY, now=NOW,
    )  # fmt: skip
    world.session.commit()
    text = world.page(world.newer)
    assert "a hazard of another organisation" in text
    assert show_reference(world.theirs.reference) not in text
    assert "/undo" not in text


def test_the_receipt_of_a_joined_report_shows_the_hazard_that_goes_on(world: World) -> None:
    receipt = receipt_for(uuid4(), b"key")
    report = add_report(world.session, world.newer, "mine")
    report.receipt_hash = receipt_hash(receipt)
    world.session.commit()
    world.join()
    text = world.client.post("/en/receipt", data={"receipt": receipt}).get_data(as_text=True)
    assert show_reference(world.older.reference) in text
    assert f"Your report {show_reference(world.newer.reference)} was joined to theirs" in text
    public = world.client.get(f"/en/h/{show_reference(world.newer.reference)}").get_data(as_text=True)
    assert show_reference(world.older.reference) in public
