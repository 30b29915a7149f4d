"""A hazard's page for those who work on it: the likely acts first, proofs, second persons, inspections, the map."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Event, Hazard, Photo
from tests.gateways.pictures import plain, saved
from tests.jobs.kit import add_area, add_body, add_hazard, add_types, assigned
from tests.web.pages import make_account, sign_in, token

HERE = {"device_lat": "43.256700", "device_lon": "76.928600"}


class Work:
    """A hazard of a body, a foreign one, and a dispatcher who is signed in."""

    def __init__(self, session: Session, client: FlaskClient) -> None:
        self.session, self.client = session, client
        add_types(session)
        area, self.body, other = add_area(session), add_body(session), add_body(session)
        self.hazard = add_hazard(session, body_id=self.body, area_id=area)
        self.foreign = add_hazard(session, body_id=other, area_id=area)
        assigned(session, self.hazard)
        session.commit()
        make_account(session, Role.DISPATCHER, body_id=self.body)
        sign_in(client)

    def url(self, hazard: Hazard | None = None) -> str:
        return f"/en/staff/h/{show_reference((hazard or self.hazard).reference)}"

    def page(self) -> str:
        return self.client.get(self.url()).get_data(as_text=True)

    def fresh(self) -> Hazard:
        self.session.rollback()
        self.session.expire_all()
        return self.session.get_one(Hazard, self.hazard.id)

    def act(self, act: str, *, version: int | None = None, **fields: object):
        shown = self.fresh().version if version is None else version
        form = {"csrf_token": token(self.client, "/account"), "version": str(shown), "seen": "0", **fields}
        return self.client.post(f"{self.url()}/{act}", data=form, content_type="multipart/form-data",
                                follow_redirects=True)  # fmt: skip

    def set(self, **values: object) -> None:
        changed = ", ".join(f"{name} = :{name}" for name in values)
        self.session.execute(text(f"UPDATE hazard SET {changed} WHERE id = :id"), {**values, "id": self.hazard.id})
        self.session.commit()

    def bar(self) -> list[str]:
        """The acts at the thumb."""
        found = re.search(r'<nav class="act-bar".*?</nav>', self.page(), re.DOTALL)
        return re.findall(r"<span>([^<]+)</span>", found[0]) if found else []


@pytest.fixture
def work(session: Session, client: FlaskClient) -> Work:
    return Work(session, client)


def photo() -> tuple[io.BytesIO, str]:
    return io.BytesIO(saved(plain(), "JPEG")), "a.jpg"


def photo_of(moment: datetime, lat: float = 43.0 + 15 / 60 + 24.12 / 3600) -> tuple[io.BytesIO, str]:
    """By a camera that notes place (43.2567, 76.9286 unless told otherwise) and time with its offset."""
    block = Image.Exif()
    seconds = (lat - 43 - 15 / 60) * 3600
    block.get_ifd(0x8825).update({1: "N", 2: (43.0, 15.0, seconds), 3: "E", 4: (76.0, 55.0, 42.96)})
    block.get_ifd(0x8769).update({0x9003: f"{moment:%Y:%m:%d %H:%M:%S}", 0x9011: "+00:00"})
    return io.BytesIO(saved(plain(), "JPEG", exif=block.tobytes())), "camera.jpg"


def test_the_likely_acts_follow_the_life_of_the_hazard(work: Work) -> None:
    seen = [work.bar()]
    work.act("accept")
    seen.append(work.bar())
    work.set(made_safe_measure="grid", made_safe_at=datetime.now(UTC), made_safe_until=datetime.now(UTC))
    seen.append(work.bar())
    work.act("fix", note="x", photos=photo_of(datetime.now(UTC)))
    seen.append(work.bar())
    assert seen == [
        ["Accept", "Safe for now", "Forward"],
        ["Safe for now", "Fixed", "Give to a crew"],
        ["Fixed", "Give to a crew", "Pause"],
        ["Reopen", "Note"],
    ]


def test_a_job_is_given_back_only_where_somebody_has_it(work: Work) -> None:
    work.set(status="accepted")
    assert "/return_work" not in work.page()
    work.set(assignee_id=work.session.scalar(text("SELECT id FROM account LIMIT 1")))
    assert "/return_work" in work.page()


def test_all_other_acts_are_there_in_groups(work: Work) -> None:
    page = work.page()
    assert page.index("Everything else") < page.index("Close without a repair")
    for act in ("plan", "disclaim", "correct", "propose_rejection", "mark_duplicate"):
        assert f'action="{work.url()}/{act}"' in page


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"photos": "here"}, "fixed", "Done: Close as fixed"),
        ({"photos": "elsewhere"}, "fix_reported", "The photo was taken at another place."),
        ({"photos": "none"}, "fix_reported", "Another person must confirm it"),
        ({"photos": "none", **HERE}, "fix_reported", "Only the device of whoever sent the photo"),
        ({"photos": "none", "device_lat": "nonsense", "device_lon": "76.9"}, "fix_reported", "does not show where it"),
    ],
)
def test_a_photo_from_the_spot_closes_and_another_one_says_what_is_missing(
    work: Work, sent: dict[str, object], status: str, said: str
) -> None:
    work.act("accept")
    soon = datetime.now(UTC) + timedelta(minutes=1)
    made = {"here": photo_of(soon), "elsewhere": photo_of(soon, 43.27), "none": photo()}
    answer = work.act("fix", note="New cover", **{**sent, "photos": made[str(sent["photos"])]})
    assert said in answer.get_data(as_text=True)
    assert work.fresh().status == status


def test_before_and_after_stand_side_by_side_and_materials_inside(work: Work) -> None:
    work.act("accept")
    told = {**HERE, "device_time": datetime.now(UTC).isoformat()}
    work.act("fix", note="New cover", photos=photo(), before=photo(), materials="1 cover", **told)
    page = work.page()
    assert '<div class="photo-pair">' in page
    assert "Taken 0 m from the hazard" in page
    assert "as the device says" in page
    assert "1 cover" in page.split('id="internal"', 1)[1]
    assert "1 cover" not in page.split('id="internal"', 1)[0]
    assert sorted(work.session.scalars(select(Photo.kind))) == ["before", "fixed"]


def test_a_second_person_is_asked_for_and_the_first_is_refused_by_that_rule(work: Work, client: FlaskClient) -> None:
    work.act("accept")
    work.act("not_found", note="Walked 200 m both ways", photos=photo())
    assert "until another person confirms this" in work.page()
    assert "Another person must confirm this" in work.act("confirm_not_found").get_data(as_text=True)
    make_account(work.session, Role.MANAGER, email="head@example.kz", body_id=work.body)
    client.post("/sign-out", data={"csrf_token": token(client, "/account")})
    sign_in(client, "head@example.kz")
    assert work.bar()[:2] == ["Confirm", "Look again"]
    assert work.act("confirm_not_found").status_code == 200
    assert work.fresh().status == "not_found"


def test_a_measure_that_ran_out_asks_for_a_look_first(work: Work) -> None:
    work.act("accept")
    work.set(inspect_due=datetime.now(UTC), inspect_measure="grid")
    assert "Inspect again" in work.page()
    assert work.bar()[0] == "Still safe"
    assert "Add a photo as proof." in work.act("inspect").get_data(as_text=True)
    work.act("inspect", photos=photo())
    assert (work.fresh().made_safe_measure, work.fresh().inspect_due) == ("grid", None)


def test_what_a_hold_waits_for_is_chosen_and_shown(work: Work) -> None:
    work.act("accept")
    assert "Choose what the work waits for." in work.act("hold", reason="no parts").get_data(as_text=True)
    work.act("hold", hold_reason="spare_parts")
    assert "Waiting for spare parts" in work.page()


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("not_found", {"note": "Nothing here, said the guard"}),
        ("hold", {"hold_reason": "weather", "reason": "Nothing here, said the guard"}),
        ("inspect", {"note": "Nothing here, said the guard"}),
        ("fix", {"note": "Nothing here, said the guard", "materials": "one cover"}),
        ("hand_over", {"note": "Nothing here, said the guard"}),
    ],
)
def test_whoever_comes_second_is_told_what_has_changed_and_keeps_the_text(
    work: Work, act: str, fields: dict[str, str]
) -> None:
    seen = work.fresh().version
    work.act("accept")
    answer = work.act(act, version=seen, photos=photo(), **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Nothing here, said the guard" in page
    assert "What has changed meanwhile" in page
    assert "Accepted for work" in page


def test_the_place_is_picked_on_a_map_and_saved_like_any_correction(work: Work) -> None:
    page = work.client.get(work.url() + "/place").get_data(as_text=True)
    assert 'class="map map-pick"' in page
    assert f'action="{work.url()}/correct"' in page
    answer = work.act("correct", lat="43.260000", lon="76.930000", hazard_type="MANHOLE_OPEN", reason="The pin was off")
    assert answer.status_code == 200
    assert work.fresh().label.y == pytest.approx(43.26)


@pytest.mark.parametrize("path", ["", "/place"])
def test_another_body_s_hazard_and_its_map_are_not_there(work: Work, path: str) -> None:
    assert work.client.get(work.url(work.foreign) + path).status_code == 404


@pytest.mark.parametrize("act", ["inspect", "confirm_not_found", "decline_not_found", "confirm_hand_over", "hold"])
def test_new_acts_on_another_body_s_hazard_are_404_and_change_nothing(work: Work, act: str) -> None:
    form = {"csrf_token": token(work.client, "/account"), "version": "1", "seen": "0", "reason": "x"}
    assert work.client.post(f"{work.url(work.foreign)}/{act}", data=form).status_code == 404
    assert not work.session.scalars(select(Event).where(Event.hazard_id == work.foreign.id)).all()


def test_who_answers_for_the_place_is_offered_first_and_the_others_with_a_warning(work: Work, session: Session) -> None:
    near, far = work.foreign.body_id, add_body(session)
    rule = "INSERT INTO responsibility (body_id, area_code, valid_from) VALUES (:body, :code, '2020-01-01')"
    session.execute(text(rule), {"body": near, "code": "750000000"})  # the city, in which the hazard's district lies
    session.commit()
    form = re.search(r'<select[^>]*id="forward-body_id".*?</select>', work.page(), re.DOTALL)
    assert form is not None
    here, elsewhere = form[0].split('<optgroup label="Elsewhere">')
    assert f'value="{near}"' in here
    assert f'value="{far}"' in elsewhere
    assert "answer for nothing at this place" in work.page()
    assert work.act("forward", body_id=str(far), reason="It is theirs").status_code == 200
    assert work.fresh().body_id == far


def test_where_nobody_answers_all_are_offered_alike(work: Work) -> None:
    assert "<optgroup" not in work.page()
