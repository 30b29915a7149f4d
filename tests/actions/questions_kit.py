"""A hazard that two people reported, and its dispatcher, who asks them."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.answers import answer_question
from app.actions.followup import Word
from app.actions.hazards import act_on_hazard
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Actor, Role
from app.domain.references import receipt_hash
from app.models import Hazard, Question, Report
from app.queries.receipts import by_receipt
from tests.actions.people import person
from tests.actions.town import INSIDE, POLICY, Town
from tests.jobs.kit import NOW

LATER = NOW + timedelta(hours=2)
WAIT = POLICY.answer_within


class Case:
    """A hazard of the water works that two people reported, and its dispatcher."""

    def __init__(self, session: Session) -> None:
        self.session, self.town = session, Town(session)
        self.receipts = [self.report(), self.report()]
        hazard = session.scalars(select(Hazard)).one()
        self.reference = hazard.reference
        session.execute(
            text("UPDATE hazard SET body_id = :body, fix_due = :due, make_safe_due = :safe"),
            {"body": self.town.body["water"], "due": NOW + timedelta(days=2), "safe": NOW + timedelta(hours=4)},
        )
        self.dispatcher = person(session, Role.DISPATCHER, self.town.body["water"])
        session.expire_all()

    def report(self, **more: object) -> str:
        joins = self.session.scalar(select(Hazard.reference).limit(1))
        sent = Submission(uuid4(), "MANHOLE_OPEN", INSIDE["west"], text="Люк", joins=joins, **more)
        made = report_hazard(self.session, submission=sent, policy=POLICY, now=NOW - timedelta(hours=1))
        assert made.receipt
        return made.receipt

    @property
    def hazard(self) -> Hazard:
        self.session.expire_all()
        return self.session.scalars(select(Hazard).where(Hazard.reference == self.reference)).one()

    def act(self, act: Act, *, by: Actor | None = None, now: datetime = NOW, **given: object) -> None:
        hazard = self.hazard
        act_on_hazard(
            self.session, by=by or self.dispatcher, reference=hazard.reference, act=act, version=hazard.version,
            given=Given(**given), policy=POLICY, now=now,
        )  # fmt: skip
        self.session.flush()

    def ask(self, **more: object) -> Question:
        self.act(Act.ASK, **{"note": "Қай үйдің жанында?", **more})
        return self.session.scalars(select(Question).order_by(Question.id.desc()).limit(1)).one()

    def answer(
        self, token: str, *, who: int = 0, words: str = "Дүкен жанында", client_id: UUID | None = None,
        now: datetime = LATER,
    ) -> None:  # fmt: skip
        word = Word(client_id or uuid4(), "kk", words)
        answer_question(self.session, receipt=self.receipts[who], token=token, word=word, policy=POLICY, now=now)
        self.session.flush()

    def asked(self, who: int = 0) -> list[tuple[str, bool]]:
        self.session.expire_all()
        view = by_receipt(self.session, receipt_hash(_code(self.receipts[who])))
        assert view is not None
        return [(each.text, each.answered) for each in view.questions]

    def kinds(self) -> list[str]:
        return list(self.session.scalars(select(Report.kind).order_by(Report.id)))


def _code(receipt: str) -> str:
    return receipt.replace("-", "")


@pytest.fixture
def case(session: Session) -> Case:
    return Case(session)
