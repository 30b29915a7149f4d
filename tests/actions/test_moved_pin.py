"""A correction is no way to close alone, and none to make a danger look smaller unseen."""

from collections.abc import Callable

import pytest
from shapely.geometry import Point
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.changes import Correction
from app.actions.hazards import act_on_hazard
from app.actions.severity import rescore_open
from app.domain.correction import Line, all_of
from app.domain.errors import CorrectedBySame
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Actor, Role
from app.models import Area, Event, Hazard, HazardType, Photo, Responsibility
from tests.actions.test_proofs import HOUR, LATER, Case, photo
from tests.jobs.kit import NOW, PLACE, POLICY, add_area, add_body

DESK = Point(76.9386, 43.2567)  # some 810 m to the east
NEAR = Point(76.9293, 43.2567)  # some 57 m
AT_DESK = photo((DESK.y, DESK.x), LATER)
Correct = Callable[..., Hazard]


@pytest.fixture
def case(session: Session) -> Case:
    made = Case(session)
    made.hazard.moderation = "cleared"
    area = session.get_one(Area, add_area(session))
    session.add(Responsibility(body_id=made.body, area_code=area.code, rank=1, valid_from=area.valid_from))
    session.flush()
    made.act(Act.ACCEPT, Role.DISPATCHER, now=NOW)
    return made


def correct(case: Case, by: Role = Role.DISPATCHER, **what: object) -> Hazard:
    done = act_on_hazard(
        case.session, by=case.people[by], reference=case.hazard.reference, act=Act.CORRECT, version=None,
        given=Given(reason="wrong pin"), policy=POLICY, now=NOW + HOUR / 2, correction=Correction(**what),
    )  # fmt: skip
    case.session.flush()
    case.session.refresh(done)
    return done


def corrections(session: Session) -> list[Event]:
    return list(session.scalars(select(Event).where(Event.kind == "correct").order_by(Event.id)))


def test_whoever_moves_the_pin_to_the_own_desk_does_not_close_there(case: Case) -> None:
    correct(case, geometry=DESK)
    done = case.act(Act.FIX, Role.DISPATCHER, photos=[AT_DESK])
    assert done.status == "fix_reported"
    assert case.session.scalars(select(Photo.distance_m)).one() == 0
    line = case.session.scalars(select(Event).where(Event.kind == "report_fix")).one()
    assert line.data["unproven"] == "moved"


def test_nor_does_a_colleague_by_such_a_photo_and_the_mover_does_not_confirm(case: Case) -> None:
    correct(case, geometry=DESK)
    assert case.act(Act.FIX, Role.CREW, photos=[AT_DESK]).status == "fix_reported"
    with pytest.raises(CorrectedBySame):
        case.act(Act.CONFIRM_FIX, Role.DISPATCHER)
    assert case.act(Act.CONFIRM_FIX, Role.MANAGER).status == "fixed"


def test_many_small_steps_are_one_large_one(case: Case) -> None:
    for step in range(1, 5):
        correct(case, geometry=Point(PLACE.x + step * (NEAR.x - PLACE.x) * 0.8, PLACE.y))
    spot = case.hazard.geom
    assert case.act(Act.FIX, photos=[photo((spot.y, spot.x), LATER)]).status == "fix_reported"
    assert any(event.public for event in corrections(case.session))


def test_a_better_pin_still_closes_by_one_photo_near_both_places(case: Case) -> None:
    correct(case, geometry=NEAR)
    assert case.act(Act.FIX, photos=[photo((NEAR.y, NEAR.x), LATER)]).status == "fixed"


def test_where_the_coordinator_has_put_the_pin_a_photo_closes_again(case: Case) -> None:
    correct(case, geometry=DESK)
    correct(case, Role.COORDINATOR, geometry=PLACE)
    assert case.act(Act.FIX, photos=[photo((PLACE.y, PLACE.x), LATER)]).status == "fixed"


def test_another_kind_and_not_found_is_not_one_person_s_either(case: Case) -> None:
    correct(case, hazard_type="ROPE")
    case.act(Act.NOT_FOUND, Role.CREW, photos=[photo()])
    with pytest.raises(CorrectedBySame):
        case.act(Act.CONFIRM_NOT_FOUND, Role.DISPATCHER)
    assert case.act(Act.CONFIRM_NOT_FOUND, Role.COORDINATOR).status == "not_found"


