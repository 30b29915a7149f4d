"""What a notice to staff says, read at the moment of sending: never what was true when it was asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.hazard import Clock
from app.domain.staff_notices import DIGEST, StaffKind
from app.models import Account, Body, Event, Hazard, HazardType, StaffNotice, StaffPush, StaffSetting
from app.queries.mail import place_lines
from app.queries.reroute_mail import passed_to
from app.queries.staff_notices import may_be_told

ABOUT_OPEN = frozenset(StaffKind) - {
    StaffKind.MENTION,
    StaffKind.MERGED,
    StaffKind.QUESTION_ANSWERED,
    StaffKind.DISPUTED,
}
"""Kinds that are no news of a hazard that is closed by now."""
OF_A_CLOCK = frozenset({StaffKind.REMINDER, StaffKind.DUE, StaffKind.OVERDUE_UP})
"""Kinds that speak of one clock, and say nothing once it stands still."""


@dataclass(frozen=True)
class Told:
    """One thing that has happened. `place`: in words, the nearest first; `by`: the colleague who did it; `number`: of
    how many hazards it is told at once, where the one named is only the last of them; `clock`: which one it is about.
    """

    kind: str
    reference: str
    type_name: str
    severity: str
    place: tuple[str, ...]
    body: str | None
    make_safe_due: datetime | None
    fix_due: datetime | None
    at: datetime
    by: str | None
    number: int = 0
    clock: Clock | None = None


@dataclass(frozen=True)
class StaffFacts:
    """For one member of staff, in their language. `told`: one, or all that a digest gathers, the newest
    last; a digest of one speaks as that one.
    """

    notice_id: int
    account_id: int
    channel: str
    language: str
    name: str
    email: str
    phone: str | None
    digest: bool
    critical: bool
    told: tuple[Told, ...]
    reached: tuple[int, ...] = ()


def staff_facts(session: Session, notice_id: int, *, now: datetime) -> StaffFacts | None:
    """None where nothing is to be said any longer: left, disabled, not to see it, closed by now, or about a clock that
    does not run any more.
    """
    notice = session.get_one(StaffNotice, notice_id)
    account = session.get_one(Account, notice.account_id)
    setting = session.get(StaffSetting, account.id)
    told = tuple(_told(session, account, notice, now))
    if not account.active or not told:
        return None
    return StaffFacts(
        notice_id=notice.id,
        account_id=account.id,
        channel=notice.channel,
        language=account.language,
        name=account.name,
        email=account.email,
        phone=setting.phone if setting else None,
        digest=notice.kind == DIGEST and len(told) > 1,
        critical=notice.critical,
        told=told,
        reached=tuple(notice.reached),
    )


def sealed_browsers(session: Session, account_id: int) -> list[tuple[int, str, bytes]]:
    """(id, key, sealed) of each browser; `session` is of the desk's role."""
    rows = session.execute(
        select(StaffPush.id, StaffPush.key_id, StaffPush.sealed)
        .where(StaffPush.account_id == account_id)
        .order_by(StaffPush.id)
    )
    return [(row.id, row.key_id, bytes(row.sealed)) for row in rows]


def _told(session: Session, account: Account, notice: StaffNotice, now: datetime) -> list[Told]:
    mine = StaffNotice.digest_id == notice.id if notice.kind == DIGEST else StaffNotice.id == notice.id
    rows = session.execute(
        select(StaffNotice, Event, Hazard, HazardType, Body)
        .join(Event, Event.id == StaffNotice.event_id)
        .join(Hazard, Hazard.id == StaffNotice.hazard_id)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .outerjoin(Body, Body.id == Hazard.body_id)
        .where(mine)
        .order_by(StaffNotice.id)
    ).all()
    return [_one(session, account, row) for row in rows if _still(account, row, now)]


def _still(account: Account, row: Any, now: datetime) -> bool:
    kind, hazard = row.StaffNotice.kind, row.Hazard
    if not may_be_told(account, hazard) or not (hazard.is_open or kind not in ABOUT_OPEN):
        return False
    return kind not in OF_A_CLOCK or _runs(hazard, _clock(row.Event), now, soon=kind == StaffKind.REMINDER)


def _clock(event: Event) -> Clock | None:
    return Clock(event.data["clock"]) if event.data.get("clock") else None


def _runs(hazard: Hazard, clock: Clock | None, now: datetime, *, soon: bool) -> bool:
    """Whether the clock still runs; `soon`: and has not ended yet."""
    ends = {
        Clock.MAKE_SAFE: (hazard.make_safe_due, hazard.made_safe_at),
        Clock.FIX: (hazard.fix_due, hazard.fix_paused_at),
    }
    if clock is None:
        return True
    due, stopped = ends[clock]
    return due is not None and stopped is None and not (soon and due <= now)


def _one(session: Session, account: Account, row: Any) -> Told:
    hazard, event, language = row.Hazard, row.Event, account.language
    by = session.get(Account, event.account_id) if event.account_id else None
    many = row.StaffNotice.kind == StaffKind.PASSED_MANY and row.Body is not None
    return Told(
        kind=row.StaffNotice.kind,
        reference=hazard.reference,
        type_name=row.HazardType.name(language),
        severity=hazard.severity,
        place=place_lines(session, hazard, language)[:2],
        body=row.Body.name(language) if row.Body else None,
        make_safe_due=None if hazard.made_safe_at or not hazard.is_open else hazard.make_safe_due,
        fix_due=hazard.fix_due if hazard.is_open else None,
        at=event.at,
        by=by.name if by is not None and by.body_id == account.body_id else None,
        number=passed_to(session, run_id=event.data["run"], body_id=row.Body.id) if many else 0,
        clock=_clock(event) if row.StaffNotice.kind in OF_A_CLOCK else None,
    )
