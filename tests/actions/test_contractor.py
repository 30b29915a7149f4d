"""A contractor's link: one hazard, a few acts, an end; and whoever of the body confirms what it proposes."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.actions.contractor import ACTS, LinkFacts, NewLink, act_by_link, give_link, revoke_link
from app.actions.hazards import act_on_hazard
from app.domain.errors import (
    ActNotAllowedNow,
    BadLinkDays,
    HazardNotFound,
    LinkDead,
    NeedsName,
    NeedsNote,
    NeedsPhoto,
    NeedsSecondPerson,
    NotPermitted,
)
from app.domain.hazard import MOST_LINK_DAYS
from app.domain.lifecycle import RULES, Act, Given
from app.domain.permissions import Actor, Permission, Role
from app.domain.photo import PhotoFile
from app.models import ContractorLink, ContractorPhoto, Event, Hazard, Photo
from app.queries.contractor import actor_of, job_of_token, photo_key_for
from tests.actions.administration_kit import account, refused
from tests.jobs.kit import NOW, POLICY, add_body, add_hazard, add_types

FACTS = LinkFacts(name="Құрылыс ЖШС", language="kk", needed="A cover of type T", days=7)
PHOTO = PhotoFile("a" * 64, 640, 480)


class World:
    def __init__(self, session: Session) -> None:
        self.session = session
        add_types(session)
        self.body, self.other = add_body(session), add_body(session)
        self.dispatcher = account(session, Role.DISPATCHER, self.body)
        self.stranger = account(session, Role.MANAGER, self.other)
        self.hazard = add_hazard(session, body_id=self.body, status="accepted")
        self.second = add_hazard(session, body_id=self.body, status="accepted")

    def give(self, facts: LinkFacts = FACTS, *, by: Actor | None = None, hazard: Hazard | None = None) -> NewLink:
        reference = (hazard or self.hazard).reference
        return give_link(self.session, by=by or self.dispatcher, reference=reference, facts=facts, now=NOW)

    def send(self, token: str, act: Act, *, note: str = "Done", photos=(PHOTO,), now=NOW) -> None:
        act_by_link(self.session, token=token, act=act, note=note, photos=photos, policy=POLICY, now=now)

    def photo(self, hazard: Hazard, name: str) -> Photo:
        made = Photo(
            public_id=name, hazard_id=hazard.id, kind="report", content_key=name * 8, width=1, height=1, added_at=NOW
        )
        self.session.add(made)
        self.session.flush()
        return made

    def last(self) -> Event:
        return self.session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


def test_the_token_is_kept_nowhere(world: World, session: Session) -> None:
    made = world.give()
    assert len(made.token) == 43
    assert made.token.encode() not in bytes(made.link.token_hash)
    assert made.token not in str(session.execute(select(Event.note, Event.data)).all())


def test_a_fix_by_link_is_only_reported_and_a_colleague_confirms_who_did_not_give_the_link(
    world: World, session: Session
) -> None:
    token = world.give().token
    world.send(token, Act.START)
    world.send(token, Act.REPORT_FIX)
    event = world.last()
    assert (event.kind, event.actor, event.account_id) == ("report_fix", "contractor", None)
    assert event.data["link"] == session.scalar(select(ContractorLink.id))
    assert world.hazard.status == "fix_reported"
    order = {"given": Given(), "policy": POLICY, "now": NOW, "version": world.hazard.version}
    confirm = partial(act_on_hazard, session, reference=world.hazard.reference, act=Act.CONFIRM_FIX, **order)
    with refused(session, NeedsSecondPerson):
        confirm(by=world.dispatcher)
    confirm(by=account(session, Role.COORDINATOR))
    assert world.hazard.status == "fixed"


def test_a_contractor_takes_back_no_fix_that_was_reported(world: World, session: Session) -> None:
    token = world.give().token
    world.send(token, Act.REPORT_FIX)
    with refused(session, ActNotAllowedNow):
        world.send(token, Act.START)
    assert world.hazard.status == "fix_reported"


def test_a_photo_of_another_bodys_internal_line_is_shared_by_nobody(world: World, session: Session) -> None:
    theirs = Event(
        hazard_id=world.hazard.id, kind="note", at=NOW, actor="system", status="accepted", public=False, data={},
        body_id=world.other,
    )  # fmt: skip
    photo = world.photo(world.hazard, "internal")
    session.add(theirs)
    session.flush()
    photo.event_id = theirs.id
    world.give(LinkFacts("A", "ru", "B", 1, [photo.public_id]))
    assert session.scalars(select(ContractorPhoto.photo_id)).all() == []


@pytest.mark.parametrize("act", sorted(set(RULES) - ACTS))
def test_no_other_act_is_for_a_contractor(world: World, act: Act) -> None:
    token = world.give().token
    with pytest.raises(NotPermitted):
        world.send(token, act)


def test_a_contractor_may_work_for_the_body_of_the_link_and_nothing_else(world: World) -> None:
    contractor = actor_of(world.give().link)
    allowed = [each for each in Permission if contractor.may(each, body_id=world.body)]
    assert allowed == [Permission.WORK]
    assert not any(contractor.may(each, body_id=world.other) for each in Permission)
    assert not any(contractor.may(each, anywhere=True) for each in Permission)


def test_a_fix_needs_a_note_and_a_photo(world: World, session: Session) -> None:
    token = world.give().token
    with refused(session, NeedsNote):
        world.send(token, Act.REPORT_FIX, note=" ")
    with refused(session, NeedsPhoto):
        world.send(token, Act.REPORT_FIX, photos=())
    assert session.scalar(select(Hazard.status).where(Hazard.id == world.hazard.id)) == "accepted"


def dead(world: World, token: str, now=NOW) -> None:
    assert job_of_token(world.session, token, "ru", now=now) is None
    with pytest.raises(LinkDead):
        world.send(token, Act.NOTE, now=now)


def test_a_link_dies_by_time_by_revoking_and_with_its_hazard(world: World, session: Session) -> None:
    made = world.give()
    assert job_of_token(session, made.token, "ru", now=NOW) is not None
    dead(world, made.token, NOW + timedelta(days=7))
    dead(world, "x" * 43)
    for changed in ({"held": True}, {"body_id": world.other}, {"status": "fixed", "closed_at": NOW}):
        before = {name: getattr(world.hazard, name) for name in changed}
        session.execute(update(Hazard).where(Hazard.id == world.hazard.id).values(**changed))
        dead(world, made.token)
        session.execute(update(Hazard).where(Hazard.id == world.hazard.id).values(**before))
    revoke_link(session, by=world.dispatcher, reference=world.hazard.reference, link_id=made.link.id, now=NOW)
    dead(world, made.token)
    assert world.last().kind == "link_revoked"


def test_a_link_shows_the_photos_chosen_of_its_own_hazard_only(world: World, session: Session) -> None:
    shown, kept, foreign = (
        world.photo(world.hazard, "shown-00"),
        world.photo(world.hazard, "kept-000"),
        world.photo(world.second, "foreign0"),
    )
    made = world.give(LinkFacts("A", "ru", "B", 1, [shown.public_id, foreign.public_id]))
    assert session.scalars(select(ContractorPhoto.photo_id)).all() == [shown.id]
    assert photo_key_for(session, made.token, shown.public_id, now=NOW) == shown.content_key
    assert photo_key_for(session, made.token, kept.public_id, now=NOW) is None
    assert photo_key_for(session, made.token, foreign.public_id, now=NOW) is None
    assert photo_key_for(session, made.token, shown.public_id, now=NOW + timedelta(days=1)) is None


def test_only_who_dispatches_for_the_body_gives_and_revokes(world: World, session: Session) -> None:
    made = world.give()
    with pytest.raises(HazardNotFound):
        world.give(by=world.stranger)
    with pytest.raises(NotPermitted):
        world.give(by=account(session, Role.CREW, world.body))
    with pytest.raises(HazardNotFound):
        revoke_link(session, by=world.stranger, reference=world.hazard.reference, link_id=made.link.id, now=NOW)
    with pytest.raises(LinkDead):  # of another hazard, by its number
        revoke_link(session, by=world.dispatcher, reference=world.second.reference, link_id=made.link.id, now=NOW)


def test_what_a_link_needs(world: World, session: Session) -> None:
    for facts, refusal in (
        (LinkFacts(" ", "kk", "x", 7), NeedsName),
        (LinkFacts("x", "kk", " ", 7), NeedsNote),
        (LinkFacts("x", "kk", "x", 0), BadLinkDays),
        (LinkFacts("x", "kk", "x", MOST_LINK_DAYS + 1), BadLinkDays),
    ):
        with refused(session, refusal):
            world.give(facts)
    with refused(session, ActNotAllowedNow):
        world.give(hazard=add_hazard(session, body_id=world.body))


def test_the_history_takes_no_contractor_without_a_link(world: World, session: Session) -> None:
    world.give()
    line = Event(
        hazard_id=world.hazard.id, kind="note", at=NOW, actor="contractor", status="accepted", public=False, data={}
    )
    session.add(line)
    with pytest.raises(IntegrityError, match="ck_event_contractor"):
        session.flush()
