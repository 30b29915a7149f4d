"""The demo city: its areas, bodies and gazetteer. All of it is marked as a demonstration."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from shapely.geometry import LineString, Point, shape
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.actions.demo_people import SIGN_INS
from app.actions.reference_data import read_yaml
from app.domain.geo import area_geometry
from app.domain.routing import AREA_RANK
from app.domain.search_text import search_key
from app.models import Account, Area, Body, DutyContact, Place, Responsibility

Row = dict[str, Any]
SINCE = date(2020, 1, 1)
SOURCE = "demo"


def city_is_there(session: Session) -> bool:
    """Whether the demo city has been made in this database."""
    return session.scalar(select(Account.id).where(Account.email == SIGN_INS[0].email)) is not None


def make_city(session: Session, data_dir: Path) -> dict[str, int]:
    """Areas, bodies and gazetteer; how many of each."""
    areas = [row for name in ("almaty_city", "almaty") for row in _areas(data_dir / "areas" / f"{name}.geojson")]
    session.execute(insert(Area), areas)
    bodies = read_yaml(data_dir / "bodies.yaml")["bodies"]
    rules = _make_bodies(session, bodies)
    places = [_place(number, row) for number, row in enumerate(read_yaml(data_dir / "places.yaml")["places"])]
    session.execute(insert(Place), places)
    return {"areas": len(areas), "bodies": len(bodies), "responsibilities": rules, "places": len(places)}


def _areas(path: Path) -> list[Row]:
    return [_area(feature) for feature in json.loads(path.read_text("utf-8"))["features"]]


def _area(feature: Mapping[str, Any]) -> Row:
    given = feature["properties"]
    geometry, _ = area_geometry(shape(feature["geometry"]))
    return {
        "code": given["code"],
        "kind": given["kind"],
        "rank": AREA_RANK[given["kind"]],
        "parent_code": given["parent"],
        **_names(given),
        "valid_from": SINCE,
        "source": SOURCE,
        "search_key": search_key(_names(given).values()),
        "demo": True,
        "geom": geometry,
    }


def _make_bodies(session: Session, rows: list[Row]) -> int:
    made = {row["code"]: _body(row) for row in rows}
    session.add_all(made.values())
    session.flush()
    session.add_all(_on_duty(body) for body in made.values() if body.email)
    for row in rows:
        if row["parent"]:
            made[row["code"]].parent_id = made[row["parent"]].id
    rules = [rule for row in rows for given in row["responsibilities"] for rule in _rules(made[row["code"]].id, given)]
    session.execute(insert(Responsibility), rules)
    return len(rules)


def _body(row: Row) -> Body:
    return Body(code=row["code"], kind=row["kind"], **_names(row), email=row["email"], phone=row["phone"])


def _on_duty(body: Body) -> DutyContact:
    """One for each, whose mail goes where the body's goes."""
    return DutyContact(
        body_id=body.id,
        position=1,
        name="Кезекші · Дежурный",
        email=str(body.email),
        phone=body.phone,
        language=body.language or "kk",
    )


def _rules(body_id: int, given: Row) -> list[Row]:
    common = {"body_id": body_id, "area_code": given["area"], "rank": given["rank"], "valid_from": SINCE}
    empty = {"hazard_type": None, "group": None}
    if given.get("any"):
        return [common | empty]
    named = [common | empty | {"hazard_type": code} for code in given.get("types", ())]
    return named + [common | empty | {"group": group} for group in given.get("groups", ())]


def _place(number: int, row: Row) -> Row:
    names = _names(row)
    points = row["points"]
    return {
        "source": SOURCE,
        "external_id": f"{number:04}",
        "kind": row["kind"],
        **names,
        "search_key": search_key((*names.values(), *row["aliases"])),
        "demo": True,
        "geom": LineString(points) if len(points) > 1 else Point(points[0]),
    }


def _names(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: row[name] for name in ("name_kk", "name_ru", "name_en")}
