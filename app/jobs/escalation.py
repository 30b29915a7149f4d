"""Every minute: who must be told that a clock runs out; and the letters to mailboxes of bodies."""

from functools import partial

from app.actions.escalation import BATCH, escalate, look_anew
from app.jobs.context import Jobs
from app.jobs.late_text import late_mail_text
from app.jobs.sending import send_once
from app.outbox import JobName
from app.queries.escalation import schedule
from app.queries.late import late_mail

MOST_BATCHES = 200


def sweep_escalation(jobs: Jobs) -> None:
    """In batches that skip what somebody else has locked: the next sweep meets those."""
    _look_anew(jobs)
    for _ in range(MOST_BATCHES):
        with jobs.transaction() as session:
            if escalate(session, schedule=schedule(session), now=jobs.now()) < BATCH:
                return


def _look_anew(jobs: Jobs) -> None:
    """What was changed in the schedule holds for hazards that are open already."""
    for _ in range(MOST_BATCHES):
        with jobs.transaction() as session:
            if look_anew(session, now=jobs.now()):
                return


def tell_head(jobs: Jobs, *, hazard_id: int, event_id: int) -> None:
    """The mailbox of the body itself, which has no manager. Raises MailDelayed, for the queue to try again."""
    _send(jobs, JobName.TELL_HEAD, hazard_id, event_id, above=False)


def tell_above(jobs: Jobs, *, hazard_id: int, event_id: int) -> None:
    """The mailbox of the body above. Raises MailDelayed, for the queue to try again."""
    _send(jobs, JobName.TELL_ABOVE, hazard_id, event_id, above=True)


def _send(jobs: Jobs, kind: JobName, hazard_id: int, event_id: int, *, above: bool) -> None:
    find = partial(late_mail, hazard_id=hazard_id, event_id=event_id, above=above)
    send_once(jobs, kind=kind.value, hazard_id=hazard_id, event_id=event_id, find=find, write=late_mail_text)
