"""What hangs on a hazard's status and on who answers for it, in one place: acts, the akimat's triage and re-routing all
come here, so that none forgets a paused clock or a stale mark.

Decision: only a question stops the fix clock (`questions.py`), and work goes on meanwhile: the pause outlives being
accepted, planned, begun and put on hold. It ends with the answer, with its time, and where nobody waits for the answer
any more: closed, or another body's. No hold stops a clock, whatever the work waits for: a body that may stop its own by
a choice in a list is never late. Turned down: ending the pause at any act, which nobody expects who only accepts.
"""

from datetime import datetime

from app.domain.hazard import Basis, Status
from app.domain.policy import Policy
from app.models import Hazard


def move(hazard: Hazard, to: Status, *, policy: Policy, now: datetime) -> None:
    """Change the status and what hangs on it: the closing time, a pause nobody needs, marks only one status has."""
    if to is Status.ASSIGNED and hazard.body_id is None:
        to = Status.RECEIVED
    hazard.status = to.value
    hazard.closed_at = None if to.is_open else now
    hazard.duplicate_of_id = None
    hazard.planned_for = hazard.hold_reason = None
    if not to.is_open:
        end_pause(hazard, policy=policy, now=now)
        hazard.overdue = None
        nothing_waits(hazard)


def nothing_waits(hazard: Hazard) -> None:
    """Neither a second person nor an inspection."""
    nothing_proposed(hazard)
    hazard.inspect_due = hazard.inspect_measure = None


def nothing_proposed(hazard: Hazard) -> None:
    """No closing waits for a second person; a rejection has columns of its own."""
    hazard.proposal = hazard.proposed_by = hazard.proposed_into_id = None


def end_pause(hazard: Hazard, *, policy: Policy, now: datetime) -> None:
    """Nobody waits for an answer any more. Never longer than a pause may be, however late the sweep is."""
    if hazard.fix_paused_at is not None:
        run_fix_clock(hazard, now=min(now, hazard.fix_paused_at + policy.answer_within))


def run_fix_clock(hazard: Hazard, *, now: datetime) -> None:
    """End a pause of the fix clock, if there is one; its length is added to the due time."""
    if hazard.fix_paused_at is not None:
        if hazard.fix_due is not None:
            hazard.fix_due += now - hazard.fix_paused_at
        hazard.fix_paused_at = None


def give(
    hazard: Hazard,
    body_id: int | None,
    basis: Basis | None,
    *,
    owner_unknown: bool,
    policy: Policy,
    now: datetime,
) -> bool:
    """Let a body (None: the queue) answer from now on; whether it is another one than before.

    Another body begins at the beginning: nothing is accepted, proposed or reported by it. The clocks run on.
    """
    moved = body_id != hazard.body_id
    hazard.body_id, hazard.basis = body_id, basis.value if basis else None
    if owner_unknown:
        owner_wanted(hazard, policy=policy, now=now)
    else:
        owner_found(hazard)
    if moved:
        hazard.rejection_reason = hazard.rejection_by = hazard.fix_reported_by = None
        nothing_proposed(hazard)
        hazard.crew_id = hazard.assignee_id = None
        hazard.answer_waits = False
        end_pause(hazard, policy=policy, now=now)
        move(hazard, Status.ASSIGNED, policy=policy, now=now)
    return moved


def owner_wanted(hazard: Hazard, *, policy: Policy, now: datetime) -> None:
    """Mark that nobody owns up to it; the arbiter's time runs from the first such moment."""
    hazard.owner_unknown = True
    hazard.owner_due = hazard.owner_due or now + policy.owner_within


def owner_found(hazard: Hazard) -> None:
    """Take the mark away."""
    hazard.owner_unknown = False
    hazard.owner_due = None
