"""No open danger goes away by joining: near enough, of one group, and two people where the other one is fixed."""

from datetime import timedelta

import pytest
from shapely.geometry import LineString, Point
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.bulk import BULK_ACTS, foresee
from app.actions.hazards import act_on_hazard, subject_of
from app.domain.errors import (
    CannotStay,
    DomainError,
    HazardNotFound,
    NeedsSecondPerson,
    NothingProposed,
    NotPermitted,
    OtherGroup,
    ProposalWaits,
    ReportedAfterFix,
    TooFarToJoin,
)
from app.domain.hazard import ReportKind
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Actor, Role
from app.models import Event, Follow, Hazard, HazardType, Merge, Notice, Report
from tests.actions.merge_kit import LATER, add_follow, dispatcher, join, rows, undo
from tests.jobs.kit import NOW, PLACE, POLICY, add_body, add_hazard, add_report, add_types

EAST = 0.0000123
"""About a metre to the east."""
Pair = tuple[Actor, Hazard, Hazard]


@pytest.fixture
def fixed(session: Session, pair: Pair) -> Pair:
    """The one that stays was fixed after the other was reported."""
    by, duplicate, kept = pair
    kept.status, kept.closed_at = "fixed", NOW - timedelta(minutes=5)
    session.flush()
    return by, duplicate, kept


def do(session: Session, hazard: Hazard, by: Actor, act: Act, **given: object) -> Hazard:
    session.flush()
    words = Given(**{"note": "", "reason": "Another cover", **given})
    return act_on_hazard(
        session, by=by, reference=hazard.reference, act=act, version=hazard.version, given=words, policy=POLICY,
        now=NOW,
    )  # fmt: skip


def colleague(session: Session, body: int | None, role: Role = Role.MANAGER) -> Actor:
    return dispatcher(session, body, role, "second")


def test_hazards_of_a_kind_are_joined_within_three_times_its_radius_and_no_farther(session: Session, pair) -> None:
    by, duplicate, kept = pair
    kept.geom = kept.label = Point(PLACE.x + 70 * EAST, PLACE.y)
    with pytest.raises(TooFarToJoin) as refused:
        join(session, by, duplicate, kept)
    assert refused.value.values["limit"] == 60
    assert 68 <= refused.value.values["metres"] <= 72
    kept.geom = kept.label = Point(PLACE.x + 50 * EAST, PLACE.y)
    assert join(session, by, duplicate, kept).status == "duplicate"


def test_of_a_line_the_nearest_point_counts(session: Session, pair) -> None:
    by, duplicate, kept = pair
    kept.geom = LineString([(PLACE.x + 50 * EAST, PLACE.y), (PLACE.x + 900 * EAST, PLACE.y)])
    kept.label = Point(PLACE.x + 475 * EAST, PLACE.y)
    assert join(session, by, duplicate, kept).status == "duplicate"


def test_dangers_of_two_groups_are_never_one(session: Session, pair) -> None:
    by, duplicate, kept = pair
    session.get_one(HazardType, "ROPE").group = "water"
    kept.hazard_type = "ROPE"
    session.flush()
    with pytest.raises(OtherGroup):
        join(session, by, duplicate, kept)


@pytest.mark.parametrize("status", ["rejected", "not_found", "handed_over"])
def test_nothing_is_joined_to_what_was_closed_without_a_repair(session: Session, pair, status: str) -> None:
    by, duplicate, kept = pair
    kept.status, kept.closed_at = status, NOW
    with pytest.raises(CannotStay):
        join(session, by, duplicate, kept)


@pytest.mark.parametrize("kind", [ReportKind.SEEN_TOO, ReportKind.STILL_DANGEROUS])
def test_what_somebody_has_seen_since_the_fix_is_no_duplicate_of_it(session: Session, fixed: Pair, kind) -> None:
    by, duplicate, kept = fixed
    later = add_report(session, duplicate, "still open", kind=kind.value)
    later.received_at = NOW
    with pytest.raises(ReportedAfterFix):
        join(session, by, duplicate, kept)
    later.withdrawn_at = NOW
    assert join(session, by, duplicate, kept).proposal == "duplicate"


def test_joined_to_a_fixed_one_it_stays_open_with_all_that_hangs_on_it(session: Session, fixed: Pair) -> None:
    by, duplicate, kept = fixed
    add_follow(session, duplicate, b"one")
    due = duplicate.make_safe_due, duplicate.fix_due
    proposed = join(session, by, duplicate, kept)
    assert (proposed.status, proposed.is_open, proposed.proposal) == ("assigned", True, "duplicate")
    assert (proposed.proposed_by, proposed.proposed_into_id) == (by.account_id, kept.id)
    assert (proposed.make_safe_due, proposed.fix_due) == due
    assert session.scalar(select(func.count()).select_from(Merge)) == 0
    assert session.scalars(select(Follow.hazard_id)).all() == [duplicate.id]
    line = session.scalars(select(Event).where(Event.actor == "account")).one()
    assert (line.kind, line.public) == ("propose_duplicate", False)


