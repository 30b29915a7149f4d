"""A crew's act that was refused: it can always be corrected or deleted, and nothing behind it is stuck or lost."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import func, select, update

from app.domain.permissions import Role
from app.models import Hazard, Photo
from tests.e2e.crew_kit import Street, camera, patience, quiet, street  # noqa: F401  fixtures among them
from tests.e2e.test_offline import offline
from tests.jobs.kit import add_body
from tests.web.pages import make_account

pytestmark = pytest.mark.e2e
SERVICE_WORKERS = True

REFUSED = ("400 (Bad Request)", "422", "409", "401")
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


def rows(street: Street) -> Locator:  # noqa: F811
    return street.page.locator("[data-acts-list] > li")


def sent(street: Street) -> Locator:  # noqa: F811
    return street.page.locator("[data-acts-list] .is-sent")


def refused(street: Street) -> Locator:  # noqa: F811
    return street.page.locator("[data-acts-list] .needs-help")


def without_photo(street: Street, note: str) -> None:  # noqa: F811
    street.act("make_safe")
    street.page.locator("#make_safe [value=grid]").check(force=True)
    street.page.fill("#make_safe-note", note)
    street.send("make_safe")


def note(street: Street, words: str) -> None:  # noqa: F811
    street.act("note")
    street.page.fill("#note-note", words)
    street.send("note")


def forgive(watch) -> None:
    """The browser says in its console what was refused on purpose."""
    watch.problems[:] = [said for said in watch.problems if not any(code in said for code in REFUSED)]
    quiet(watch)


def test_whoever_left_a_refused_form_does_it_again_and_it_goes(street: Street, watch, tmp_path: Path) -> None:  # noqa: F811
    """The finding: the first act stood as open in a form that was not there, and the second waited for it for ever."""
    page = street.page
    page.goto(street.path)
    without_photo(street, "Kept words")
    expect(page.locator("#make_safe [data-refused-list] li")).to_have_count(1)
    page.goto("/staff/crew")
    page.goto(street.path)
    expect(refused(street).locator("[data-edit]")).to_be_visible()
    expect(refused(street).locator("[data-delete]")).to_be_visible()
    street.act("make_safe")
    expect(page.locator("#make_safe [data-earlier] input")).to_be_checked()
    page.locator("#make_safe [value=grid]").check(force=True)
    page.set_input_files("#make_safe .crew-camera input", camera(tmp_path))
    street.send("make_safe")
    expect(sent(street)).to_have_count(1)
    expect(rows(street)).to_have_count(1)
    assert street.kinds() == ["make_safe"]
    forgive(watch)


def test_what_was_refused_opens_with_its_words_after_a_reload_and_goes_corrected(
    street: Street,  # noqa: F811
    watch,
    tmp_path: Path,
) -> None:
    page = street.page
    page.goto(street.path)
    without_photo(street, "Kept words")
    expect(page.locator("#make_safe [data-refused]")).to_be_visible()
    page.reload()
    refused(street).locator("[data-edit]").click()
    expect(page.locator("#make_safe-note")).to_have_value("Kept words")
    page.reload()
    expect(page.locator("#make_safe-note")).to_have_value("Kept words")
    page.fill("#make_safe-note", "Better words")
    refused(street).locator("[data-edit]").click()
    expect(page.locator("#make_safe-note")).to_have_value("Better words")
    page.set_input_files("#make_safe .crew-camera input", camera(tmp_path))
    street.send("make_safe")
    expect(sent(street)).to_have_count(1)
    assert street.kinds() == ["make_safe"]
    forgive(watch)


def test_another_act_after_a_refusal_that_was_read_goes_at_once(street: Street, watch) -> None:  # noqa: F811
    page = street.page
    page.goto(street.path)
    without_photo(street, "Kept words")
    expect(page.locator("#make_safe [data-refused]")).to_be_visible()
    note(street, "Water below")
    expect(sent(street)).to_have_count(1)
    expect(refused(street)).to_have_count(1)
    assert street.kinds() == ["note"]
    forgive(watch)


def test_what_was_queued_behind_a_refusal_says_so_and_goes_once_it_is_deleted(street: Street, watch) -> None:  # noqa: F811
    page = street.page
    offline(page.context, True)
    page.goto(street.path)
    without_photo(street, "Kept words")
    expect(rows(street)).to_have_count(1)
    note(street, "Water below")
    expect(rows(street)).to_have_count(2)
    offline(page.context, False)
    expect(refused(street)).to_have_count(1)
    behind = rows(street).nth(1)
    expect(behind.locator("[data-state]")).to_contain_text("қабылданбады")
    expect(behind.locator("[data-delete]")).to_be_visible()
    assert street.kinds() == []
    page.once("dialog", lambda dialog: dialog.accept())
    refused(street).locator("[data-delete]").click()
    expect(sent(street)).to_have_count(1)
    expect(rows(street)).to_have_count(1)
    assert street.kinds() == ["note"]
    forgive(watch)


def test_a_form_sent_from_two_tabs_is_one_act_and_the_second_is_told(street: Street, watch, tmp_path: Path) -> None:  # noqa: F811
    page = street.page
    page.goto(street.path)
    without_photo(street, "Kept words")
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


def test_an_act_that_an_older_page_left_as_open_can_be_opened(street: Street, watch) -> None:  # noqa: F811
    page = street.page
    page.goto(street.path)
    without_photo(street, "Kept words")
    expect(page.locator("#make_safe [data-refused]")).to_be_visible()
    page.evaluate(OPENED_BEFORE)
    page.reload()
    refused(street).locator("[data-edit]").click()
    expect(page.locator("#make_safe-note")).to_have_value("Kept words")
    forgive(watch)


def test_an_act_that_is_not_possible_any_more_can_go_as_a_note_with_its_photo(
    street: Street,  # noqa: F811
    watch,
    tmp_path: Path,
) -> None:
    page = street.page
    offline(page.context, True)
    page.goto(street.path)
    street.act("fix")
    page.set_input_files("#fix .crew-camera input >> nth=0", camera(tmp_path))
    page.fill("#fix-note", "The cover is on")
    street.send("fix")
    expect(rows(street)).to_have_count(1)
    street.session.execute(
        update(Hazard).values(status="fixed", closed_at=Hazard.received_at, version=Hazard.version + 1)
    )
    street.session.commit()
    page.goto("/staff/crew")
    offline(page.context, False)
    expect(refused(street)).to_have_count(1)
    refused(street).locator("[data-edit]").click()
    expect(page.locator("#note [data-refused]")).to_contain_text("жазба ретінде")
    expect(page.locator("#note-note")).to_have_value("Жойылды. The cover is on")
    street.send("note")
    expect(sent(street)).to_have_count(1)
    assert street.kinds() == ["note"]
    street.session.rollback()
    assert street.session.scalar(select(func.count()).select_from(Photo)) == 1
    forgive(watch)


def test_what_somebody_else_left_on_the_device_holds_nothing_back(street: Street, watch) -> None:  # noqa: F811
    page = street.page
    offline(page.context, True)
    page.goto(street.path)
    note(street, "Of the first one")
    expect(rows(street)).to_have_count(1)
    page.context.clear_cookies()
    offline(page.context, False)
    expect(page.locator("[data-acts-sign-in]")).to_be_visible()
    second = make_account(street.session, Role.CREW, email="second@example.kz", body_id=street.me.body_id)
    Street(page, street.session, street.hazard, second).sign_in()
    page.goto(street.path)
    note(street, "Of the second one")
    expect(sent(street)).to_have_count(1)
    assert street.kinds() == ["note"]
    forgive(watch)


def test_the_page_tells_how_things_stand_once_what_waited_has_gone(street: Street, watch, tmp_path: Path) -> None:  # noqa: F811
    page = street.page
    offline(page.context, True)
    page.goto(street.path)
    expect(page.locator("[data-fresh=facts]")).not_to_contain_text("Орындалды")
    street.act("make_safe")
    page.locator("#make_safe [value=grid]").check(force=True)
    page.set_input_files("#make_safe .crew-camera input", camera(tmp_path))
    street.send("make_safe")
    expect(rows(street)).to_have_count(1)
    street.act("note")
    page.fill("#note-note", "Half a word")
    offline(page.context, False)
    expect(sent(street)).to_have_count(1)
    expect(page.locator("[data-fresh=head]")).to_contain_text("Қауіпсіз")
    expect(page.locator("#note-note")).to_have_value("Half a word")
    street.session.rollback()
    assert street.session.scalar(select(func.count()).select_from(Photo)) == 1
    quiet(watch)


def test_the_list_tells_how_a_job_stands_once_what_waited_has_gone(street: Street, watch, tmp_path: Path) -> None:  # noqa: F811
    page = street.page
    offline(page.context, True)
    page.goto(street.path)
    street.act("make_safe")
    page.locator("#make_safe [value=grid]").check(force=True)
    page.set_input_files("#make_safe .crew-camera input", camera(tmp_path))
    street.send("make_safe")
    expect(rows(street)).to_have_count(1)
    page.goto("/staff/crew")
    expect(page.locator("[data-job]")).not_to_contain_text("Қауіпсіздендірілді")
    offline(page.context, False)
    expect(sent(street)).to_have_count(1)
    expect(page.locator("[data-job]")).to_contain_text("Қауіпсіздендірілді")
    quiet(watch)


def test_what_was_done_on_a_hazard_that_went_to_others_can_be_read_and_deleted(street: Street, watch) -> None:  # noqa: F811
    page = street.page
    offline(page.context, True)
    page.goto(street.path)
    note(street, "Water below")
    expect(rows(street)).to_have_count(1)
    street.session.execute(update(Hazard).values(body_id=add_body(street.session), version=Hazard.version + 1))
    street.session.commit()
    page.goto("/staff/crew")
    offline(page.context, False)
    expect(refused(street)).to_contain_text("Water below")
    expect(refused(street).locator("[data-state]")).to_contain_text("тек өшіруге болады")
    expect(refused(street).locator("[data-edit]")).to_be_hidden()
    page.once("dialog", lambda dialog: dialog.accept())
    refused(street).locator("[data-delete]").click()
    expect(page.locator("[data-acts-box]")).to_be_hidden()
    forgive(watch)
