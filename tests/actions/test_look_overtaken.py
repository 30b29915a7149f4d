"""What people have said since a crew looked is not wiped out by that look, and no look is lost."""

from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.crew_jobs import Done, act_once
from app.actions.followup import Word, add_word, flag_hazard
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.domain.errors import StaleVersion
from app.domain.hazard import Measure
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Role
from app.models import Event, Report
from tests.actions.test_proofs import HOUR, LATER, Case, photo
from tests.jobs.kit import NOW, PLACE, POLICY

SAID = LATER + 3 * HOUR
SENT = LATER + 4 * HOUR


class Site(Case):
    """A hazard that the crew's device knows as it is now."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.act(Act.ACCEPT, Role.DISPATCHER, now=NOW)
        self.look()

    def look(self) -> None:
        self.session.flush()
        self.session.refresh(self.hazard)
        mine = select(func.max(Event.id)).where(Event.hazard_id == self.hazard.id)
        self.seen, self.version = self.session.scalar(mine) or 0, self.hazard.version

    def send(self, act: Act, *, version: int | None = None) -> Done:
        """What was done on the spot before all that was said."""
        order = {"given": Given(measure=Measure.GRID), "policy": POLICY}
        with self.session.begin_nested():
            return act_once(
                self.session, by=self.people[Role.CREW], client_id=uuid4(), reference=self.hazard.reference, act=act,
                version=version or self.version, seen=self.seen, now=SENT,
                photos=[photo((PLACE.y, PLACE.x), LATER + HOUR, uuid4().hex[0])], **order,
            )  # fmt: skip

    def flag(self, times: int = 1, at: datetime = SAID, *, marks: bool = True) -> None:
        for _ in range(times):
            flag_hazard(self.session, reference=self.hazard.reference, marks=marks, now=at)
        self.session.flush()

    def report(self, **more: object) -> str:
        sent = Submission(
            client_id=uuid4(), hazard_type=self.hazard.hazard_type, geometry=self.hazard.geom, text="no cover",
            language="ru", joins=self.hazard.reference, **more,
        )  # fmt: skip
        return report_hazard(self.session, submission=sent, policy=POLICY, now=SAID).receipt


@pytest.fixture
def safe(session: Session) -> Site:
    made = Site(session)
    made.act(Act.MAKE_SAFE, photos=[photo((PLACE.y, PLACE.x), LATER, "z")], measure=Measure.GRID)
    made.look()
    return made


@pytest.fixture
def site(session: Session) -> Site:
    return Site(session)


@pytest.mark.parametrize("act", [Act.INSPECT, Act.MAKE_SAFE])
def test_a_neighbour_s_word_is_not_wiped_out_though_it_raises_no_version(safe: Site, act: Act) -> None:
    safe.flag()
    with pytest.raises(StaleVersion):
        safe.send(act)
    safe.session.refresh(safe.hazard)
    assert (safe.hazard.disputed, safe.hazard.flags) == (True, 1)


def test_nor_are_those_after_the_first_one_that_the_crew_knew_of(safe: Site) -> None:
    safe.flag(at=LATER + HOUR / 2)
    safe.look()
    safe.flag(3)
    with pytest.raises(StaleVersion):
        safe.send(Act.MAKE_SAFE)
    safe.session.refresh(safe.hazard)
    assert (safe.hazard.disputed, safe.hazard.flags) == (True, 4)


def test_only_the_first_one_is_told_to_everybody_and_a_flood_is_only_counted(safe: Site) -> None:
    safe.flag(3)
    safe.flag(2, marks=False)
    lines = safe.session.scalars(select(Event.public).where(Event.kind == "flagged").order_by(Event.id))
    assert list(lines) == [True, False, False]
    safe.session.refresh(safe.hazard)
    assert safe.hazard.flags == 5


def test_whoever_has_read_it_sends_the_look_again_and_it_is_taken(safe: Site) -> None:
    safe.flag(2)
    with pytest.raises(StaleVersion):
        safe.send(Act.MAKE_SAFE)
    safe.look()
    safe.send(Act.MAKE_SAFE)
    safe.session.refresh(safe.hazard)
    assert (safe.hazard.disputed, safe.hazard.flags) == (False, 0)


def test_that_somebody_was_hurt_since_is_read_before_it_is_called_safe(site: Site) -> None:
    site.report(someone_hurt=True)
    with pytest.raises(StaleVersion):
        site.send(Act.MAKE_SAFE)
    site.look()
    assert site.send(Act.MAKE_SAFE).version == site.version + 1


def test_also_where_it_was_added_to_an_earlier_report(site: Site) -> None:
    receipt = site.report()
    site.look()
    word = Word(client_id=uuid4(), language="ru", text="a child fell in", someone_hurt=True)
    add_word(site.session, receipt=receipt, word=word, policy=POLICY, now=SAID + HOUR / 2)
    with pytest.raises(StaleVersion):
        site.send(Act.MAKE_SAFE)


def test_one_more_who_sees_it_and_one_who_takes_it_back_hold_nobody_up(site: Site) -> None:
    site.report()
    site.report(someone_hurt=True)
    hurt = site.session.scalars(select(Report).where(Report.someone_hurt)).one()
    hurt.withdrawn_at = SAID
    site.session.flush()
    assert site.send(Act.MAKE_SAFE).version == site.version + 1
