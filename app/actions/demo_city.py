"""The demo city: its areas, bodies, gazetteer and accounts. All of it is marked as a demonstration.

The accounts take any password, even a weak one: whoever tries the demo chose it, and none exists in a real city.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from shapely.geometry import LineString, Point, shape
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.actions.reference_data import read_yaml
from app.domain.geo import area_geometry
from app.domain.permissions import Role
from app.domain.routing import AREA_RANK
from app.domain.search_text import search_key
from app.models import Account, Area, Body, Crew, CrewMember, DutyContact, Place, Responsibility, Shift

Row = dict[str, Any]
SINCE = date(2020, 1, 1)
SOURCE = "demo"


@dataclass(frozen=True)
class SignIn:
    """One account of the demonstration, for whoever tries it."""

    role: Role
    email: str
    name: str
    body: str | None = None


SIGN_INS = (
    SignIn(Role.DISPATCHER, "dispatcher.water@qauip.example", "Demo: water utility", "almaty-su"),
    SignIn(Role.DISPATCHER, "dispatcher.almaly@qauip.example", "Demo: Almaly district", "almaly-akimat"),
    SignIn(Role.MODERATOR, "moderator@qauip.example", "Demo: moderator"),
    SignIn(Role.OPERATOR, "operator@qauip.example", "Demo: operator"),
    SignIn(Role.COORDINATOR, "coordinator@qauip.example", "Demo: coordinator"),
    SignIn(Role.ADMINISTRATOR, "administrator@qauip.example", "Demo: administrator"),
    SignIn(Role.AUDITOR, "auditor@qauip.example", "Demo: auditor"),
    SignIn(Role.COUNCIL_VIEWER, "council@qauip.example", "Demo: council viewer"),
    SignIn(Role.CREW, "crew.water@qauip.example", "Demo: crew of the water utility", "almaty-su"),
    SignIn(Role.MANAGER, "manager.water@qauip.example", "Demo: manager of the water utility", "almaty-su"),
)

CREWS = (("almaty-su", "1-бригада", ("crew.water@qauip.example",)), ("almaty-su", "2-бригада", ()))
"""Body, name, and who is in it."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


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


def make_accounts(session: Session, password: str) -> None:
    """The demo's accounts, all with one password."""
    bodies = {row.code: row.id for row in session.execute(select(Body.code, Body.id))}
    hashed = _hasher.hash(password)
    for each in SIGN_INS:
        body_id = bodies[each.body] if each.body else None
        account = Account(
            email=each.email, name=each.name, roles=[each.role.value], body_id=body_id, password_hash=hashed
        )
        session.add(account)
    session.flush()
    _make_crews(session, bodies)
    _make_shifts(session, bodies)


def _make_shifts(session: Session, bodies: Mapping[str, int]) -> None:
    """Every day the dispatcher, every night the first crew."""
    code, crew_name, _people = CREWS[0]
    dispatcher = session.scalar(select(Account.id).where(Account.email == SIGN_INS[0].email))
    crew = session.scalar(select(Crew.id).where(Crew.body_id == bodies[code], Crew.name == crew_name))
    for weekday in range(7):
        week = {"body_id": bodies[code], "weekday": weekday}
        session.add(Shift(**week, starts=8 * 60, ends=20 * 60, account_id=dispatcher))
        session.add(Shift(**week, starts=20 * 60, ends=8 * 60, crew_id=crew))
    session.flush()


def _make_crews(session: Session, bodies: Mapping[str, int]) -> None:
    for code, name, emails in CREWS:
        crew = Crew(body_id=bodies[code], name=name)
        session.add(crew)
        session.flush()
        members = session.scalars(select(Account.id).where(Account.email.in_(emails)))
        session.add_all(CrewMember(crew_id=crew.id, account_id=account_id) for account_id in members)
    session.flush()


def keep_password(session: Session, password: str) -> None:
    """Make the demo's accounts open with `password`; those that do already stay as they are."""
    accounts = session.scalars(select(Account).where(Account.email.in_([each.email for each in SIGN_INS]))).all()
    right = {hashed: _opens(hashed, password) for hashed in {account.password_hash for account in accounts}}
    if all(right.values()):
        return
    hashed = _hasher.hash(password)
    for account in accounts:
        account.password_hash = hashed


def _opens(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except VerificationError:
        return False


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
        name="Кезекші · Дежурный (demo)",
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
