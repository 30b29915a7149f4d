"""What moves when a duplicate is joined to the hazard that stays, and what comes back when that is undone.

Reports, photos, followers and questions move; counts add up; the stronger marks and the earlier due times win
(`domain/merging`). All of it is written down, so that undoing gives back exactly that: what came later, to either of
them, stays where it is. Somebody who follows both already is not made to follow twice: that row waits at the duplicate.
Turned down: reading through `duplicate_of_id` everywhere, by which each of forty queries must know of it.

What was reported after the kept one was made safe is the usual sign that the cover was taken away: it ends made safe
there, whoever is on duty is called anew, and a crew looks and says "still safe", or covers it again, within the time
that there was at first. Turned down: refusing, by which each neighbour of a fenced manhole makes a hazard of its own,
with a call at night, that nobody may join to the one on which the crew works.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.deadlines import trust_no_longer
from app.actions.duty_many import wait_for_call
from app.actions.follow import notify_event
from app.actions.history import append_event
from app.actions.notify_staff import tell_body
from app.actions.severity import is_kept, score_hazard, was_hurt, write_score
from app.domain.duty import needs_duty
from app.domain.errors import DomainError, HazardNotFound, MergeWouldHide, NothingChanged, StaleVersion, StillJoined
from app.domain.hazard import Moderation, Severity, Status
from app.domain.lifecycle import Act, Given
from app.domain.merging import Joinable, Pressing, needs_second_person, refusal_to_join, stronger
from app.domain.permissions import Actor, Permission, Role, ensure
from app.domain.policy import Policy
from app.domain.privacy import is_public
from app.models import Follow, Hazard, HazardType, Merge, Photo, Question, Report
from app.models.columns import changed, columns_of
from app.outbox import JobName, enqueue
from app.queries.duplicates import metres_between
from app.queries.duty import is_called_to
from app.queries.merges import is_joined, last_seen
from app.queries.proof import reported_since_look

Columns = dict[str, Any]
TOLD = frozenset({Role.DISPATCHER, Role.MANAGER})
JOINING = frozenset({Act.MARK_DUPLICATE, Act.PROPOSE_DUPLICATE, Act.CONFIRM_DUPLICATE})


@dataclass(frozen=True)
class Begun:
    """Two locked hazards as they are before they become one."""

    duplicate: Hazard
    kept: Hazard
    was: Columns
    kept_was: Columns


def begin(session: Session, *, by: Actor, reference: str, into_id: int | None, act: Act) -> Begun | None:
    """Lock both, the smaller id first. None where there is nothing to join, which the table says better.

    What is confirmed is what was proposed, whatever `into_id` says. Raises HazardNotFound also for what the actor may
    not see, NotPermitted, MergeWouldHide, and what `domain/merging.refusal_to_join` says.
    """
    asked = select(Hazard.id, Hazard.proposed_into_id).where(Hazard.reference == reference)
    found, proposed = session.execute(asked).one_or_none() or (None, None)
    into_id = proposed if act is Act.CONFIRM_DUPLICATE else into_id
    if into_id is None or found is None:
        return None
    if found == into_id:
        raise NothingChanged()
    both = locked(session, found, into_id)
    if set(both) != {found, into_id}:
        raise HazardNotFound(reference="")
    duplicate, kept = both[found], both[into_id]
    if act is Act.CONFIRM_DUPLICATE and duplicate.proposed_into_id != into_id:
        raise StaleVersion(reference=reference)
    ensure_joinable(session, by, duplicate, kept)
    return Begun(duplicate, kept, columns_of(duplicate), columns_of(kept))


def as_given(given: Given, begun: Begun | None) -> Given:
    """What the table asks about the one that stays."""
    if begun is None:
        return given
    return replace(given, other_hazard_id=begun.kept.id, other_is_closed=needs_second_person(Status(begun.kept.status)))


def locked(session: Session, *ids: int) -> dict[int, Hazard]:
    """Hazards by id, locked in the order of ids, so that no two can wait for each other."""
    statement = select(Hazard).where(Hazard.id.in_(ids)).order_by(Hazard.id).with_for_update()
    return {each.id: each for each in session.scalars(statement.execution_options(populate_existing=True))}


def ensure_joinable(session: Session, by: Actor, duplicate: Hazard, kept: Hazard) -> None:
    """That the actor may join them, and that no danger is lost by it."""
    if not sees(by, kept) or kept.held or duplicate.held:
        raise HazardNotFound(reference="")
    ensure(by, Permission.DISPATCH, body_id=duplicate.body_id)
    ensure(by, Permission.DISPATCH, body_id=kept.body_id)
    refusal = why_not(session, duplicate, kept)
    if refusal is not None:
        raise refusal
    if shown(session, duplicate) and not shown(session, kept):
        raise MergeWouldHide()


def why_not(session: Session, duplicate: Hazard, kept: Hazard) -> DomainError | None:
    """What the rule of the domain says against joining them, whoever does it."""
    metres = metres_between(session, duplicate.id, kept.id)
    return refusal_to_join(_joinable(session, duplicate), _joinable(session, kept), distance_m=metres)


def _joinable(session: Session, hazard: Hazard) -> Joinable:
    kind, waits = session.get_one(HazardType, hazard.hazard_type), (hazard.proposal, hazard.rejection_reason)
    return Joinable(
        kind.group,
        kind.duplicate_radius_m,
        Status(hazard.status),
        last_seen(session, hazard),
        hazard.closed_at,
        end_waits=hazard.status == Status.FIX_REPORTED or waits != (None, None),
    )


def sees(by: Actor, hazard: Hazard) -> bool:
    """Whether a hazard is of the actor's body, or the actor sees all."""
    if by.may(Permission.SEE_ALL_HAZARDS):
        return True
    return hazard.body_id is not None and by.may(Permission.SEE_BODY_HAZARDS, body_id=hazard.body_id)


