"""The body is told once, in its language, all it needs, and nothing that is no longer true."""

import pytest
from sqlalchemy import select

from app.actions.mail_again import TRIES
from app.db import Databases, transaction
from app.gateways.mail import MailDelayed, MailRefused
from app.jobs.notify_body import notify_body
from app.models import Alarm, Body, Hazard, Message
from tests.jobs import kit
from tests.jobs.kit import NOW, Outbox

WANTED = (
    "Открытый люк",
    "Алмалинский район",
    "город Алматы",
    "проспект Абая",
    "geo:43.256700,76.928600",
    "24 ноября 2026 г., 17:00",
    "26 ноября 2026 г., 14:00",
    "> Люк ашық",
    "> <b>балалар</b> ойнайды",
    "Не подходите & ждите.",
    "https://qauip.example/ru/staff/h/",
    "https://qauip.example/ru/h/",
    "Сообщили: кто-то пострадал, застрял или тонет",
)


def _case(
    database: Databases,
    *,
    kind: str = "assigned",
    text: str = "",
    body: dict[str, object] | None = None,
    **hazard: object,
) -> dict[str, int]:
    with transaction(database.app) as session:
        kit.add_types(session)
        area = kit.add_area(session)
        body_id = kit.add_body(session, **(body or {}))
        made = kit.add_hazard(session, body_id=body_id, area_id=area, **hazard)
        if text:
            kit.add_report(session, made, text)
        return {"hazard_id": made.id, "event_id": kit.assigned(session, made, kind=kind)}


def _states(database: Databases) -> list[tuple[str, int]]:
    with transaction(database.app) as session:
        return [(message.state, message.attempts) for message in session.scalars(select(Message))]


def _alarms(database: Databases) -> list[str]:
    with transaction(database.app) as session:
        return [alarm.kind for alarm in session.scalars(select(Alarm))]


def test_mail_holds_all_a_body_needs(database: Databases) -> None:
    outbox = Outbox()
    ids = _case(
        database, text="Люк ашық\n<b>балалар</b> ойнайды", severity_why=[{"reason": "someone_hurt", "points": 20}]
    )
    notify_body(kit.jobs(database, mailer=outbox), **ids)
    (mail,) = outbox.sent
    assert mail.to == "duty@vodokanal.example"
    assert mail.language == "ru"
    for part in WANTED:
        assert part in mail.text.replace("\u202f", " "), part
    assert "&lt;b&gt;балалар" in mail.html
    assert "Не подходите &amp; ждите." in mail.html
    assert "балалар" not in mail.subject
    assert _states(database) == [("sent", 1)]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("kind", ["assigned", "forward", "reopen", "correct", "triaged", "arbitrate"])
def test_mail_is_written_in_every_language_for_every_occasion(database: Databases, language: str, kind: str) -> None:
    outbox = Outbox()
    ids = _case(database, kind=kind, body={"language": language}, fix_due=None, make_safe_due=None)
    notify_body(kit.jobs(database, mailer=outbox), **ids)
    path = "" if language == "kk" else f"/{language}"
    assert f"https://qauip.example{path}/staff/h/" in outbox.sent[0].text
    assert f'lang="{language}"' in outbox.sent[0].html
    assert "%(" not in outbox.sent[0].text + outbox.sent[0].html


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("kk", "ұйымыңыз оны қауіпсіздендіруі керек"),
        ("ru", "обезопасить место должна ваша организация"),
        ("en", "your organisation must make it safe until the owner is found"),
    ],
)
def test_who_must_make_safe_what_nobody_owns_reads_just_that(database: Databases, language: str, said: str) -> None:
    outbox = Outbox()
    ids = _case(database, kind="triaged", body={"language": language}, basis="default_triage", owner_unknown=True)
    notify_body(kit.jobs(database, mailer=outbox), **ids)
    assert said in outbox.sent[0].text
    assert said in outbox.sent[0].html


def test_key_is_sent_once_however_often_the_job_runs(database: Databases) -> None:
    outbox = Outbox()
    ids = _case(database)
    for _ in range(3):
        notify_body(kit.jobs(database, mailer=outbox), **ids)
    assert len(outbox.sent) == 1
    assert _states(database) == [("sent", 1)]


