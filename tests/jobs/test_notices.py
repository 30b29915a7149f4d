"""Followers are told once of each step that matters, and only by a worker that can open their addresses."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.alarms import settle_alarm
from app.actions.follow import confirm_follow, follow_hazard
from app.actions.purge import purge
from app.db import Databases, transaction
from app.domain.permissions import Role
from app.domain.references import show_reference
from app.gateways.mail import MailDelayed, MailRefused, SmtpMailer
from app.jobs.notices import notify_followers, send_notice
from app.models import Alarm, Follow, Hazard, Notice
from tests.actions.administration_kit import account
from tests.gateways.mail_server import open_post
from tests.jobs import kit
from tests.jobs.notices_kit import CANARY, RING, follow, happens, hazard, queued, states, tell, worker

__all__ = ["hazard"]


def test_steps_that_matter_enqueue_only_where_somebody_follows(session: Session, hazard: Hazard) -> None:
    happens(session, hazard)
    assert "notify_followers" not in queued(session)
    follow(session, hazard)
    for kind, public in (("fix", True), ("start", True), ("fix", False)):
        happens(session, hazard, kind, public=public)
    assert queued(session).count("notify_followers") == 1


def test_a_real_letter_says_what_happened_and_stops_by_one_click(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    token = follow(session, hazard, linked=True)
    event = happens(session, hazard)
    with open_post() as post:
        jobs = worker(database, mailer=SmtpMailer(post.url, "q@qauip.example"))
        tell(session, jobs, hazard, event)
        tell(session, jobs, hazard, event)
    (letter,) = post.letters
    address = f"https://qauip.example/ru/follow/{token}"
    assert letter["List-Unsubscribe"].strip() == f"<{address}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain = letter.get_body(("plain",)).get_content()
    assert "опасность устранена" in plain
    assert "Теперь безопасно?" in plain
    assert "https://qauip.example/ru/receipt" in plain
    assert "https://qauip.example/ru/h/" in plain
    assert address in letter.get_body(("html",)).get_content()
    assert states(session) == ["sent"]


def test_a_neighbour_is_not_asked_for_a_receipt(session: Session, database: Databases, hazard: Hazard) -> None:
    follow(session, hazard)
    post = kit.Outbox()
    tell(session, worker(database, mailer=post), hazard, happens(session, hazard))
    assert "receipt" not in post.sent[0].text


def test_the_letter_of_confirmation_has_the_link(session: Session, database: Databases, hazard: Hazard) -> None:
    token = follow(session, hazard)
    post = kit.Outbox()
    send_notice(worker(database, mailer=post), notice_id=session.scalars(select(Notice.id)).one())
    assert f"/ru/follow/{token}" in post.sent[0].text
    assert post.sent[0].unsubscribe is None


@pytest.mark.parametrize("change", [{"held": True}, {"moderation": "refused"}])
def test_nothing_is_sent_of_what_was_hidden_meanwhile(
    session: Session, database: Databases, hazard: Hazard, change: dict[str, Any]
) -> None:
    follow(session, hazard, linked=True)
    event = happens(session, hazard)
    for name, value in change.items():
        setattr(session.get_one(Hazard, hazard.id), name, value)
    session.commit()
    post = kit.Outbox()
    tell(session, worker(database, mailer=post), hazard, event)
    assert not post.sent
    assert states(session) == ["refused"]


def test_a_worker_without_the_key_leaves_it_queued_until_the_alarm_is_settled(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    follow(session, hazard)
    tell(session, replace(worker(database), vault=None), hazard, happens(session, hazard))
    assert states(session) == ["queued"]
    alarm = session.scalars(select(Alarm)).one()
    assert alarm.kind == "vault_closed"
    before = queued(session).count("send_notice")
    settle_alarm(session, by=account(session, Role.ADMINISTRATOR), alarm_id=alarm.id, now=kit.NOW)
    assert queued(session).count("send_notice") > before


def test_a_refusal_keeps_no_address(session: Session, database: Databases, hazard: Hazard) -> None:
    follow(session, hazard)
    post = kit.Outbox(troubles=[MailRefused(f"550 no such user {CANARY}")])
    tell(session, worker(database, mailer=post), hazard, happens(session, hazard))
    session.expire_all()
    notice = session.scalars(select(Notice).where(Notice.kind == "fix")).one()
    assert (notice.state, notice.error) == ("refused", "refused: 550")


def test_a_delay_names_no_address_and_is_tried_again_under_the_same_key(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    follow(session, hazard)
    event = happens(session, hazard)
    post = kit.Outbox(troubles=[MailDelayed(CANARY)])
    jobs = worker(database, mailer=post)
    with pytest.raises(MailDelayed) as raised:
        tell(session, jobs, hazard, event)
    assert CANARY not in str(raised.value)
    tell(session, jobs, hazard, event)
    assert len(post.sent) == 1
    assert post.sent[0].key.startswith("notice-")


def test_addresses_are_forgotten_ninety_days_after_closing(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    follow(session, hazard)
    row = session.get_one(Hazard, hazard.id)
    row.status, row.closed_at = "fixed", kit.NOW
    session.commit()
    for days, left in ((89, 1), (91, 0)):
        with transaction(database.app) as opened:
            purge(opened, now=kit.NOW + timedelta(days=days))
        with database.desk.connect() as desk:
            assert desk.scalar(text("SELECT count(*) FROM vault.contact")) == left


def test_who_follows_with_and_without_a_receipt_gets_one_letter_of_an_event(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    for number, linked in enumerate((False, True)):
        follow_hazard(
            session,
            hazard_id=hazard.id,
            report_id=kit.add_report(session, hazard, "x").id if linked else None,
            channel="email",
            language="ru",
            address_key=bytes([number]),
            contact=RING.sealer.seal(json.dumps({"email": "mother@x.example"}).encode()),
            now=kit.NOW,
        )
    for token in session.scalars(select(Follow.token)).all():
        confirm_follow(session, token=token, now=kit.NOW)
    session.commit()
    jobs = worker(database)
    for _ in range(2):
        tell(session, jobs, hazard, happens(session, hazard))
    assert len(jobs.mailer.sent) == 2
    assert all("/receipt" in mail.text for mail in jobs.mailer.sent)
    assert sorted(states(session)) == ["discarded", "discarded", "sent", "sent"]


def test_a_notice_delayed_ten_times_is_given_up_with_an_alarm(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    follow(session, hazard)
    jobs = worker(database)
    event = happens(session, hazard)
    notify_followers(jobs, hazard_id=hazard.id, event_id=event)
    number = session.scalar(select(Notice.id).where(Notice.event_id == event))
    for _ in range(9):
        jobs.mailer.troubles.append(MailDelayed("busy"))
        with pytest.raises(MailDelayed):
            send_notice(jobs, notice_id=number)
    jobs.mailer.troubles.append(MailDelayed("busy"))
    send_notice(jobs, notice_id=number)
    assert states(session) == ["refused"]
    assert session.scalars(select(Alarm.kind)).all() == ["notice_stuck"]


@pytest.mark.parametrize(("kind", "words"), [("confirm_rejection", "отклонено"), ("reopen", "снова открыта")])
def test_a_letter_names_the_hazard_that_was_rejected_or_opened_again(
    session: Session, database: Databases, hazard: Hazard, kind: str, words: str
) -> None:
    follow(session, hazard, linked=True)
    post = kit.Outbox()
    tell(session, worker(database, mailer=post), hazard, happens(session, hazard, kind))
    (letter,) = post.sent
    (line,) = [each for each in letter.text.splitlines() if words in each]
    assert show_reference(hazard.reference) in line
