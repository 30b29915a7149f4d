"""An act that a crew's device sends, perhaps hours later and perhaps twice: done once.

Decision: the id that the device gave the act is written down in the act's own transaction, by the account that sends
it; a repeat waits for the first to end and is answered with what that came to. Turned down: a key in the event, which
would put what a device says into a history that nobody may ever change, and remembering answers in the device alone,
which loses the answer that never arrived.

What was done on the spot (`FACTS`) is taken though others have decided something since the device looked: put on hold
or given to another crew, the hole is covered all the same, and whoever could send it anew may have no network for
hours. A look is refused as stale only where somebody has said of the danger itself what whoever looked could not know
(`OVERTAKES`, or that somebody was hurt): it would wipe that out. The history is asked, not the version, which no
neighbour's word raises; the device shows what is new, and the person decides. Turned down: to take all that is allowed
now, whereby a fix would end what a dispatcher has stopped; to go by the device's word of when it looked, which no rule
reads; and to refuse for each "I see it too", which is no news to whoever stands there.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actions.hazards import act_on_hazard
from app.domain.claimed import Claim, believed
from app.domain.errors import HazardNotFound, NotPermitted, StaleVersion
from app.domain.hazard import Status
from app.domain.lifecycle import FACTS, LOOKS, Act
from app.domain.permissions import Actor, Permission
from app.models import Event, Hazard, Report, SentAct
from app.queries.proof import last_doubt, taken_on_at

OVERTAKES = (*sorted(LOOKS), Act.CORRECT, Act.DISPUTE, Act.REOPEN, "flagged", "still_dangerous", "merged_in")
"""Lines of the history that say whether it is dangerous, or what and where it is."""


@dataclass(frozen=True)
class Done:
    """`version`: of the hazard after the act; `before`: until then; whoever knew that one knows this one too.

    `status`: what it is now; `again`: this was done before, nothing now; `doubt`: why a fix was only reported
    (`domain/proof.Doubt`).
    """

    version: int
    before: int
    status: Status
    again: bool = False
    doubt: str | None = None


def act_once(
    session: Session,
    *,
    by: Actor,
    client_id: UUID,
    reference: str,
    act: Act,
    version: int,
    now: datetime,
    seen: int = 0,
    claim: Claim | None = None,
    **order: Any,
) -> Done:
    """`act_on_hazard` with `order`, unless this account has sent `client_id` before. Never commits.

    `version`, `seen`: of the hazard and the last line of its history, as the device knew them. `claim`: when it was
    done, by the device (`domain/claimed.py`).
    Raises HazardNotFound for another body's hazard, and all that `act_on_hazard` raises.
    """
    hazard_id, before = _own(session, by, reference)
    row = {"account_id": by.account_id, "client_id": client_id}
    begun = insert(SentAct).values(**row, hazard_id=hazard_id, at=now).on_conflict_do_nothing()
    if session.scalar(begun.returning(SentAct.hazard_id)) is None:
        return _as_before(session, by, client_id, version)
    done_at = believed(claim, now=now, since=taken_on_at(session, hazard_id)) if claim else None
    if act in LOOKS and _overtaken(session, hazard_id, by, seen):
        raise StaleVersion(reference=reference)
    expected = None if act in FACTS else version
    hazard = act_on_hazard(
        session, by=by, reference=reference, act=act, version=expected, now=now, done_at=done_at, **order
    )
    session.flush()
    mine = update(SentAct).filter_by(**row)
    session.execute(mine.values(version=hazard.version if before == version else version))
    return Done(hazard.version, before, Status(hazard.status), doubt=_doubt(session, hazard))


def _overtaken(session: Session, hazard_id: int, by: Actor, seen: int) -> bool:
    """Whether somebody else has said of the danger itself something that the device did not know."""
    news = select(Event.id).where(Event.hazard_id == hazard_id, Event.id > seen, Event.kind.in_(OVERTAKES))
    if session.scalar(news.where(Event.account_id.is_distinct_from(by.account_id)).limit(1)) is not None:
        return True
    known = select(func.max(Event.at)).where(Event.hazard_id == hazard_id, Event.id <= seen).scalar_subquery()
    hurt = select(Report.id).join(Hazard, Hazard.id == Report.hazard_id).where(
        Report.hazard_id == hazard_id, Report.someone_hurt, Report.withdrawn_at.is_(None),
        Report.received_at > func.coalesce(known, Hazard.received_at),
    )  # fmt: skip
    return session.scalar(hurt.limit(1)) is not None


def _doubt(session: Session, hazard: Hazard) -> str | None:
    return last_doubt(session, hazard.id) if hazard.status == Status.FIX_REPORTED else None


def _own(session: Session, by: Actor, reference: str) -> tuple[int, int]:
    """The id and version of a hazard that the actor's body has, locked: nobody changes it until this act is done."""
    if by.account_id is None:
        raise NotPermitted(permission=Permission.WORK.value)
    mine = select(Hazard.id, Hazard.body_id, Hazard.version).where(Hazard.reference == reference)
    found = session.execute(mine.with_for_update()).first()
    if found is None or found.body_id is None or not by.may(Permission.WORK, body_id=found.body_id):
        raise HazardNotFound(reference=reference)
    return int(found.id), int(found.version)


def _as_before(session: Session, by: Actor, client_id: UUID, version: int) -> Done:
    """What the device may go on from: of what was done past changes that it did not know, only what it knew."""
    mine = select(SentAct.version, Hazard.status).join(Hazard, Hazard.id == SentAct.hazard_id)
    found = session.execute(mine.where(SentAct.account_id == by.account_id, SentAct.client_id == client_id)).one()
    return Done(found.version or 0, version, Status(found.status), again=True)
