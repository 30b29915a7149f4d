"""A question about who would answer has an address, is answered in words, and writes nothing."""

from flask.testing import FlaskClient
from sqlalchemy import text

from app.models import Hazard

PAGE = "/en/admin/what-if"
MANHOLE = {"type": "MANHOLE_OPEN", "lat": "43.2567", "lon": "76.9286"}

WRONG = [
    ({"lat": "north"}, 'value="north"'),
    ({"day": "yesterday"}, 'value="yesterday"'),
    ({"type": "NO_SUCH"}, 'value="43.2567"'),
    ({"network": "lava"}, 'value="43.2567"'),
    ({"sign": "x" * 200}, 'value="76.9286"'),
]


def ask(client: FlaskClient, **more: str):
    return client.get(PAGE, query_string=MANHOLE | more)


def test_the_answer_names_the_body_the_areas_and_each_rule(admin, session):
    page = ask(admin).text
    assert 'class="who-answers">Almaty Su' in page
    assert page.index("Almaly") < page.index("City of republican status")
    assert 'class="trace-taken"' in page
    assert "A rule names this kind of hazard" in page
    assert "Almaty Heating Networks, area Almaty: suitable too" in page
    assert session.query(Hazard).count() == 0


def test_the_map_gets_numbers_however_they_were_typed(admin):
    assert 'data-lat="43.25" data-lon="76.93"' in ask(admin, lat="43,25", lon="76,93").text


def test_what_is_seen_and_where_changes_the_answer(admin):
    assert 'class="who-answers">Almaty Heating' in ask(admin, network="heat").text
    assert 'class="who-answers">Kazakhtelecom' in ask(admin, sign="kazakhtelecom").text
    nowhere = ask(admin, lat="50", lon="70").text
    assert "Outside all known areas" in nowhere
    assert 'class="who-answers">Nobody yet' in nowhere


def test_a_day_before_the_rules_has_no_answer(admin, session):
    session.execute(text("UPDATE responsibility SET valid_from = '2025-01-01'"))
    session.commit()
    assert 'class="who-answers">Nobody yet' in ask(admin, day="2024-06-01").text
    assert 'class="who-answers">Almaty Su' in ask(admin, day="2025-06-01").text


def test_bad_input_is_named_and_what_was_typed_is_kept(admin):
    for wrong, kept in WRONG:
        answer = ask(admin, **wrong)
        assert answer.status_code == 422, wrong
        assert 'class="error"' in answer.text
        assert kept in answer.text
