"""Alarms in words: what is wrong, and who can mend it."""

from __future__ import annotations

from app.i18n import lazy_gettext as _

ALARMS = {
    "mail_failed": _("Mail does not reach this organisation"),
    "mail_stuck": _("Our mail server takes no mail: letters to organisations are waiting"),
    "no_address": _("This organisation has no e-mail address"),
    "no_body": _("A hazard has no responsible organisation"),
    "owner_overdue": _("Nobody has decided in time who answers for a hazard"),
    "duty_no_contact": _("A life-threatening hazard came, and this organisation has nobody on duty: name contacts"),
    "duty_unanswered": _("A life-threatening hazard: nobody on duty has answered. Phone them"),
    "vault_closed": _("Letters to followers wait: no worker here has the key of the vault"),
    "held_waits": _("A held report has waited for more than 15 minutes at the desk"),
    "held_untold": _("A held report waits, and no mail reaches the desk: set its address"),
    "job_failed": _("A background task failed"),
    "notice_stuck": _("Messages to people could not be delivered: see what was not delivered"),
    "staff_mail_failed": _("Mail does not reach a member of staff"),
    "staff_phone_failed": _("SMS do not reach a member of staff"),
    "webhook_failed": _("The system of this organisation takes no messages"),
}


def alarm(kind: str) -> str:
    """What an administrator must see to; a kind without words of its own is shown as a fault of a task."""
    return str(ALARMS.get(kind, ALARMS["job_failed"]))
