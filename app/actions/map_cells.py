"""Fold what changed on the public map into the pyramid of cells, or draw the pyramid anew (decisions §21).

Decision: one MERGE for each batch, behind an advisory lock, so that two workers cannot fold the same rows and a reader
sees each change once: in the queue or in a cell. A cell that falls to nothing goes, and its rounding errors with it.
Turned down: INSERT ... ON CONFLICT with a sweep of zero rows afterwards, which reads the whole pyramid each time.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

TOP = 12
"""Zoom levels are 0 to 12; a cell is a quarter of a tile's side: `floor(x * 4 * 2^z)`."""
BATCH = 20_000
_ONE_AT_A_TIME = {"key": 4_711_010}

_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_ANY_LEFT = text("SELECT EXISTS (SELECT FROM public_data.map_change)")
_FOLD = text("""
WITH oldest AS (SELECT id FROM public_data.map_change ORDER BY id LIMIT :batch),
taken AS (
  DELETE FROM public_data.map_change m USING oldest WHERE m.id = oldest.id
  RETURNING m.delta, m.hazard_type, m.state, m.x, m.y
),
change AS (
  SELECT z, floor(x * (4 << z))::integer AS cx, floor(y * (4 << z))::integer AS cy, hazard_type, state,
         sum(delta)::integer AS n, sum(delta * x) AS sum_x, sum(delta * y) AS sum_y
    FROM taken CROSS JOIN generate_series(0, :top) AS z
   GROUP BY 1, 2, 3, 4, 5
)
MERGE INTO public_data.map_cell AS cell USING change
   ON cell.z = change.z AND cell.cx = change.cx AND cell.cy = change.cy
      AND cell.hazard_type = change.hazard_type AND cell.state = change.state
 WHEN MATCHED AND cell.n + change.n = 0 THEN DELETE
 WHEN MATCHED THEN UPDATE SET n = cell.n + change.n, sum_x = cell.sum_x + change.sum_x,
                              sum_y = cell.sum_y + change.sum_y
 WHEN NOT MATCHED AND change.n <> 0 THEN
      INSERT (z, cx, cy, hazard_type, state, n, sum_x, sum_y)
      VALUES (change.z, change.cx, change.cy, change.hazard_type, change.state, change.n, change.sum_x, change.sum_y)
""")

_HOLD_CHANGES = text("LOCK TABLE public_data.map_change IN SHARE ROW EXCLUSIVE MODE")
_FORGET = (text("DELETE FROM public_data.map_change"), text("DELETE FROM public_data.map_cell"))
_DRAW = text("""
INSERT INTO public_data.map_cell (z, cx, cy, hazard_type, state, n, sum_x, sum_y)
SELECT z, floor(x * (4 << z))::integer, floor(y * (4 << z))::integer, hazard_type, state, count(*), sum(x), sum(y)
  FROM (SELECT hazard_type, state, mercator_x(place) AS x, mercator_y(place) AS y FROM public_data.public_hazard) AS h
       CROSS JOIN generate_series(0, :top) AS z
 GROUP BY 1, 2, 3, 4, 5
""")


def fold(session: Session, *, batch: int = BATCH) -> bool:
    """Fold the oldest `batch` changes; whether more are waiting. Waits for a fold under way."""
    session.execute(_LOCK, _ONE_AT_A_TIME)
    session.execute(_FOLD, {"batch": batch, "top": TOP})
    return bool(session.scalar(_ANY_LEFT))


def rebuild(session: Session) -> None:
    """Draw the pyramid anew from the public hazards. Changes of hazards wait meanwhile (a minute for a million)."""
    session.execute(_LOCK, _ONE_AT_A_TIME)
    session.execute(_HOLD_CHANGES)
    for forget in _FORGET:
        session.execute(forget)
    session.execute(_DRAW, {"top": TOP})
