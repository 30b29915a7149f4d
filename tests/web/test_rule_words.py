"""The rules of closing alone and of correcting: said beside the form before they refuse, and their traces after."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.history import append_event
from app.domain.errors import SameHand
from app.domain.hazard import Status
from app.domain.permissions import Role
from app.i18n import ALMATY, speaking
from app.models import Account, Area, HazardType, Responsibility
from app.web import labels
from tests.actions.merge_kit import join
from tests.jobs.kit import NOW, add_hazard
from tests.web.pages import make_account, sign_in, token
from tests.web.test_staff_work import Work, photo, photo_of

MOVED = {"lat": "43.260000", "lon": "76.928600"}  # 367 m to the north


@pytest.fixture
def work(session: Session, client: FlaskClient) -> Work:
    made = Work(session, client)
    area = session.get_one(Area, made.hazard.area_id)
    session.add(Responsibility(body_id=made.body, area_code=area.code, rank=1, valid_from=area.valid_from))
    session.commit()
    made.set(moderation="cleared")
    made.act("accept")
    return made


def correct(work: Work, **fields: str) -> str:
    sent = {"hazard_type": "MANHOLE_OPEN", "lat": "43.256700", "lon": "76.928600", "reason": "Words for us"} | fields
    return work.act("correct", **sent).get_data(as_text=True)


def as_(work: Work, role: Role) -> Account:
    made = make_account(work.session, role, email=f"{role.value}-2@example.kz", body_id=work.body)
    work.client.post("/sign-out", data={"csrf_token": token(work.client, "/account")})
    sign_in(work.client, made.email)
    return made


def test_what_closes_at_once_is_said_before_and_what_did_not_close_afterwards(work: Work) -> None:
    assert "Closes at once only by a new photo" in work.page()
    assert "Show that I am here" not in work.page()
    work.act("fix", note="New cover", photos=photo())
    page = work.page()
    assert page.count("The photo does not show where it was taken.") == 2  # for who confirms, and in the history


def test_a_moved_pin_is_said_before_and_the_mover_is_told_that_another_confirms(work: Work) -> None:
    correct(work, **MOVED)
    assert "The pin was moved by 367 m after the report" in work.page()
    as_(work, Role.CREW)
    work.act("fix", note="New cover", photos=photo_of(datetime.now(UTC), 43.26))
    work.client.post("/sign-out", data={"csrf_token": token(work.client, "/account")})
    sign_in(work.client)
    page = work.page()
    assert "Whoever moved the pin or changed the kind does not also confirm the end" in page
    assert "/confirm_fix" not in page
    many = {"csrf_token": token(work.client, "/account"), "act": "confirm_fix"}
    row = work.fresh()
    preview = work.client.post("/en/staff/bulk", data=many | {"ref": f"{row.reference}:{row.version}"}).text
    assert "Whoever moved the pin or changed the kind" in preview
    as_(work, Role.MANAGER)
    assert "/confirm_fix" in work.page()


def test_staff_read_both_places_and_everybody_reads_how_far_and_no_words(work: Work, client: FlaskClient) -> None:
    correct(work, hazard_type="ROPE", **MOVED)
    page = work.page()
    assert "Place: moved by 367 m; it was: Abay avenue, 43.256700, 76.928600" in page
    assert "Kind: Open manhole → Open manhole" in page  # all kinds of this town have one name
    public = client.get(work.url().replace("/staff", "")).text
    assert "Place: moved by about 350 m" in public
    assert "Kind: Open manhole → Open manhole" in public
    assert "43.256700, 76.928600" not in public
    assert "Words for us" not in public
    feed = client.get(work.url().replace("/staff", "") + "/feed.atom").text
    assert "Place: moved by about 350 m" in feed


def test_what_is_critical_stays_so_and_only_the_coordinator_is_asked_about_it(work: Work) -> None:
    work.session.get_one(HazardType, "ROPE").severity = "low"
    work.session.commit()
    correct(work, hazard_type="ROPE")
    assert work.fresh().severity == "critical"
    assert "only the coordinator may lower that" in work.page()
    assert 'name="anew"' not in work.page()
    make_account(work.session, Role.COORDINATOR, email="above@example.kz")
    work.client.post("/sign-out", data={"csrf_token": token(work.client, "/account")})
    sign_in(work.client, "above@example.kz")
    assert 'name="anew"' in work.page()
    correct(work, hazard_type="ROPE", anew="y")
    assert work.fresh().severity == "low"
    assert "Danger: Life-threatening → Low" in work.client.get(work.url().replace("/staff", "")).text


def test_a_measure_shown_without_its_place_is_said_to_everybody(work: Work, client: FlaskClient) -> None:
    assert "Any photo of now will do" in work.page()
    work.act("make_safe", measure="grid", photos=photo())
    public = client.get(work.url().replace("/staff", "")).text
    assert public.count("The photo does not show where it was taken") == 2
    assert "one that was used before is refused" in work.page()
    assert "This photo was used before. Go there" in work.act("inspect", photos=photo()).get_data(as_text=True)


def test_the_public_reads_nothing_of_a_slightly_better_pin(work: Work) -> None:
    correct(work, lat="43.256800")
    assert "Place: moved by 11 m" in work.page()
    assert "was corrected" not in work.client.get(work.url().replace("/staff", "")).text


def test_the_device_is_of_use_only_where_somebody_else_gave_the_job(work: Work) -> None:
    crew = as_(work, Role.CREW)
    by_device = "or of your device, since this job was given to you"
    for inviter, joined in ((None, None), ("dispatcher", datetime.now(UTC))):
        giver = work.session.scalars(select(Account).where(Account.email != crew.email)).one()
        crew.invited_by, crew.joined_at = (giver.id, joined) if inviter else (None, crew.joined_at)
        work.session.execute(text("UPDATE hazard SET severity = 'high', assignee_id = :who"), {"who": crew.id})
        append_event(work.session, hazard_id=work.hazard.id, kind="assign_work", at=NOW, by=giver.actor,
                     status=Status.ACCEPTED, body_id=work.body, public=False)  # fmt: skip
        work.session.commit()
        page = work.page()
        assert (by_device in page, "Show that I am here" in page) == (inviter is None, inviter is None)
        assert "Closes at once only by a new photo" in page
        known = datetime.now(ALMATY) + timedelta(days=30)
        said = f"the note of your device counts from {known.day} {known:%B %Y} on"
        assert (said in page) == (inviter is not None)


def test_that_others_were_joined_is_said_beside_the_form(work: Work) -> None:
    assert "What was joined to it counts too" not in work.page()
    other = add_hazard(work.session, body_id=work.body)
    work.session.commit()
    by = work.session.scalars(select(Account)).one().actor
    join(work.session, by, other, work.fresh(), now=datetime.now(UTC))
    work.session.commit()
    assert "take the photo near each of the places, after their last report." in work.page()
    as_(work, Role.CREW)
    work.act("report_fix", note="New cover", photos=photo())
    work.client.post("/sign-out", data={"csrf_token": token(work.client, "/account")})
    sign_in(work.client)
    assert "Whoever joined another hazard to this one does not also confirm the end" in work.page()


def test_two_who_count_as_one_are_told_until_when() -> None:
    refusal = SameHand(act="confirm_fix", days=30, until="2026-12-05")
    with speaking("en"):
        assert labels.error(refusal).endswith("From 5 December 2026 on the two of you count as two people.")
        assert labels.error_by_code(refusal.code, refusal.values) == labels.error(refusal)
        assert labels.error(SameHand(act="confirm_fix", days=30)).endswith("confirms, or the coordinator.")
