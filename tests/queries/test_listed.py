"""A list of ids is no right to read: whatever is asked for, each gets the own rows, in the order asked for."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.permissions import Actor, Role
from app.queries.listed import ids_of, listed
from tests.jobs.kit import add_body, add_hazard, add_types


@pytest.fixture
def hazards(session):
    """Two of a body, one of another, one of nobody, one held."""
    add_types(session)
    ours, theirs = add_body(session), add_body(session)
    made = [add_hazard(session, body_id=body) for body in (ours, ours, theirs, None)]
    return [*made, add_hazard(session, body_id=ours, held=True)]


def expected(role, body_id, hazards):
    sees_all = role in {Role.COORDINATOR, Role.MODERATOR, Role.ADMINISTRATOR, Role.AUDITOR}
    works = role in {Role.CREW, Role.DISPATCHER, Role.MANAGER} and body_id is not None
    return {each.id for each in hazards if not each.held and (sees_all or (works and each.body_id == body_id))}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    role=st.sampled_from(list(Role)),
    of=st.sampled_from([0, 2, None]),
    asked=st.lists(st.integers(0, 4), unique=True),
)
def test_everybody_gets_the_own_rows_in_their_order(session, hazards, role, of, asked):
    body_id = None if of is None else hazards[of].body_id
    actor = Actor(1, frozenset({role}), body_id)
    mine = expected(role, body_id, hazards)
    wanted = [hazards[at].id for at in asked]
    rows = list(listed(session, actor=actor, ids=wanted, language="ru"))
    assert [row.id for row in rows] == [each for each in wanted if each in mine]
    references = [hazards[at].reference for at in asked]
    assert set(ids_of(session, actor=actor, references=references).values()) == set(wanted) & mine
