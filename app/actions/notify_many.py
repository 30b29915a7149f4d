"""Tell the people of a body once of many hazards that a run has passed to it.

Decision: one notice for each person and channel, by a kind of its own that everybody may choose; its number is counted
when it is sent. A body's own system gets each hazard's event instead (`webhook_deliveries.py`): a machine keeps a list.
Turned down: a notice for each hazard, gathered after a burst of ten: that is eleven messages about one decision.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.actions.notify_acts import DESK
from app.actions.notify_staff import tell_body
from app.domain.staff_notices import StaffKind
from app.models import Event
from app.queries.reroute_mail import one_of_them


def tell_of_many(session: Session, *, event_id: int, now: datetime) -> int:
    """The desk of the body that the event names; nobody where nothing of it is there any longer. How many notices."""
    event = session.get_one(Event, event_id)
    if event.body_id is None:
        return 0
    hazard_id = one_of_them(session, run_id=event.data["run"], body_id=event.body_id)
    if hazard_id is None:
        return 0
    return tell_body(
        session, kind=StaffKind.PASSED_MANY.value, hazard_id=hazard_id, event_id=event_id, body_id=event.body_id,
        roles=DESK, now=now,
    )  # fmt: skip