def shown(session: Session, hazard: Hazard) -> bool:
    """Whether everybody may see it."""
    kind = session.get_one(HazardType, hazard.hazard_type)
    moderation = Moderation(hazard.moderation)
    return is_public(kind.publish_rule, moderation, held=hazard.held, review_first=hazard.review_first)


def move_over(
    session: Session, begun: Begun, *, by: Actor, event_id: int, note: str, policy: Policy, now: datetime
) -> Merge:
    """After the act: what hangs on the duplicate goes to the kept one. `event_id`: of the act."""
    duplicate, kept = begun.duplicate, begun.kept
    act = Act.CONFIRM_DUPLICATE if begun.was["proposed_into_id"] == kept.id else Act.MARK_DUPLICATE
    notify_event(session, hazard_id=duplicate.id, event_id=event_id, kind=act.value, now=now)
    session.flush()
    seen = reported_since_look(session, duplicate, kept)
    moved = _move(session, duplicate.id, kept.id, now)
    if seen is not None:
        _look_again(session, kept, seen, now)
    _press(session, kept, duplicate, policy, now)
    kept.reports, kept.flags = kept.reports + duplicate.reports, kept.flags + duplicate.flags
    duplicate.reports = duplicate.flags = 0
    is_now, kept_is_now = columns_of(duplicate), columns_of(kept)
    differs, kept_differs = changed(begun.was, is_now), changed(begun.kept_was, kept_is_now)
    merge = Merge(
        hazard_id=duplicate.id, into_id=kept.id, at=now, by_account=by.account_id, **moved,
        before={
            "dup": {name: begun.was[name] for name in differs},
            "kept": {name: begun.kept_was[name] for name in kept_differs},
        },
        given={name: kept_is_now[name] for name in kept_differs},
    )  # fmt: skip
    session.add(merge)
    session.flush()
    _tell(session, begun, by, note, now)
    return merge


def _move(session: Session, duplicate_id: int, kept_id: int, now: datetime) -> dict[str, list[int]]:
    there = {"hazard_id": kept_id}
    known = select(Follow.address_key).where(Follow.hazard_id == kept_id)
    proved = select(Follow.address_key).where(Follow.hazard_id == duplicate_id, Follow.confirmed_at.is_not(None))
    unproved = (Follow.hazard_id == kept_id, Follow.confirmed_at.is_(None), Follow.address_key.in_(proved))
    confirmed = update(Follow).where(*unproved).values(confirmed_at=now).returning(Follow.id)
    statements = {
        "report_ids": update(Report).where(Report.hazard_id == duplicate_id).values(there).returning(Report.id),
        "photo_ids": update(Photo).where(Photo.hazard_id == duplicate_id).values(there).returning(Photo.id),
        "question_ids": update(Question).where(Question.hazard_id == duplicate_id).values(there).returning(Question.id),
        "confirmed_ids": confirmed,
        "follow_ids": update(Follow)
        .where(Follow.hazard_id == duplicate_id, Follow.address_key.not_in(known))
        .values(there)
        .returning(Follow.id),
    }
    return {name: sorted(session.scalars(statement).all()) for name, statement in statements.items()}


