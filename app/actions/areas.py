"""Take in areas: a new code is a new area, a later `valid_from` closes the older version, the same one is updated.
What is there already, with the same outline, names and place in the order, stays as it is on any day.

Decision: old versions stay, closed, since hazards were assigned by them. Turned down: updating in place, which would
make yesterday's decision look wrong today.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.actions.imports import Outcome
from app.domain.errors import BadPeriod, DomainError, UnknownArea
from app.domain.geo import area_geometry
from app.domain.permissions import Actor, Permission, ensure
from app.domain.routing import AREA_RANK
from app.domain.search_text import search_key
from app.models import Area

_KATO = re.compile("[0-9]{9}")
SAME_DEGREES = 1e-9  # a tenth of a millimetre: what another format or a way through metres leaves


@dataclass(frozen=True)
class AreaRow:
    """One feature as the door read it; `mended`: what was done to its outline; `source`: its own, else the file's."""

    line: int
    code: str
    kind: str
    names: tuple[str, str, str]
    parent_code: str | None
    level: int | None
    geometry: BaseGeometry
    mended: tuple[str, ...] = ()
    source: str = ""


def import_areas(
    session: Session, *, by: Actor, rows: Iterable[AreaRow], valid_from: date, source: str, outcome: Outcome
) -> None:
    """Store every fit row and note the refused ones in `outcome`. Never commits."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    seen: set[str] = set()
    for row in rows:
        if row.code in seen:
            outcome.refuse(row.line, f"the code {row.code} stands twice in this file")
            continue
        seen.add(row.code)
        _import_one(session, row, valid_from, source, outcome)
    session.flush()


def end_area(session: Session, *, by: Actor, code: str, on: date) -> Area:
    """Let the area `code` be valid until the day `on`, its first day without it. Raises UnknownArea, BadPeriod."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    last = session.scalar(select(Area).where(Area.code == code).order_by(Area.valid_from.desc()).limit(1))
    if last is None:
        raise UnknownArea(area=code)
    if on <= last.valid_from or (last.valid_until is not None and last.valid_until < on):
        raise BadPeriod()
    last.valid_until = on
    flag_modified(last, "geom")  # as in `_import_one`
    session.flush()
    return last


def _import_one(session: Session, row: AreaRow, valid_from: date, source: str, outcome: Outcome) -> None:
    try:
        geometry, repaired = area_geometry(row.geometry)
    except DomainError as error:
        outcome.refuse(row.line, f"{row.code}: {error.code}")
        return
    last = _last_version(session, row.code, valid_from)
    if last is not None and last.valid_from > valid_from:
        outcome.refuse(row.line, f"{row.code}: a version from {last.valid_from} is already there")
        return
    row = replace(row, parent_code=row.parent_code or _known_parent(session, row, last, valid_from))
    if row.mended or repaired:
        outcome.repair(row.line, f"{row.code}: {', '.join(row.mended) or 'rings repaired'}")
    if last is not None and _same(last, row, geometry):
        outcome.counts["unchanged"] += 1
        last.source = row.source or source
        return
    outcome.counts["new" if last is None else "changed"] += 1
    area = _version(session, row.code, last, valid_from)
    area.kind, area.rank, area.level = row.kind, AREA_RANK[row.kind], row.level
    area.parent_code, area.source, area.geom = row.parent_code, row.source or source, geometry
    area.name_kk, area.name_ru, area.name_en = row.names
    area.search_key = search_key(row.names)
    session.add(area)
    if area is last:
        flag_modified(area, "geom")  # cut anew: whoever looked by the old rank or kind looks again (`borders_version`)


def _last_version(session: Session, code: str, valid_from: date) -> Area | None:
    """The latest version of `code` that is valid on `valid_from` or later."""
    return session.scalar(
        select(Area)
        .where(Area.code == code, or_(Area.valid_until.is_(None), Area.valid_until > valid_from))
        .order_by(Area.valid_from.desc())
        .limit(1)
    )


def _known_parent(session: Session, row: AreaRow, last: Area | None, day: date) -> str | None:
    """Of a file that names none: the parent of before, else by the KATO code, in which nothing but zeros follow it."""
    if last is not None and last.parent_code:
        return last.parent_code
    if not _KATO.fullmatch(row.code):
        return None
    above = {row.code[:digits].ljust(len(row.code), "0") for digits in range(2, len(row.code))} - {row.code}
    valid = func.daterange(Area.valid_from, Area.valid_until).op("@>")(day)
    wider = Area.code.in_(above), Area.rank < AREA_RANK[row.kind], Area.kind != "service_area"
    return session.scalar(select(Area.code).where(*wider, valid).order_by(Area.code.desc()).limit(1))


def _same(last: Area, row: AreaRow, geometry: MultiPolygon) -> bool:
    there = (last.kind, last.level, last.parent_code, last.name_kk, last.name_ru, last.name_en)
    given = (row.kind, row.level, row.parent_code, *row.names)
    return there == given and bool(shapely.equals_exact(last.geom, geometry, SAME_DEGREES, normalize=True))


def _version(session: Session, code: str, last: Area | None, valid_from: date) -> Area:
    """The version to write: the one of the same day, or a new one after the older is closed."""
    if last is not None and last.valid_from == valid_from:
        return last
    if last is not None:
        last.valid_until = valid_from
        session.flush()
    return Area(code=code, valid_from=valid_from)
