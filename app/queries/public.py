"""What the public may read of hazards: from the schema `public_data` and nothing else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session

from app.domain.lifecycle import Act
from app.domain.taken_back import CLOSED_BY_REPORTER
from app.queries.names import NAMES

MANY = 5000

_TAKEN_BACK = f"""
CASE WHEN h.status = 'rejected' THEN (
       SELECT e.kind = '{CLOSED_BY_REPORTER}' FROM public_data.public_event e
        WHERE e.reference = h.reference AND e.kind IN ('{CLOSED_BY_REPORTER}', '{Act.CONFIRM_REJECTION}')
        ORDER BY e.position DESC LIMIT 1) END"""  # noqa: S608 - constants
_ITEM = """
SELECT h.reference, h.hazard_type, h.type_group, h.status, h.state, h.severity, h.received_day, h.overdue, h.disputed,
       h.make_safe_due_day, h.fix_due_day, ST_X(h.place) AS lon, ST_Y(h.place) AS lat, {taken_back} AS taken_back,
       t.{name} AS title, a.{name} AS area, near.name AS near
  FROM public_data.public_hazard h
  JOIN public_data.public_type t ON t.code = h.hazard_type
  LEFT JOIN public_data.public_area a ON a.code = h.area_code
  LEFT JOIN LATERAL (
    SELECT s.{name} AS name FROM public_data.public_place s
     WHERE s.geom && ST_Expand(h.place, 0.004) ORDER BY s.geom <-> h.place LIMIT 1) near ON true
"""


_FROM_OSM = text("""
SELECT EXISTS (SELECT FROM public_data.public_area WHERE source LIKE 'OpenStreetMap%' OR source ILIKE '%ODbL%')
    OR EXISTS (SELECT FROM public_data.public_place WHERE source >= 'osm' AND source < 'osn')
""")  # a range and not LIKE: it goes by the index, also where no place comes from there


def uses_openstreetmap(session: Session) -> bool:
    """Whether borders or names of places come from OpenStreetMap, which its licence (ODbL) wants said."""
    return bool(session.scalar(_FROM_OSM))


@dataclass(frozen=True)
class Filters:
    """Codes to keep: any of these types or groups (none of either keeps all), in one of these states."""

    types: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    states: tuple[str, ...] = ("open", "safe")

    @property
    def parameters(self) -> dict[str, list[str] | None]:
        return {"types": list(self.types) or None, "groups": list(self.groups) or None, "states": list(self.states)}


@dataclass(frozen=True)
class Box:
    """Degrees, WGS84."""

    west: float
    south: float
    east: float
    north: float

    @property
    def parameters(self) -> dict[str, float]:
        return {"west": self.west, "south": self.south, "east": self.east, "north": self.north}


_KEPT = """h.state = ANY(:states)
   AND (CAST(:types AS text[]) IS NULL AND CAST(:groups AS text[]) IS NULL
        OR h.hazard_type = ANY(:types) OR h.type_group = ANY(:groups))"""
_IN_BOX = "h.place && ST_MakeEnvelope(:west, :south, :east, :north, 4326)"
_RANK = "array_position(ARRAY['critical', 'high', 'medium', 'low'], h.severity)"
_WORST_FIRST = f"{_RANK}, h.received_day DESC, h.reference"
_NEWEST_FIRST = "h.received_day DESC, h.reference DESC"


def _item(language: str, rest: str) -> TextClause:
    """`rest` is one of this module's own clauses; the column name comes from an allow-list."""
    return text(_ITEM.format(name=NAMES[language], taken_back=_TAKEN_BACK) + rest)


def worst_in_view(
    session: Session, language: str, box: Box, filters: Filters, *, among: int, limit: int = 30
) -> Sequence[Row[Any]]:
    """Hazards in `box`, the most dangerous first; among very many (`among` is how many) simply the newest."""
    order = _WORST_FIRST if among <= MANY else _NEWEST_FIRST
    statement = _item(language, f"WHERE {_IN_BOX} AND {_KEPT} ORDER BY {order} LIMIT :limit")
    return session.execute(statement, {**box.parameters, **filters.parameters, "limit": limit}).all()


def newest(session: Session, language: str, filters: Filters, *, limit: int = 30) -> Sequence[Row[Any]]:
    """The newest hazards anywhere, for the list without script."""
    statement = _item(language, f"WHERE {_KEPT} ORDER BY {_NEWEST_FIRST} LIMIT :limit")
    return session.execute(statement, {**filters.parameters, "limit": limit}).all()


def by_references(session: Session, language: str, references: Sequence[str]) -> Sequence[Row[Any]]:
    """The public hazards among `references`."""
    statement = _item(language, "WHERE h.reference = ANY(:references)")
    return session.execute(statement, {"references": list(references)}).all()


