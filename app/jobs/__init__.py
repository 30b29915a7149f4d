"""What the worker runs: one file for each job, idempotent, ids in, nothing back. `HANDLERS` lists them all."""

from collections.abc import Callable

from app.jobs.call_duty import call_duty, sweep_duty
from app.jobs.context import Jobs
from app.jobs.escalation import sweep_escalation, tell_above, tell_head
from app.jobs.fold_map import fold_map
from app.jobs.held import erase_held_reports, sweep_held, tell_desk
from app.jobs.notices import notify_followers, send_notice
from app.jobs.notify_body import notify_body
from app.jobs.notify_rerouted import notify_rerouted
from app.jobs.preview_reroute import preview_reroute
from app.jobs.purge import purge_old
from app.jobs.reroute import reroute
from app.jobs.rescore import rescore
from app.jobs.retry_stalled import retry_stalled
from app.jobs.seek_repeat import seek_repeat
from app.jobs.send_link import send_link
from app.jobs.staff_notices import send_digests, send_staff_notice
from app.jobs.sweep_deadlines import sweep_deadlines
from app.jobs.sweep_photos import sweep_photos
from app.jobs.tell_account import tell_account
from app.jobs.webhooks import deliver_webhook
from app.outbox import JobName

HANDLERS: dict[JobName, Callable[..., None]] = {
    JobName.NOTIFY_BODY: notify_body,
    JobName.NOTIFY_REROUTED: notify_rerouted,
    JobName.REROUTE: reroute,
    JobName.PREVIEW_REROUTE: preview_reroute,
    JobName.SWEEP_DEADLINES: sweep_deadlines,
    JobName.FOLD_MAP: fold_map,
    JobName.SWEEP_PHOTOS: sweep_photos,
    JobName.RETRY_STALLED: retry_stalled,
    JobName.PURGE: purge_old,
    JobName.RESCORE: rescore,
    JobName.TELL_DESK: tell_desk,
    JobName.SWEEP_HELD: sweep_held,
    JobName.ERASE_HELD: erase_held_reports,
    JobName.CALL_DUTY: call_duty,
    JobName.SWEEP_DUTY: sweep_duty,
    JobName.SWEEP_ESCALATION: sweep_escalation,
    JobName.TELL_HEAD: tell_head,
    JobName.TELL_ABOVE: tell_above,
    JobName.NOTIFY_FOLLOWERS: notify_followers,
    JobName.SEND_NOTICE: send_notice,
    JobName.SEND_LINK: send_link,
    JobName.TELL_ACCOUNT: tell_account,
    JobName.SEND_STAFF_NOTICE: send_staff_notice,
    JobName.SEND_DIGESTS: send_digests,
    JobName.DELIVER_WEBHOOK: deliver_webhook,
    JobName.SEEK_REPEAT: seek_repeat,
}
"""Each takes the context and the ids it was enqueued with."""

PERIODIC: dict[JobName, str] = {
    JobName.SWEEP_DEADLINES: "* * * * *",
    JobName.FOLD_MAP: "* * * * * */10",
    JobName.RETRY_STALLED: "* * * * * */20",
    JobName.SWEEP_PHOTOS: "20 21 * * *",
    JobName.PURGE: "40 21 * * *",
    JobName.RESCORE: "0 20 * * *",
    JobName.SWEEP_HELD: "* * * * *",
    JobName.ERASE_HELD: "50 21 * * *",
    JobName.SWEEP_DUTY: "* * * * *",
    JobName.SWEEP_ESCALATION: "* * * * * 30",
    JobName.SEND_DIGESTS: "* * * * *",
}
"""Cron lines in UTC; the sixth field is seconds. 21:20 UTC is 02:20 in Almaty."""

__all__ = ["HANDLERS", "PERIODIC", "Jobs"]
