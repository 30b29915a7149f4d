"""The five statements of a staff page, sent by the driver itself: this page is looked at all day.

Decision: psycopg over the session's own connection, in its transaction, with named rows. Turned down: entities, and
rows of SQLAlchemy, which read the description of eighty columns anew for each look and cost three times what the
database takes to answer.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from shapely.geometry import Point
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.domain.permissions import Actor, Permission
from app.models import Hazard
from app.models.base import table_of
from app.queries.names import NAMES
from app.queries.own_matters import NO_MATTER_OF_OTHERS

Rows = Sequence[Any]
_NOT_SHOWN = {"geom", "label", "public_place", "public_words"}
_HAZARD = """
SELECT {columns}, ARRAY[ST_X(h.label), ST_Y(h.label)] AS label, t.type_group,
       t.name_kk AS kind_kk, t.name_ru AS kind_ru, t.name_en AS kind_en, t.advice_kk, t.advice_ru, t.advice_en,
       b.name_kk AS body_kk, b.name_ru AS body_ru, b.name_en AS body_en,
       a.name_kk AS area_kk, a.name_ru AS area_ru, a.name_en AS area_en,
       first.reference AS duplicate_of, newest.trace,
       (SELECT s.{name} FROM place s
         WHERE s.kind IN ('street', 'quarter', 'settlement') AND s.geom && ST_Expand(h.label, 0.004)
         ORDER BY s.geom <-> h.label LIMIT 1) AS near,
       (SELECT jsonb_object_agg(x.code, x.{name}) FROM body x
         WHERE x.code = ANY (ARRAY(SELECT step ->> 'body' FROM jsonb_array_elements(newest.trace) step
                                   UNION SELECT h.hints ->> 'sign'))) AS trace_bodies,
       (SELECT jsonb_object_agg(x.code, x.{name} ORDER BY x.id) FROM area x
         WHERE x.code = ANY (ARRAY(SELECT step ->> 'area' FROM jsonb_array_elements(newest.trace) step))) AS trace_areas
  FROM hazard h JOIN hazard_type t ON t.code = h.hazard_type
  LEFT JOIN body b ON b.id = h.body_id
  LEFT JOIN area a ON a.id = h.area_id
  LEFT JOIN hazard first ON first.id = h.duplicate_of_id
  LEFT JOIN LATERAL (SELECT trace FROM assignment m WHERE m.hazard_id = h.id ORDER BY m.id DESC LIMIT 1) newest ON true
 WHERE h.reference = %(reference)s"""
_REPORTS = """
SELECT id, kind, channel, language, text, someone_hurt, received_at FROM report
 WHERE hazard_id = %(hazard_id)s ORDER BY received_at, id"""
_PHOTOS = f"""
SELECT p.public_id, p.kind, p.width, p.height, p.moderation, p.added_at, p.event_id, p.taken_at, p.distance_m,
       p.placed_by
  FROM photo p LEFT JOIN event e ON e.id = p.event_id
 WHERE p.hazard_id = %(hazard_id)s AND (p.event_id IS NULL OR {NO_MATTER_OF_OTHERS})
 ORDER BY p.added_at, p.id"""  # noqa: S608 - a constant
_EVENTS = f"""
SELECT e.id, e.body_id, e.kind, e.at, e.actor, e.status, e.public, e.note, w.body_id AS who_body,
       CASE WHEN e.kind = 'correct' THEN e.data || jsonb_build_object('names', jsonb_build_object(
              'from_type', (SELECT t.{{name}} FROM hazard_type t WHERE t.code = e.data ->> 'from_type'),
              'to_type', (SELECT t.{{name}} FROM hazard_type t WHERE t.code = e.data ->> 'to_type'),
              'from_body', (SELECT x.{{name}} FROM body x WHERE x.id = CAST(e.data ->> 'from_body' AS integer)),
              'to_body', b.{{name}})) ELSE e.data END AS data,
       coalesce(w.name, l.name) AS who, b.{{name}} AS body
  FROM event e
  LEFT JOIN account w ON w.id = e.account_id
  LEFT JOIN body b ON b.id = e.body_id
  LEFT JOIN contractor_link l ON e.actor = 'contractor' AND l.id = CAST(e.data ->> 'link' AS integer)
 WHERE e.hazard_id = %(hazard_id)s AND {NO_MATTER_OF_OTHERS}
 ORDER BY e.at DESC, e.id DESC"""  # noqa: S608 - constants
_CALLS = """
SELECT d.name, d.phone, c.made_at, c.told_at, c.acknowledged_at, c.passed_on_at
  FROM duty_call c JOIN duty_contact d ON d.id = c.contact_id JOIN hazard h ON h.id = c.hazard_id
 WHERE c.hazard_id = %(hazard_id)s AND (d.body_id = h.body_id OR d.body_id IS NULL)
 ORDER BY c.made_at, c.id"""


def hazard_row(session: Session, reference: str, language: str) -> Any:
    """The hazard with the names of all that it points to and the trace of its newest assignment, or None."""
    rows = _asked(session, _hazard_sql(language), reference=reference)
    return rows[0]._replace(label=Point(rows[0].label)) if rows else None


def report_rows(session: Session, hazard_id: int) -> Rows:
    """The first one first."""
    return _asked(session, _REPORTS, hazard_id=hazard_id)


def photo_rows(session: Session, actor: Actor, hazard_id: int) -> Rows:
    """All but those of other bodies' internal lines."""
    return _asked(session, _PHOTOS, hazard_id=hazard_id, **_seen_by(actor))


def event_rows(session: Session, actor: Actor, hazard_id: int, language: str) -> Rows:
    """The newest line first, without other bodies' internal ones; for `as_seen_by`."""
    return _asked(session, _EVENTS.format(name=NAMES[language]), hazard_id=hazard_id, **_seen_by(actor))


def call_rows(session: Session, hazard_id: int) -> Rows:
    """(name, phone, made_at, told_at, acknowledged_at, passed_on_at) in the order of the calls; those of the body that
    answers now and of the coordinator, for the telephones of a former one are its own matter.
    """
    return _asked(session, _CALLS, hazard_id=hazard_id)


def _seen_by(actor: Actor) -> dict[str, Any]:
    return {"all": actor.may(Permission.SEE_ALL_HAZARDS), "own": actor.body_id}


@lru_cache
def _hazard_sql(language: str) -> str:
    columns = ", ".join(f"h.{column.name}" for column in table_of(Hazard).c if column.name not in _NOT_SHOWN)
    return _HAZARD.format(columns=columns, name=NAMES[language])


def _asked(session: Session, sql: str, **values: Any) -> Rows:
    """A lost database is the same error as from any other statement."""
    driver: Any = session.connection().connection.driver_connection
    try:
        with driver.cursor(row_factory=namedtuple_row) as cursor:
            rows: Rows = cursor.execute(sql, values).fetchall()
    except psycopg.OperationalError as error:
        raise OperationalError(sql, None, error) from error
    return rows
