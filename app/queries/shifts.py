"""Who is on shift, who is away, and who stands in for them. All of one body: nobody stands in for another body's."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from app.domain.shifts import is_on, left_m, with_stand_ins
from app.i18n import ALMATY
from app.models import Account, Crew, CrewMember, Deputy, Shift


@dataclass(frozen=True)
class OnShift:
    """A person or a crew at work now; `left_m`: for how many minutes more."""

    name: str
    is_crew: bool
    left_m: int


@dataclass(frozen=True)
class Away:
    """Somebody who is away, until and with that day, and who stands in."""

    account_id: int
    name: str
    deputy_id: int
    deputy: str
    starts_on: date
    ends_on: date
    id: int


def on_shift(session: Session, body_id: int, now: datetime, zone: tzinfo = ALMATY) -> list[int]:
    """Ids of active accounts of the body whose shift is on, or whose crew's is. Empty where no plan says anything."""
    local = now.astimezone(zone)
    shifts = [each for each in _plan(session, body_id) if is_on(each.weekday, each.starts, each.ends, local)]
    people = {each.account_id for each in shifts}
    members = select(CrewMember.account_id).join(Crew, Crew.id == CrewMember.crew_id)
    members = members.where(Crew.id.in_({each.crew_id for each in shifts}), Crew.active, Crew.body_id == body_id)
    found = select(Account.id).where(Account.body_id == body_id, Account.active)
    found = found.where(Account.id.in_(people - {None}) | Account.id.in_(members))
    return list(session.scalars(found.order_by(Account.id)))


def who_is_on(session: Session, body_id: int, now: datetime, zone: tzinfo = ALMATY) -> list[OnShift]:
    """People and crews on shift now by name, for a page."""
    local = now.astimezone(zone)
    found: dict[tuple[bool, str], int] = {}
    for shift, person, crew in plan_of(session, body_id):
        left = left_m(shift.weekday, shift.starts, shift.ends, local)
        name = (crew is not None, crew or person or "")
        if left:
            found[name] = max(left, found.get(name, 0))
    return [OnShift(name, is_crew, left) for (is_crew, name), left in sorted(found.items())]


def plan_of(session: Session, body_id: int) -> Sequence[tuple[Shift, str | None, str | None]]:
    """(shift, person's name, crew's name) in the order of the week; of people and crews that are still there."""
    rows = session.execute(
        select(Shift, Account.name, Crew.name)
        .outerjoin(Account, (Account.id == Shift.account_id) & Account.active & (Account.body_id == Shift.body_id))
        .outerjoin(Crew, (Crew.id == Shift.crew_id) & Crew.active & (Crew.body_id == Shift.body_id))
        .where(Shift.body_id == body_id, Account.id.is_not(None) | Crew.id.is_not(None))
        .order_by(Shift.weekday, Shift.starts, Shift.id)
    )
    return [(shift, person, crew) for shift, person, crew in rows]


def with_deputies(session: Session, account_ids: Iterable[int], day: date) -> list[int]:
    """The accounts and, after them, active people of their body who stand in for those away on `day`, each once.

    Who is away is told too: what is theirs stays theirs.
    """
    given = list(account_ids)
    bodies = select(Account.body_id).where(Account.id.in_(given))
    away = aliased(Account)
    pairs = _pairs(away).where(away.body_id.in_(bodies), Deputy.starts_on <= day, Deputy.ends_on >= day)
    deputies: defaultdict[int, set[int]] = defaultdict(set)
    for row in session.execute(pairs):
        deputies[row.account_id].add(row.deputy_id)
    return with_stand_ins(given, deputies)


def stands_in_for(session: Session, account_id: int, day: date) -> set[int]:
    """For whom somebody stands in on `day`: what is theirs shows among the own."""
    return {
        each.account_id
        for each in away_of(session, _body_of(session, account_id), day=day)
        if account_id in with_deputies(session, [each.account_id], day)
    } - {account_id}


def acts_for(session: Session, account_id: int | None, day: date | None) -> list[int]:
    """Whose work shows as the own: that of oneself and of those for whom one stands in on `day` (None: oneself)."""
    if account_id is None:
        return []
    return [account_id, *sorted(stands_in_for(session, account_id, day) if day else ())]


def away_of(session: Session, body_id: int | None, *, day: date, planned: bool = False) -> list[Away]:
    """Who of a body is away on `day`, by name; `planned`: or will be."""
    if body_id is None:
        return []
    away, stands_in = aliased(Account), aliased(Account)
    rows = (
        select(Deputy, away.name, stands_in.name)
        .join(away, away.id == Deputy.account_id)
        .join(stands_in, stands_in.id == Deputy.deputy_id)
        .where(away.body_id == body_id, stands_in.body_id == body_id, away.active, Deputy.ends_on >= day)
        .order_by(Deputy.starts_on, away.name, Deputy.id)
    )
    if not planned:
        rows = rows.where(Deputy.starts_on <= day)
    return [
        Away(row.account_id, name, row.deputy_id, deputy, row.starts_on, row.ends_on, row.id)
        for row, name, deputy in session.execute(rows)
    ]


def _plan(session: Session, body_id: int) -> Sequence[Shift]:
    return session.scalars(select(Shift).where(Shift.body_id == body_id)).all()


def _pairs(away: type[Account]) -> Select[int, int]:
    """(who is away, who stands in), the deputy active and of the same body still."""
    stands_in = aliased(Account)
    return (
        select(Deputy.account_id, Deputy.deputy_id)
        .join(away, away.id == Deputy.account_id)
        .join(stands_in, (stands_in.id == Deputy.deputy_id) & (stands_in.body_id == away.body_id))
        .where(stands_in.active)
    )


def _body_of(session: Session, account_id: int) -> int | None:
    return session.scalar(select(Account.body_id).where(Account.id == account_id))
