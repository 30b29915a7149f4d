"""Areas for the administration: the list, one area with its versions and rules, and outlines for the map.

An area is known by its code; of its versions the list shows the one of the day, else the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from app.models import Area, Body, HazardType, Responsibility

PAGE = 100
RULES = 25
ON_THE_MAP = 400
_CURRENT = """
SELECT DISTINCT ON (code) id, code, kind, rank, level, parent_code, name_kk, name_ru, name_en, valid_from, valid_until,
       daterange(valid_from, valid_until) @> CAST(:day AS date) AS valid
  FROM area ORDER BY code, daterange(valid_from, valid_until) @> CAST(:day AS date) DESC, valid_from DESC
"""
_WANTED = """
 WHERE (CAST(:kind AS text) IS NULL OR kind = :kind) AND (CAST(:level AS int) IS NULL OR level = :level)
   AND (CAST(:words AS text) IS NULL OR lower(code) LIKE :words
        OR lower(concat_ws(' ', name_kk, name_ru, name_en)) LIKE '%' || :words)
"""
_LIST = text(f"""
SELECT * FROM ({_CURRENT}) found {_WANTED}
   AND (rank, code) > (:after_rank, :after_code) ORDER BY rank, code LIMIT :limit
""")  # noqa: S608 - constants of this file
_OUTLINES = text(f"""
SELECT found.*, ST_AsGeoJSON(ST_Simplify(a.geom, :tolerance, true), 5) AS geometry
  FROM (SELECT * FROM ({_CURRENT}) found {_WANTED} ORDER BY rank, code LIMIT :limit) found JOIN area a USING (id)
 ORDER BY found.rank, found.code
""")  # noqa: S608 - constants of this file
_AROUND = text("""
SELECT id, code, kind, rank, name_kk, name_ru, name_en,
       ST_AsGeoJSON(ST_Simplify(geom, :tolerance, true), 5) AS geometry
  FROM area
 WHERE id = :id OR (parent_code = :code AND daterange(valid_from, valid_until) @> CAST(:day AS date))
 ORDER BY id <> :id, code LIMIT :limit
""")


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to: `words` are part of a name or the beginning of a code."""

    words: str = ""
    kind: str = ""
    level: int | None = None

    def parameters(self, day: date) -> dict[str, Any]:
        plain = self.words.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return {"kind": self.kind or None, "level": self.level, "words": f"{plain}%" if plain else None, "day": day}


@dataclass(frozen=True)
class AreaPage:
    """One area in the version of a day (else the last), and what hangs on it. `rules`: (Responsibility, Body)."""

    area: Area
    km2: float
    parent: Area | None
    parts: Sequence[Area]
    versions: Sequence[Row[Any]]
    rules: Sequence[Any]
    rules_total: int
    types: dict[str, str]


def areas_page(
    session: Session, wanted: Wanted, *, day: date, after: tuple[int, str] | None = None
) -> tuple[Sequence[Row[Any]], tuple[int, str] | None]:
    """At most PAGE areas, the largest kinds first, and where the next page begins."""
    rank, code = after or (-1, "")
    more = {"after_rank": rank, "after_code": code, "limit": PAGE + 1}
    rows = session.execute(_LIST, wanted.parameters(day) | more).all()
    shown = rows[:PAGE]
    return shown, ((shown[-1].rank, shown[-1].code) if len(rows) > PAGE else None)


def kinds_and_levels(session: Session) -> tuple[Sequence[str], Sequence[int]]:
    """The kinds there are, the largest first, and the levels."""
    kinds = session.scalars(select(Area.kind).group_by(Area.kind).order_by(func.min(Area.rank), Area.kind)).all()
    levels = session.scalars(select(Area.level).where(Area.level.is_not(None)).distinct().order_by(Area.level)).all()
    return kinds, [level for level in levels if level is not None]


def outlines_of(session: Session, wanted: Wanted, *, day: date) -> Sequence[Row[Any]]:
    """Simplified outlines of what the list holds."""
    more = {"limit": ON_THE_MAP, "tolerance": 0.002}
    return session.execute(_OUTLINES, wanted.parameters(day) | more).all()


def outlines_around(session: Session, code: str, *, day: date) -> Sequence[Row[Any]]:
    """The outline of an area in the version of `day` (else its last) first, then those of its parts."""
    area = _version(session, code, day)
    if area is None:
        return []
    values = {"id": area.id, "code": code, "day": day, "limit": ON_THE_MAP, "tolerance": 0.0003}
    return session.execute(_AROUND, values).all()


def area_page(session: Session, code: str, *, day: date, language: str) -> AreaPage | None:
    """Everything of one area, or None where no version of it is known."""
    area = _version(session, code, day)
    if area is None:
        return None
    rules = _rules(session, code, day)
    return AreaPage(
        area=area,
        km2=(session.scalar(select(func.ST_Area(func.geography(Area.geom))).where(Area.id == area.id)) or 0) / 1e6,
        parent=_version(session, area.parent_code, day) if area.parent_code else None,
        parts=session.scalars(
            select(Area).where(Area.parent_code == code, _valid(day)).order_by(Area.rank, Area.code).limit(PAGE)
        ).all(),
        versions=_versions(session, code),
        rules=rules[:RULES],
        rules_total=len(rules),
        types={row.code: row.name(language) for row in session.scalars(select(HazardType))},
    )


def _valid(day: date) -> Any:
    return (Area.valid_from <= day) & (Area.valid_until.is_(None) | (Area.valid_until > day))


def _version(session: Session, code: str, day: date) -> Area | None:
    newest = (_valid(day).desc(), Area.valid_from.desc())
    return session.scalar(select(Area).where(Area.code == code).order_by(*newest).limit(1))


def _versions(session: Session, code: str) -> Sequence[Row[Any]]:
    return session.execute(
        select(Area.id, Area.valid_from, Area.valid_until, Area.source, func.ST_NPoints(Area.geom).label("vertices"))
        .where(Area.code == code)
        .order_by(Area.valid_from.desc())
    ).all()


def _rules(session: Session, code: str, day: date) -> Sequence[Any]:
    return session.execute(
        select(Responsibility, Body)
        .join(Body, Body.id == Responsibility.body_id)
        .where(
            Responsibility.area_code == code,
            Body.active,
            Responsibility.valid_from <= day,
            Responsibility.valid_until.is_(None) | (Responsibility.valid_until > day),
        )
        .order_by(Responsibility.rank, Body.code, Responsibility.id)
    ).all()
