"""What the filter of the inbox offers to somebody: kinds, areas, bodies, crews and people.

Bodies are offered to those who see all; crews and people are those of the own body.
"""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.permissions import Actor, Permission
from app.queries.crews import crews_of, workers_of
from app.queries.names import NAMES, body_choices
from app.queries.staff import reportable_types

MOST_AREAS = 300
_AREAS = """
SELECT code, {name} AS name FROM area
 WHERE daterange(valid_from, valid_until) @> local_day(now()) AND kind = ANY(:kinds)
 ORDER BY rank, {name} LIMIT :most"""
_KINDS = ["oblast", "republican_city", "city_administration", "rayon", "city", "city_district"]
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Choices:
    """(code, name) each; `types`: (code, group, name). The two of people are empty for those who see all."""

    types: list[tuple[str, str, str]]
    areas: Pairs
    bodies: Pairs
    crews: Pairs
    people: Pairs


def choices_for(session: Session, *, actor: Actor, language: str) -> Choices:
    """What `actor` may choose from."""
    sees_all = actor.may(Permission.SEE_ALL_HAZARDS)
    given = {"kinds": _KINDS, "most": MOST_AREAS}
    areas = session.execute(text(_AREAS.format(name=NAMES[language])), given).all()
    own = None if sees_all else actor.body_id
    return Choices(
        types=list(reportable_types(session, language)),
        areas=[(row.code, row.name) for row in areas],
        bodies=body_choices(session, language) if sees_all else [],
        crews=[(str(crew.id), crew.name) for crew in crews_of(session, own)] if own is not None else [],
        people=[(str(each.id), each.name) for each in workers_of(session, own)] if own is not None else [],
    )
