"""A crew's act that was refused: it can always be corrected or deleted, and nothing behind it is stuck or lost."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select, update

from app.domain.permissions import Role
from app.models import Hazard, Photo
from tests.e2e.crew_kit import Street, camera, forgive, patience, quiet, street
from tests.e2e.test_offline import offline
from tests.jobs.kit import add_body
from tests.web.pages import make_account

__all__ = ["patience", "street"]
pytestmark = pytest.mark.e2e
SERVICE_WORKERS = True

OPENED_BEFORE = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("qauip");
  opening.onerror = reject;
  opening.onsuccess = () => {
    const changing = opening.result.transaction("acts", "readwrite");
    const kept = changing.objectStore("acts");
    kept.getAll().onsuccess = ({ target: { result } }) => {
      for (const row of result) kept.put({ ...row, state: "editing", edited_at: Date.now() });
    };
    changing.oncomplete = () => { opening.result.close(); resolve(); };
  };
})"""


def test_whoever_left_a_refused_form_does_it_again_and_it_goes(street: Street, watch, tmp_path: Path) -> None:
    """The finding: the first act stood as open in a form that was not there, and the second waited for it for ever."""
    page = street.page
    page.goto(street.path)
    street.make_safe(note="Kept words")
    expect(page.locator("#make_safe [data-refused-list] li")).to_have_count(1)
    page.goto("/staff/crew")
    page.goto(street.path)
    expect(street.refused.locator("[data-edit]")).to_be_visible()
    expect(street.refused.locator("[data-delete]")).to_be_visible()
    street.act("make_safe")
    expect(page.locator("#make_safe [data-earlier] input")).to_be_checked()
    page.locator("#make_safe [value=grid]").check(force=True)
    page.set_input_files("#make_safe .crew-camera input", camera(tmp_path))
    street.send("make_safe")
    expect(street.sent).to_have_count(1)
    expect(street.rows).to_have_count(1)
    assert street.kinds() == ["make_safe"]
    forgive(watch)


def test_what_was_refused_opens_with_its_words_after_a_reload_and_goes_corrected(
    street: Street,
    watch,
    tmp_path: Path,
) -> None:
    page = street.page
    page.goto(street.path)
    street.make_safe(note="Kept words")
    expect(page.locator("#make_safe [data-refused]")).to_be_visible()
    page.reload()
    street.refused.locator("[data-edit]").click()
    expect(page.locator("#make_safe-note")).to_have_value("Kept words")
    page.reload()
    expect(page.locator("#make_safe-note")).to_have_value("Kept words")
    page.fill("#make_safe-note", "Better words")
    street.refused.locator("[data-edit]").click()
    expect(page.locator("#make_safe-note")).to_have_value("Better words")
    page.set_input_files("#make_safe .crew-camera input", camera(tmp_path))
    street.send("make_safe")
    expect(street.sent).to_have_count(1)
    assert street.kinds() == ["make_safe"]
    forgive(watch)


def test_another_act_after_a_refusal_that_was_read_goes_at_once(street: Street, watch) -> None:
    page = street.page
    page.goto(street.path)
    street.make_safe(note="Kept words")
    expect(page.locator("#make_safe [data-refused]")).to_be_visible()
    street.note("Water below")
    expect(street.sent).to_have_count(1)
    expect(street.refused).to_have_count(1)
    assert street.kinds() == ["note"]
    forgive(watch)


def test_what_was_done_on_the_spot_goes_past_a_refusal(street: Street, watch, tmp_path: Path) -> None:
    """The finding: a danger stayed "not made safe" for everybody until somebody opened the phone."""
    page = street.page
    street.leave()
    street.act("start")
    street.send("start")
    street.make_safe(camera(tmp_path))
    expect(street.rows).to_have_count(2)
    street.note("Water below")
    expect(street.rows).to_have_count(3)
    street.hold()
    offline(page.context, False)
    expect(street.sent).to_have_count(2)
    assert street.kinds() == ["hold", "make_safe", "note"]
    expect(street.refused).to_have_count(1)
    expect(street.refused.locator("[data-reasons]")).to_contain_text("Storm")
    street.refused.locator("[data-edit]").click()
    street.send("start")
    expect(street.sent).to_have_count(3)
    assert street.kinds()[3:] == ["start"]
    forgive(watch)


def test_what_waits_behind_a_refusal_says_so_and_goes_once_that_is_deleted(
    street: Street,
    watch,
    tmp_path: Path,
) -> None:
    street.leave()
    street.act("start")
    street.send("start")
    street.fix(camera(tmp_path))
    expect(street.rows).to_have_count(2)
    street.make_safe(camera(tmp_path))
    expect(street.rows).to_have_count(3)
    street.hold()
    offline(street.page.context, False)
    expect(street.sent).to_have_count(1)
    behind = street.rows.nth(1)
    expect(behind.locator("[data-state]")).to_contain_text("қабылданбады")
    expect(behind.locator("[data-delete]")).to_be_visible()
    assert street.kinds() == ["hold", "make_safe"]
    street.delete(street.refused)
    expect(street.sent).to_have_count(2)
    expect(street.rows).to_have_count(2)
    assert street.kinds()[2:] == ["report_fix"]  # the photo of one act proves no other
    forgive(watch)


def test_a_note_that_went_past_a_change_hides_it_from_nobody(street: Street, watch) -> None:
    street.leave()
    street.note("Water below")
    expect(street.rows).to_have_count(1)
    street.act("start")
    street.send("start")
    expect(street.rows).to_have_count(2)
    street.hold()
    offline(street.page.context, False)
    expect(street.sent).to_have_count(1)
    expect(street.refused).to_contain_text("Storm")
    assert street.kinds() == ["hold", "note"]
    forgive(watch)


