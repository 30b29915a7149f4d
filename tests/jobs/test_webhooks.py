"""A body's own system is told of its own hazards, once for each event, by a signature that it can check."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.actions.history import append_event
from app.actions.notify_acts import tell_of_assignment
from app.actions.purge import purge
from app.actions.webhooks import allow_host, forbid_host, rotate_secret, set_webhook
from app.db import Databases, transaction
from app.domain.errors import BadWebhook, NotPermitted, SameAdministrator
from app.domain.hazard import Status
from app.domain.permissions import SYSTEM, Actor, Role
from app.domain.webhooks import webhook_secret
from app.gateways.mail import MailDelayed
from app.gateways.webhook import HttpWebhooks, OutgoingHook, WebhookDelayed, WebhookRefused, signature
from app.jobs.webhooks import deliver_webhook
from app.models import Alarm, AuditEntry, Hazard, Webhook, WebhookDelivery
from tests.gateways.hook_server import open_door
from tests.jobs import kit, staff_kit

HOST, URL = "hooks.city.kz", "https://hooks.city.kz/in"


@dataclass
class Receiver:
    """Keeps what comes, or raises what it is told to."""

    got: list[OutgoingHook] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)

    def send(self, hook: OutgoingHook) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.got.append(hook)


class Scene:
    """Two bodies, the first with a manager and a webhook that two administrators have allowed."""

    def __init__(self, database: Databases) -> None:
        self.jobs = replace(kit.jobs(database), webhooks=Receiver())
        with transaction(database.app) as session:
            kit.add_types(session)
            kit.add_area(session)
            self.body, self.other = kit.add_body(session), kit.add_body(session, email="other@x.example")
            add = staff_kit.add_account
            self.manager = self.actor(add(session, "manager", [Role.MANAGER], body_id=self.body), Role.MANAGER)
            self.admins = [self.actor(add(session, f"a{n}", [Role.ADMINISTRATOR]), Role.ADMINISTRATOR) for n in (1, 2)]
            self.hook = set_webhook(
                session, by=self.manager, body_id=self.body, url=URL, active=True, test_hosts=frozenset(), now=kit.NOW
            ).id
            for admin in self.admins:
                allow_host(session, by=admin, host=HOST, now=kit.NOW)
            self.hazard = kit.add_hazard(session, body_id=self.body).id

    def actor(self, account_id: int, role: Role) -> Actor:
        return Actor(account_id, frozenset({role}), self.body if role is Role.MANAGER else None)

    def happens(self, kind: str = "accept", *, body_id: int | None = None) -> int:
        with self.jobs.transaction() as session:
            return append_event(
                session, hazard_id=self.hazard, kind=kind, at=kit.NOW, by=SYSTEM, status=Status.ASSIGNED,
                body_id=body_id or self.body,
            )  # fmt: skip

    def deliver(self) -> None:
        with self.jobs.transaction() as session:
            waiting = session.scalars(select(WebhookDelivery.id).where(WebhookDelivery.state == "queued")).all()
        for delivery_id in waiting:
            deliver_webhook(self.jobs, delivery_id=delivery_id)

    def states(self) -> list[str]:
        with self.jobs.transaction() as session:
            return list(session.scalars(select(WebhookDelivery.state).order_by(WebhookDelivery.id)))


@pytest.fixture
def scene(database: Databases) -> Scene:
    return Scene(database)


def test_an_event_is_delivered_once_and_signed(scene: Scene) -> None:
    event_id = scene.happens()
    scene.deliver()
    scene.deliver()
    [hook] = scene.jobs.webhooks.got
    assert hook.key == f"webhook-{scene.hook}-{event_id}"
    assert hook.secrets == (webhook_secret(kit.SECRET, scene.hook, 1).encode(),)
    said = json.loads(hook.body)
    assert said["event"]["kind"] == "accept"
    assert said["hazard"]["longitude"] == pytest.approx(76.9286)
    assert signature(hook.secrets[0], hook.at, hook.body)
    assert scene.states() == ["sent"]


def test_new_work_is_told_from_the_job_of_the_letter_once(scene: Scene) -> None:
    event_id = scene.happens("assigned")
    assert scene.states() == []
    for _ in range(2):
        with scene.jobs.transaction() as session:
            tell_of_assignment(session, hazard_id=scene.hazard, event_id=event_id, critical=False, now=kit.NOW)
    assert scene.states() == ["queued"]


def test_no_other_body_is_told_and_nothing_after_the_hazard_has_gone(scene: Scene) -> None:
    scene.happens(body_id=scene.other)
    assert scene.states() == []
    scene.happens()
    with scene.jobs.transaction() as session:
        session.execute(update(Hazard).values(body_id=scene.other))
    scene.deliver()
    assert (scene.states(), scene.jobs.webhooks.got) == (["dropped"], [])


def test_the_body_that_loses_a_hazard_is_told_so_and_nothing_else(scene: Scene) -> None:
    scene.happens("accept")
    with scene.jobs.transaction() as session:
        session.execute(update(Hazard).values(body_id=scene.other))
        append_event(
            session, hazard_id=scene.hazard, kind="forward", at=kit.NOW, by=SYSTEM, status=Status.ASSIGNED,
            body_id=scene.other, note="Other words", from_body=scene.body, named_body=scene.other,
        )  # fmt: skip
    scene.happens("accept", body_id=scene.other)
    scene.deliver()
    assert scene.states() == ["dropped", "sent"]
    said = json.loads(scene.jobs.webhooks.got[0].body)
    assert said["event"]["kind"] == "left"
    assert set(said["hazard"]) == {"reference"}
    assert set(said["event"]) == {"id", "kind", "at"}


def test_what_has_come_back_meanwhile_was_never_lost(scene: Scene) -> None:
    with scene.jobs.transaction() as session:
        for gone, come in ((scene.body, scene.other), (scene.other, scene.body)):
            append_event(
                session, hazard_id=scene.hazard, kind="arbitrate", at=kit.NOW, by=SYSTEM, status=Status.ASSIGNED,
                body_id=come, from_body=gone, named_body=come,
            )  # fmt: skip
    scene.deliver()
    assert scene.states() == ["dropped", "sent"]
    assert json.loads(scene.jobs.webhooks.got[0].body)["event"]["kind"] == "arbitrate"


@pytest.mark.parametrize("kind", ["merged_in", "merge_undone"])
def test_what_was_closed_as_the_same_and_is_not_any_more_is_told(scene: Scene, kind: str) -> None:
    scene.happens("mark_duplicate")
    scene.happens(kind)
    scene.deliver()
    assert [json.loads(each.body)["event"]["kind"] for each in scene.jobs.webhooks.got] == ["mark_duplicate", kind]


def test_notes_among_colleagues_are_not_told(scene: Scene) -> None:
    scene.happens("note")
    assert scene.states() == []


def test_a_host_needs_two_administrators_and_one_to_stop_it(scene: Scene) -> None:
    with scene.jobs.transaction() as session:
        forbid_host(session, by=scene.admins[0], host=HOST, now=kit.NOW)
        allow_host(session, by=scene.admins[0], host=HOST, now=kit.NOW)
        with pytest.raises(SameAdministrator):
            allow_host(session, by=scene.admins[0], host=HOST, now=kit.NOW)
        with pytest.raises(NotPermitted):
            allow_host(session, by=scene.manager, host=HOST, now=kit.NOW)
    scene.happens()
    assert scene.states() == []


def test_a_host_stopped_meanwhile_is_called_no_more(scene: Scene) -> None:
    scene.happens()
    with scene.jobs.transaction() as session:
        forbid_host(session, by=scene.admins[1], host=HOST, now=kit.NOW)
    scene.deliver()
    assert (scene.states(), scene.jobs.webhooks.got) == (["refused"], [])


def test_a_manager_sets_the_own_webhook_only_and_no_address_inside(scene: Scene) -> None:
    with scene.jobs.transaction() as session:
        given = {"active": True, "test_hosts": frozenset(), "now": kit.NOW, "by": scene.manager}
        with pytest.raises(NotPermitted):
            set_webhook(session, body_id=scene.other, url=URL, **given)
        with pytest.raises(BadWebhook):
            set_webhook(session, body_id=scene.body, url="https://169.254.169.254/", **given)
        with pytest.raises(NotPermitted):
            rotate_secret(session, by=scene.manager, body_id=scene.other, now=kit.NOW)


def test_after_a_change_of_the_secret_both_sign_and_the_audit_holds_none(scene: Scene) -> None:
    with scene.jobs.transaction() as session:
        rotate_secret(session, by=scene.manager, body_id=scene.body, now=kit.NOW)
    scene.happens()
    scene.deliver()
    assert len(scene.jobs.webhooks.got[0].secrets) == 2
    scene.happens()
    scene.jobs = replace(scene.jobs, now=lambda: kit.NOW + timedelta(days=2))
    scene.deliver()
    assert len(scene.jobs.webhooks.got[1].secrets) == 1
    with scene.jobs.transaction() as session:
        assert "whsec" not in str([each.after for each in session.scalars(select(AuditEntry))])


def test_ten_delays_are_given_up_with_an_alarm_of_the_body_and_success_clears_the_mark(scene: Scene) -> None:
    scene.happens()
    for _ in range(9):
        scene.jobs.webhooks.troubles.append(WebhookDelayed("busy"))
        with pytest.raises(MailDelayed):
            scene.deliver()
    scene.jobs.webhooks.troubles.append(WebhookDelayed("busy"))
    scene.deliver()
    scene.happens()
    scene.jobs.webhooks.troubles.append(WebhookRefused("the receiver says 410"))
    scene.deliver()
    with scene.jobs.transaction() as session:
        alarm = session.scalars(select(Alarm)).one()
        assert (alarm.kind, alarm.body_id) == ("webhook_failed", scene.body)
        assert session.get_one(Webhook, scene.hook).failed_at == kit.NOW
    scene.happens()
    scene.deliver()
    with scene.jobs.transaction() as session:
        assert session.get_one(Webhook, scene.hook).failed_at is None
    assert scene.states() == ["refused", "refused", "sent"]


def test_a_real_server_gets_it_through_the_job_and_can_check_it(scene: Scene) -> None:
    with open_door() as door:
        with scene.jobs.transaction() as session:
            host = set_webhook(
                session, by=scene.manager, body_id=scene.body, url=f"{door.root}/in", active=True,
                test_hosts=frozenset({door.root}), now=kit.NOW,
            ).host  # fmt: skip
            for admin in scene.admins:
                allow_host(session, by=admin, host=host, now=kit.NOW)
        scene.jobs = replace(scene.jobs, webhooks=HttpWebhooks([door.root]))
        scene.happens()
        door.answers = [503]
        with pytest.raises(MailDelayed):
            scene.deliver()
        scene.deliver()
    (_, first, _), (_, second, body) = door.seen
    assert first["qauip-key"] == second["qauip-key"]
    right = signature(webhook_secret(kit.SECRET, scene.hook, 1).encode(), int(second["qauip-timestamp"]), body)
    assert second["qauip-signature"] == f"v1={right}"
    assert scene.states() == ["sent"]


def test_what_is_settled_is_forgotten_after_its_time(scene: Scene) -> None:
    scene.happens()
    scene.deliver()
    for days, left in ((89, 1), (91, 0)):
        with scene.jobs.transaction() as session:
            purge(session, now=kit.NOW + timedelta(days=days))
        assert len(scene.states()) == left
