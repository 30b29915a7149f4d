"""Tell whoever is on duty of a hazard that threatens lives at once; the next where nobody says "I know".

Decision: by mail, which says all and is kept, and by SMS where they have a mobile number, since a letter wakes nobody.
Only the mail counts: an SMS that no provider takes is written to the log, and the next is called in time all the same.
"""

import logging

from app.actions.duty import BeingCalled, Call, call_failed, call_next, call_told, pass_on_unanswered
from app.actions.duty_many import call_waiting
from app.gateways.mail import MailDelayed, MailRefused, OutgoingMail
from app.gateways.sms import OutgoingSms, SmsDelayed, SmsRefused
from app.jobs.context import Jobs
from app.jobs.mail_keys import sealed
from app.jobs.notice_text import duty_mail_text, duty_sms_text
from app.queries.duty import duty_facts
from app.queries.escalation import acknowledge_within

_log = logging.getLogger(__name__)


def call_duty(jobs: Jobs, *, hazard_id: int) -> None:
    """Mail the one who is to be called now, if anybody. Raises MailDelayed, for the queue to try again: also while
    another worker is telling the same one, for that one may die.
    """
    with jobs.transaction() as session:
        try:
            call = call_next(session, hazard_id=hazard_id, zone=jobs.policy.timezone, now=jobs.now())
        except BeingCalled as busy:
            raise MailDelayed("another worker is telling them") from busy
        if call is None:
            return
        facts = duty_facts(session, hazard_id=hazard_id, language=call.language)
        key = sealed(f"duty-{call.call_id}", jobs.secret)
        where = {"base_url": jobs.base_url, "default_language": jobs.default_language}
        mail, sms = duty_mail_text(call, facts, key=key, **where), duty_sms_text(call, facts, **where)
    _send_sms(jobs, call, sms)
    _send(jobs, call, mail)


def sweep_duty(jobs: Jobs) -> None:
    """Every minute: nobody has answered in time, or many hazards have come at once."""
    with jobs.transaction() as session:
        pass_on_unanswered(session, after=acknowledge_within(session), now=jobs.now())
    with jobs.transaction() as session:
        call_waiting(session, now=jobs.now())


def _send_sms(jobs: Jobs, call: Call, text: str) -> None:
    """The same key each time: who is told again, since no server took the mail, gets one SMS."""
    if call.mobile is None or jobs.sms is None:
        return
    try:
        jobs.sms.send(OutgoingSms(key=f"duty-{call.call_id}", to=call.mobile, text=text))
    except (SmsRefused, SmsDelayed) as trouble:
        _log.warning("no SMS to who is on duty, call %s: %s", call.call_id, trouble)


def _send(jobs: Jobs, call: Call, mail: OutgoingMail) -> None:
    try:
        jobs.mailer.send(mail)
    except (MailRefused, MailDelayed) as trouble:
        refused = isinstance(trouble, MailRefused)
        with jobs.transaction() as session:
            call_failed(session, call_id=call.call_id, error=str(trouble), now=jobs.now(), for_good=refused)
        if not refused:
            raise
    else:
        with jobs.transaction() as session:
            call_told(session, call_id=call.call_id, now=jobs.now())
