"""The areas for an administrator: a list to search, outlines for the map, versions over time, faults in words."""

from datetime import date

from sqlalchemy import text

from app.domain.permissions import Role
from app.models import Area
from tests.web.pages import make_account, sign_in

LIST = "/en/admin/areas"


def test_the_list_is_searched_by_name_and_code_and_narrowed_by_kind(admin, session):
    session.execute(text("UPDATE area SET code = 'ABC-7' WHERE code = '751310000'"))
    session.commit()
    for query, there, missing in [
        ("", "750000000", "No such area"),
        ("?q=бостан", "751410000", "751110000"),
        ("?q=7511", "751110000", "751410000"),
        ("?q=ABC-7", "ABC-7", "No such area"),
        ("?kind=city_district", "751110000", ">750000000<"),
        ("?q=100%25", "No such area", "751110000"),
        ("?after=50_751410000", "751510000", ">751410000<"),
    ]:
        page = admin.get(LIST + query).text
        assert there in page, query
        assert missing not in page, query


def test_one_area_shows_its_versions_rules_and_map(admin, session):
    session.execute(text("UPDATE area SET valid_until = '2026-01-01' WHERE code = '751110000'"))
    old = session.query(Area).filter_by(code="751110000").one()
    names = {name: getattr(old, name) for name in ("name_kk", "name_ru", "name_en")}
    session.add(
        Area(code=old.code, kind=old.kind, rank=old.rank, parent_code=old.parent_code, valid_from=date(2026, 1, 1),
             geom=old.geom, source="redrawn", **names)
    )  # fmt: skip
    session.commit()
    page = admin.get(f"{LIST}/751110000").text
    assert "redrawn" in page
    assert "Almaly District Akim&#39;s Office" in page
    assert "from 1 January 2020 until 1 January 2026" in page
    assert "day=2020-01-01" in page
    shapes = admin.get(f"{LIST}/outlines?of=750000000").json["features"]
    assert [shape["properties"]["here"] for shape in shapes] == [True] + [False] * 8
    assert admin.get(f"{LIST}/no-such").status_code == 404


def test_what_does_not_fit_is_said_in_words(admin, session):
    session.execute(text("UPDATE area SET parent_code = '1' WHERE code = '751110000'"))
    session.commit()
    for address in (f"{LIST}/checks", f"{LIST}/751110000"):
        page = admin.get(address).text
        assert "Its parent 1 is not there" in page
    assert "of it over" in admin.get(f"{LIST}/750000000").text


def test_only_an_administrator_sees_areas_and_who_answers_where(client, session):
    make_account(session, Role.COORDINATOR)
    sign_in(client)
    areas = (LIST, f"{LIST}/outlines", f"{LIST}/checks", f"{LIST}/750000000")
    for address in (*areas, "/admin/what-if", "/admin/coverage"):
        assert client.get(address).status_code == 403
