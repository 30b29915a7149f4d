"""What people have corrected on a hazard since it was reported: `domain/correction.py` says what that comes to.

Decision: what was joined to it counts with it, as long as that stands: a pin that was moved on the one would else be
forgotten by joining it to another. An arbiter who corrects the hazard that stays has looked at all of it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.correction import Corrected, Line, all_of
from app.domain.lifecycle import Act
from app.models import Event, Merge
from app.models.types import ewkb
from app.queries.merges import joined_to
from app.queries.names import NAMES

Lines = Mapping[int, Sequence[tuple[datetime, Line]]]

_STREET = text(f"""
SELECT {", ".join(NAMES.values())} FROM place
 WHERE kind IN ('street', 'quarter', 'settlement')
   AND geom && ST_Expand(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), 0.004)
 ORDER BY geom <-> ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), id LIMIT 1""")  # noqa: S608 - names of columns


_REACH = text("""
SELECT max(ST_Distance(p.geom::geography, CAST(CAST(:old AS geometry) AS geography)))
  FROM ST_DumpPoints(CAST(:new AS geometry)) p""")


def corrected(session: Session, hazard_id: int) -> Corrected:
    """All corrections of a hazard together, and of those that were joined to it."""
    into = {merge.hazard_id: merge for merge in joined_to(session, hazard_id)}
    lines = _lines(session, hazard_id, *into)
    joined = (all_of([*(line for _, line in lines[part]), *_settling(into, lines, part)]) for part in into)
    return all_of(line for _, line in lines[hazard_id]).with_joined(joined)


def places_of(session: Session, hazard_id: int) -> list[int]:
    """Hazards whose places are its own: itself and what was joined to it, unless an arbiter has moved the pin since."""
    into = {merge.hazard_id: merge for merge in joined_to(session, hazard_id)}
    lines = _lines(session, hazard_id, *into) if into else {}
    moved = {part for part in into if any(line.data.get("moved_m") for line in _settling(into, lines, part))}
    return [hazard_id, *(into.keys() - moved)]


def _lines(session: Session, *hazard_ids: int) -> Lines:
    """Corrections by hazard, the first one first, with their moments."""
    asked = select(Event.hazard_id, Event.at, Event.account_id, Event.public, Event.data)
    asked = asked.where(Event.hazard_id.in_(hazard_ids), Event.kind == Act.CORRECT.value).order_by(Event.id)
    found: defaultdict[int, list[tuple[datetime, Line]]] = defaultdict(list)
    for each, at, *line in session.execute(asked):
        found[each].append((at, Line(*line)))
    return found


def _settling(into: Mapping[int, Merge], lines: Lines, part: int) -> Iterator[Line]:
    """What an arbiter has corrected on the hazard that this one became part of, since it did."""
    while (merge := into.get(part)) is not None:
        yield from (line for at, line in lines[merge.into_id] if at > merge.at and line.data.get("arbiter"))
        part = merge.into_id


def reach_m(session: Session, was: BaseGeometry, now: BaseGeometry) -> int:
    """How far the new shape reaches from the old one, whole metres: so much is added to a photo's distance."""
    old, new = ewkb([was, now])
    return round(session.scalar(_REACH, {"old": old, "new": new}) or 0)


def place_names(session: Session, *, lon: float, lat: float) -> Mapping[str, str] | None:
    """The street or quarter there by language, where one is near."""
    row = session.execute(_STREET, {"lon": lon, "lat": lat}).first()
    return {code: name for code, name in zip(NAMES, row, strict=True) if name} if row else None
