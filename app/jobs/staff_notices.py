"""Tell a member of staff by mail, push or SMS; gather what waited for the end of quiet hours.

No transaction is open while we talk to a provider. A worker killed in between sends again under the same key.
"""

import json
from collections.abc import Callable
from typing import Any

from app.actions.follow import vault_closed
from app.actions.mail_again import TRIES
from app.actions.staff_notices import (
    Trouble,
    begin_staff_notice,
    bundle_due,
    forget_browser,
    staff_notice_delayed,
    staff_notice_dropped,
    staff_notice_reached,
    staff_notice_refused,
    staff_notice_sent,
)
from app.gateways.mail import MailDelayed, MailRefused
from app.gateways.push import PushDelayed, PushGone, PushRefused
from app.gateways.sms import OutgoingSms, SmsDelayed, SmsRefused
from app.gateways.vault import CannotOpen
from app.jobs.context import Jobs
from app.jobs.mail_keys import sealed, staff_key
from app.jobs.staff_text import staff_mail_text, staff_push_text, staff_sms_text
from app.queries.staff_facts import StaffFacts, sealed_browsers, staff_facts

MOST_BATCHES = 50


def send_staff_notice(jobs: Jobs, *, notice_id: int) -> None:
    """Send one, unless its reader sleeps. Raises MailDelayed, for the queue to try again."""
    with jobs.transaction() as session:
        tries = begin_staff_notice(session, notice_id, zone=jobs.policy.timezone, now=jobs.now())
        facts = None if tries is None else staff_facts(session, notice_id, now=jobs.now())
        if tries is None:
            return
        if facts is None:
            staff_notice_dropped(session, notice_id=notice_id, now=jobs.now())
            return
    _deliver(jobs, facts, tries)


def send_digests(jobs: Jobs) -> None:
    """Every minute: gather what has waited long enough."""
    for _ in range(MOST_BATCHES):
        with jobs.transaction() as session:
            if not bundle_due(session, now=jobs.now()):
                return


def _deliver(jobs: Jobs, facts: StaffFacts, tries: int) -> None:
    try:
        _SENDERS[facts.channel](jobs, facts)
    except (MailRefused, PushRefused, SmsRefused) as refusal:
        blame = not isinstance(refusal, PushRefused)
        _refused(jobs, facts, Trouble(str(refusal), blame=blame))
    except (MailDelayed, PushDelayed, SmsDelayed) as delay:
        if tries >= TRIES:
            _refused(jobs, facts, Trouble(f"gave up after {tries} tries: {delay}"))
            return
        with jobs.transaction() as session:
            staff_notice_delayed(session, notice_id=facts.notice_id, error=str(delay))
        raise MailDelayed("a notice waits") from None
    else:
        with jobs.transaction() as session:
            staff_notice_sent(session, notice_id=facts.notice_id, now=jobs.now())


def _refused(jobs: Jobs, facts: StaffFacts, trouble: Trouble) -> None:
    with jobs.transaction() as session:
        staff_notice_refused(session, notice_id=facts.notice_id, trouble=trouble, now=jobs.now())


def _mail(jobs: Jobs, facts: StaffFacts) -> None:
    jobs.mailer.send(staff_mail_text(facts, key=sealed(staff_key(facts.notice_id), jobs.secret), **_where(jobs)))


def _sms(jobs: Jobs, facts: StaffFacts) -> None:
    if not facts.phone:
        raise PushRefused("no number any longer")
    if jobs.sms is None:
        raise SmsDelayed("no SMS here")
    text = staff_sms_text(facts, **_where(jobs))
    jobs.sms.send(OutgoingSms(key=staff_key(facts.notice_id), to=facts.phone, text=text))


def _push(jobs: Jobs, facts: StaffFacts) -> None:
    """To each browser that does not have it yet; one that sleeps does not keep the others waiting."""
    waits: PushDelayed | None = None
    reached, said = len(facts.reached), "no browser is subscribed any longer"
    for browser_id, subscription in _browsers(jobs, facts):
        try:
            _push_one(jobs, facts, browser_id, subscription)
            reached += 1
        except PushDelayed as delay:
            waits = delay
        except PushRefused as refusal:
            said = str(refusal)
    if waits is not None:
        raise waits
    if not reached:
        raise PushRefused(said)


def _push_one(jobs: Jobs, facts: StaffFacts, browser_id: int, subscription: dict[str, Any]) -> None:
    if jobs.push is None:
        raise PushRefused("no push here")
    try:
        jobs.push.send(subscription, staff_push_text(facts, **_where(jobs)))
    except PushGone:
        with jobs.transaction() as session:
            forget_browser(session, browser_id=browser_id)
        raise PushRefused("the browser has withdrawn the subscription") from None
    with jobs.transaction() as session:
        staff_notice_reached(session, notice_id=facts.notice_id, browser_id=browser_id)


def _browsers(jobs: Jobs, facts: StaffFacts) -> list[tuple[int, dict[str, Any]]]:
    """Raises PushDelayed where this worker cannot open them: then they wait, with an alarm."""
    if jobs.vault is None:
        raise _closed(jobs)
    with jobs.vault.transaction() as session:
        kept = sealed_browsers(session, facts.account_id)
    try:
        return [
            (number, json.loads(jobs.vault.keyring.open(key_id, data))["subscription"])
            for number, key_id, data in kept
            if number not in facts.reached
        ]
    except CannotOpen:
        raise _closed(jobs) from None


def _closed(jobs: Jobs) -> PushDelayed:
    with jobs.transaction() as session:
        vault_closed(session, now=jobs.now())
    return PushDelayed("the vault is closed to this worker")


def _where(jobs: Jobs) -> dict[str, str]:
    return {"base_url": jobs.base_url, "default_language": jobs.default_language}


_SENDERS: dict[str, Callable[[Jobs, StaffFacts], None]] = {"email": _mail, "sms": _sms, "push": _push}