@pytest.mark.parametrize(
    "change",
    [{"held": True}, {"body_id": None, "status": "received", "basis": None}, {"status": "not_found", "closed_at": NOW}],
)
def test_what_changed_meanwhile_is_not_sent(database: Databases, change: dict[str, object]) -> None:
    outbox = Outbox()
    ids = _case(database, text="сөз")
    with transaction(database.app) as session:
        for name, value in change.items():
            setattr(session.get_one(Hazard, ids["hazard_id"]), name, value)
    notify_body(kit.jobs(database, mailer=outbox), **ids)
    assert outbox.sent == []
    assert _states(database) == []


def test_hazard_passed_on_is_not_told_to_the_old_body(database: Databases) -> None:
    outbox = Outbox()
    ids = _case(database)
    with transaction(database.app) as session:
        session.get_one(Hazard, ids["hazard_id"]).body_id = kit.add_body(session, email="new@x.example")
    notify_body(kit.jobs(database, mailer=outbox), **ids)
    assert outbox.sent == []


def test_refused_words_stay_out_and_never_public_has_no_public_link(database: Databases) -> None:
    outbox = Outbox()
    ids = _case(database, hazard_type="SUSPICIOUS_OBJECT")
    with transaction(database.app) as session:
        hazard = session.get_one(Hazard, ids["hazard_id"])
        kit.add_report(session, hazard, "канарейка", moderation="refused")
    notify_body(kit.jobs(database, mailer=outbox), **ids)
    assert "канарейка" not in outbox.sent[0].text + outbox.sent[0].html
    assert "/ru/h/" not in outbox.sent[0].text + outbox.sent[0].html


def test_delay_is_tried_again_and_given_up_after_ten(database: Databases) -> None:
    outbox = Outbox(troubles=[MailDelayed("450 busy")] * TRIES)
    ids = _case(database)
    for _ in range(TRIES - 1):
        with pytest.raises(MailDelayed):
            notify_body(kit.jobs(database, mailer=outbox), **ids)
    assert _alarms(database) == []
    notify_body(kit.jobs(database, mailer=outbox), **ids)
    assert _states(database) == [("queued", TRIES)]
    assert _alarms(database) == ["mail_stuck"]
    with transaction(database.app) as session:
        assert session.scalars(select(Body.mail_failed_at)).one() is None


def test_refusal_marks_the_body_and_raises_one_alarm(database: Databases) -> None:
    outbox = Outbox(troubles=[MailRefused("550 no such user")] * 2)
    ids = _case(database)
    with transaction(database.app) as session:
        second = {
            "hazard_id": ids["hazard_id"],
            "event_id": kit.assigned(session, session.get_one(Hazard, ids["hazard_id"])),
        }
    for each in (ids, second):
        notify_body(kit.jobs(database, mailer=outbox), **each)
    assert _states(database) == [("refused", 1), ("refused", 1)]
    assert _alarms(database) == ["mail_failed"]
    with transaction(database.app) as session:
        assert session.scalars(select(Body.mail_failed_at)).one() == NOW


def test_body_without_an_address_raises_one_alarm(database: Databases) -> None:
    ids = _case(database, body={"email": None})
    for _ in range(2):
        notify_body(kit.jobs(database), **ids)
    assert _alarms(database) == ["no_address"]
    assert _states(database) == [("queued", 0)]


@pytest.mark.parametrize("kind", ["flagged", "still_dangerous"])
@pytest.mark.parametrize(("change", "mails"), [({}, 1), ({"disputed": False}, 0), ({"held": True}, 0)])
def test_the_body_is_told_that_people_doubt_a_closing(
    database: Databases, kind: str, change: dict[str, bool], mails: int
) -> None:
    given = _case(database, kind=kind, **({"status": "fixed", "closed_at": NOW, "disputed": True} | change))
    outbox = Outbox()
    notify_body(kit.jobs(database, mailer=outbox), **given)
    assert len(outbox.sent) == mails