def _look_again(session: Session, kept: Hazard, seen: datetime, now: datetime) -> None:
    """The clock to make it safe was met once: it runs anew from when it was reported again."""
    trust_no_longer(session, kept, since=seen, now=now)
    if kept.make_safe_due is not None:
        kept.make_safe_due += seen - kept.received_at
    session.flush()


def _press(session: Session, kept: Hazard, duplicate: Hazard, policy: Policy, now: datetime) -> None:
    """The stronger marks and the earlier due times. Of what is fixed already only the marks: its clocks have ended."""
    if was_hurt(duplicate) and not was_hurt(kept):
        _hurt(session, kept, policy, now)
    ours, theirs = _pressing(kept), _as_paused(_pressing(duplicate), kept, now)
    both = stronger(ours, theirs)
    if both.severity is not ours.severity:
        kept.severity, kept.severity_why = duplicate.severity, duplicate.severity_why
    kept.urgent, kept.disputed = both.urgent, both.disputed
    kept.answer_waits = kept.answer_waits or duplicate.answer_waits
    if kept.is_open:
        kept.make_safe_due, kept.fix_due = both.make_safe_due, both.fix_due


def _as_paused(theirs: Pressing, kept: Hazard, now: datetime) -> Pressing:
    """The due time as the kept one's stopped clock counts: its pause so far is not given to the duplicate too."""
    if kept.fix_paused_at is None or theirs.fix_due is None:
        return theirs
    return replace(theirs, fix_due=theirs.fix_due - (now - kept.fix_paused_at))


def _hurt(session: Session, kept: Hazard, policy: Policy, now: datetime) -> None:
    kind = session.get_one(HazardType, kept.hazard_type)
    day = policy.day(now)
    found = score_hazard(
        session, kind=kind, label=kept.label, hints=kept.hints, someone_hurt=True, policy=policy, day=day,
        kept=is_kept(kept),
    )  # fmt: skip
    write_score(kept, found)


def _pressing(hazard: Hazard) -> Pressing:
    return Pressing(Severity(hazard.severity), hazard.urgent, hazard.disputed, hazard.make_safe_due, hazard.fix_due)


def _tell(session: Session, begun: Begun, by: Actor, note: str, now: datetime) -> None:
    """A line on the kept one; its body's people, and who is on duty where it presses more than before."""
    kept = begun.kept
    event_id = note_on(session, kept, "merged_in", by=by, now=now, note=note, other=begun.duplicate.id)
    if begun.kept_was["made_safe_at"] is not None and kept.made_safe_at is None:
        wait_for_call(session, [kept.id], now=now, anew=True)
    if kept.body_id is None:
        return
    tell_body(
        session, kind="merged", hazard_id=kept.id, event_id=event_id, body_id=kept.body_id, roles=TOLD, now=now,
        but=by.account_id,
    )  # fmt: skip
    newly = kept.urgent and not begun.kept_was["urgent"]
    if is_called_to(kept) and (newly or not _called_before(begun.kept_was)):
        enqueue(session, JobName.NOTIFY_BODY, hazard_id=kept.id, event_id=event_id)


def _called_before(was: Columns) -> bool:
    return needs_duty(urgent=was["urgent"], severity=was["severity"], safe=was["made_safe_at"] is not None)


def ensure_not_joined(session: Session, hazard: Hazard) -> None:
    """Raise StillJoined: it is reopened by undoing, which brings its reports back."""
    if is_joined(session, hazard.id):
        raise StillJoined()


def note_on(
    session: Session, hazard: Hazard, kind: str, *, by: Actor, now: datetime, note: str = "", **data: int
) -> int:
    """A line that everybody sees; the words only staff do."""
    return append_event(
        session, hazard_id=hazard.id, kind=kind, at=now, by=by, status=Status(hazard.status), body_id=hazard.body_id,
        note=note, **data,
    )  # fmt: skip
