"""What of a hazard's history is a body's own matter, and stays its own when the hazard goes to another one.

Decision: an internal line belongs to the body that had the hazard then (`event.body_id`), and with it its photos,
questions and mentions; the next body sees none of it. Of public lines it sees what everybody may: neither the words
that were not shown nor who of the other body did it. Two kinds of words go along: the reasons why it was passed on,
since they are said to whoever gets it. Roles that see all hazards see all lines. Turned down: copying a hazard for
each body, which would tear its history and its clocks apart.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, func

from app.domain.correction import FACTS
from app.domain.lifecycle import Act
from app.domain.permissions import Actor, Permission
from app.models import Event

SAID_TO_THE_NEXT = frozenset({Act.FORWARD.value, Act.DISCLAIM.value, Act.ARBITRATE.value, Act.MARK_DUPLICATE.value}) | {
    Act.CONFIRM_DUPLICATE.value
}
PUBLIC_FACTS = frozenset({"measure", "reason_code", "planned_for", "clock", "shown", "from_body", "named_body"}) | {
    "unproven",
    "names",
    *FACTS,
}
"""Of a correction all facts, also the exact place before: the next body has the hazard and may have to put it back."""


NO_MATTER_OF_OTHERS = "(%(all)s OR e.public OR e.body_id IS NULL OR e.body_id = %(own)s)"
"""The contrary of `internal_of_others` for `event e` in a statement of the driver; a test compares the two."""


@dataclass(frozen=True)
class StaffEvent:
    """A line of the history as this actor may see it. `who`, `body`: names, or None."""

    id: int
    kind: str
    at: datetime
    actor: str
    status: str
    public: bool
    note: str
    data: dict[str, Any]
    who: str | None
    body: str | None


def internal_of_others(actor: Actor) -> ColumnElement[bool]:
    """Of an event: whether it is another body's internal matter; NULL where an outer join found no event."""
    if actor.may(Permission.SEE_ALL_HAZARDS):
        return false()
    others = Event.body_id.is_not(None) & Event.body_id.is_distinct_from(actor.body_id)
    return and_(Event.public.is_(False), others)


def photo_is_theirs_to_see(actor: Actor) -> ColumnElement[bool]:
    """Of a photo joined with its event, or with none: a report's photo is nobody's internal matter."""
    return ~func.coalesce(internal_of_others(actor), false())


def as_seen_by(actor: Actor, row: Row[Any]) -> StaffEvent:
    """`row`: the fields of `StaffEvent`, `body_id` and `who_body` (of whoever did it), of a line that is no internal
    matter of others.
    """
    given = {name: getattr(row, name) for name in StaffEvent.__dataclass_fields__}
    if actor.may(Permission.SEE_ALL_HAZARDS):
        return StaffEvent(**given)
    if row.who_body not in {None, actor.body_id}:
        given["who"] = None
    if row.body_id in {None, actor.body_id}:
        return StaffEvent(**given)
    told = row.data.get("shown") or row.kind in SAID_TO_THE_NEXT
    facts = {name: value for name, value in row.data.items() if name in PUBLIC_FACTS}
    return StaffEvent(**given | {"who": None, "data": facts, "note": row.note if told else ""})
