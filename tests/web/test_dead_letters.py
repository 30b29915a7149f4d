"""What nobody took stands on one page with its reason, goes out once more under its key, or away with a reason."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.actions.webhooks import set_webhook
from app.domain.permissions import Actor, Role
from app.models import (
    Account,
    Alarm,
    AuditEntry,
    Follow,
    Hazard,
    Message,
    Notice,
    StaffNotice,
    Webhook,
    WebhookDelivery,
    WebhookHost,
)
from tests.jobs import kit
from tests.web.pages import make_account, sign_in, token

PAGE = "/admin/dead-letters"
SOURCES = ["message", "staff", "notice", "webhook", "job"]


@pytest.fixture
def dead(session: Session) -> dict[str, int]:
    """One of each source."""
    kit.add_types(session)
    body = kit.add_body(session)
    hazard = kit.add_hazard(session, body_id=body)
    event = kit.assigned(session, hazard)
    person = make_account(session, Role.MANAGER, email="manager@example.kz", body_id=body)
    about = {"created_at": kit.NOW, "attempts": 10}
    message = Message(
        key=f"{hazard.id}-{event}-assigned", hazard_id=hazard.id, body_id=body, kind="assigned", recipient="a@b.kz",
        state="refused", error="550 no such user", **about,
    )  # fmt: skip
    staff = StaffNotice(
        key="k", account_id=person.id, hazard_id=hazard.id, event_id=event, kind="assigned", channel="email",
        state="bounced", error="5.1.1", **about,
    )  # fmt: skip
    follow = Follow(
        hazard_id=hazard.id, channel="email", language="kk", token="t", address_key=b"1", created_at=kit.NOW,
        confirmed_at=kit.NOW,
    )  # fmt: skip
    manager = Actor(person.id, frozenset({Role.MANAGER}), body)
    hook = set_webhook(
        session, by=manager, body_id=body, url="https://hooks.city.kz/", active=True, test_hosts=frozenset(),
        now=kit.NOW,
    )  # fmt: skip
    session.add_all([message, staff, follow])
    session.flush()
    notice = Notice(
        key="n", follow_id=follow.id, event_id=event, kind="accept", state="refused", error="gave up after 10 tries",
        **about,
    )  # fmt: skip
    delivery = WebhookDelivery(
        key="w", webhook_id=hook.id, hazard_id=hazard.id, event_id=event, state="refused",
        error="the receiver says 410", **about,
    )  # fmt: skip
    session.add_all([notice, delivery])
    session.flush()
    job = session.scalar(
        text(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
            " VALUES ('default', 'rescore', '{}', 'failed') RETURNING id"
        )
    )
    session.commit()
    return dict(zip(SOURCES, (message.id, staff.id, notice.id, delivery.id, job), strict=True))


@pytest.fixture
def admin(session: Session, client: FlaskClient) -> FlaskClient:
    make_account(session, Role.ADMINISTRATOR)
    sign_in(client)
    return client


def queued(session: Session, name: str) -> int:
    return session.scalar(
        text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name AND status = 'todo'"), {"name": name}
    )


def test_the_page_says_why_in_words(admin: FlaskClient, dead: dict[str, int]) -> None:
    page = admin.get(f"/ru{PAGE}").get_data(as_text=True)
    for words in ("Другая сторона отказалась", "Вернулось", "За восемь часов никто не принял", "Ошибка программы"):
        assert words in page


JOBS = dict(
    zip(SOURCES, ["notify_body", "send_staff_notice", "send_notice", "deliver_webhook", "rescore"], strict=True)
)


@pytest.mark.parametrize("source", SOURCES)
def test_one_is_sent_again_once(admin: FlaskClient, session: Session, dead: dict[str, int], source: str) -> None:
    form = {"csrf_token": token(admin, PAGE)}
    before = queued(session, JOBS[source])
    for _ in range(2):
        assert admin.post(f"{PAGE}/{source}/{dead[source]}/retry", data=form).status_code == 303
    session.expire_all()
    assert queued(session, JOBS[source]) == before + 1
    assert session.scalar(select(func.count()).where(AuditEntry.noun == "dead_letter")) == 1


@pytest.mark.parametrize("source", SOURCES)
def test_all_of_a_source_go_again(admin: FlaskClient, session: Session, dead: dict[str, int], source: str) -> None:
    before = queued(session, JOBS[source])
    admin.post(f"{PAGE}/{source}/retry", data={"csrf_token": token(admin, PAGE)})
    assert queued(session, JOBS[source]) == before + 1


@pytest.mark.parametrize("source", SOURCES)
def test_one_is_thrown_away_with_a_reason_that_is_kept(
    admin: FlaskClient, session: Session, dead: dict[str, int], source: str
) -> None:
    given = {"csrf_token": token(admin, PAGE)}
    where = f"{PAGE}/{source}/{dead[source]}"
    admin.post(f"{where}/discard", data=given | {"reason": " "})
    assert session.scalar(select(func.count()).where(AuditEntry.noun == "dead_letter")) == 0
    admin.post(f"{where}/discard", data=given | {"reason": "Left the city"})
    entry = session.scalars(select(AuditEntry).where(AuditEntry.noun == "dead_letter")).one()
    assert entry.after == {"state": "discarded", "reason": "Left the city"}
    before = queued(session, JOBS[source])
    admin.post(f"{where}/retry", data=given)
    assert queued(session, JOBS[source]) == before
    assert admin.get("/ru/admin/history").status_code == 200


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUDITOR, Role.OPERATOR])
def test_nobody_else_opens_it(client: FlaskClient, session: Session, dead: dict[str, int], role: Role) -> None:
    make_account(session, role)
    sign_in(client)
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}/staff/retry", data={"csrf_token": token(client, "/account")}).status_code == 403


def alarm(session: Session, body: int | None, kind: str = "mail_failed", **more: object) -> None:
    session.add(Alarm(key=f"{kind}:{body}", kind=kind, body_id=body, raised_at=kit.NOW, **more))
    session.commit()


def test_a_manager_sees_alarms_of_the_own_body_and_no_number_that_has_gone(
    client: FlaskClient, session: Session, dead: dict[str, int]
) -> None:
    body = session.scalar(select(Account.body_id).where(Account.email == "manager@example.kz"))
    other = kit.add_body(session, email="x@y.kz")
    hazard = session.scalars(select(Hazard)).one()
    alarm(session, body, "staff_mail_failed", hazard_id=hazard.id, data={"account": 1})
    alarm(session, other, "no_address")
    sign_in(client, "manager@example.kz")
    assert 'Тревоги <span class="count">1</span>' in client.get("/ru/staff/body").get_data(as_text=True)
    page = client.get("/ru/staff/alarms").get_data(as_text=True)
    assert "Письма не доходят до сотрудника" in page
    assert "нет адреса" not in page
    hazard.body_id = other
    session.commit()
    from app.domain.references import show_reference  # noqa: PLC0415

    assert show_reference(hazard.reference) not in client.get("/ru/staff/alarms").get_data(as_text=True)


def test_a_coordinator_sees_all_alarms(client: FlaskClient, session: Session, dead: dict[str, int]) -> None:
    alarm(session, None, "vault_closed")
    make_account(session, Role.COORDINATOR)
    sign_in(client)
    assert "Alarms" in client.get("/en/staff/alarms").get_data(as_text=True)
    assert "vault" in client.get("/en/staff/alarms").get_data(as_text=True)


def test_settling_an_alarm_about_a_mailbox_sends_its_letters_again(
    admin: FlaskClient, session: Session, dead: dict[str, int]
) -> None:
    person = session.scalars(select(Account).where(Account.email == "manager@example.kz")).one()
    person.mail_failed_at = kit.NOW
    alarm(session, person.body_id, "staff_mail_failed", data={"account": person.id})
    number = session.scalar(select(Alarm.id))
    admin.post(f"/admin/alarms/{number}/settle", data={"csrf_token": token(admin, "/admin/")})
    session.expire_all()
    assert session.get_one(Account, person.id).mail_failed_at is None
    assert session.get_one(StaffNotice, dead["staff"]).state == "queued"


def test_a_webhook_is_set_shown_once_and_allowed_by_two(app: Flask, session: Session, dead: dict[str, int]) -> None:
    manager = app.test_client()
    sign_in(manager, "manager@example.kz")
    session.query(WebhookDelivery).delete()
    session.query(Webhook).delete()
    session.commit()
    page = "/staff/body/webhook"
    given = {"csrf_token": token(manager, page), "active": "y"}
    assert manager.post(page, data=given | {"url": "https://169.254.169.254/"}).status_code == 422
    first = manager.post(page, data=given | {"url": "https://hooks.city.kz/in"})
    assert "whsec_" in first.get_data(as_text=True)
    assert "whsec_" not in manager.get(page).get_data(as_text=True)
    changed = manager.post(f"{page}/secret", data=given).get_data(as_text=True)
    assert changed.split("whsec_")[1][:64] != first.get_data(as_text=True).split("whsec_")[1][:64]
    hosts = "/admin/webhook-hosts"
    for number in (1, 2):
        make_account(session, Role.ADMINISTRATOR, email=f"a{number}@example.kz")
        admin = app.test_client()
        sign_in(admin, f"a{number}@example.kz")
        admin.post(f"{hosts}/allow", data={"csrf_token": token(admin, hosts), "host": "hooks.city.kz"})
        session.expire_all()
        assert (session.get_one(WebhookHost, "hooks.city.kz").second_by is not None) == (number == 2)


def test_a_dispatcher_sets_no_webhook(client: FlaskClient, session: Session, dead: dict[str, int]) -> None:
    body = session.scalar(select(Account.body_id).where(Account.email == "manager@example.kz"))
    make_account(session, Role.DISPATCHER, body_id=body)
    sign_in(client)
    assert client.get("/staff/body/webhook").status_code == 403
    assert client.get("/staff/alarms").status_code == 403
