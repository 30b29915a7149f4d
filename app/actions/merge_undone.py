"""Two hazards again: what came with the duplicate goes back to it, what came later stays (see `merged.py`)."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.actions.followup import SOURCES
from app.actions.moving import nothing_proposed, run_fix_clock
from app.domain.hazard import Proposal
from app.domain.permissions import Actor
from app.models import Follow, Hazard, Merge, Photo, Question, Report
from app.models.columns import columns_of, put_back

COUNTED = ("reports", "flags")


def take_back(session: Session, merge: Merge, *, duplicate: Hazard, kept: Hazard, by: Actor, now: datetime) -> None:
    """Give the duplicate back what was moved and is still there, and both what they were where nobody changed it."""
    _move_back(session, merge)
    before, kept_before = dict(merge.before["dup"]), dict(merge.before["kept"])
    had = _still_counted(session, merge, before.get("reports", duplicate.reports))
    is_now = columns_of(kept)
    untouched = {
        name: value for name, value in kept_before.items() if name not in COUNTED and is_now[name] == merge.given[name]
    }
    put_back(kept, untouched)
    kept.reports = max(0, kept.reports - had)
    if kept.flags >= merge.given.get("flags", 0):
        kept.flags = max(0, kept.flags - before.get("flags", 0))
    put_back(duplicate, {**before, "reports": had})
    if duplicate.proposal == Proposal.DUPLICATE:
        nothing_proposed(duplicate)  # who takes it back says that they are two
    _run_if_answered(session, merge, duplicate)
    merge.undone_at, merge.undone_by = now, by.account_id
    session.flush()


def _run_if_answered(session: Session, merge: Merge, duplicate: Hazard) -> None:
    """Its clock had stopped for an answer that came while it was joined: it has run since."""
    asked = select(Question.ran_again_at).where(
        Question.id.in_(merge.question_ids), Question.asked_at == duplicate.fix_paused_at
    )
    ran_again_at = session.scalar(asked.limit(1)) if duplicate.fix_paused_at else None
    if ran_again_at is not None:
        run_fix_clock(duplicate, now=ran_again_at)


def _move_back(session: Session, merge: Merge) -> None:
    back = {"hazard_id": merge.hazard_id}
    here = select(Follow.address_key).where(Follow.hazard_id == merge.hazard_id)
    moved = ((Report, merge.report_ids), (Photo, merge.photo_ids), (Question, merge.question_ids))
    for model, ids in moved:
        session.execute(update(model).where(model.id.in_(ids), model.hazard_id == merge.into_id).values(back))
    follows = (Follow.id.in_(merge.follow_ids), Follow.hazard_id == merge.into_id, Follow.address_key.not_in(here))
    session.execute(update(Follow).where(*follows).values(back))
    unproved = (Follow.id.in_(merge.confirmed_ids), Follow.confirmed_at == merge.at)
    session.execute(update(Follow).where(*unproved).values(confirmed_at=None))


def _still_counted(session: Session, merge: Merge, before: int) -> int:
    """How many of the duplicate's reporters have not taken theirs back since."""
    gone = select(func.count()).where(
        Report.id.in_(merge.report_ids), Report.kind.in_(SOURCES), Report.withdrawn_at >= merge.at
    )
    return max(0, before - (session.scalar(gone) or 0))
