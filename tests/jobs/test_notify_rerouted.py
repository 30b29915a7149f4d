"""Of many hazards that a run passes to a body its people hear once for each channel, and its system of each."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.reroute import ONE_BY_ONE, move_batch, start_reroute
from app.actions.webhooks import allow_host, set_webhook
from app.db import Databases
from app.domain.permissions import SYSTEM, Actor, Role
from app.jobs import Jobs
from app.jobs.notify_rerouted import notify_rerouted
from app.models import Hazard, StaffChoice, StaffNotice, StaffSetting, WebhookDelivery
from tests.actions.town import POLICY, Town
from tests.jobs import kit, staff_kit

MANY = ONE_BY_ONE + 2
HOST = "hooks.city.kz"


@pytest.fixture
def town(session: Session) -> Town:
    """Two of the desk and a crew member of the body that gets them, and a dispatcher of the one that loses them."""
    town = Town(session)
    add = staff_kit.add_account
    reader = add(session, "reader", [Role.DISPATCHER], body_id=town.body["roads"])
    silent = add(session, "silent", [Role.MANAGER], body_id=town.body["roads"], language="kk")
    add(session, "crew", [Role.CREW], body_id=town.body["roads"])
    add(session, "stranger", [Role.DISPATCHER], body_id=town.body["telecom"])
    session.add(StaffChoice(account_id=silent, kind="passed_many", channel="email", wanted=False))
    session.add(StaffChoice(account_id=reader, kind="passed_many", channel="sms", wanted=True))
    session.add(StaffSetting(account_id=reader, phone="+77010000001"))
    admins = [Actor(add(session, f"a{n}", [Role.ADMINISTRATOR]), frozenset({Role.ADMINISTRATOR})) for n in (1, 2)]
    for code in ("roads", "telecom"):
        set_webhook(
            session, by=SYSTEM, body_id=town.body[code], url=f"https://{HOST}/{code}", active=True,
            test_hosts=frozenset(), now=kit.NOW,
        )  # fmt: skip
    for admin in admins:
        allow_host(session, by=admin, host=HOST, now=kit.NOW)
    return town


def moved(town: Town, database: Databases) -> tuple[Jobs, dict[str, int]]:
    """What the run leaves for the job."""
    for _ in range(MANY):
        town.hazard(body="telecom")
    run = start_reroute(town.session, by=SYSTEM, run_id=town.preview().id)
    while move_batch(town.session, run_id=run.id, policy=POLICY, now=kit.NOW):
        pass
    town.session.commit()
    args = town.session.scalar(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'notify_rerouted'"))
    return staff_kit.with_doors(kit.jobs(database), database), args


def test_each_of_the_desk_hears_once_for_each_channel_they_chose(town: Town, database: Databases) -> None:
    jobs, args = moved(town, database)
    for _ in range(2):
        notify_rerouted(jobs, **args)
    assert staff_kit.states(jobs) == [("passed_many", "email", "queued"), ("passed_many", "sms", "queued")]
    staff_kit.send_queued(jobs)
    letter = jobs.mailer.sent[-1]
    assert letter.to == "reader@x.example"
    assert letter.subject == f"Вашей организации переданы {MANY} опасности"
    assert letter.text.count("/staff/\n") == 1
    assert "/staff/h/" not in letter.text
    assert [str(MANY) in sms.text for sms in jobs.sms.sent] == [True]


def test_nobody_is_told_of_what_has_gone_again(town: Town, database: Databases) -> None:
    jobs, args = moved(town, database)
    notify_rerouted(jobs, **args)
    with jobs.transaction() as session:
        for hazard in session.scalars(select(Hazard)):
            hazard.body_id = town.body["water"]
    staff_kit.send_queued(jobs)
    with jobs.transaction() as session:
        assert set(session.scalars(select(StaffNotice.state))) == {"dropped"}


def test_the_systems_of_both_bodies_hear_of_each(town: Town, database: Databases) -> None:
    moved(town, database)
    assert len(town.session.scalars(select(WebhookDelivery)).all()) == 2 * MANY
