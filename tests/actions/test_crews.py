"""Crews as they are changed, and what taking a change back does not do either."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.administration.crews import add_crew, edit_crew
from app.actions.administration.undo import undo_change
from app.domain import errors
from app.domain.permissions import Actor, Role
from app.models import Account, CrewMember
from tests.actions.administration_kit import account, body, by, last, refused
from tests.jobs.kit import NOW, add_body

__all__ = ["body", "by"]


@pytest.mark.parametrize("left", [False, True])
def test_who_left_the_organisation_is_put_back_into_no_crew_by_an_undo(
    session: Session, by: Actor, body: int, left: bool
) -> None:
    crew = add_crew(session, by=by, body_id=body, name="North", now=NOW)
    worker = account(session, Role.CREW, body).account_id
    edit = {"by": by, "crew_id": crew.id, "name": "North", "active": True, "now": NOW}
    for members in ([worker], []):
        edit_crew(session, members=members, **edit)
    if left:
        session.get_one(Account, worker).body_id = add_body(session)
        session.flush()
        with refused(session, errors.UnknownPerson):
            undo_change(session, by=by, entry_id=last(session).id, now=NOW)
    else:
        undo_change(session, by=by, entry_id=last(session).id, now=NOW)
    assert session.scalars(select(CrewMember.account_id)).all() == [worker] * (not left)