@dataclass(frozen=True)
class HazardPage:
    """One hazard as its public page shows it; days, never times. `earlier`: what was fixed at this spot before."""

    hazard: Row[Any]
    events: Sequence[Row[Any]]
    photos: Sequence[Row[Any]]
    earlier: Sequence[Row[Any]] = ()


def hazard_page(session: Session, language: str, reference: str) -> HazardPage | None:
    """The public page of `reference`, or None: unknown, held, refused, or not yet reviewed, all alike."""
    name = NAMES[language]
    hazard = session.execute(_page(name), {"reference": reference}).first()
    if hazard is None:
        return None
    events = session.execute(_events(name), {"reference": reference}).all()
    photos = session.execute(
        text("SELECT * FROM public_data.public_photo WHERE reference = :reference ORDER BY day, public_id"),
        {"reference": reference},
    ).all()
    earlier = session.execute(_EARLIER, {"reference": reference}).all()
    return HazardPage(hazard, events, photos, earlier)


_EARLIER = text(
    "SELECT * FROM public_data.public_repeat WHERE reference = :reference ORDER BY closed_day DESC, earlier"
)


def _events(name: str) -> TextClause:
    return text(f"""
        SELECT e.reference, e.position, e.kind, e.day, e.status, e.note, e.measure, e.reason_code, e.clock,
               e.planned_for, e.unproven, e.from_severity, e.to_severity, e.moved_m, b.{name} AS body,
               f.{name} AS from_type, t.{name} AS to_type, fb.{name} AS from_body,
               CASE WHEN fb.code IS NOT NULL THEN b.{name} END AS to_body
          FROM public_data.public_event e LEFT JOIN public_data.public_body b ON b.code = e.body_code
          LEFT JOIN public_data.public_body fb ON fb.code = e.from_body_code
          LEFT JOIN public_data.public_type f ON f.code = e.from_type
          LEFT JOIN public_data.public_type t ON t.code = e.to_type
         WHERE e.reference = :reference ORDER BY e.position""")  # noqa: S608 - name is from NAMES


def _page(name: str) -> TextClause:
    advice, kind = name.replace("name", "advice"), name.replace("name", "kind")
    return text(f"""
        SELECT h.*, {_TAKEN_BACK} AS taken_back,
               ST_X(h.place) AS lon, ST_Y(h.place) AS lat, t.{name} AS title, t.{advice} AS advice,
               t.emergency_mode, t.dial, b.{name} AS body, b.{kind} AS body_kind, b.phone AS body_phone,
               a.{name} AS area, p.{name} AS parent, near.name AS near
          FROM public_data.public_hazard h
          JOIN public_data.public_type t ON t.code = h.hazard_type
          LEFT JOIN public_data.public_body b ON b.code = h.body_code
          LEFT JOIN public_data.public_area a ON a.code = h.area_code
          LEFT JOIN public_data.public_area p ON p.code = a.parent_code
          LEFT JOIN LATERAL (
            SELECT s.{name} AS name FROM public_data.public_place s
             WHERE s.geom && ST_Expand(h.place, 0.004) ORDER BY s.geom <-> h.place LIMIT 1) near ON true
         WHERE h.reference = :reference""")  # noqa: S608 - name is from NAMES


def types(session: Session, language: str, *, every: bool = False) -> Sequence[Row[Any]]:
    """Reportable types in order: code, type_group, name, and when to call whom first (emergency_mode, dial).

    Without `every` only those that may have public pages.
    """
    return session.execute(
        text(
            f"SELECT code, type_group, {NAMES[language]} AS name, emergency_mode, dial FROM public_data.public_type"  # noqa: S608 - allow-list
            " WHERE reportable AND (:every OR publish <> 'never') ORDER BY position"
        ),
        {"every": every},
    ).all()


def kinds(session: Session, language: str) -> Sequence[Row[Any]]:
    """Reportable types in order with all that the report form says of them, names in every language."""
    name = NAMES[language]
    return session.execute(
        text(
            f"SELECT code, type_group, {name} AS name, name_kk, name_ru, name_en,"  # noqa: S608 - allow-list
            " geometry, emergency_mode, dial"
            " FROM public_data.public_type WHERE reportable ORDER BY position"
        )
    ).all()


def signs(session: Session, language: str, kinds: Collection[str]) -> list[tuple[str, str]]:
    """(code, name) of the bodies of these kinds, by name; a list that a person can still choose from."""
    found = session.execute(
        text(
            f"SELECT code, {NAMES[language]} AS name FROM public_data.public_body"  # noqa: S608 - allow-list
            " WHERE kind = ANY(:kinds) ORDER BY name, code LIMIT 100"
        ),
        {"kinds": list(kinds)},
    )
    return [(row.code, row.name) for row in found]


def cleared_photo(session: Session, public_id: str) -> str | None:
    """The content key of a photo that everybody may see now, or None."""
    key: str | None = session.scalar(
        text("SELECT content_key FROM public_data.public_photo WHERE public_id = :id"), {"id": public_id}
    )
    return key
