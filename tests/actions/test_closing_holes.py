"""Ways around the rules that were open once: each stays shut."""

from datetime import timedelta
from uuid import uuid4

import pytest
from shapely.geometry import Point
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.actions.bodies import import_bodies
from app.actions.changes import Correction
from app.actions.hazard_import import HazardRow, import_hazards
from app.actions.hazards import act_on_hazard
from app.actions.imports import Outcome
from app.actions.moderation import clear_hazard, hide_hazard
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.domain.errors import AlreadyDecided, BadClientId, CannotStay, DayPast, HazardNotFound, WouldHide
from app.domain.hazard import HoldReason
from app.domain.lifecycle import Act, Given
from app.domain.permissions import SYSTEM, Actor, Role
from app.models import Body, Hazard, HazardType, Report
from tests.jobs.kit import NOW, PLACE, POLICY, add_area, add_body, add_hazard, add_types
from tests.web.pages import make_account


def person(session: Session, role: Role, body_id: int | None = None) -> Actor:
    email = f"{role.value}@example.kz"
    return Actor(make_account(session, role, email=email, body_id=body_id).id, frozenset({role}), body_id)


def act(session: Session, hazard: Hazard, by: Actor, what: Act, *, now=NOW, **more: object) -> Hazard:
    given = more.pop("given", Given(reason="because", note="done", hold_reason=HoldReason.PERMIT))
    return act_on_hazard(
        session, by=by, reference=hazard.reference, act=what, version=None, given=given, policy=POLICY, now=now, **more
    )


def test_an_imported_hazard_has_a_receipt_that_nobody_can_compute(session: Session) -> None:
    add_types(session)
    row = HazardRow(1, "42", "MANHOLE_OPEN", PLACE)
    import_hazards(session, by=SYSTEM, rows=[row], source="old", policy=POLICY, now=NOW, outcome=Outcome())
    client_id = session.scalars(select(Report.client_id)).one()
    assert client_id.version == 4
    with pytest.raises(BadClientId):
        report_hazard(session, submission=Submission(client_id, "MANHOLE_OPEN", PLACE), policy=POLICY, now=NOW)


@pytest.mark.parametrize(
    "bad", [HazardRow(1, "a\x00b", "MANHOLE_OPEN", PLACE), HazardRow(1, "a\ud800", "MANHOLE_OPEN", PLACE)]
)
def test_one_bad_row_is_refused_and_the_next_goes_on(session: Session, bad: HazardRow) -> None:
    add_types(session)
    outcome = Outcome()
    rows = [bad, HazardRow(2, "good", "MANHOLE_OPEN", Point(PLACE.x, PLACE.y, 812.0))]
    import_hazards(session, by=SYSTEM, rows=rows, source="old", policy=POLICY, now=NOW, outcome=outcome)
    assert (outcome.counts["new"], [refusal.line for refusal in outcome.refused]) == (1, [1])
    assert not session.scalars(select(Hazard.public_place)).one().has_z


def test_a_second_list_of_bodies_erases_nothing_it_does_not_name(session: Session) -> None:
    add_body(session)
    line = {"code": "su", "kind": "water_utility", "name_kk": "Су", "name_ru": "Вода", "email": "su@qauip.example"}
    import_bodies(session, by=SYSTEM, rows=[(1, line), (2, line | {"email": "", "phone": "7"})], outcome=Outcome())
    import_bodies(
        session,
        by=SYSTEM,
        rows=[(1, {"code": "su", "kind": "water_utility", "name_kk": "Су арнасы"})],
        outcome=Outcome(),
    )
    session.expire_all()
    body = session.scalars(select(Body).where(Body.code == "su")).one()
    assert (body.name_kk, body.name_ru, body.email, body.phone) == ("Су арнасы", "Вода", "su@qauip.example", "7")


def test_a_dispatcher_takes_nothing_off_the_map_by_calling_it_something_else(session: Session) -> None:
    add_types(session)
    body = add_body(session)
    hazard = add_hazard(session, body_id=body)
    hide = {"correction": Correction(hazard_type="SUSPICIOUS_OBJECT")}
    with pytest.raises(WouldHide):
        act(session, hazard, person(session, Role.DISPATCHER, body), Act.CORRECT, **hide)
    assert act(session, hazard, person(session, Role.COORDINATOR), Act.CORRECT, **hide).hazard_type != "MANHOLE_OPEN"


