"""Those above are told, each step once, whatever happens to the worker."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from app.actions import escalation
from app.actions.administration.escalation import StepFacts, add_step, edit_step, remove_step
from app.actions.reference_data import load_escalation
from app.cli.seed import DATA
from app.db import Databases, transaction
from app.domain.permissions import Actor, Role
from app.gateways.mail import MailDelayed
from app.jobs import Jobs
from app.jobs.escalation import sweep_escalation, tell_above, tell_head
from app.jobs.staff_text import staff_mail_text
from app.models import Body, Escalation, Event, Hazard, StaffNotice
from app.outbox import JobName
from app.queries.escalation import schedule
from app.queries.staff_facts import staff_facts
from app.web import labels
from tests.jobs import kit
from tests.jobs.kit import NOW
from tests.web.pages import make_account

HOUR = timedelta(hours=1)
BY = Actor(None, frozenset({Role.ADMINISTRATOR}))


def at(database: Databases, moment: datetime, **more: object) -> Jobs:
    return kit.jobs(database, now=lambda: moment, **more)


@pytest.fixture(autouse=True)
def loaded(session: Session) -> None:
    load_escalation(session, DATA)
    session.commit()


@pytest.fixture
def hazard(session: Session) -> Hazard:
    """Critical, received an hour ago, to be made safe in three hours: half of the time is over in one."""
    kit.add_types(session)
    area = kit.add_area(session)
    above = kit.add_body(session, email="akimat@x.example")
    body = kit.add_body(session)
    session.get_one(Body, body).parent_id = above
    made = kit.add_hazard(session, body_id=body, area_id=area, fix_due=None)
    session.commit()
    for role, of in ((Role.DISPATCHER, body), (Role.COORDINATOR, None), (Role.MANAGER, above)):
        make_account(session, role, email=f"{role.value}@example.kz", body_id=of)
    return made


def steps(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Escalation.step).order_by(Escalation.at, Escalation.event_id)))


def queued(session: Session, name: JobName) -> list[dict[str, int]]:
    asked = text("SELECT args FROM procrastinate_jobs WHERE task_name = :name ORDER BY id")
    return list(session.scalars(asked, {"name": name.value}))


def told(session: Session) -> list[tuple[str, str]]:
    asked = select(StaffNotice.kind, StaffNotice.account_id).where(StaffNotice.channel == "email")
    session.expire_all()
    emails = dict(session.execute(text("SELECT id, email FROM account")).all())
    return [(kind, emails[account]) for kind, account in session.execute(asked.order_by(StaffNotice.id))]


def test_dispatcher_before_head_at_and_those_above_after_the_end(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    for hours in (0, 0.9, 1, 1.01, 2, 2.5, 3, 3.1, 5, 5.1, 50):
        for _ in range(2):
            sweep_escalation(at(database, NOW + hours * HOUR))
    assert steps(session) == ["half", "soon", "due", "after"]
    assert told(session) == [("reminder", "dispatcher@example.kz")] * 2 + [("overdue_up", "coordinator@example.kz")]
    assert len(queued(session, JobName.TELL_HEAD)) == len(queued(session, JobName.TELL_ABOVE)) == 1
    events = session.scalars(select(Event).where(Event.kind == "escalated").order_by(Event.id)).all()
    assert [event.data["step"] for event in events] == ["half", "soon", "due", "after"]
    assert not any(event.public for event in events)


def test_a_manager_is_the_head_and_the_mailbox_then_gets_nothing(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    make_account(session, Role.MANAGER, email="head@example.kz", body_id=hazard.body_id)
    sweep_escalation(at(database, NOW + 3 * HOUR))
    assert ("due", "head@example.kz") in told(session)
    assert not queued(session, JobName.TELL_HEAD)


def test_without_a_body_the_coordinator_is_told_of_everything(session: Session, database: Databases) -> None:
    kit.add_types(session)
    kit.add_hazard(session, fix_due=None)
    make_account(session, Role.COORDINATOR, email="coordinator@example.kz")
    sweep_escalation(at(database, NOW + 6 * HOUR))
    assert told(session) == [("overdue_up", "coordinator@example.kz")]


def test_what_an_outage_has_overtaken_is_written_once_and_one_letter_goes_out(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    make_account(session, Role.MANAGER, email="head@example.kz", body_id=hazard.body_id)
    for _ in range(3):
        sweep_escalation(at(database, NOW + 3.5 * HOUR))
    assert told(session) == [("due", "head@example.kz")]
    lines = session.scalars(select(Event).where(Event.kind == "escalated").order_by(Event.id)).all()
    assert [(line.data["step"], line.data["told"]) for line in lines] == [("half", []), ("soon", []), ("due", ["head"])]
    said = [labels.escalation(line.data["clock"], line.data["told"]) for line in lines]
    assert len(set(said)) == 2


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


def test_a_sweep_that_dies_halfway_is_done_again_and_nobody_hears_twice(
    session: Session, database: Databases, hazard: Hazard, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(escalation, "_LOOK_AGAIN", text("SELECT 1/0"))  # all is written, nothing is committed
        with pytest.raises(DataError):
            sweep_escalation(at(database, NOW + 5 * HOUR))
    assert (steps(session), told(session), queued(session, JobName.TELL_ABOVE)) == ([], [], [])
    sweep_escalation(at(database, NOW + 5 * HOUR))
    assert steps(session) == ["half", "soon", "due", "after"]
    assert told(session) == [("overdue_up", "coordinator@example.kz")]


def test_two_sweeps_at_once_do_a_step_once(session: Session, database: Databases, hazard: Hazard) -> None:
    with transaction(database.app) as one, transaction(database.app) as two:
        looked = [
            escalation.escalate(each, schedule=schedule(each), now=NOW + 5 * HOUR, batch=10) for each in (one, two)
        ]
    assert looked == [1, 0]
    assert steps(session) == ["half", "soon", "due", "after"]


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"make_safe_due": NOW + 9 * HOUR}, ["half"]),
        ({"held": True}, ["half"]),
        ({"status": "fixed", "closed_at": NOW}, ["half"]),
        ({"severity": "low"}, ["half", "soon", "due"]),
    ],
)
def test_a_change_of_the_clock_is_looked_at_anew(
    session: Session, database: Databases, hazard: Hazard, change: dict[str, object], seen: list[str]
) -> None:
    sweep_escalation(at(database, NOW + HOUR))
    for name, value in change.items():
        setattr(session.get_one(Hazard, hazard.id), name, value)
    session.commit()
    sweep_escalation(at(database, NOW + 3 * HOUR))
    assert steps(session) == seen


def test_made_safe_is_silent_and_expired_goes_on_where_it_was(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    sweep_escalation(at(database, NOW + HOUR))
    kept = session.get_one(Hazard, hazard.id)
    kept.made_safe_measure, kept.made_safe_at, kept.made_safe_until = "grid", NOW + HOUR, NOW + 72 * HOUR
    session.commit()
    sweep_escalation(at(database, NOW + 60 * HOUR))
    assert steps(session) == ["half"]
    kept = session.get_one(Hazard, hazard.id)
    kept.made_safe_measure = kept.made_safe_at = kept.made_safe_until = None
    session.commit()
    sweep_escalation(at(database, NOW + 73 * HOUR))
    assert steps(session) == ["half", "soon", "due", "after"]


def test_a_changed_schedule_holds_for_what_was_open_before_within_a_day(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    session.execute(text("DELETE FROM escalation_step"))
    session.commit()
    sweep_escalation(at(database, NOW))  # with no schedule at all
    session.execute(
        text("INSERT INTO escalation_step VALUES ('critical:x', 'critical', 'x', NULL, NULL, 0, '{head}', false)")
    )
    session.commit()  # by nobody who says so
    sweep_escalation(at(database, NOW + 23 * HOUR))
    assert steps(session) == []
    sweep_escalation(at(database, NOW + 25 * HOUR))
    assert steps(session) == ["x"]


def facts(**given: object) -> StepFacts:
    return StepFacts(**({"clock": None, "share": None, "hours": 1.0, "tell": ["coordinator"]} | given))


def test_what_an_administrator_changes_holds_for_the_next_sweep(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    sweep_escalation(at(database, NOW))
    soon = facts(share=0.1, hours=None)
    edit_step(session, by=BY, key="critical:due", facts=soon, now=NOW)
    session.commit()
    sweep_escalation(at(database, NOW + HOUR / 2))
    assert (steps(session), told(session)) == (["due"], [("overdue_up", "coordinator@example.kz")])


def test_a_step_that_was_told_is_not_told_again_however_it_is_moved(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    sweep_escalation(at(database, NOW + 3 * HOUR))
    assert steps(session) == ["half", "soon", "due"]
    edit_step(session, by=BY, key="critical:due", facts=facts(), now=NOW)
    session.commit()
    sweep_escalation(at(database, NOW + 4.5 * HOUR))
    assert steps(session) == ["half", "soon", "due"]


def test_a_step_that_is_added_is_told_once_and_one_taken_away_never(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    sweep_escalation(at(database, NOW + 3 * HOUR))
    new = add_step(session, by=BY, severity="critical", facts=facts(hours=-1.0), now=NOW).code
    remove_step(session, by=BY, key="critical:after", now=NOW)
    session.commit()
    for hours in (3.1, 3.2, 40):
        sweep_escalation(at(database, NOW + hours * HOUR))
    assert steps(session) == ["half", "soon", "due", new]


def test_all_open_hazards_are_looked_at_anew_in_batches(session: Session, database: Databases, hazard: Hazard) -> None:
    for _ in range(4):
        kit.add_hazard(session, body_id=hazard.body_id, area_id=hazard.area_id, fix_due=None)
    session.commit()
    sweep_escalation(at(database, NOW))
    edit_step(session, by=BY, key="critical:due", facts=facts(share=0.1, hours=None), now=NOW)
    assert [escalation.look_anew(session, now=NOW, batch=2) for _ in range(4)] == [False, False, True, True]
    empty = select(Hazard.id).where(Hazard.escalate_at.is_(None))
    assert len(session.scalars(empty).all()) == 5


def test_a_dispatcher_s_form_is_not_refused_for_it(session: Session, database: Databases, hazard: Hazard) -> None:
    version = hazard.version
    sweep_escalation(at(database, NOW + 5 * HOUR))
    session.expire_all()
    assert session.get_one(Hazard, hazard.id).version == version


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
