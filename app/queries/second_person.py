"""Who does not count as the second person for a hazard: two names behind which one hand may be.

Decision: whoever has joined within `Policy.known_after` counts as the colleague of the body who invited them, and so on
up the chain; two people are one where that leads to the same one. So neither confirms for the other, nor do two whom
one colleague has just let in. Whoever has moved the pin, changed the kind or joined another hazard to this one (while
that stands) has made it what it is, and is no second person either. An administrator, who belongs to no body, vouches:
those they invite count for themselves. A body that has nobody else asks the coordinator: so does a new one, whose
people were all let in by its manager, in its first days; pages and refusals say until when. Whoever has joined another
hazard to this one is none either, be it the coordinator: the joining is what closes two by one word. Turned down:
looking at addresses, of which anybody has as many as they like; telling two apart whom a known manager has let in, who
may be two mailboxes of that manager; and letting a coordinator confirm who only joined, since a proof near both places
and taking the joining back are ways out that need nobody's trust.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from app.domain.errors import CorrectedBySame, DomainError, JoinedBySame, SameHand
from app.domain.lifecycle import RULES, Act
from app.domain.permissions import Actor
from app.domain.policy import Policy
from app.models import Account
from app.queries.corrections import corrected
from app.queries.merges import joined_to

_NOT_BY_AUTHORS = frozenset({Act.CONFIRM_FIX, Act.CONFIRM_NOT_FOUND, Act.CONFIRM_DUPLICATE})
"""Ends that a wrong place or kind would bring about."""


def why_not_second(
    session: Session, act: Act, *, hazard_id: int, proposer_id: int | None, by: Actor, policy: Policy, now: datetime
) -> DomainError | None:
    """Why `by` is no second person for `act` here, beside having proposed it; None where they are."""
    if not RULES[act].second_person or by.account_id is None:
        return None
    authors = corrected(session, hazard_id).authors if act in _NOT_BY_AUTHORS else frozenset()
    joiners = {merge.by_account for merge in joined_to(session, hazard_id)}
    if by.account_id in authors:
        return CorrectedBySame(act=act.value)
    if by.account_id in joiners:
        return JoinedBySame(act=act.value)
    others = {proposer_id, *authors, *joiners} - {None, by.account_id}
    same = [each for each in others if each and are_one_hand(session, each, by.account_id, policy=policy, now=now)]
    if not same:
        return None
    ends = [apart_from(session, each, by.account_id, policy=policy, now=now) for each in same]
    until = None if None in ends else policy.day(max(end for end in ends if end)).isoformat()
    return SameHand(act=act.value, days=policy.known_after.days, until=until)  # kept as JSON by acts on many


def are_one_hand(session: Session, one: int, other: int, *, policy: Policy, now: datetime) -> bool:
    """Whether these two accounts count as one person, or are one."""
    return _hand(session, one, policy, now) == _hand(session, other, policy, now)


def apart_from(session: Session, one: int, other: int, *, policy: Policy, now: datetime) -> datetime | None:
    """From when on two who count as one person count as two; None where nobody knows: one has not joined yet."""
    chains = {*_chain(session, one, policy, now), *_chain(session, other, policy, now)}
    joined = session.scalars(select(Account.joined_at).where(Account.id.in_(chains), Account.joined_at.is_not(None)))
    ends = sorted(at + policy.known_after for at in joined if at)
    return next((end for end in ends if not are_one_hand(session, one, other, policy=policy, now=end)), None)


def _hand(session: Session, account_id: int, policy: Policy, now: datetime) -> int:
    """The account that this one counts as."""
    return _chain(session, account_id, policy, now)[-1]


def _chain(session: Session, account_id: int, policy: Policy, now: datetime) -> list[int]:
    """The account, who has just let it in, who has just let that one in …; the last one is whom it counts as."""
    chain = [account_id]
    while (inviter := session.scalar(_inviter(chain[-1], policy, now))) is not None and inviter not in chain:
        chain.append(inviter)
    return chain


def _inviter(account_id: int, policy: Policy, now: datetime) -> Select[Any]:
    """The colleague of the same body who has just let them in."""
    colleague = aliased(Account)
    new = Account.joined_at.is_(None) | (Account.joined_at > now - policy.known_after)
    found = select(colleague.id).join(Account, Account.invited_by == colleague.id)
    return found.where(Account.id == account_id, new, colleague.body_id == Account.body_id)
