"""Who does not count as the second person for a hazard: two names behind which one hand may be.

Decision: whoever has joined within `Policy.known_after` counts as the colleague of the body who invited them, and so on
up the chain; two people are one where that leads to the same one. So neither confirms for the other, nor do two whom
one colleague has just let in. An administrator, who belongs to no body, vouches: those they invite count for
themselves. A body that has nobody else asks the coordinator. Turned down: looking at addresses, of which anybody has
as many as they like.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from app.domain.errors import CorrectedBySame, DomainError, SameHand
from app.domain.lifecycle import RULES, Act
from app.domain.permissions import Actor
from app.domain.policy import Policy
from app.models import Account
from app.queries.corrections import corrected

_NOT_BY_AUTHORS = frozenset({Act.CONFIRM_FIX, Act.CONFIRM_NOT_FOUND, Act.CONFIRM_DUPLICATE})
"""Ends that a wrong place or kind would bring about."""


def why_not_second(
    session: Session, act: Act, *, hazard_id: int, proposer_id: int | None, by: Actor, policy: Policy, now: datetime
) -> DomainError | None:
    """Why `by` is no second person for `act` here, beside having proposed it; None where they are."""
    if not RULES[act].second_person or by.account_id is None:
        return None
    if act in _NOT_BY_AUTHORS and by.account_id in corrected(session, hazard_id).authors:
        return CorrectedBySame(act=act.value)
    if proposer_id is not None and proposer_id != by.account_id:
        hands = {_hand(session, each, policy, now) for each in (proposer_id, by.account_id)}
        return SameHand(act=act.value, days=policy.known_after.days) if len(hands) == 1 else None
    return None


def _hand(session: Session, account_id: int, policy: Policy, now: datetime) -> int:
    """The account that this one counts as."""
    seen: set[int] = set()
    while account_id not in seen:
        seen.add(account_id)
        inviter: int | None = session.scalar(_inviter(account_id, policy, now))
        account_id = account_id if inviter is None else inviter
    return account_id


def _inviter(account_id: int, policy: Policy, now: datetime) -> Select[Any]:
    """The colleague of the same body who has just let them in."""
    colleague = aliased(Account)
    new = Account.joined_at.is_(None) | (Account.joined_at > now - policy.known_after)
    found = select(colleague.id).join(Account, Account.invited_by == colleague.id)
    return found.where(Account.id == account_id, new, colleague.body_id == Account.body_id)
