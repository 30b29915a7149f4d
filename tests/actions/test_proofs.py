"""What closes a hazard, on the real database: a photo from the spot after acceptance, else two people."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from shapely.geometry import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.deadlines import end_made_safe
from app.actions.hazards import act_on_hazard
from app.domain.errors import NeedsPhoto, NeedsProof, NeedsSecondPerson, NothingToInspect, ProposalWaits
from app.domain.hazard import HoldReason, Measure
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Actor, Role
from app.domain.photo import PhotoFile
from app.domain.proof import Device
from app.models import Event, Hazard, Photo
from tests.jobs.kit import NOW, POLICY, add_body, add_hazard, add_types
from tests.web.pages import make_account

HOUR = timedelta(hours=1)
HERE = (43.2567, 76.9286)
NEAR = (43.2575, 76.9286)  # 89 m to the north
FAR = (43.2600, 76.9286)  # 367 m
LATER = NOW + HOUR
Do = Callable[..., Hazard]


def photo(place: tuple[float, float] | None = None, at: datetime | None = None, key: str = "a") -> PhotoFile:
    return PhotoFile(key * 64, 800, 600, place, at)


class Case:
    """A hazard of a body, with people of it and a coordinator."""

    def __init__(self, session: Session) -> None:
        add_types(session)
        self.session, self.body = session, add_body(session)
        self.hazard = add_hazard(session, body_id=self.body)
        roles = (Role.CREW, Role.DISPATCHER, Role.MANAGER)
        self.people = {role: self._person(role, self.body) for role in roles}
        self.people[Role.COORDINATOR] = self._person(Role.COORDINATOR, None)

    def _person(self, role: Role, body_id: int | None) -> Actor:
        made = make_account(self.session, role, email=f"{role.value}@example.kz", body_id=body_id)
        return Actor(made.id, frozenset({role}), body_id)

    def act(self, act: Act, by: Role = Role.CREW, *, now: datetime = LATER, photos: object = (), before: object = (),
            **given: object) -> Hazard:  # fmt: skip
        words = {"note": "done", "reason": "because", **given}
        done = act_on_hazard(
            self.session, by=self.people[by], reference=self.hazard.reference, act=act, version=None,
            given=Given(**words), policy=POLICY, now=now, photos=photos, before=before,
        )  # fmt: skip
        self.session.flush()
        self.session.refresh(done)
        return done

    def kinds(self) -> list[str]:
        return list(self.session.scalars(select(Event.kind).order_by(Event.id)))


@pytest.fixture
def case(session: Session) -> Case:
    made = Case(session)
    made.act(Act.ACCEPT, Role.DISPATCHER, now=NOW)
    return made


@pytest.mark.parametrize(
    ("file", "device", "status", "placed_by"),
    [
        (photo(NEAR, NOW + HOUR / 2), None, "fixed", "camera"),
        (photo(FAR, NOW + HOUR / 2), None, "fix_reported", "camera"),
        (photo(NEAR, NOW - HOUR), None, "fix_reported", "camera"),  # before it was accepted
        (photo(NEAR, LATER + HOUR), None, "fix_reported", "camera"),  # by a clock that runs an hour fast
        (photo(), None, "fix_reported", None),
        (photo(NEAR), None, "fix_reported", None),  # a place without a time
        (photo(), Device(HERE, NOW + HOUR / 2), "fix_reported", "device"),  # see test_device_word.py
        (photo(), Device(HERE), "fix_reported", "device"),
        (photo(), Device(FAR), "fix_reported", "device"),
        (photo(None, NOW - HOUR), Device(HERE), "fix_reported", "device"),  # the camera's old time counts
        (photo(FAR, NOW + HOUR / 2), Device(HERE), "fix_reported", "camera"),  # no device overrules a camera
    ],
)
def test_a_photo_from_the_spot_after_acceptance_closes_and_any_other_only_reports(
    case: Case, file: PhotoFile, device: Device | None, status: str, placed_by: str | None
) -> None:
    assert case.act(Act.FIX, photos=[file], device=device).status == status
    assert case.kinds()[-1] == ("fix" if status == "fixed" else "report_fix")
    assert case.session.scalars(select(Photo.placed_by)).one() == placed_by


def test_a_camera_without_an_offset_shows_the_time_of_the_country(case: Case) -> None:
    shown = (NOW + HOUR / 2).astimezone(POLICY.timezone).replace(tzinfo=None)
    assert case.act(Act.FIX, photos=[photo(NEAR, shown)]).status == "fixed"
    assert case.session.scalars(select(Photo.taken_at)).one() == NOW + HOUR / 2


def test_distance_is_to_the_nearest_point_of_a_long_hazard_and_no_place_is_kept(case: Case) -> None:
    case.act(Act.FIX, photos=[photo(NEAR, LATER)])
    kept = case.session.scalars(select(Photo)).one()
    assert 85 <= kept.distance_m <= 93
    columns = {column.key: getattr(kept, column.key) for column in Photo.__table__.columns}
    assert not any(isinstance(value, float | Point) for value in columns.values())
    assert "43.2" not in repr(columns)


def test_acceptance_by_the_body_before_is_none_by_this_one(case: Case) -> None:
    other = add_body(case.session)
    case.act(Act.FORWARD, Role.DISPATCHER, now=NOW + HOUR, body_id=other)
    case.people[Role.CREW] = Actor(case.people[Role.CREW].account_id, frozenset({Role.DISPATCHER}), other)
    case.act(Act.ACCEPT, now=NOW + 2 * HOUR)
    assert case.act(Act.FIX, now=NOW + 3 * HOUR, photos=[photo(NEAR, NOW + HOUR / 2)]).status == "fix_reported"


def test_whoever_reported_a_fix_without_proof_does_not_confirm_it_and_another_does(case: Case) -> None:
    case.act(Act.FIX, Role.DISPATCHER, photos=[photo()])
    with pytest.raises(NeedsSecondPerson):
        case.act(Act.CONFIRM_FIX, Role.DISPATCHER)
    with pytest.raises(NeedsProof):
        case.act(Act.FIX, Role.CREW, photos=[photo()])
    assert case.act(Act.CONFIRM_FIX, Role.MANAGER).status == "fixed"


@pytest.mark.parametrize("second", [Role.MANAGER, Role.COORDINATOR])
def test_not_found_stays_open_until_a_second_person_confirms(case: Case, second: Role) -> None:
    with pytest.raises(NeedsPhoto):
        case.act(Act.NOT_FOUND, Role.DISPATCHER)
    marked = case.act(Act.NOT_FOUND, Role.DISPATCHER, photos=[photo()])
    assert (marked.status, marked.proposal, marked.is_open) == ("accepted", "not_found", True)
    with pytest.raises(NeedsSecondPerson):
        case.act(Act.CONFIRM_NOT_FOUND, Role.DISPATCHER)
    with pytest.raises(ProposalWaits):
        case.act(Act.REPORT_FIX, Role.CREW, photos=[photo()])
    closed = case.act(Act.CONFIRM_NOT_FOUND, second)
    assert (closed.status, closed.proposal, closed.proposed_by) == ("not_found", None, None)


def test_declined_it_goes_on_as_before(case: Case) -> None:
    case.act(Act.NOT_FOUND, photos=[photo()])
    after = case.act(Act.DECLINE_NOT_FOUND, Role.DISPATCHER)
    assert (after.status, after.proposal) == ("accepted", None)
    assert case.act(Act.FIX, photos=[photo(NEAR, LATER, "b")]).status == "fixed"


def test_handing_over_closes_by_a_second_person_only(case: Case) -> None:
    assert case.act(Act.HAND_OVER, Role.COORDINATOR).is_open
    with pytest.raises(NeedsSecondPerson):
        case.act(Act.CONFIRM_HAND_OVER, Role.COORDINATOR)
    assert case.act(Act.CONFIRM_HAND_OVER, Role.DISPATCHER).status == "handed_over"


def test_a_proposal_of_the_body_before_is_gone_with_it(case: Case) -> None:
    case.act(Act.NOT_FOUND, photos=[photo()])
    moved = case.act(Act.FORWARD, Role.DISPATCHER, body_id=add_body(case.session))
    assert (moved.proposal, moved.proposed_by) == (None, None)


def test_what_work_waits_for_stands_while_it_waits(case: Case) -> None:
    held = case.act(Act.HOLD, Role.DISPATCHER, hold_reason=HoldReason.SPARE_PARTS)
    assert (held.status, held.hold_reason, held.fix_paused_at) == ("on_hold", "spare_parts", None)
    assert case.act(Act.START, now=LATER + HOUR).hold_reason is None


def test_clocks_survive_holds_and_forwards_and_a_hold_stops_none_of_them(case: Case) -> None:
    make_safe, fix = case.hazard.make_safe_due, case.hazard.fix_due
    case.act(Act.HOLD, Role.DISPATCHER, now=NOW + HOUR, hold_reason=HoldReason.WEATHER)
    other = add_body(case.session)
    moved = case.act(Act.FORWARD, Role.DISPATCHER, now=NOW + 4 * HOUR, body_id=other)
    assert (moved.make_safe_due, moved.fix_due, moved.fix_paused_at) == (make_safe, fix, None)
    back = case.act(Act.ARBITRATE, Role.COORDINATOR, now=NOW + 9 * HOUR, body_id=case.body)
    assert (back.make_safe_due, back.fix_due) == (make_safe, fix)


def test_an_expired_measure_asks_for_an_inspection_and_a_look_keeps_it(case: Case) -> None:
    with pytest.raises(NothingToInspect):
        case.act(Act.INSPECT, photos=[photo()])
    until = case.act(Act.MAKE_SAFE, now=NOW, measure=Measure.GRID, photos=[photo()]).made_safe_until
    late = until + HOUR
    assert end_made_safe(case.session, now=late) == 1
    case.session.refresh(case.hazard)
    marks = (case.hazard.made_safe_at, case.hazard.inspect_due, case.hazard.inspect_measure)
    assert marks == (None, until, "grid")
    assert case.kinds()[-1] == "made_safe_expired"
    with pytest.raises(NeedsPhoto):
        case.act(Act.INSPECT, now=late)
    seen = case.act(Act.INSPECT, now=late, photos=[photo(NEAR, late, "b")])
    assert (seen.made_safe_measure, seen.made_safe_at) == ("grid", late)
    assert seen.made_safe_until == late + POLICY.made_safe_lasts
    assert seen.inspect_due is None


def test_a_look_before_the_time_runs_out_keeps_it_safe_since_then(case: Case) -> None:
    first = case.act(Act.MAKE_SAFE, now=NOW, measure=Measure.GRID, photos=[photo()])
    later = NOW + 40 * HOUR
    seen = case.act(Act.INSPECT, now=later, photos=[photo(NEAR, later, "b")])
    assert (seen.made_safe_at, seen.made_safe_until) == (first.made_safe_at, later + POLICY.made_safe_lasts)


@pytest.mark.parametrize("act", [Act.MAKE_SAFE, Act.FIX])
def test_made_safe_anew_or_closed_it_asks_for_nothing(case: Case, act: Act) -> None:
    until = case.act(Act.MAKE_SAFE, now=NOW, measure=Measure.GRID, photos=[photo()]).made_safe_until
    end_made_safe(case.session, now=until + HOUR)
    proof = photo(NEAR, until + HOUR, "b")
    after = case.act(act, now=until + 2 * HOUR, measure=Measure.FULL_FENCE, photos=[proof])
    assert (after.inspect_due, after.inspect_measure) == (None, None)


def test_materials_and_how_it_was_before_stay_with_the_body(case: Case) -> None:
    case.act(Act.FIX, photos=[photo(NEAR, LATER)], before=[photo(key="b")], materials="1 люк, 2 мешка цемента")
    kinds = case.session.scalars(select(Photo.kind).order_by(Photo.id)).all()
    assert kinds == ["before", "fixed"]
    line = case.session.scalars(select(Event).where(Event.kind == "materials")).one()
    assert (line.note, line.public) == ("1 люк, 2 мешка цемента", False)


def test_where_no_proof_is_asked_for_a_photo_closes(case: Case) -> None:
    done = act_on_hazard(
        case.session, by=case.people[Role.CREW], reference=case.hazard.reference, act=Act.FIX, version=None,
        given=Given(note="x"), policy=replace(POLICY, fix_proof_m=None), now=datetime(2026, 11, 25, tzinfo=UTC),
        photos=[photo()],
    )  # fmt: skip
    assert done.status == "fixed"
