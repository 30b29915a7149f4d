"""Nobody closes a hazard alone by joining it to another one, and what was joined honestly still closes by one photo."""

from datetime import timedelta

import pytest
from shapely.geometry import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.changes import Correction
from app.actions.hazards import act_on_hazard
from app.domain.errors import CorrectedBySame, EndWaits, JoinedBySame, NeedsSecondPerson, SameHand
from app.domain.hazard import RejectReason, ReportKind
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Role
from app.models import Area, Event, Hazard, Photo, Responsibility
from tests.actions.merge_kit import join, undo
from tests.actions.test_proofs import HERE, HOUR, LATER, Case, photo
from tests.actions.test_same_hand import let_in
from tests.jobs.kit import NOW, PLACE, POLICY, add_area, add_hazard, add_report

METRE = 0.000009
"""Of latitude."""
EARLY = NOW + timedelta(minutes=10)


class Two(Case):
    """What the body has accepted (`hazard`), and another danger 50 m to the north that is joined to it (`open`)."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        area = session.get_one(Area, add_area(session))
        session.add(Responsibility(body_id=self.body, area_code=area.code, rank=1, valid_from=area.valid_from))
        self.open = self.other(50)
        self.act(Act.ACCEPT, Role.DISPATCHER, now=NOW)

    def other(self, metres: float, **values: object) -> Hazard:
        return add_hazard(self.session, body_id=self.body, place=north(metres), **values)

    def correct(self, hazard: Hazard, metres: float, by: Role = Role.DISPATCHER, *, now=NOW, **more: object) -> None:
        what = Correction(geometry=north(metres), **more)
        act_on_hazard(
            self.session, by=self.people[by], reference=hazard.reference, act=Act.CORRECT, version=None,
            given=Given(reason="wrong pin"), policy=POLICY, now=now, correction=what,
        )  # fmt: skip
        self.session.flush()

    def join(self, duplicate: Hazard | None = None, kept: Hazard | None = None, *, now=EARLY) -> Hazard:
        pair = duplicate or self.open, kept or self.hazard
        done = join(self.session, self.people[Role.DISPATCHER], *pair, now=now)
        self.session.flush()
        return done

    def fix(self, metres: float, by: Role = Role.DISPATCHER, *, at=LATER, key: str = "a") -> tuple[str, str | None]:
        """The status it comes to by a photo taken so far to the north, and why the photo proves nothing."""
        status = self.act(Act.FIX, by, photos=[photo((PLACE.y + metres * METRE, PLACE.x), at, key)]).status
        last = self.session.scalars(select(Event).where(Event.hazard_id == self.hazard.id).order_by(Event.id)).all()[-1]
        return status, last.data.get("unproven")


def north(metres: float) -> Point:
    return Point(PLACE.x, PLACE.y + metres * METRE)


@pytest.fixture
def two(session: Session) -> Two:
    return Two(session)


def test_a_pin_that_was_moved_onto_the_other_one_stays_moved_where_they_are_joined(two: Two) -> None:
    far = two.other(1000)
    two.correct(far, 0)
    assert two.join(far).status == "duplicate"
    assert two.fix(0) == ("fix_reported", "moved")
    with pytest.raises(NeedsSecondPerson):
        two.act(Act.CONFIRM_FIX, Role.DISPATCHER)
    assert two.act(Act.CONFIRM_FIX, Role.MANAGER).status == "fixed"


def test_nor_do_other_hands_close_by_such_a_photo_and_the_mover_confirms_nothing(two: Two) -> None:
    far = two.other(1000)
    two.correct(far, 0)
    join(two.session, two.people[Role.MANAGER], far, two.hazard, now=EARLY)
    assert two.fix(0, Role.CREW) == ("fix_reported", "moved")
    with pytest.raises(CorrectedBySame):
        two.act(Act.CONFIRM_FIX, Role.DISPATCHER)
    with pytest.raises(JoinedBySame):
        two.act(Act.CONFIRM_FIX, Role.MANAGER)


def test_what_an_arbiter_put_right_on_the_one_is_not_put_right_on_the_other(two: Two) -> None:
    far = two.other(1000)
    two.correct(two.hazard, 10, Role.COORDINATOR)
    two.correct(far, 0)
    two.join(far)
    assert two.fix(0) == ("fix_reported", "moved")


def test_after_they_were_joined_an_arbiter_puts_all_of_it_right(two: Two) -> None:
    far = two.other(1000)
    two.correct(far, 0)
    two.join(far)
    two.correct(two.hazard, 1000, Role.COORDINATOR, now=EARLY + timedelta(minutes=1))
    assert two.fix(1000) == ("fixed", None)


@pytest.mark.parametrize("ends", [Act.REPORT_FIX, Act.NOT_FOUND, Act.PROPOSE_REJECTION, Act.HAND_OVER])
def test_nothing_is_joined_to_what_waits_for_a_second_person_only_the_other_way_round(two: Two, ends: Act) -> None:
    who = Role.COORDINATOR if ends is Act.HAND_OVER else Role.CREW
    who = Role.DISPATCHER if ends is Act.PROPOSE_REJECTION else who
    two.act(ends, who, photos=[photo()], reject_reason=RejectReason.NO_HAZARD)
    for received_at in (NOW - HOUR, LATER + HOUR):  # whether reported before that or since
        two.open.received_at = received_at
        with pytest.raises(EndWaits):
            two.join(now=LATER + 2 * HOUR)
    two.session.expire_all()
    assert two.open.is_open
    assert two.join(two.hazard, two.open, now=LATER + 2 * HOUR).status == "duplicate"
    assert (two.open.status, two.open.proposal) == ("assigned", None)


@pytest.mark.parametrize(("ends", "back"), [(Act.REPORT_FIX, Act.START), (Act.NOT_FOUND, Act.DECLINE_NOT_FOUND)])
def test_once_that_is_decided_they_are_joined_as_ever(two: Two, ends: Act, back: Act) -> None:
    two.act(ends, photos=[photo()])
    two.act(back, Role.DISPATCHER)
    assert two.join(now=LATER).status == "duplicate"


def test_a_photo_from_before_the_other_one_was_reported_does_not_show_its_end(two: Two) -> None:
    late = two.other(50, received_at=NOW + HOUR / 2)
    two.join(late, now=NOW + HOUR / 2)
    assert two.fix(20, at=NOW + HOUR / 3) == ("fix_reported", "time")
    two.act(Act.START)
    assert two.fix(20, at=LATER, key="b") == ("fixed", None)


def test_nor_one_from_before_somebody_saw_the_other_one_again(two: Two) -> None:
    seen = add_report(two.session, two.open, "still open", kind=ReportKind.SEEN_TOO.value)
    seen.received_at = NOW + HOUR / 2
    two.join(now=NOW + HOUR / 2)
    assert two.fix(20, at=NOW + HOUR / 3) == ("fix_reported", "time")
    two.act(Act.START)
    seen.withdrawn_at = LATER
    assert two.fix(20, at=NOW + HOUR / 3, key="b") == ("fixed", None)


def test_a_photo_is_near_to_the_places_of_both_or_proves_nothing(two: Two) -> None:
    two.join()
    assert two.fix(-120) == ("fix_reported", "far")
    assert 165 <= two.session.scalars(select(Photo.distance_m)).one() <= 175
    two.act(Act.START)
    assert two.fix(-80, key="b") == ("fixed", None)


def test_it_holds_through_what_was_joined_to_the_one_that_is_joined(two: Two) -> None:
    farther = two.other(100)
    two.join(farther, two.open)
    two.join(now=EARLY + timedelta(minutes=1))
    assert two.fix(-80) == ("fix_reported", "far")
    two.act(Act.START)
    two.act(Act.REPORT_FIX, photos=[photo(key="c")])
    with pytest.raises(JoinedBySame):
        two.act(Act.CONFIRM_FIX, Role.DISPATCHER)


@pytest.mark.parametrize(
    ("ends", "second"), [(Act.REPORT_FIX, Act.CONFIRM_FIX), (Act.NOT_FOUND, Act.CONFIRM_NOT_FOUND)]
)
def test_whoever_has_joined_them_is_no_second_person_and_any_other_colleague_is(two: Two, ends, second) -> None:
    two.join()
    two.act(ends, photos=[photo()])
    with pytest.raises(JoinedBySame):
        two.act(second, Role.DISPATCHER)
    assert not two.act(second, Role.MANAGER).is_open


def test_whom_the_joiner_has_just_let_in_confirms_nothing(two: Two) -> None:
    manager = two.people[Role.MANAGER]
    join(two.session, manager, two.open, two.hazard, now=EARLY)
    two.act(Act.REPORT_FIX, photos=[photo()])
    two.people[Role.DISPATCHER] = let_in(two, manager, "mailbox")
    with pytest.raises(SameHand):
        two.act(Act.CONFIRM_FIX, Role.DISPATCHER)


def test_a_coordinator_who_has_joined_them_confirms_nothing_and_both_ways_out_of_that_lead_out(two: Two) -> None:
    coordinator = two.people[Role.COORDINATOR]
    join(two.session, coordinator, two.open, two.hazard, now=EARLY)
    two.act(Act.REPORT_FIX, Role.DISPATCHER, photos=[photo()])
    for role, refusal in ((Role.DISPATCHER, NeedsSecondPerson), (Role.COORDINATOR, JoinedBySame)):
        with pytest.raises(refusal):
            two.act(Act.CONFIRM_FIX, role)
    with two.session.begin_nested() as tried:
        assert two.fix(25, key="b") == ("fixed", None)
        tried.rollback()
    undo(two.session, coordinator, now=LATER)
    assert two.act(Act.CONFIRM_FIX, Role.COORDINATOR).status == "fixed"


def test_a_joining_that_was_taken_back_counts_for_nothing(two: Two) -> None:
    two.join()
    undo(two.session, two.people[Role.DISPATCHER], now=LATER)
    assert two.fix(-120, Role.CREW) == ("fixed", None)
    two.session.expire_all()
    assert two.open.is_open


def test_who_took_it_back_may_confirm(two: Two) -> None:
    two.join()
    undo(two.session, two.people[Role.DISPATCHER], now=LATER)
    two.act(Act.REPORT_FIX, photos=[photo(HERE)])
    assert two.act(Act.CONFIRM_FIX, Role.DISPATCHER).status == "fixed"
