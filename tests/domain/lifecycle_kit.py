"""Everything an act could need, who acts, and hazards in every state."""

from dataclasses import replace
from datetime import date
from itertools import product

from app.domain import errors
from app.domain.hazard import HoldReason, Measure, Proposal, RejectReason, Status
from app.domain.lifecycle import Act, Given, Need, Subject, check
from app.domain.permissions import Actor, Role

OWN, FOREIGN, PROPOSER = 1, 2, 50
EVERYTHING = Given(
    note="Cover fitted",
    reason="Heat chamber, not ours",
    measure=Measure.RIGID_COVER,
    reject_reason=RejectReason.NO_HAZARD,
    planned_for=date(2026, 6, 10),
    body_id=3,
    other_hazard_id=9,
    photos=1,
    changes_place_or_type=True,
    crew_id=4,
    assignee_id=11,
    hold_reason=HoldReason.WEATHER,
)
WITHOUT = {
    Need.NOTE: (replace(EVERYTHING, note=" \n"), errors.NeedsNote),
    Need.PHOTO: (replace(EVERYTHING, photos=0), errors.NeedsPhoto),
    Need.MEASURE: (replace(EVERYTHING, measure=None), errors.NeedsMeasure),
    Need.REASON: (replace(EVERYTHING, reason=" "), errors.NeedsReason),
    Need.HOLD_REASON: (replace(EVERYTHING, hold_reason=None), errors.NeedsHoldReason),
    Need.REJECT_REASON: (replace(EVERYTHING, reject_reason=None), errors.NeedsReason),
    Need.DATE: (replace(EVERYTHING, planned_for=None), errors.NeedsDate),
    Need.BODY: (replace(EVERYTHING, body_id=None), errors.NeedsBody),
    Need.HAZARD: (replace(EVERYTHING, other_hazard_id=None), errors.NeedsHazard),
    Need.CREW: (replace(EVERYTHING, crew_id=None, assignee_id=None), errors.NeedsCrew),
    Need.PLACE_OR_TYPE: (replace(EVERYTHING, changes_place_or_type=False), errors.NothingChanged),
}
SUBJECTS = [
    Subject(status, body_id, proposed, proposer, safe=safe)
    for status, body_id, proposed, proposer, safe in product(
        Status, (OWN, FOREIGN, None), (None, *Proposal), (None, PROPOSER), (False, True)
    )
]


def actor(*roles: Role, account_id: int = 7, body_id: int | None = OWN) -> Actor:
    return Actor(account_id, frozenset(roles), body_id)


def outcome(by: Actor, act: Act, subject: Subject, given: Given = EVERYTHING) -> type[errors.DomainError] | None:
    try:
        check(by, act, subject, given)
    except errors.DomainError as refusal:
        return type(refusal)
    return None
