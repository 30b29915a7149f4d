"""The benchmark of the workspace: its baseline is what the product really sends, its sweep marks all that ran out."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.bench_staff import FILTERS, SEARCHES, _bare, _heard
from app.cli.bench_sweep import _shares, _swept
from app.config import Settings
from app.domain.inbox import Wanted
from app.domain.permissions import Actor, Role
from app.models import Event, Hazard
from app.queries.inbox import inbox
from tests.jobs.kit import add_body, add_hazard, add_report, add_types

COORDINATOR = Actor(None, frozenset({Role.COORDINATOR}))


def test_the_baseline_sends_the_statements_of_the_call_again(session: Session) -> None:
    add_types(session)
    add_report(session, add_hazard(session, body_id=add_body(session)), "Крышка лежит рядом")
    for wanted in (*FILTERS, *(Wanted.parse({"q": typed}) for typed in SEARCHES)):
        said = _heard(session, lambda s, w=wanted: inbox(s, actor=COORDINATOR, wanted=w, now=datetime.now(UTC)))
        assert any("FROM hazard h" in str(query) for query, _ in said)
        assert len(_bare(session, [said, said])) == 2


def test_the_sweep_marks_all_that_ran_out_with_a_line_of_history_each(session: Session, settings: Settings) -> None:
    add_types(session)
    body, now = add_body(session), datetime.now(UTC)
    for n in range(7):
        add_hazard(session, body_id=body, fix_due=now + timedelta(hours=-1 if n < 5 else 1), make_safe_due=None)
    session.commit()
    marked, seconds, longest = _swept(settings.database_url)
    assert (marked, longest <= seconds) == (5, True)
    session.expire_all()
    assert len(session.scalars(select(Hazard.id).where(Hazard.overdue == "fix")).all()) == 5
    assert len(session.scalars(select(Event.id).where(Event.kind == "overdue")).all()) == 5


def test_shares_are_in_milliseconds() -> None:
    assert _shares([0.001, 0.002, 0.010]) == "p50 2.0 p95 10.0 p100 10.0"
    assert _shares([]) == "none"
