"""Staff are told once for each event and channel, of nothing they must not see, and not while they sleep."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from nacl.public import PrivateKey
from sqlalchemy import func, select, text, update

from app.actions.notify_staff import tell_body, tell_role, tell_staff
from app.actions.send_again import STAFF_MAIL_FAILED, STAFF_PHONE_FAILED
from app.db import Databases, transaction
from app.domain.permissions import Role
from app.gateways.mail import MailDelayed, MailRefused
from app.gateways.push import PushDelayed, PushGone
from app.gateways.sms import SmsRefused
from app.gateways.vault import Keyring
from app.jobs.staff_notices import send_digests
from app.models import Account, Alarm, Hazard, StaffChoice, StaffNotice, StaffPush, StaffSetting
from tests.jobs import kit, staff_kit
from tests.jobs.staff_kit import send_queued, states

NIGHT = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # 23:00 in Almaty
MORNING = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # 07:00
RING = Keyring([PrivateKey.generate()])
DESK = (Role.DISPATCHER, Role.MANAGER)


class Scene:
    """A body with a dispatcher, a manager and a crew member; another body; a hazard of the first."""

    def __init__(self, database: Databases, ring: object = None) -> None:
        self.jobs = staff_kit.with_doors(kit.jobs(database), database, ring)
        with transaction(database.app) as session:
            kit.add_types(session)
            self.body, self.other = kit.add_body(session), kit.add_body(session, email="other@x.example")
            kit.add_area(session)
            add = staff_kit.add_account
            self.dispatcher = add(session, "dispatcher", [Role.DISPATCHER], body_id=self.body)
            self.manager = add(session, "manager", [Role.MANAGER], body_id=self.body, language="kk")
            self.crew = add(session, "crew", [Role.CREW], body_id=self.body)
            self.stranger = add(session, "stranger", [Role.DISPATCHER], body_id=self.other)
            self.coordinator = add(session, "coordinator", [Role.COORDINATOR])
            hazard = kit.add_hazard(session, body_id=self.body)
            self.hazard, self.event = hazard.id, kit.assigned(session, hazard)

    @property
    def mails(self) -> list:
        return self.jobs.mailer.sent

    def tell(self, kind: str = "assigned", *, accounts: list[int] | None = None, **more: object) -> int:
        with self.jobs.transaction() as session:
            return tell_staff(
                session, kind=kind, hazard_id=self.hazard, event_id=self.event,
                accounts=[self.dispatcher] if accounts is None else accounts, now=kit.NOW, **more,
            )  # fmt: skip

    def set(self, account: int, **values: object) -> None:
        with self.jobs.transaction() as session:
            session.merge(StaffSetting(account_id=account, **values))

    def alarms(self) -> list[str]:
        with self.jobs.transaction() as session:
            return list(session.scalars(select(Alarm.kind).order_by(Alarm.id)))


@pytest.fixture
def scene(database: Databases) -> Scene:
    return Scene(database)


def test_the_same_event_is_told_once_and_by_one_key(scene: Scene) -> None:
    assert (scene.tell(), scene.tell()) == (1, 0)
    send_queued(scene.jobs)
    send_queued(scene.jobs)
    assert len(scene.mails) == 1
    assert scene.mails[0].key.startswith("staff-")
    with scene.jobs.transaction() as session:
        assert session.scalar(select(StaffNotice.key)) == f"assigned:{scene.event}:{scene.dispatcher}:email"
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_staff_notice'"))


def test_a_body_is_told_by_role_and_nobody_of_another(scene: Scene) -> None:
    with scene.jobs.transaction() as session:
        told = tell_body(
            session, kind="assigned", hazard_id=scene.hazard, event_id=scene.event, body_id=scene.body, roles=DESK,
            now=kit.NOW, but=scene.manager,
        )  # fmt: skip
    assert told == 1
    send_queued(scene.jobs)
    assert [mail.to for mail in scene.mails] == ["dispatcher@x.example"]


def test_a_stranger_is_told_nothing_whoever_names_them(scene: Scene) -> None:
    assert scene.tell("mention", accounts=[scene.stranger]) == 0


def test_a_notice_is_dropped_when_the_hazard_went_to_another_body_meanwhile(scene: Scene) -> None:
    scene.tell()
    with scene.jobs.transaction() as session:
        session.execute(update(Hazard).values(body_id=scene.other))
    send_queued(scene.jobs)
    assert (scene.mails, states(scene.jobs)) == ([], [("assigned", "email", "dropped")])


def test_coordinators_are_told_of_any_body(scene: Scene) -> None:
    with scene.jobs.transaction() as session:
        told = tell_role(
            session, role=Role.COORDINATOR, kind="overdue_up", hazard_id=scene.hazard, event_id=scene.event, now=kit.NOW
        )
    assert told == 1


def test_the_mailbox_of_the_body_gets_no_second_letter(scene: Scene) -> None:
    with scene.jobs.transaction() as session:
        session.execute(update(Account).where(Account.id == scene.manager).values(email="duty@vodokanal.example"))
    assert scene.tell(accounts=[scene.dispatcher, scene.manager]) == 1
    assert scene.tell("mention", accounts=[scene.manager]) == 1


def test_words_are_in_the_readers_language_and_hold_no_words_of_citizens(scene: Scene) -> None:
    with scene.jobs.transaction() as session:
        kit.add_report(session, session.get_one(Hazard, scene.hazard), "мой сын упал")
    scene.tell(accounts=[scene.dispatcher, scene.manager], critical=True)
    send_queued(scene.jobs)
    russian, kazakh = scene.mails
    assert russian.subject.startswith("СРОЧНО: Новая опасность для вашей организации: Открытый люк")
    assert kazakh.subject.startswith("ШҰҒЫЛ: Ұйымыңызға жаңа қауіп тіркелді: Ашық люк")
    assert "https://qauip.example/ru/staff/h/" in russian.text
    assert all("упал" not in part for mail in scene.mails for part in (mail.text, mail.html))


def test_a_choice_wins_over_the_table(scene: Scene) -> None:
    with scene.jobs.transaction() as session:
        session.add(StaffChoice(account_id=scene.dispatcher, kind="assigned", channel="email", wanted=False))
        session.add(StaffChoice(account_id=scene.dispatcher, kind="assigned", channel="sms", wanted=True))
    scene.set(scene.dispatcher, phone="+77010000001")
    assert scene.tell() == 1
    send_queued(scene.jobs)
    assert [(sms.to, sms.key[:6]) for sms in scene.jobs.sms.sent] == [("+77010000001", "staff-")]
    assert "Открытый люк" in scene.jobs.sms.sent[0].text
    assert not scene.jobs.sms.sent[0].text.startswith("СРОЧНО")


def test_a_critical_one_goes_by_sms_too(scene: Scene) -> None:
    scene.set(scene.dispatcher, phone="+77010000001")
    assert scene.tell(critical=True) == 2
    assert scene.tell("mention") == 1
    send_queued(scene.jobs)
    assert [sms.text[:9] for sms in scene.jobs.sms.sent] == ["СРОЧНО: Н"]


def test_a_digest_of_one_speaks_as_that_one(scene: Scene) -> None:
    scene.set(scene.dispatcher, quiet_from=time(22), quiet_until=time(7), phone="+77010000001")
    with scene.jobs.transaction() as session:
        session.add(StaffChoice(account_id=scene.dispatcher, kind="assigned", channel="sms", wanted=True))
    scene.tell()
    send_queued(staff_kit.at(scene.jobs, NIGHT))
    morning = staff_kit.at(scene.jobs, MORNING)
    send_digests(morning)
    send_queued(morning)
    assert [mail.subject[:39] for mail in scene.mails] == ["Новая опасность для вашей организации: "]
    assert "/staff/h/" in scene.jobs.sms.sent[0].text


def test_quiet_hours_hold_all_until_their_end_and_then_one_digest_comes(scene: Scene) -> None:
    scene.set(scene.dispatcher, quiet_from=time(22), quiet_until=time(7))
    night = staff_kit.at(scene.jobs, NIGHT)
    scene.tell()
    scene.tell("mention")
    send_queued(night)
    send_digests(night)
    assert (scene.mails, {state for _, _, state in states(night)}) == ([], {"held"})
    morning = staff_kit.at(scene.jobs, MORNING)
    send_digests(morning)
    send_digests(morning)
    send_queued(morning)
    assert [mail.subject for mail in scene.mails] == ["2 уведомления об опасностях"]
    assert "Новая опасность для вашей организации" in scene.mails[0].text
    assert "Коллега упомянул вас" in scene.mails[0].text
    assert {state for _, _, state in states(morning)} == {"sent"}


def test_a_critical_one_passes_at_once_by_night_and_through_a_digest(scene: Scene) -> None:
    scene.set(scene.dispatcher, quiet_from=time(22), quiet_until=time(7), digest_hour=8)
    scene.tell("made_safe_expired")
    scene.tell(critical=True)
    send_queued(staff_kit.at(scene.jobs, NIGHT))
    assert len(scene.mails) == 2


def test_a_digest_leaves_out_what_is_over_and_is_dropped_when_all_is(scene: Scene) -> None:
    scene.set(scene.dispatcher, digest_hour=8)
    scene.tell()
    send_queued(scene.jobs)
    with scene.jobs.transaction() as session:
        session.execute(update(Hazard).values(status="fixed", closed_at=kit.NOW, make_safe_due=None, fix_due=None))
    tomorrow = staff_kit.at(scene.jobs, kit.NOW + timedelta(days=1))
    send_digests(tomorrow)
    send_queued(tomorrow)
    assert scene.mails == []
    assert {state for _, _, state in states(tomorrow)} == {"dropped"}


def test_a_burst_is_ten_letters_and_one_with_the_rest(scene: Scene) -> None:
    for _ in range(25):
        with scene.jobs.transaction() as session:
            scene.event = kit.assigned(session, session.get_one(Hazard, scene.hazard))
        scene.tell()
        scene.tell("mention", accounts=[scene.manager], critical=True)
    send_queued(scene.jobs)
    to = [mail.to for mail in scene.mails]
    assert (to.count("dispatcher@x.example"), to.count("manager@x.example")) == (10, 25)
    later = staff_kit.at(scene.jobs, kit.NOW + timedelta(minutes=10))
    send_digests(later)
    send_queued(later)
    assert len(scene.mails) == 36
    assert scene.mails[-1].subject == "15 уведомлений об опасностях"


def test_a_dead_mailbox_raises_an_alarm_for_its_body_and_marks_the_account(scene: Scene) -> None:
    scene.jobs.mailer.troubles.append(MailRefused("550 no such user"))
    scene.tell()
    send_queued(scene.jobs)
    with scene.jobs.transaction() as session:
        alarm = session.scalars(select(Alarm)).one()
        assert (alarm.kind, alarm.body_id) == (STAFF_MAIL_FAILED, scene.body)
        assert session.get_one(Account, scene.dispatcher).mail_failed_at == kit.NOW
    assert states(scene.jobs) == [("assigned", "email", "refused")]


def test_a_dead_telephone_raises_an_alarm(scene: Scene) -> None:
    scene.set(scene.dispatcher, phone="+77010000001")
    scene.jobs.sms.troubles.append(SmsRefused("the provider says 400"))
    scene.tell(critical=True)
    send_queued(scene.jobs)
    assert scene.alarms() == [STAFF_PHONE_FAILED]
    with scene.jobs.transaction() as session:
        assert session.get_one(StaffSetting, scene.dispatcher).phone_failed_at == kit.NOW


def test_a_delay_waits_and_the_tenth_is_given_up_with_an_alarm(scene: Scene) -> None:
    scene.tell()
    for _ in range(9):
        scene.jobs.mailer.troubles.append(MailDelayed("busy"))
        with pytest.raises(MailDelayed):
            send_queued(scene.jobs)
    assert scene.alarms() == []
    scene.jobs.mailer.troubles.append(MailDelayed("busy"))
    send_queued(scene.jobs)
    assert (states(scene.jobs), scene.alarms()) == ([("assigned", "email", "refused")], ["notice_stuck"])


def test_each_browser_is_told_once_though_another_one_sleeps(database: Databases) -> None:
    scene = Scene(database, RING)
    with scene.jobs.transaction() as session:
        for endpoint in ("one", "two", "gone"):
            staff_kit.add_browser(session, scene.dispatcher, endpoint, RING)
        session.add(StaffChoice(account_id=scene.dispatcher, kind="assigned", channel="email", wanted=False))
    scene.jobs.push.troubles |= {"two": PushDelayed("sleeps"), "gone": PushGone()}
    assert scene.tell() == 1
    with pytest.raises(MailDelayed):
        send_queued(scene.jobs)
    send_queued(scene.jobs)
    assert [endpoint for endpoint, _ in scene.jobs.push.sent] == ["one", "two"]
    assert states(scene.jobs) == [("assigned", "push", "sent")]
    with scene.jobs.transaction() as session:
        assert session.scalar(select(func.count(StaffPush.id))) == 2


def test_a_worker_without_the_key_waits_with_an_alarm(database: Databases) -> None:
    scene = Scene(database, RING)
    with scene.jobs.transaction() as session:
        staff_kit.add_browser(session, scene.dispatcher, "one", RING)
    scene.tell()
    with pytest.raises(MailDelayed):
        send_queued(replace(scene.jobs, vault=None))
    assert scene.alarms() == ["vault_closed"]
