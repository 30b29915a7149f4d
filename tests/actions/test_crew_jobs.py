"""What a crew's device sends is done once, whoever repeats it, and only for the own body."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.crew_jobs import OVERTAKES, Done, act_once
from app.actions.deadlines import mark_overdue
from app.actions.purge import purge
from app.domain.claimed import Claim
from app.domain.errors import ActNotAllowedNow, HazardNotFound, NeedsReason, StaleVersion
from app.domain.hazard import HoldReason, Measure, Status
from app.domain.lifecycle import FACTS, LOOKS, Act, Given
from app.domain.permissions import Actor, Role
from app.domain.photo import PhotoFile
from app.models import Crew, CrewMember, Event, Hazard, SentAct
from app.queries.crew_jobs import my_jobs
from tests.actions.administration_kit import account
from tests.jobs.kit import NOW, POLICY, add_body, add_hazard, add_types


class World:
    """A body with a crew of one and a hazard it has accepted; another body."""

    def __init__(self, session: Session) -> None:
        self.session = session
        add_types(session)
        self.body, self.other = add_body(session), add_body(session)
        self.crew = account(session, Role.CREW, self.body)
        self.dispatcher = account(session, Role.DISPATCHER, self.body)
        self.team = Crew(body_id=self.body, name="One")
        session.add(self.team)
        session.flush()
        session.add(CrewMember(crew_id=self.team.id, account_id=self.crew.account_id))
        self.hazard = add_hazard(session, body_id=self.body, status="accepted", crew_id=self.team.id)

    def send(self, act: Act, *, client_id: UUID | None = None, by: Actor | None = None, **more) -> Done:
        order = {"version": self.hazard.version, "given": Given(), "policy": POLICY} | more
        return act_once(
            self.session,
            by=by or self.crew,
            client_id=client_id or uuid4(),
            reference=self.hazard.reference,
            act=act,
            now=NOW,
            **order,
        )

    def events(self) -> int:
        return self.session.scalar(select(func.count()).where(Event.hazard_id == self.hazard.id)) or 0

    def last(self) -> int:
        return self.session.scalar(select(func.max(Event.id)).where(Event.hazard_id == self.hazard.id)) or 0

    def jobs(self, by: Actor) -> list[str]:
        return [row.reference for row in my_jobs(self.session, actor=by, language="ru")]


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


def test_an_act_sent_twice_is_done_once_and_answered_alike(world: World) -> None:
    mine, version = uuid4(), world.hazard.version
    first = world.send(Act.START, client_id=mine, version=version)
    again = world.send(Act.START, client_id=mine, version=version)
    assert (first.version, first.status, first.again) == (version + 1, Status.IN_PROGRESS, False)
    assert (again.version, again.status, again.again) == (version + 1, Status.IN_PROGRESS, True)
    assert world.events() == 1


def test_the_same_id_of_somebody_else_is_another_act(world: World) -> None:
    mine = uuid4()
    world.send(Act.START, client_id=mine)
    noted = world.send(Act.NOTE, client_id=mine, by=world.dispatcher, given=Given(note="seen"))
    assert not noted.again
    assert world.events() == 2


def test_what_was_refused_is_not_taken_for_done(world: World, session: Session) -> None:
    mine = uuid4()
    with pytest.raises(NeedsReason), session.begin_nested():
        world.send(Act.RETURN_WORK, client_id=mine)
    assert session.scalar(select(SentAct.client_id)) is None
    assert not world.send(Act.RETURN_WORK, client_id=mine, given=Given(reason="no pump")).again
    assert world.hazard.crew_id is None


def test_a_later_act_goes_on_from_the_version_of_the_one_before(world: World, session: Session) -> None:
    shown = world.hazard.version
    done = world.send(Act.START, version=shown)
    with pytest.raises(StaleVersion), session.begin_nested():
        world.send(Act.RETURN_WORK, version=shown, given=Given(reason="no pump"))
    assert world.send(Act.RETURN_WORK, version=done.version, given=Given(reason="no pump")).version == shown + 2


def looked(world: World, act: Act = Act.MAKE_SAFE, **more) -> Done:
    """With a photo of its own."""
    photos = (PhotoFile(uuid4().hex * 2, 800, 600),)
    return world.send(act, given=Given(measure=Measure.GRID), photos=photos, **more)


def hold(world: World) -> None:
    world.send(Act.HOLD, by=world.dispatcher, given=Given(hold_reason=HoldReason.WEATHER))


@pytest.mark.parametrize("act", sorted(FACTS))
def test_what_was_done_on_the_spot_stands_whatever_was_decided_meanwhile(world: World, act: Act) -> None:
    looked(world)
    shown = world.hazard.version
    hold(world)
    mine = uuid4()
    order = {"client_id": mine, "version": shown, "seen": world.last() - 1}
    done = looked(world, act, **order) if act in LOOKS else world.send(act, given=Given(note="seen"), **order)
    assert (done.status, done.before) == (Status.ON_HOLD, shown + 1)
    again = world.send(act, client_id=mine, version=shown)
    assert (again.again, again.before, again.version) == (True, shown, shown), "nobody knows of the hold by this"


@pytest.mark.parametrize(("act", "given"), [(Act.START, Given()), (Act.FIX, Given(note="done"))])
def test_what_would_undo_a_decision_is_refused_until_it_is_seen(
    world: World, session: Session, act: Act, given: Given
) -> None:
    shown = world.hazard.version
    hold(world)
    looked(world, version=shown)
    with pytest.raises(StaleVersion), session.begin_nested():
        world.send(act, version=shown, given=given, photos=(PhotoFile("a" * 64, 800, 600),))
    assert world.hazard.status == Status.ON_HOLD


@pytest.mark.parametrize("kind", OVERTAKES)
def test_a_look_is_refused_where_somebody_has_spoken_of_the_danger_since(
    world: World, session: Session, kind: str
) -> None:
    shown, seen = world.hazard.version, world.last()
    history(world, (kind, timedelta(0)))
    hold(world)
    with pytest.raises(StaleVersion), session.begin_nested():
        looked(world, version=shown, seen=seen)
    assert world.hazard.made_safe_at is None
    assert looked(world, version=shown, seen=world.last() - 1).status is Status.ON_HOLD, "known by then"


def test_an_own_look_is_no_news(world: World) -> None:
    shown = world.hazard.version
    looked(world)
    hold(world)
    assert looked(world, Act.INSPECT, version=shown).status is Status.ON_HOLD


@pytest.mark.parametrize("role", [Role.CREW, Role.DISPATCHER, Role.MANAGER])
def test_another_body_s_hazard_is_not_there(world: World, session: Session, role: Role) -> None:
    stranger = Actor(account(session, Role.AUDITOR).account_id, frozenset({role}), world.other)
    with pytest.raises(HazardNotFound):
        world.send(Act.START, by=stranger)
    assert session.scalar(select(SentAct.client_id)) is None


def test_the_rules_of_the_lifecycle_hold(world: World, session: Session) -> None:
    world.hazard.status = "assigned"
    session.flush()
    with pytest.raises(ActNotAllowedNow):
        world.send(Act.START)


def test_my_jobs_are_those_of_my_crews_and_of_me_while_open_and_ours(world: World, session: Session) -> None:
    mine = add_hazard(session, body_id=world.body, assignee_id=world.crew.account_id)
    add_hazard(session, body_id=world.body)
    add_hazard(session, body_id=world.other, crew_id=world.team.id)
    add_hazard(session, body_id=world.body, crew_id=world.team.id, held=True)
    add_hazard(session, body_id=world.body, crew_id=world.team.id, status="fixed", closed_at=NOW)
    assert set(world.jobs(world.crew)) == {world.hazard.reference, mine.reference}
    assert world.jobs(world.dispatcher) == []


def test_what_is_not_safe_comes_first_then_danger_then_what_is_due(world: World, session: Session) -> None:
    def job(**more) -> Hazard:
        return add_hazard(session, body_id=world.body, crew_id=world.team.id, **more)

    session.delete(world.hazard)
    safe = {"made_safe_measure": "grid", "made_safe_at": NOW, "made_safe_until": NOW + timedelta(days=3)}
    later, low, is_safe, soon = (
        job(make_safe_due=NOW + timedelta(hours=9)),
        job(severity="low"),
        job(**safe),
        job(make_safe_due=NOW + timedelta(hours=1)),
    )
    hurt = job(severity="high", urgent=True)
    expected = [hurt, soon, later, low, is_safe]
    assert world.jobs(world.crew) == [hazard.reference for hazard in expected]


def test_ids_are_forgotten_after_a_quarter_of_a_year(world: World, session: Session) -> None:
    world.send(Act.START)
    purge(session, now=NOW + timedelta(days=89))
    assert session.scalar(select(SentAct.client_id)) is not None
    purge(session, now=NOW + timedelta(days=91))
    assert session.scalar(select(SentAct.client_id)) is None


HOUR = timedelta(hours=1)


def claimed(waited: timedelta) -> Claim:
    """By a device whose clock is a year behind."""
    return Claim(NOW - timedelta(days=365) - waited, NOW - timedelta(days=365))


def done_at(world: World) -> list[str | None]:
    """Of all acts of the crew, in their order."""
    asked = select(Event.data["done_at"].astext).where(Event.account_id == world.crew.account_id)
    return list(world.session.scalars(asked.order_by(Event.id)))


def history(world: World, *kinds: tuple[str, timedelta]) -> None:
    """Lines of the hazard, each some time ago."""
    for kind, ago in kinds:
        status = "assigned" if kind == "assigned" else "accepted"
        row = {"hazard_id": world.hazard.id, "kind": kind, "at": NOW - ago, "actor": "system", "status": status}
        world.session.add(Event(**row, public=True, body_id=world.body))
        world.session.flush()


def test_when_it_was_done_stands_beside_when_it_arrived(world: World) -> None:
    history(world, ("assigned", 5 * HOUR), ("accept", 4 * HOUR))
    world.send(Act.NOTE, given=Given(note="x"), claim=claimed(HOUR))
    assert done_at(world) == [(NOW - HOUR).isoformat()]
    assert world.session.scalars(select(Event.at).where(Event.kind == "note")).one() == NOW


def test_a_word_from_before_the_body_took_it_on_is_dropped_and_the_act_is_done(world: World) -> None:
    history(world, ("assigned", 5 * HOUR), ("accept", 2 * HOUR))
    for waited in (3 * HOUR, -HOUR, 80 * HOUR):
        world.send(Act.NOTE, given=Given(note="x"), claim=claimed(waited))
    assert done_at(world) == [None, None, None]


def test_a_job_that_was_begun_without_a_network_was_taken_on_then(world: World) -> None:
    """All arrive together; what followed is believed, what would lie before the beginning is not."""
    history(world, ("assigned", 5 * HOUR))
    world.send(Act.START, claim=claimed(3 * HOUR))
    for waited in (2 * HOUR, 4 * HOUR):
        world.send(Act.NOTE, given=Given(note="x"), claim=claimed(waited))
    assert done_at(world) == [(NOW - 3 * HOUR).isoformat(), (NOW - 2 * HOUR).isoformat(), None]


def test_no_clock_goes_by_the_word_of_a_device(world: World, session: Session) -> None:
    """Due an hour ago, done two hours ago as the device says: it is late all the same, and stays so in every figure."""
    history(world, ("assigned", 9 * HOUR), ("accept", 8 * HOUR))
    world.hazard.make_safe_due = NOW - HOUR
    session.flush()
    mark_overdue(session, now=NOW)
    session.refresh(world.hazard)
    before = (world.hazard.overdue, world.hazard.make_safe_due, world.hazard.fix_due)
    world.send(Act.START, claim=claimed(2 * HOUR))
    session.refresh(world.hazard)
    assert done_at(world) == [(NOW - 2 * HOUR).isoformat()]
    assert (world.hazard.overdue, world.hazard.make_safe_due, world.hazard.fix_due) == before
