"""Whom an act on a hazard concerns among the staff of its body, besides the body's mailbox.

Decision: a table by act, called once by the engine. Turned down: a line in each of the twenty effects of `changes.py`,
which know nothing of people.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.notify_staff import tell_body, tell_staff
from app.actions.webhook_deliveries import tell_webhook_of
from app.domain.lifecycle import Act
from app.domain.permissions import Actor, Role
from app.domain.staff_notices import StaffKind
from app.domain.webhooks import HOOKED
from app.i18n import ALMATY
from app.models import Crew, CrewMember, Event, Hazard
from app.queries.mail import DOUBTS
from app.queries.shifts import with_deputies

DESK = frozenset({Role.DISPATCHER, Role.MANAGER})
OF_EVENT = {
    **dict.fromkeys((Act.DISPUTE.value, Act.REOPEN.value, *DOUBTS), StaffKind.DISPUTED),
    **dict.fromkeys(("report_joined", "addition"), StaffKind.HURT),
}
"""By the event for which the body's mailbox gets a letter; all others are new work."""
TOLD_ALREADY = frozenset({"merged_in", "sent_anew"})
"""Of these the body gets its letter alone: its people were told otherwise, or read it on the hazard's page."""


@dataclass(frozen=True)
class Done:
    """What was done. `body_id`: of the body that answers now."""

    hazard: Hazard
    body_id: int
    by: int | None
    event_id: int
    now: datetime


def notify_act(session: Session, hazard: Hazard, act: Act, *, by: Actor, event_id: int, now: datetime) -> None:
    """Tell whoever must go on with it; who has done it is told nothing."""
    tell = _TELLS.get(act)
    if tell is not None and hazard.body_id is not None:
        tell(session, Done(hazard, hazard.body_id, by.account_id, event_id, now))


def tell_of_assignment(session: Session, *, hazard_id: int, event_id: int, critical: bool, now: datetime) -> None:
    """The desk of the body that answers now; nobody of what is held, closed without doubts, or passed on meanwhile.

    From the job that mails the body, not from the act: so that a report is taken in as fast as before.
    """
    hazard, event = session.get_one(Hazard, hazard_id), session.get_one(Event, event_id)
    over = not (hazard.is_open or (event.kind in DOUBTS and hazard.disputed))
    if hazard.held or over or hazard.body_id is None or event.body_id not in {None, hazard.body_id}:
        return
    if event.kind in HOOKED:
        tell_webhook_of(session, body_id=hazard.body_id, hazard_id=hazard_id, event_id=event_id, now=now)
    if event.kind not in TOLD_ALREADY:
        kind = OF_EVENT.get(event.kind, StaffKind.ASSIGNED)
        _tell_desk(session, kind, Done(hazard, hazard.body_id, event.account_id, event_id, now), critical=critical)


def _given(session: Session, done: Done) -> None:
    """The person, or all of the crew, and who stands in for those away; every channel where somebody is in danger."""
    workers = _workers(session, done.hazard)
    people = set(with_deputies(session, workers, done.now.astimezone(ALMATY).date())) - {done.by}
    tell_staff(
        session, kind=StaffKind.GIVEN_TO_YOU.value, hazard_id=done.hazard.id, event_id=done.event_id, accounts=people,
        now=done.now, critical=done.hazard.urgent,
    )  # fmt: skip


def _returned(session: Session, done: Done) -> None:
    _tell_desk(session, StaffKind.RETURNED, done, critical=done.hazard.urgent)


def _to_confirm(session: Session, done: Done) -> None:
    _tell_desk(session, StaffKind.FIX_TO_CONFIRM, done)


def _tell_desk(session: Session, kind: StaffKind, done: Done, *, critical: bool = False) -> None:
    tell_body(
        session, kind=kind.value, hazard_id=done.hazard.id, event_id=done.event_id, body_id=done.body_id, roles=DESK,
        now=done.now, critical=critical, but=done.by,
    )  # fmt: skip


def _workers(session: Session, hazard: Hazard) -> Collection[int]:
    if hazard.assignee_id is not None:
        return {hazard.assignee_id}
    members = select(CrewMember.account_id).join(Crew, Crew.id == CrewMember.crew_id)
    return set(session.scalars(members.where(Crew.id == hazard.crew_id, Crew.active)))


_TELLS: dict[Act, Callable[[Session, Done], None]] = {
    Act.ASSIGN_WORK: _given,
    Act.RETURN_WORK: _returned,
    Act.REPORT_FIX: _to_confirm,
    Act.NOT_FOUND: _to_confirm,
    Act.HAND_OVER: _to_confirm,
    Act.PROPOSE_DUPLICATE: _to_confirm,
}
