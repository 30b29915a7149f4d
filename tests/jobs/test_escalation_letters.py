"""What those above read: the clock by its name, nothing internal, and nothing that is no longer true."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Databases
from app.gateways.mail import MailDelayed
from app.jobs.escalation import sweep_escalation, tell_above, tell_head
from app.jobs.staff_text import staff_mail_text
from app.models import Hazard, StaffNotice
from app.outbox import JobName
from app.queries.staff_facts import staff_facts
from tests.jobs import kit
from tests.jobs.escalation_kit import HOUR, at, hazard, loaded, queued
from tests.jobs.kit import NOW

__all__ = ["hazard", "loaded"]


@pytest.mark.parametrize("which", ["make_safe", "fix"])
def test_a_reminder_names_its_clock_and_does_not_go_out_once_that_has_ended_or_stands(
    session: Session, database: Databases, hazard: Hazard, which: str
) -> None:
    kept = session.get_one(Hazard, hazard.id)
    kept.make_safe_due = kept.fix_due = None
    setattr(kept, f"{which}_due", NOW + 3 * HOUR)
    session.commit()
    sweep_escalation(at(database, NOW + HOUR))
    notice = session.scalars(select(StaffNotice.id).where(StaffNotice.channel == "email")).one()
    facts = staff_facts(session, notice, now=NOW + HOUR)
    assert facts is not None
    mail = staff_mail_text(facts, key="k", base_url="https://x.example", default_language="kk")
    words = {"make_safe": "Қауіпсіздендіру мерзімі", "fix": "Жою мерзімі"}
    assert all(words[which] in part for part in (mail.subject, mail.text, mail.html))
    assert words["fix" if which == "make_safe" else "make_safe"] not in mail.subject
    assert staff_facts(session, notice, now=NOW + 3 * HOUR) is None
    kept.made_safe_measure, kept.made_safe_at, kept.made_safe_until = "grid", NOW, NOW + 72 * HOUR
    kept.fix_paused_at = NOW
    assert staff_facts(session, notice, now=NOW + HOUR) is None


def test_the_body_above_gets_one_letter_without_a_word_of_what_is_internal(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    kit.add_report(session, hazard, "my neighbour Sergei did this")
    session.commit()
    post = kit.Outbox(troubles=[MailDelayed("later")])
    jobs = at(database, NOW + 5 * HOUR, mailer=post)
    sweep_escalation(jobs)
    (ids,) = queued(session, JobName.TELL_ABOVE)
    with pytest.raises(MailDelayed):
        tell_above(jobs, **ids)
    for _ in range(3):
        tell_above(jobs, **ids)
    (mail,) = post.sent
    assert mail.to == "akimat@x.example"
    assert "Су арнасы" in mail.text or "Водоканал" in mail.text
    assert all("Sergei" not in part and "/staff/" not in part for part in (mail.text, mail.html))


def test_a_letter_that_has_become_untrue_is_not_sent(session: Session, database: Databases, hazard: Hazard) -> None:
    post = kit.Outbox()
    jobs = at(database, NOW + 5 * HOUR, mailer=post)
    for hours in (3, 5):
        sweep_escalation(at(database, NOW + hours * HOUR))
    kept = session.get_one(Hazard, hazard.id)
    kept.made_safe_measure, kept.made_safe_at, kept.made_safe_until = "grid", NOW, NOW + 72 * HOUR
    session.commit()
    for name, job in ((JobName.TELL_HEAD, tell_head), (JobName.TELL_ABOVE, tell_above)):
        (ids,) = queued(session, name)
        job(jobs, **ids)
    assert not post.sent


def test_the_mailbox_of_a_body_without_a_manager_gets_the_letter_with_its_page(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    post = kit.Outbox()
    jobs = at(database, NOW + 3 * HOUR, mailer=post)
    sweep_escalation(jobs)
    (ids,) = queued(session, JobName.TELL_HEAD)
    tell_head(jobs, **ids)
    tell_head(jobs, **ids)
    (mail,) = post.sent
    assert (mail.to, "/ru/staff/h/" in mail.text) == ("duty@vodokanal.example", True)
    assert mail.subject.startswith("Не обезопашено в срок: ")
