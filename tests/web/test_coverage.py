"""Who answers where: gaps come first, dead rules are told, and a thousand building managers are no load."""

import time
from datetime import date

from sqlalchemy import text

from app.queries.coverage import coverage_of

DAY = date(2026, 11, 24)
PAGE = "/en/admin/coverage"
SQUARE = "ST_Multi(ST_MakeEnvelope(76.90, 43.24, 76.91, 43.25, 4326))"
TROUBLE = f"""
DELETE FROM responsibility USING body b WHERE b.id = body_id AND (b.kind = 'gas_utility' OR b.kind = 'city_akimat');
DELETE FROM responsibility WHERE area_code = '751110000';
INSERT INTO body (code, kind, name_kk, name_ru, name_en, language)
  SELECT 'ksk-' || n, 'building_manager', 'ПИК', 'КСК', 'KSK ' || n, 'kk' FROM generate_series(1, 1000) n;
INSERT INTO responsibility (body_id, area_code, rank, valid_from)
  SELECT b.id, a.code, 10, DATE '2020-01-01' FROM body b, area a WHERE b.code LIKE 'ksk-%' AND a.kind = 'city_district';
INSERT INTO area (code, kind, rank, valid_from, geom, name_kk, name_ru, name_en)
  VALUES ('gas', 'service_area', 35, DATE '2020-01-01', {SQUARE}, 'Газ', 'Газ', 'Gas zone');
INSERT INTO body (code, kind, name_kk, name_ru, name_en, language)
  VALUES ('gas', 'gas_utility', 'Газ', 'Газ', 'Gas of the square', 'kk'), ('off', 'police', 'a', 'b', 'Off', 'kk');
INSERT INTO responsibility (body_id, area_code, rank, valid_from)
  SELECT id, CASE code WHEN 'gas' THEN 'gas' ELSE 'no-area' END, 10, DATE '2020-01-01' FROM body
   WHERE code IN ('gas', 'off');
"""


def test_the_demo_city_has_no_gap(admin):
    page = admin.get(PAGE).text
    assert "Somebody answers for every kind of hazard in every area." in page
    assert page.count("Almaty Su (water and sewers)") >= 8
    assert "MANHOLE" not in page
    assert admin.get(f"{PAGE}?area=751110000").status_code == 200
    assert admin.get(f"{PAGE}?area=nowhere").status_code == 404
    assert 'value="soon"' in admin.get(f"{PAGE}?day=soon").text
    assert "No areas on this day" in admin.get(f"{PAGE}?day=1999-01-01").text


def test_gaps_dead_rules_and_service_areas_of_a_troubled_city(admin, session):
    for statement in TROUBLE.split(";"):
        if statement.strip():
            session.execute(text(statement))
    session.commit()
    started = time.process_time()
    found = coverage_of(session, None, day=DAY, language="en")
    assert time.process_time() - started < 2
    assert {a.body for a in found.answers["751110000", "GAS_SMELL"]} == {"emergency", "gas"}
    assert found.answers["751110000", "OTHER"][0].is_gap
    page = admin.get(PAGE).text
    assert "and 987 more" in page
    assert "Its area is not valid on this day" in page
    assert page.index("Other hazard to children") < page.index('id="unreached"')


def test_an_area_whose_parent_is_not_there_stands_at_the_top(admin, session):
    session.execute(text("UPDATE area SET parent_code = 'nowhere' WHERE code = '751110000'"))
    session.commit()
    found = coverage_of(session, None, day=DAY, language="en")
    assert [hit.code for hit in found.columns] == ["750000000", "751110000"]
    assert "Almaly District" in admin.get(PAGE).text
