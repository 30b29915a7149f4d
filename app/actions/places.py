"""Take in places of a gazetteer: all at once, safe to repeat, and what did not change is not written.

Decision: rows go by COPY into a table of this transaction, then one statement writes those that are new or differ.
Turned down: one statement a row, which takes an hour for a country; and emptying the table first, which rewrites all of
it each time and gives every place a new id.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.actions.imports import Outcome
from app.domain.permissions import Actor, Permission, ensure


@dataclass(frozen=True)
class PlaceRow:
    """`external_id`: unique in the source; `names`: Kazakh, Russian, English; `geometry`: WGS84."""

    external_id: str
    kind: str
    names: tuple[str, str, str]
    search_key: str
    geometry: BaseGeometry


_STAGE = """
CREATE TEMPORARY TABLE incoming_place (
  external_id text, kind text, name_kk text, name_ru text, name_en text, search_key text, geom geometry(Geometry, 4326)
) ON COMMIT DROP"""
_COPY = "COPY incoming_place FROM STDIN"
_MERGE = text("""
WITH merged AS (
  INSERT INTO place AS p (source, external_id, kind, name_kk, name_ru, name_en, search_key, geom)
  SELECT DISTINCT ON (external_id) :source, external_id, kind, name_kk, name_ru, name_en, search_key, geom
    FROM incoming_place ORDER BY external_id
  ON CONFLICT (source, external_id) DO UPDATE
     SET kind = excluded.kind, name_kk = excluded.name_kk, name_ru = excluded.name_ru, name_en = excluded.name_en,
         search_key = excluded.search_key, geom = excluded.geom
   WHERE (p.kind, p.name_kk, p.name_ru, p.name_en, p.search_key, p.geom) IS DISTINCT FROM
         (excluded.kind, excluded.name_kk, excluded.name_ru, excluded.name_en, excluded.search_key, excluded.geom)
  RETURNING xmax = 0 AS new
)
SELECT count(*) FILTER (WHERE new) AS new, count(*) FILTER (WHERE NOT new) AS changed,
       (SELECT count(DISTINCT external_id) FROM incoming_place) AS given
  FROM merged""")
_REMOVE = text("""
DELETE FROM place p
 WHERE p.source = :source AND NOT EXISTS (SELECT FROM incoming_place i WHERE i.external_id = p.external_id)""")


def import_places(
    session: Session, *, by: Actor, rows: Iterable[PlaceRow], source: str, replace: bool, outcome: Outcome
) -> None:
    """Store the places of `source`; with `replace` those of it that are not among `rows` go, unless there are no rows
    at all: that is the wrong file, not an empty country. Never commits.
    """
    ensure(by, Permission.ADMINISTER, anywhere=True)
    session.execute(text(_STAGE))
    _copy(session, rows)
    session.execute(text("ANALYZE incoming_place"))
    done = session.execute(_MERGE, {"source": source}).one()
    outcome.counts.update(new=done.new, changed=done.changed, unchanged=done.given - done.new - done.changed)
    if replace and done.given:
        removed: Any = session.execute(_REMOVE, {"source": source})
        outcome.counts["removed"] += removed.rowcount


def _copy(session: Session, rows: Iterable[PlaceRow]) -> None:
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            shape = shapely.to_wkb(shapely.set_srid(row.geometry, 4326), hex=True, include_srid=True)
            copy.write_row((row.external_id, row.kind, *row.names, row.search_key, shape))
