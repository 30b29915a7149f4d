"""The search box over the map in a real browser: by keys alone, and with a search that does not answer."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.actions.demo_city import make_city
from app.actions.reference_data import load_reference_data

pytestmark = pytest.mark.e2e
DATA = Path(__file__).parents[2] / "data"


def test_a_place_is_chosen_by_keys_and_flown_to(page: Page, session: Session, watch) -> None:
    load_reference_data(session, DATA)
    make_city(session, DATA)
    session.commit()
    page.goto("/ru/")
    box = page.get_by_role("combobox")
    box.fill("самал")
    expect(page.get_by_role("option")).to_have_count(2)
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "place-search-list-0")
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("микрорайон Самал-1")
    page.wait_for_url(re.compile(r"#map=15/43\.234"))
    page.route("**/search?*", lambda route: route.abort())
    box.fill("достык")
    expect(page.get_by_text("Поиск не ответил")).to_be_visible()
    watch.problems.clear()
