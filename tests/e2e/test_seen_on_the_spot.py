"""In a browser: a reporter is asked only what the chosen kind of danger asks, and the answer decides who gets it."""

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import demo_city
from app.actions.reference_data import load_reference_data
from app.cli.seed import DATA
from app.models import Body, Hazard


def test_the_letters_on_a_cover_find_its_owner(page: Page, session: Session) -> None:
    load_reference_data(session, DATA)
    demo_city.make_city(session, DATA)
    session.commit()
    page.goto("/en/report")
    asked = page.get_by_role("group", name="If you can see it from a safe distance")
    page.get_by_role("radio", name="Unguarded open water").check(force=True)
    page.locator("[data-next]").click()
    page.locator("[data-numbers] summary").click()
    page.get_by_label("Latitude").fill("43.2567")
    page.get_by_label("Longitude").fill("76.9286")
    page.locator("[data-next]").click()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    expect(asked).to_be_hidden()
    page.locator("[data-back]").click()
    page.locator("[data-back]").click()
    page.get_by_role("radio", name="Open manhole").check(force=True)
    page.locator("[data-next]").click()
    page.locator("[data-next]").click()
    expect(asked.get_by_role("combobox")).to_have_count(2)
    page.get_by_label("Which letters are on the cover").select_option("heat")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("What was seen on the spot points to this organisation.")).to_be_visible()
    kept = session.scalars(select(Hazard)).one()
    assert (kept.hints, session.get_one(Body, kept.body_id).kind) == ({"network": "heat"}, "heat_network")
