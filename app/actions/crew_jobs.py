"""An act that a crew's device sends, perhaps hours later and perhaps twice: done once.

Decision: the id that the device gave the act is written down in the act's own transaction, by the account that sends
it; a repeat waits for the first to end and is answered with what that came to. Turned down: a key in the event, which
would put what a device says into a history that nobody may ever change, and remembering answers in the device alone,
which loses the answer that never arrived.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actions.hazards import act_on_hazard
from app.domain.claimed import Claim, believed
from app.domain.errors import HazardNotFound, NotPermitted
from app.domain.hazard import Status
from app.domain.permissions import Actor, Permission
from app.models import Hazard, SentAct
from app.queries.proof import last_doubt, taken_on_at


@dataclass(frozen=True)
class Done:
    """`version`: of the hazard after the act; `status`: what it is now; `again`: this was done before, nothing now.

    `doubt`: why a fix was only reported (`domain/proof.Doubt`).
    """

    version: int
    status: Status
    again: bool = False
    doubt: str | None = None


def act_once(
    session: Session,
    *,
    by: Actor,
    client_id: UUID,
    reference: str,
    now: datetime,
    claim: Claim | None = None,
    **order: Any,
) -> Done:
    """`act_on_hazard` with `order`, unless this account has sent `client_id` before. Never commits.

    `claim`: when it was done, by the device (`domain/claimed.py`).
    Raises HazardNotFound for another body's hazard, and all that `act_on_hazard` raises.
    """
    hazard_id = _own(session, by, reference)
    row = {"account_id": by.account_id, "client_id": client_id}
    begun = insert(SentAct).values(**row, hazard_id=hazard_id, at=now).on_conflict_do_nothing()
    if session.scalar(begun.returning(SentAct.hazard_id)) is None:
        return _as_before(session, by, client_id)
    done_at = believed(claim, now=now, since=taken_on_at(session, hazard_id)) if claim else None
    hazard = act_on_hazard(session, by=by, reference=reference, now=now, done_at=done_at, **order)
    session.flush()
    mine = update(SentAct).filter_by(**row)
    session.execute(mine.values(version=hazard.version))
    return Done(hazard.version, Status(hazard.status), doubt=_doubt(session, hazard))


def _doubt(session: Session, hazard: Hazard) -> str | None:
    return last_doubt(session, hazard.id) if hazard.status == Status.FIX_REPORTED else None


def _own(session: Session, by: Actor, reference: str) -> int:
    """The id of a hazard that the actor's body has."""
    if by.account_id is None:
        raise NotPermitted(permission=Permission.WORK.value)
    found = session.execute(select(Hazard.id, Hazard.body_id).where(Hazard.reference == reference)).first()
    if found is None or found.body_id is None or not by.may(Permission.WORK, body_id=found.body_id):
        raise HazardNotFound(reference=reference)
    return int(found.id)


def _as_before(session: Session, by: Actor, client_id: UUID) -> Done:
    mine = select(SentAct.version, Hazard.status).join(Hazard, Hazard.id == SentAct.hazard_id)
    found = session.execute(mine.where(SentAct.account_id == by.account_id, SentAct.client_id == client_id)).one()
    return Done(found.version or 0, Status(found.status), again=True)
