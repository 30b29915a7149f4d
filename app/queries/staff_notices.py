"""Who of the staff is told, and by what they can be reached."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.permissions import Permission, Role
from app.domain.staff_notices import Channel
from app.i18n import ALMATY
from app.models import Account, Hazard, StaffChoice, StaffPush, StaffSetting
from app.queries.shifts import on_shift, with_deputies


@dataclass(frozen=True)
class Reachable:
    """`channels`: those that exist for this person: an address, a browser that was subscribed, a telephone."""

    account_id: int
    email: str
    roles: frozenset[Role]
    channels: frozenset[Channel]
    choices: dict[tuple[str, str], bool] = field(default_factory=dict)


def reachable(session: Session, accounts: Collection[int], hazard: Hazard) -> list[Reachable]:
    """The active ones of `accounts` who may see the hazard."""
    found = session.execute(
        select(Account, StaffSetting.phone)
        .outerjoin(StaffSetting, StaffSetting.account_id == Account.id)
        .where(Account.id.in_(accounts), Account.active)
        .order_by(Account.id)
    ).all()
    ids = [account.id for account, _ in found if may_be_told(account, hazard)]
    browsers, choices = _with_browsers(session, ids), _choices(session, ids)
    return [
        Reachable(
            account.id,
            account.email,
            account.actor.roles,
            frozenset(_channels(phone=bool(phone), browser=account.id in browsers)),
            choices.get(account.id, {}),
        )
        for account, phone in found
        if account.id in ids
    ]


def may_be_told(account: Account, hazard: Hazard) -> bool:
    """Whether the account may see the hazard now: of the own body, or of all."""
    actor = account.actor
    if hazard.held and not actor.may(Permission.MODERATE):
        return False
    own = hazard.body_id is not None and actor.may(Permission.SEE_BODY_HAZARDS, body_id=hazard.body_id)
    return own or actor.may(Permission.SEE_ALL_HAZARDS)


def staff_of_body(session: Session, body_id: int, roles: Collection[Role], *, now: datetime) -> Sequence[int]:
    """Active accounts of a body by role: those on shift now where anybody of them is, else all; and who stands in for
    those away. Somebody is always told: a plan with a hole in it must not swallow a danger.
    """
    theirs = Account.roles.overlap([role.value for role in sorted(roles)])
    asked = select(Account.id).where(Account.body_id == body_id, Account.active, theirs).order_by(Account.id)
    everybody = session.scalars(asked).all()
    on = set(on_shift(session, body_id, now))
    here = [each for each in everybody if each in on] or everybody
    return with_deputies(session, here, now.astimezone(ALMATY).date())


def staff_of_role(session: Session, role: Role) -> Sequence[int]:
    """Active accounts of a role, of whatever body."""
    return session.scalars(select(Account.id).where(Account.active, Account.roles.contains([role.value]))).all()


def _channels(*, phone: bool, browser: bool) -> set[Channel]:
    return {Channel.EMAIL} | ({Channel.SMS} if phone else set()) | ({Channel.PUSH} if browser else set())


def _with_browsers(session: Session, accounts: Collection[int]) -> set[int]:
    return set(session.scalars(select(StaffPush.account_id).where(StaffPush.account_id.in_(accounts))))


def _choices(session: Session, accounts: Collection[int]) -> dict[int, dict[tuple[str, str], bool]]:
    found: dict[int, dict[tuple[str, str], bool]] = {}
    for choice in session.scalars(select(StaffChoice).where(StaffChoice.account_id.in_(accounts))):
        found.setdefault(choice.account_id, {})[choice.kind, choice.channel] = choice.wanted
    return found


def is_told_in_browsers(session: Session, account_id: int) -> bool:
    """Whether messages go to any browser of this person."""
    return bool(_with_browsers(session, [account_id]))


@dataclass(frozen=True)
class MyWishes:
    """What somebody has chosen so far. `browsers`: (id, since when)."""

    setting: StaffSetting | None
    choices: dict[tuple[str, str], bool]
    browsers: Sequence[tuple[int, datetime]]
    mail_failed: bool


def my_wishes(session: Session, account_id: int) -> MyWishes:
    """For the page of one's own."""
    kept = session.execute(
        select(StaffPush.id, StaffPush.created_at).where(StaffPush.account_id == account_id).order_by(StaffPush.id)
    ).all()
    return MyWishes(
        session.get(StaffSetting, account_id),
        _choices(session, [account_id]).get(account_id, {}),
        [(row.id, row.created_at) for row in kept],
        session.get_one(Account, account_id).mail_failed_at is not None,
    )