def test_a_correction_buys_no_time_and_takes_no_pause_away(session: Session) -> None:
    add_types(session)
    session.get_one(HazardType, "ROPE").make_safe_hours = 400
    body = add_body(session)
    hazard = add_hazard(session, body_id=body, status="accepted")
    make_safe, fix = hazard.make_safe_due, hazard.fix_due
    by = person(session, Role.DISPATCHER, body)
    hazard.fix_due = fix + timedelta(days=1)  # a reporter was asked, and answered a day later
    hazard.moderation = "cleared"
    session.flush()
    act(session, hazard, by, Act.CORRECT, correction=Correction(hazard_type="ROPE"))
    assert (hazard.make_safe_due, hazard.fix_due) == (make_safe, fix + timedelta(days=1))


def test_no_work_is_planned_for_yesterday(session: Session) -> None:
    add_types(session)
    body = add_body(session)
    hazard = add_hazard(session, body_id=body)
    by = person(session, Role.DISPATCHER, body)
    with pytest.raises(DayPast):
        act(session, hazard, by, Act.PLAN, given=Given(planned_for=POLICY.day(NOW) - timedelta(days=1)))


def test_a_held_hazard_is_nobody_s_but_a_moderator_s(session: Session) -> None:
    add_types(session)
    body = add_body(session)
    hazard = add_hazard(session, body_id=body, held=True)
    with pytest.raises(HazardNotFound):
        act(session, hazard, person(session, Role.DISPATCHER, body), Act.ACCEPT)


@pytest.mark.parametrize("target", [{"status": "rejected", "closed_at": NOW}, {"held": True}])
def test_nothing_is_closed_as_the_duplicate_of_what_was_rejected_or_is_held(session: Session, target: dict) -> None:
    add_types(session)
    body = add_body(session)
    hazard, other = add_hazard(session, body_id=body), add_hazard(session, body_id=body, **target)
    by = person(session, Role.DISPATCHER, body)
    with pytest.raises((HazardNotFound, CannotStay)):
        act(session, hazard, by, Act.MARK_DUPLICATE, given=Given(other_hazard_id=other.id))


def test_the_public_sees_no_number_of_a_hazard_that_is_not_public(session: Session, public_session: Session) -> None:
    add_types(session)
    body = add_body(session)
    secret = add_hazard(session, body_id=body, hazard_type="SUSPICIOUS_OBJECT")
    shown = add_hazard(session, body_id=body, status="duplicate", duplicate_of_id=secret.id, closed_at=NOW)
    session.commit()
    found = public_session.execute(text("SELECT reference, duplicate_of FROM public_data.public_hazard")).all()
    assert [tuple(row) for row in found] == [(shown.reference, None)]


@pytest.mark.parametrize("show", [True, False])
def test_words_of_staff_are_public_only_where_they_were_meant_to_be(session, public_session, show: bool) -> None:
    add_types(session)
    add_area(session)
    body, other = add_body(session), add_body(session)
    hazard = add_hazard(session, body_id=body)
    by = person(session, Role.DISPATCHER, body)
    act(session, hazard, by, Act.FORWARD, given=Given(reason="call Aliya 7070", body_id=other), show_note=show)
    session.commit()
    found = public_session.execute(text("SELECT kind, note FROM public_data.public_event")).all()
    assert [tuple(row) for row in found] == [("forward", "call Aliya 7070" if show else "")]


def test_a_moderator_takes_back_what_was_cleared_but_not_by_the_queue_s_form(session: Session) -> None:
    add_types(session)
    hazard = add_hazard(session)
    by = person(session, Role.MODERATOR)
    clear_hazard(session, by=by, reference=hazard.reference, public_text="Aliya, flat 7", policy=POLICY, now=NOW)
    with pytest.raises(AlreadyDecided):
        hide_hazard(session, by=by, reference=hazard.reference, reason="names", policy=POLICY, now=NOW)
    hide_hazard(session, by=by, reference=hazard.reference, reason="names", policy=POLICY, now=NOW, again=True)
    assert (hazard.moderation, hazard.public_text) == ("refused", None)


def test_a_report_of_the_same_sender_is_one_report(session: Session) -> None:
    add_types(session)
    submission = Submission(uuid4(), "MANHOLE_OPEN", PLACE)
    first, second = (report_hazard(session, submission=submission, policy=POLICY, now=NOW) for _ in range(2))
    assert (first.receipt, second.created) == (second.receipt, False)
    assert session.scalar(select(func.count()).select_from(Hazard)) == 1