def test_only_another_person_confirms_it_and_then_all_moves(session: Session, fixed: Pair) -> None:
    by, duplicate, kept = fixed
    follow = add_follow(session, duplicate, b"one")
    join(session, by, duplicate, kept)
    with pytest.raises(NeedsSecondPerson):
        do(session, duplicate, by, Act.CONFIRM_DUPLICATE)
    done = do(session, duplicate, colleague(session, kept.body_id), Act.CONFIRM_DUPLICATE)
    assert (done.status, done.duplicate_of_id, done.proposal, done.proposed_into_id) == (
        "duplicate",
        kept.id,
        None,
        None,
    )
    assert kept.status == "fixed"
    assert set(session.scalars(select(Report.hazard_id))) == {kept.id}
    told = session.execute(select(Notice.follow_id, Notice.kind)).all()
    assert [tuple(row) for row in told] == [(follow.id, "confirm_duplicate")]


def test_the_proposer_does_not_confirm_by_joining_once_more_or_by_another_proposal(session: Session, fixed) -> None:
    by, duplicate, kept = fixed
    join(session, by, duplicate, kept)
    for act in (Act.MARK_DUPLICATE, Act.PROPOSE_DUPLICATE, Act.NOT_FOUND):
        with pytest.raises(DomainError) as refused:
            do(session, duplicate, by, act, other_hazard_id=kept.id, note="x", photos=1)
        assert refused.value.code in {ProposalWaits.code, "act_not_allowed_now"}
    assert duplicate.is_open


def test_a_confirmation_goes_where_was_proposed_and_nowhere_else(session: Session, fixed: Pair) -> None:
    by, duplicate, kept = fixed
    third = add_hazard(session, body_id=kept.body_id)
    second = colleague(session, kept.body_id)
    with pytest.raises(NothingProposed):
        do(session, duplicate, second, Act.CONFIRM_DUPLICATE, other_hazard_id=third.id)
    join(session, by, duplicate, kept)
    assert do(session, duplicate, second, Act.CONFIRM_DUPLICATE, other_hazard_id=third.id).duplicate_of_id == kept.id


def test_what_has_changed_since_the_proposal_is_asked_again(session: Session, fixed: Pair) -> None:
    by, duplicate, kept = fixed
    second = colleague(session, kept.body_id)
    join(session, by, duplicate, kept)
    add_report(session, duplicate, "still open", kind=ReportKind.SEEN_TOO.value).received_at = NOW
    with pytest.raises(ReportedAfterFix):
        do(session, duplicate, second, Act.CONFIRM_DUPLICATE)
    kept.status, kept.closed_at = "in_progress", None  # opened again meanwhile: the danger stays open there
    assert do(session, duplicate, second, Act.CONFIRM_DUPLICATE).status == "duplicate"


def test_declined_with_a_reason_it_goes_on_as_before(session: Session, fixed: Pair) -> None:
    by, duplicate, kept = fixed
    join(session, by, duplicate, kept)
    after = do(session, duplicate, colleague(session, kept.body_id), Act.DECLINE_DUPLICATE)
    assert (after.status, after.proposal, after.proposed_by, after.proposed_into_id) == ("assigned", None, None, None)
    assert join(session, by, duplicate, kept).proposal == "duplicate"


def test_passed_on_the_proposal_is_gone(session: Session, fixed: Pair) -> None:
    by, duplicate, kept = fixed
    join(session, by, duplicate, kept)
    moved = do(session, duplicate, by, Act.FORWARD, body_id=add_body(session))
    assert (moved.proposal, moved.proposed_into_id) == (None, None)


def test_taken_back_a_confirmed_one_is_open_again_and_nothing_is_proposed(session: Session, fixed: Pair) -> None:
    by, duplicate, kept = fixed
    before = rows(session)
    join(session, by, duplicate, kept)
    do(session, duplicate, colleague(session, kept.body_id), Act.CONFIRM_DUPLICATE)
    assert undo(session, by, now=LATER).status == "assigned"
    session.expire_all()
    assert (duplicate.is_open, duplicate.proposal, duplicate.proposed_into_id) == (True, None, None)
    assert rows(session) == before


def test_whoever_dispatches_for_one_of_two_bodies_confirms_nothing_and_may_say_no(session: Session) -> None:
    add_types(session)
    ours, theirs = add_body(session), add_body(session)
    mine = add_hazard(session, body_id=ours)
    foreign = add_hazard(session, body_id=theirs, status="fixed", closed_at=NOW)
    join(session, dispatcher(session, None, Role.COORDINATOR, "c"), mine, foreign)
    second = colleague(session, ours)
    with pytest.raises((HazardNotFound, NotPermitted)):
        do(session, mine, second, Act.CONFIRM_DUPLICATE)
    assert do(session, mine, second, Act.DECLINE_DUPLICATE).proposal is None


def test_no_list_closes_many_by_joining_and_the_single_way_is_the_ruled_one(session: Session, fixed: Pair) -> None:
    """Whatever calls the action obeys: also one that names the act and the other hazard itself."""
    by, duplicate, kept = fixed
    assert not {Act.MARK_DUPLICATE, Act.PROPOSE_DUPLICATE, Act.CONFIRM_DUPLICATE} & set(BULK_ACTS)
    assert foresee(by, Act.CONFIRM_DUPLICATE, subject_of(duplicate)) is not None
    raw = do(session, duplicate, by, Act.MARK_DUPLICATE, other_hazard_id=kept.id, note="the same")
    assert (raw.is_open, raw.proposal) == (True, "duplicate")
