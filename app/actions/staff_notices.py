"""What becomes of a notice to a member of staff: held for a digest, tried, sent, refused, come back.

At least once to the provider, each key once: the row says "queued" before the provider is asked and what became of it
after; a worker killed in between sends again under the same key. What is given up raises an alarm and stays on the page
of dead letters.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actions.alarms import raise_alarm
from app.actions.send_again import NOTICE_STUCK, STAFF_MAIL_FAILED, STAFF_PHONE_FAILED
from app.domain.staff_notices import DIGEST, Quiet, held_until
from app.models import Account, StaffNotice, StaffPush, StaffSetting
from app.outbox import JobName, enqueue

ERROR_MAX = 500
MANY = 200
BURST, BURST_WITHIN = 10, timedelta(minutes=10)
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Trouble:
    """Why a notice cannot go out. `blame`: the address or the number is dead, not the message or our side."""

    error: str
    blame: bool = False


def begin_staff_notice(session: Session, notice_id: int, *, zone: ZoneInfo, now: datetime) -> int | None:
    """Count one more try; None when it is settled, or held now for a digest."""
    notice = _locked(session, notice_id)
    if notice is None or notice.state != "queued":
        return None
    due = None
    if not notice.critical and notice.kind != DIGEST:
        due = _due(session, notice.account_id, zone, now) or _after_burst(session, notice, now)
    if due is not None:
        notice.state, notice.due_at = "held", due
        return None
    notice.attempts += 1
    session.flush()
    return notice.attempts


def staff_notice_sent(session: Session, *, notice_id: int, now: datetime) -> None:
    """The provider has taken it, and all that it gathers."""
    _settle(session, notice_id, "sent", now=now)


def staff_notice_dropped(session: Session, *, notice_id: int, now: datetime) -> None:
    """Nothing is to be said any longer."""
    _settle(session, notice_id, "dropped", now=now)


def staff_notice_delayed(session: Session, *, notice_id: int, error: str) -> None:
    """The provider could not take it now; it stays queued."""
    notice = _locked(session, notice_id)
    if notice is not None:
        notice.error = error[:ERROR_MAX]


def staff_notice_reached(session: Session, *, notice_id: int, browser_id: int) -> None:
    """One browser has it: another try leaves that one out."""
    notice = _locked(session, notice_id)
    if notice is not None and browser_id not in notice.reached:
        notice.reached = [*notice.reached, browser_id]


def staff_notice_refused(session: Session, *, notice_id: int, trouble: Trouble, now: datetime) -> None:
    """Nobody will ever take it: an alarm about the address, or about the message."""
    notice = _locked(session, notice_id)
    if notice is not None and notice.state == "queued":
        notice.state, notice.error = "refused", trouble.error[:ERROR_MAX]
        _alarm(session, notice, trouble, now)


def staff_notice_bounced(session: Session, *, notice_id: int, error: str, now: datetime) -> bool:
    """A later server gave it back; whether there is such a notice. Twice changes nothing."""
    notice = _locked(session, notice_id)
    if notice is None or notice.channel != "email":
        return False
    if notice.state in {"queued", "sent"}:
        notice.sent_at = notice.sent_at or now
        notice.state, notice.error = "bounced", error[:ERROR_MAX]
        _alarm(session, notice, Trouble(error, blame=True), now)
    return True


def bundle_due(session: Session, *, now: datetime, limit: int = MANY) -> int:
    """Gather what has waited long enough into one digest for each person and channel; how many digests."""
    due = select(StaffNotice).where(StaffNotice.state == "held", StaffNotice.due_at <= now)
    rows = session.scalars(due.order_by(StaffNotice.id).limit(limit).with_for_update(skip_locked=True)).all()
    groups: dict[tuple[int, str], list[StaffNotice]] = {}
    for row in rows:
        groups.setdefault((row.account_id, row.channel), []).append(row)
    for (account_id, channel), gathered in groups.items():
        _bundle(session, account_id, channel, gathered, now)
    return len(groups)


def forget_staff_notices(session: Session, *, now: datetime) -> None:
    """What is settled, after its time; what nobody took stays until an administrator has decided."""
    settled = StaffNotice.state.in_(("sent", "dropped", "discarded")) & (StaffNotice.created_at < now - KEPT)
    session.execute(delete(StaffNotice).where(settled))


def forget_browser(session: Session, *, browser_id: int) -> None:
    """Its owner has withdrawn the subscription."""
    session.execute(delete(StaffPush).where(StaffPush.id == browser_id))


def _bundle(session: Session, account_id: int, channel: str, rows: list[StaffNotice], now: datetime) -> None:
    """The key names the first notice in it, which is gathered once."""
    key = f"{DIGEST}:{rows[0].id}:{account_id}:{channel}"
    values = {"key": key, "account_id": account_id, "kind": DIGEST, "channel": channel, "created_at": now}
    digest_id = session.scalar(insert(StaffNotice).values(**values).returning(StaffNotice.id))
    for row in rows:
        row.state, row.due_at, row.digest_id = "bundled", None, digest_id
    session.flush()
    enqueue(session, JobName.SEND_STAFF_NOTICE, notice_id=int(digest_id or 0))


def _due(session: Session, account_id: int, zone: ZoneInfo, now: datetime) -> datetime | None:
    setting = session.get(StaffSetting, account_id)
    if setting is None:
        return None
    quiet = None
    if setting.quiet_from is not None and setting.quiet_until is not None:
        quiet = Quiet(setting.quiet_from, setting.quiet_until)
    return held_until(now, quiet=quiet, digest_hour=setting.digest_hour, zone=zone)


def _after_burst(session: Session, notice: StaffNotice, now: datetime) -> datetime | None:
    """Who was told of ten things within ten minutes gets the rest as one message: an act on two hundred hazards must
    not be two hundred letters.
    """
    mine = (StaffNotice.account_id == notice.account_id) & (StaffNotice.channel == notice.channel)
    soon = StaffNotice.due_at.between(now, now + BURST_WITHIN)
    waiting = session.scalar(select(func.max(StaffNotice.due_at)).where(mine, StaffNotice.state == "held", soon))
    if waiting is not None:
        return waiting
    lately = mine & (StaffNotice.state == "sent") & (StaffNotice.sent_at > now - BURST_WITHIN)
    many = session.scalar(select(func.count()).where(lately, StaffNotice.digest_id.is_(None))) or 0
    return now + BURST_WITHIN if many >= BURST else None


def _settle(session: Session, notice_id: int, state: str, *, now: datetime) -> None:
    notice = _locked(session, notice_id)
    if notice is None or notice.state != "queued":
        return
    sent_at = now if state == "sent" else None
    notice.state, notice.error, notice.sent_at = state, "", sent_at
    if notice.kind == DIGEST:
        gathered = update(StaffNotice).where(StaffNotice.digest_id == notice.id, StaffNotice.state == "bundled")
        session.execute(gathered.values(state=state, sent_at=sent_at))


def _alarm(session: Session, notice: StaffNotice, trouble: Trouble, now: datetime) -> None:
    """About the address where that is dead, which is marked so; else about notices that nobody takes."""
    account = session.get_one(Account, notice.account_id, with_for_update=True)
    if not trouble.blame or notice.channel == "push":
        raise_alarm(session, key=NOTICE_STUCK, kind=NOTICE_STUCK, now=now)
        return
    kind = STAFF_MAIL_FAILED if notice.channel == "email" else STAFF_PHONE_FAILED
    if notice.channel == "email":
        account.mail_failed_at = account.mail_failed_at or now
    else:
        mine = update(StaffSetting).where(StaffSetting.account_id == account.id)
        session.execute(mine.values(phone_failed_at=func.coalesce(StaffSetting.phone_failed_at, now)))
    key = f"{kind}:{account.id}"
    raise_alarm(
        session, key=key, kind=kind, body_id=account.body_id, hazard_id=notice.hazard_id, now=now, account=account.id
    )  # fmt: skip


def _locked(session: Session, notice_id: int) -> StaffNotice | None:
    return session.scalar(select(StaffNotice).where(StaffNotice.id == notice_id).with_for_update())
