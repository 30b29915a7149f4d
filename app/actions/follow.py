"""Follow a hazard, confirm, stop; and put the notices of an event into the outbox.

Decision: the row here holds what sending needs and no address; that lies sealed in the vault, and goes with the row.
Following by mail is confirmed by a link in a letter (nobody can sign up somebody else), a push subscription by being
made. The answer is the same for an address that follows already. Turned down: accounts.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.actions.alarms import raise_alarm
from app.actions.mail_again import VAULT_CLOSED
from app.actions.send_again import NOTICE_STUCK
from app.domain.errors import UnknownFollow
from app.domain.follow import ASKED, CONFIRM, FORGOTTEN_AFTER, UNCONFIRMED_AFTER
from app.domain.held import Sealed
from app.models import Contact, Follow, Hazard, Notice, Report
from app.outbox import JobName, enqueue

ERROR_MAX = 500


def follow_hazard(
    session: Session,
    *,
    hazard_id: int,
    report_id: int | None,
    channel: str,
    language: str,
    address_key: bytes,
    contact: Sealed,
    now: datetime,
) -> None:
    """One more follower; who follows already does so once, and is asked again while nothing was confirmed."""
    statement = upsert(Follow).values(
        hazard_id=hazard_id,
        report_id=report_id,
        channel=channel,
        language=language,
        token=secrets.token_urlsafe(24),
        address_key=address_key,
        created_at=now,
        confirmed_at=now if channel == "push" else None,
    )
    unique = [Follow.hazard_id, Follow.address_key]
    made = session.scalar(statement.on_conflict_do_nothing(index_elements=unique).returning(Follow.id))
    if made is not None:
        session.execute(
            insert(Contact).values(follow_id=made, key_id=contact.key_id, sealed=contact.data, delete_after=None)
        )
    elif (made := _unconfirmed(session, hazard_id, address_key)) is None:
        return
    if channel == "email":
        _enqueue(
            session, follow_id=made, event_id=None, kind=CONFIRM, key=f"{made}-{CONFIRM}-{now:%Y%m%d%H%M}", now=now
        )


def confirm_follow(session: Session, *, token: str, now: datetime) -> None:
    """The address is theirs. Twice is once. Raises UnknownFollow."""
    follow = _by_token(session, token)
    follow.confirmed_at = follow.confirmed_at or now


def stop_follow(session: Session, *, token: str) -> None:
    """Forget the follower and the address at once. Raises UnknownFollow."""
    session.delete(_by_token(session, token))
    session.flush()


def withdraw_contact(session: Session, *, report_id: int) -> int:
    """Forget all addresses that hang on a report; how many."""
    return len(session.scalars(delete(Follow).where(Follow.report_id == report_id).returning(Follow.id)).all())


def forget_followers(session: Session, *, now: datetime) -> None:
    """Of hazards long closed, and those who never confirmed."""
    closed = select(Hazard.id).where(Hazard.closed_at < now - FORGOTTEN_AFTER)
    never = Follow.confirmed_at.is_(None) & (Follow.created_at < now - UNCONFIRMED_AFTER)
    session.execute(delete(Follow).where(or_(Follow.hazard_id.in_(closed), never)))


def notify_event(session: Session, *, hazard_id: int, event_id: int, kind: str, now: datetime) -> None:
    """One notice for each confirmed follower, once for each event."""
    asked = select(Follow.id).where(Follow.hazard_id == hazard_id, Follow.confirmed_at.is_not(None))
    linked_first = asked.order_by(Follow.report_id.is_(None), Follow.id)  # theirs asks whether it is safe now
    for follow_id in session.scalars(linked_first).all():
        _enqueue(session, follow_id=follow_id, event_id=event_id, kind=kind, key=f"{follow_id}-{event_id}", now=now)


def ask_followers(session: Session, *, event_id: int, reports: Sequence[int], now: datetime) -> None:
    """A notice that a question waits, for those who follow by the receipt of one of these reports."""
    asked = select(Follow.id).where(Follow.report_id.in_(reports), Follow.confirmed_at.is_not(None))
    for follow_id in session.scalars(asked).all():
        _enqueue(session, follow_id=follow_id, event_id=event_id, kind=ASKED, key=f"{follow_id}-{event_id}", now=now)


def begin_notice(session: Session, notice_id: int) -> int | None:
    """Count one more try; None when it was settled."""
    notice = session.scalar(select(Notice).where(Notice.id == notice_id).with_for_update())
    if notice is None or notice.state != "queued":
        return None
    notice.attempts += 1
    return notice.attempts


def claim_reader(session: Session, *, notice_id: int, reader_key: bytes) -> bool:
    """Whether this notice is the one by which the reader learns of its event; another one is settled without a letter.

    The same again is the same: a worker that was killed goes on.
    """
    notice = session.scalar(select(Notice).where(Notice.id == notice_id).with_for_update())
    if notice is None or notice.event_id is None or notice.reader_key == reader_key:
        return notice is not None
    try:
        with session.begin_nested():
            notice.reader_key = reader_key
            session.flush()
    except IntegrityError:
        notice.state, notice.error = "discarded", "the same address was told already"
        return False
    return True


def notice_settled(session: Session, *, notice_id: int, now: datetime, refused: str | None = None) -> None:
    """The provider has taken it, or never will (`refused` says why, without an address)."""
    notice = session.scalar(select(Notice).where(Notice.id == notice_id).with_for_update())
    if notice is not None and notice.state == "queued":
        notice.state = "sent" if refused is None else "refused"
        notice.sent_at = now if refused is None else None
        notice.error = (refused or "")[:ERROR_MAX]


def notice_given_up(session: Session, *, notice_id: int, error: str, now: datetime) -> None:
    """Nobody has taken it for hours: it stays among the dead letters, and an administrator is told."""
    notice_settled(session, notice_id=notice_id, now=now, refused=error)
    raise_alarm(session, key=NOTICE_STUCK, kind=NOTICE_STUCK, now=now)


def end_follow(session: Session, *, follow_id: int) -> None:
    """The address is gone: the browser has withdrawn it, or no such mailbox exists."""
    session.execute(delete(Follow).where(Follow.id == follow_id))


def follow_bounced(session: Session, *, key: str, gone: bool) -> bool:
    """A later server gave a letter to a follower back; whether there is such a one.

    Decision: the first such return ends it, as it marks the mailbox of a member of staff, and what else the same dead
    address follows (by a receipt: when that letter comes back). Nobody can be asked about a citizen's address, and none
    is kept without need. Where the server only refuses our mail (not `gone`) the letter lies among the dead ones.
    """
    row = session.execute(
        select(Notice.id, Follow.address_key)
        .join(Follow, Follow.id == Notice.follow_id)
        .where(Notice.key == key, Follow.channel == "email")
    ).first()
    if row is not None and gone:
        session.execute(delete(Follow).where(Follow.address_key == row.address_key, Follow.channel == "email"))
    elif row is not None:
        refused = update(Notice).where(Notice.id == row.id, Notice.state.in_(("queued", "sent")))
        session.execute(refused.values(state="refused", sent_at=None, error="the mail server of the reader refuses us"))
    return row is not None


def vault_closed(session: Session, *, now: datetime) -> None:
    """This worker cannot open addresses: notices wait, and somebody must know."""
    raise_alarm(session, key=VAULT_CLOSED, kind=VAULT_CLOSED, now=now)


def report_of(session: Session, receipt_hash: bytes) -> tuple[int, int] | None:
    """(report, hazard) of a receipt that was not withdrawn."""
    asked = select(Report.id, Report.hazard_id).where(
        Report.receipt_hash == receipt_hash, Report.withdrawn_at.is_(None)
    )
    row = session.execute(asked).first()
    return (row.id, row.hazard_id) if row else None


def _by_token(session: Session, token: str) -> Follow:
    follow = session.scalar(select(Follow).where(Follow.token == token).with_for_update())
    if follow is None:
        raise UnknownFollow()
    return follow


def _unconfirmed(session: Session, hazard_id: int, address_key: bytes) -> int | None:
    return session.scalar(
        select(Follow.id).where(
            Follow.hazard_id == hazard_id, Follow.address_key == address_key, Follow.confirmed_at.is_(None)
        )
    )


def _enqueue(session: Session, *, follow_id: int, event_id: int | None, kind: str, key: str, now: datetime) -> None:
    statement = upsert(Notice).values(follow_id=follow_id, event_id=event_id, kind=kind, key=key, created_at=now)
    notice_id = session.scalar(statement.on_conflict_do_nothing(index_elements=[Notice.key]).returning(Notice.id))
    if notice_id is not None:
        enqueue(session, JobName.SEND_NOTICE, notice_id=notice_id)