def test_nothing_waits_for_a_refused_look(street: Street, watch) -> None:
    street.leave()
    street.make_safe()
    expect(street.rows).to_have_count(1)
    street.act("start")
    street.send("start")
    expect(street.rows).to_have_count(2)
    offline(street.page.context, False)
    expect(street.sent).to_have_count(1)
    expect(street.refused).to_have_count(1)
    assert street.kinds() == ["start"]
    forgive(watch)


def test_a_form_sent_from_two_tabs_is_one_act_and_the_second_is_told(street: Street, watch, tmp_path: Path) -> None:
    page = street.page
    page.goto(street.path)
    street.make_safe(note="Kept words")
    expect(page.locator("#make_safe [data-refused]")).to_be_visible()
    other = page.context.new_page()
    other.goto(street.path)
    other.locator("[data-acts-list] .needs-help [data-edit]").click()
    other.set_input_files("#make_safe .crew-camera input", camera(tmp_path))
    other.locator("#make_safe [data-send]").click()
    expect(other.locator("[data-acts-list] .is-sent")).to_have_count(1)
    page.set_input_files("#make_safe .crew-camera input", camera(tmp_path))
    street.send("make_safe")
    expect(page.locator("#make_safe [data-refused-list] li")).to_contain_text("басқа қойындыдан")
    expect(page.locator("#make_safe-note")).to_have_value("Kept words")
    assert street.kinds() == ["make_safe"]
    forgive(watch)


def test_an_act_that_an_older_page_left_as_open_can_be_opened(street: Street, watch) -> None:
    page = street.page
    page.goto(street.path)
    street.make_safe(note="Kept words")
    expect(page.locator("#make_safe [data-refused]")).to_be_visible()
    page.evaluate(OPENED_BEFORE)
    page.reload()
    street.refused.locator("[data-edit]").click()
    expect(page.locator("#make_safe-note")).to_have_value("Kept words")
    forgive(watch)


def test_an_act_that_is_not_possible_any_more_can_go_as_a_note_with_its_photo(
    street: Street,
    watch,
    tmp_path: Path,
) -> None:
    page = street.page
    street.leave()
    street.fix(camera(tmp_path))
    expect(street.rows).to_have_count(1)
    street.session.execute(
        update(Hazard).values(status="fixed", closed_at=Hazard.received_at, version=Hazard.version + 1)
    )
    street.session.commit()
    page.goto("/staff/crew")
    offline(page.context, False)
    expect(street.refused).to_have_count(1)
    street.refused.locator("[data-edit]").click()
    expect(page.locator("#note [data-refused]")).to_contain_text("жазба ретінде")
    expect(page.locator("#note-note")).to_have_value("Жойылды. The cover is on")
    street.send("note")
    expect(street.sent).to_have_count(1)
    assert street.kinds() == ["note"]
    street.session.rollback()
    assert street.session.scalar(select(func.count()).select_from(Photo)) == 1
    forgive(watch)


def test_what_somebody_else_left_on_the_device_holds_nothing_back(street: Street, watch) -> None:
    page = street.page
    street.leave()
    street.note("Of the first one")
    expect(street.rows).to_have_count(1)
    page.context.clear_cookies()
    offline(page.context, False)
    expect(page.locator("[data-acts-sign-in]")).to_be_visible()
    second = make_account(street.session, Role.CREW, email="second@example.kz", body_id=street.me.body_id)
    Street(page, street.session, street.hazard, second).sign_in()
    page.goto(street.path)
    street.note("Of the second one")
    expect(street.sent).to_have_count(1)
    assert street.kinds() == ["note"]
    forgive(watch)


def test_the_page_tells_how_things_stand_once_what_waited_has_gone(street: Street, watch, tmp_path: Path) -> None:
    page = street.page
    street.leave()
    expect(page.locator("[data-fresh=facts]")).not_to_contain_text("Орындалды")
    street.make_safe(camera(tmp_path))
    expect(street.rows).to_have_count(1)
    street.act("note")
    page.fill("#note-note", "Half a word")
    offline(page.context, False)
    expect(street.sent).to_have_count(1)
    expect(page.locator("[data-fresh=head]")).to_contain_text("Қауіпсіз")
    expect(page.locator("#note-note")).to_have_value("Half a word")
    street.session.rollback()
    assert street.session.scalar(select(func.count()).select_from(Photo)) == 1
    quiet(watch)


def test_the_list_tells_how_a_job_stands_once_what_waited_has_gone(street: Street, watch, tmp_path: Path) -> None:
    page = street.page
    street.leave()
    street.make_safe(camera(tmp_path))
    expect(street.rows).to_have_count(1)
    page.goto("/staff/crew")
    expect(page.locator("[data-job]")).not_to_contain_text("Қауіпсіздендірілді")
    offline(page.context, False)
    expect(street.sent).to_have_count(1)
    expect(page.locator("[data-job]")).to_contain_text("Қауіпсіздендірілді")
    quiet(watch)


def test_what_was_done_on_a_hazard_that_went_to_others_can_be_read_and_deleted(street: Street, watch) -> None:
    page = street.page
    street.leave()
    street.note("Water below")
    expect(street.rows).to_have_count(1)
    street.session.execute(update(Hazard).values(body_id=add_body(street.session), version=Hazard.version + 1))
    street.session.commit()
    page.goto("/staff/crew")
    offline(page.context, False)
    expect(street.refused).to_contain_text("Water below")
    expect(street.refused.locator("[data-state]")).to_contain_text("тек өшіруге болады")
    expect(street.refused.locator("[data-edit]")).to_be_hidden()
    street.delete(street.refused)
    expect(page.locator("[data-acts-box]")).to_be_hidden()
    forgive(watch)
