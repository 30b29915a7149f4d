"""A contractor's page: what it shows, what it takes, and that it is told to nobody."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.permissions import Role
from app.domain.references import show_reference
from app.i18n import format_datetime, speaking
from app.models import ContractorLink, Event, Hazard, IntakeCount, Photo
from tests.gateways.pictures import plain, saved
from tests.jobs.kit import add_area, add_body, add_hazard, add_report, add_types, assigned
from tests.web.pages import make_account, sign_in, token

SECRETS = ("No cover here", "Айгүл", "internal word", "kept-photo")


@dataclass
class World:
    """A dispatcher who is signed in, with an accepted hazard and a contractor with a link to it."""

    session: Session
    staff: FlaskClient
    visitor: FlaskClient
    hazard: Hazard
    second: Hazard
    theirs: Hazard

    def links(self, hazard: Hazard | None = None) -> str:
        return f"/en/staff/h/{show_reference((hazard or self.hazard).reference)}/contractor"

    def give(self, hazard: Hazard | None = None, **fields: object) -> TestResponse:
        form = {"name": "Stroy LLP", "language": "ru", "days": "7", "needed": "A cover of type T", **fields}
        form["csrf_token"] = token(self.staff, "/account")
        return self.staff.post(self.links(hazard), data=form, follow_redirects=True)

    def link(self, hazard: Hazard | None = None, **fields: object) -> str:
        text = self.give(hazard, **fields).get_data(as_text=True)
        return "/en/job/" + text.split("/ru/job/", 1)[1][:43]

    def send(self, link: str, act: str, **fields: object) -> TestResponse:
        form = {"csrf_token": token(self.visitor, link), **fields}
        return self.visitor.post(f"{link}/{act}", data=form, content_type="multipart/form-data")

    def count(self, kind: str) -> int:
        self.session.rollback()
        return self.session.scalar(select(func.count()).select_from(Event).where(Event.kind == kind)) or 0


@pytest.fixture
def world(session: Session, app) -> World:
    add_types(session)
    area, ours, theirs = add_area(session), add_body(session), add_body(session)
    hazard, second = (add_hazard(session, body_id=ours, area_id=area, status="accepted") for _ in range(2))
    foreign = add_hazard(session, body_id=theirs, area_id=area, status="accepted")
    for each in (hazard, second, foreign):
        assigned(session, each)
        add_report(session, each, "No cover here")
    for name in ("kept-photo", "show-photo"):
        session.add(
            Photo(public_id=name, hazard_id=hazard.id, kind="report", content_key=name, width=1, height=1,
                  added_at=hazard.received_at)
        )  # fmt: skip
    session.commit()
    make_account(session, Role.DISPATCHER, body_id=ours)
    staff = app.test_client()
    sign_in(staff)
    note = {
        "csrf_token": token(staff, "/account"),
        "version": str(hazard.version),
        "seen": "0",
        "note": "internal word",
    }
    assert staff.post(f"/staff/h/{hazard.reference}/note", data=note).status_code == 303
    return World(session, staff, app.test_client(), hazard, second, foreign)


def photo() -> tuple[io.BytesIO, str]:
    return io.BytesIO(saved(plain(), "JPEG")), "a.jpg"


def test_the_address_is_shown_once_and_the_hazard_s_page_says_that_there_is_a_link(world: World) -> None:
    text = world.give().get_data(as_text=True)
    assert "/ru/job/" in text
    assert "/job/" not in world.staff.get(world.links()).get_data(as_text=True)
    page = world.staff.get(world.links().removesuffix("/contractor")).get_data(as_text=True)
    assert "Stroy LLP" in page
    assert "/job/" not in page


def test_reloading_the_page_of_a_new_link_makes_no_second_one(world: World) -> None:
    form = {"name": "Stroy LLP", "language": "ru", "days": "7", "needed": "A cover of type T"}
    answer = world.staff.post(world.links(), data=form | {"csrf_token": token(world.staff, "/account")})
    assert answer.status_code == 303
    assert "/job/" not in answer.location
    shown = [world.staff.get(answer.location).get_data(as_text=True) for _ in range(2)]
    assert ["/ru/job/" in text for text in shown] == [True, False]
    assert world.session.scalar(select(func.count()).select_from(ContractorLink)) == 1


def test_the_address_of_a_new_link_is_shown_at_its_own_hazard_only(world: World) -> None:
    form = {"name": "Stroy LLP", "language": "ru", "days": "7", "needed": "A cover of type T"}
    world.staff.post(world.links(), data=form | {"csrf_token": token(world.staff, "/account")})
    assert "/job/" not in world.staff.get(world.links(world.second)).get_data(as_text=True)


def test_the_page_says_until_when_it_is_to_be_made_safe_and_fixed(world: World) -> None:
    due = datetime.now(UTC) + timedelta(hours=5, minutes=30)
    late = datetime.now(UTC) - timedelta(hours=2, minutes=30)
    row = update(Hazard).where(Hazard.id == world.hazard.id)
    world.session.execute(row.values(make_safe_due=late, fix_due=due))
    world.session.commit()
    text = world.visitor.get(world.link()).get_data(as_text=True)
    assert "2 hours overdue" in text
    assert "in 5 hours" in text
    with speaking("en"):
        assert all(format_datetime(moment) in text for moment in (late, due))


def test_the_page_shows_what_is_needed_and_nothing_else(world: World) -> None:
    link = world.link(photos=["show-photo"])
    text = world.visitor.get(link).get_data(as_text=True)
    for shown in ("A cover of type T", "Stroy LLP", "43.256700, 76.928600", "show-photo"):
        assert shown in text
    for secret in SECRETS:
        assert secret not in text


def test_it_is_told_to_nobody_kept_by_nobody_and_found_by_nobody(world: World) -> None:
    for address in (world.link(), "/en/job/" + "x" * 43):
        answer = world.visitor.get(address)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert 'name="referrer" content="no-referrer"' in answer.get_data(as_text=True)


def test_only_the_cookie_of_the_form_is_set(world: World) -> None:
    link = world.link()
    world.visitor.get(link)
    assert [cookie.key for cookie in world.visitor._cookies.values()] == ["qauip_form"]


def test_a_contractor_starts_adds_a_photo_and_proposes_the_fix(world: World) -> None:
    link = world.link()
    assert world.send(link, "start").status_code == 303
    assert world.send(link, "note", photos=photo()).status_code == 303
    answer = world.send(link, "report_fix", note="The cover is on", photos=photo())
    assert answer.location.endswith("?done=report_fix")
    assert [world.count(kind) for kind in ("start", "note", "report_fix")] == [1, 2, 1]
    assert world.session.get_one(Hazard, world.hazard.id).status == "fix_reported"
    text = world.visitor.get(answer.location).get_data(as_text=True)
    assert "The cover is on" in text
    assert "Stroy LLP" in world.staff.get(world.links().removesuffix("/contractor")).get_data(as_text=True)


def test_what_is_refused_comes_back_with_the_words(world: World) -> None:
    link = world.link()
    answer = world.send(link, "report_fix", note="The cover is on")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Add a photo as proof." in text
    assert "The cover is on" in text
    assert world.send(link, "note").status_code == 400


def test_a_form_without_its_token_does_nothing_and_keeps_the_words(world: World) -> None:
    link = world.link()
    answer = world.visitor.post(f"{link}/note", data={"note": "half written"})
    assert answer.status_code == 403
    assert "half written" in answer.get_data(as_text=True)
    assert world.count("note") == 1  # the dispatcher's own


@pytest.mark.parametrize("act", ["fix", "make_safe", "confirm_fix", "forward"])
def test_no_other_act_has_an_address(world: World, act: str) -> None:
    link = world.link()
    assert world.send(link, act, note="x").status_code == 404


def test_the_link_of_one_hazard_gives_nothing_of_another(world: World) -> None:
    link = world.link(world.second)
    assert world.visitor.get(f"{link}/photo/show-photo/medium").status_code == 404
    assert show_reference(world.hazard.reference) not in world.visitor.get(link).get_data(as_text=True)


@pytest.mark.parametrize("change", ["revoked", "over", "passed_on", "closed", "held"])
def test_a_dead_link_is_a_friendly_page_like_any_other_unknown_one(world: World, change: str) -> None:
    link = world.link(photos=["show-photo"])
    form_token = token(world.visitor, link)
    if change == "revoked":
        number = world.session.scalar(select(ContractorLink.id))
        sent = {"csrf_token": token(world.staff, "/account")}
        assert world.staff.post(f"{world.links()}/{number}/revoke", data=sent).status_code == 303
    elif change == "over":
        day = timedelta(days=8)
        before_now = {"made_at": ContractorLink.made_at - day, "expires_at": ContractorLink.expires_at - day}
        world.session.execute(update(ContractorLink).values(before_now))
    else:
        row = update(Hazard).where(Hazard.id == world.hazard.id)
        values = {
            "passed_on": {"body_id": world.theirs.body_id},
            "closed": {"status": "fixed", "closed_at": world.hazard.received_at},
            "held": {"held": True},
        }
        world.session.execute(row.values(**values[change]))
    world.session.commit()
    for dead in (link, "/en/job/" + "x" * 43, "/en/job/short"):
        answer = world.visitor.get(dead)
        assert answer.status_code == 404
        assert "This link does not open anything any more" in answer.get_data(as_text=True)
    before = world.count("note")
    answer = world.visitor.post(f"{link}/note", data={"csrf_token": form_token, "note": "x"})
    assert answer.status_code == 404
    assert world.count("note") == before
    assert world.visitor.get(f"{link}/photo/show-photo/medium").status_code == 404


def test_another_body_s_hazard_has_no_links_here(world: World) -> None:
    assert world.staff.get(world.links(world.theirs)).status_code == 404
    assert world.give(world.theirs).status_code == 404
    sent = {"csrf_token": token(world.staff, "/account")}
    assert world.staff.post(f"{world.links(world.theirs)}/1/revoke", data=sent).status_code == 404


def test_links_of_the_body_before_are_not_shown_to_the_next_one(world: World) -> None:
    world.give()
    world.session.execute(update(Hazard).where(Hazard.id == world.hazard.id).values(body_id=world.theirs.body_id))
    world.session.commit()
    make_account(world.session, Role.DISPATCHER, email="d@example.kz", body_id=world.theirs.body_id)
    world.staff.post("/sign-out", data={"csrf_token": token(world.staff, "/account")})
    sign_in(world.staff, "d@example.kz")
    page = world.staff.get(world.links())
    assert page.status_code == 200
    assert "Stroy LLP" not in page.get_data(as_text=True)


@pytest.mark.parametrize("wrong", [{"days": "31"}, {"days": "0"}, {"name": ""}, {"needed": ""}, {"language": "de"}])
def test_a_wrong_form_makes_no_link_and_keeps_what_was_typed(world: World, wrong: dict[str, str]) -> None:
    answer = world.give(**{"needed": "typed words", **wrong})
    assert answer.status_code == 422
    assert world.session.scalar(select(func.count()).select_from(ContractorLink)) == 0
    assert ("typed words" in answer.get_data(as_text=True)) is ("needed" not in wrong)


def test_a_flood_from_one_network_is_refused(world: World) -> None:
    link = world.link()
    world.send(link, "note", note="one")
    world.session.execute(update(IntakeCount).values(n=10_000))
    world.session.commit()
    answer = world.visitor.get(link)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