def test_the_pin_that_was_moved_in_one_body_s_hands_stays_moved_in_the_next_one_s(case: Case) -> None:
    correct(case, geometry=DESK)
    other = add_body(case.session)
    case.act(Act.FORWARD, Role.DISPATCHER, body_id=other, now=LATER)
    case.people[Role.CREW] = Actor(case.people[Role.CREW].account_id, frozenset({Role.DISPATCHER}), other)
    case.act(Act.ACCEPT, now=LATER)
    at = photo((DESK.y, DESK.x), LATER + HOUR, "b")
    assert case.act(Act.FIX, now=LATER + 2 * HOUR, photos=[at]).status == "fix_reported"


def _milder(session: Session) -> None:
    session.get_one(HazardType, "ROPE").severity = "low"
    session.flush()


def test_what_was_critical_stays_so_until_the_coordinator_agrees(case: Case) -> None:
    _milder(case.session)
    after = correct(case, hazard_type="ROPE")
    assert (after.severity, after.severity_why[-1]["reason"]) == ("critical", "kept")
    rescore_open(case.session, policy=POLICY, now=LATER)
    assert correct(case, hints={"setting": "yard"}).severity == "critical"
    assert correct(case, Role.COORDINATOR, anew=True).severity == "low"
    lines = corrections(case.session)
    assert lines[0].data["kept"] is True
    assert (lines[-1].data["from_severity"], lines[-1].data["to_severity"], lines[-1].public) == (
        "critical",
        "low",
        True,
    )


def test_a_body_does_not_lower_it_by_asking_to_judge_anew(case: Case) -> None:
    _milder(case.session)
    correct(case, hazard_type="ROPE")
    assert correct(case, anew=True).severity == "critical"


def test_the_public_reads_what_was_and_what_is_and_never_the_words(case: Case, public_session: Session) -> None:
    correct(case, hazard_type="ROPE")
    correct(case, geometry=DESK)
    case.session.commit()
    columns = "from_type, to_type, moved_m, note"
    seen = text(f"SELECT {columns} FROM public_data.public_event WHERE kind = 'correct' ORDER BY position")
    found = [tuple(row) for row in public_session.execute(seen)]
    assert found == [("MANHOLE_OPEN", "ROPE", None, ""), (None, None, 800, "")]


def test_a_slightly_better_pin_and_what_was_seen_stay_inside(case: Case) -> None:
    correct(case, geometry=Point(PLACE.x + 0.0002, PLACE.y))
    correct(case, hints={"setting": "yard"})
    lines = corrections(case.session)
    assert [line.public for line in lines] == [False, False]
    assert (lines[0].data["moved_m"], lines[0].data["from_place"]) == (16, "43.256700, 76.928600")


def test_a_kind_that_is_never_public_is_not_named_in_public(case: Case, public_session: Session) -> None:
    correct(case, Role.COORDINATOR, hazard_type="SUSPICIOUS_OBJECT")
    correct(case, Role.COORDINATOR, hazard_type="MANHOLE_OPEN")
    case.session.commit()
    seen = text("SELECT from_type, to_type FROM public_data.public_event WHERE kind = 'correct' ORDER BY position")
    assert [tuple(row) for row in public_session.execute(seen)] == [("MANHOLE_OPEN", None), (None, None)]


def test_what_was_joined_counts_by_its_own_moves_and_authors() -> None:
    step, far, kind = {"moved_m": 30}, {"moved_m": 900}, {"from_type": "ROPE"}
    kept, moved, named = (all_of([Line(who, False, data)]) for who, data in ((7, step), (8, far), (9, kind)))
    both = kept.with_joined([moved, named])
    assert (both.moved_m, both.unseen_m, both.authors) == (900, 30, {8, 9})
    assert kept.with_joined([kept]).authors == frozenset()


def test_whoever_put_it_nearer_by_a_step_is_no_author() -> None:
    assert all_of([Line(7, False, {"moved_m": 20})]).authors == frozenset()
    assert all_of([Line(7, False, {"moved_m": 30}), Line(8, False, {"moved_m": 30})]).authors == {7, 8}
    assert all_of([Line(7, True, {"moved_m": 900}), Line(9, True, {"moved_m": 900, "arbiter": True})]).moved_m == 0
