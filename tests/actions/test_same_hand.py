"""Two names behind which one hand may be are no two people, for thirty days."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.actions.account_links import Letters, invite
from app.actions.accounts import set_role
from app.domain.errors import SameHand
from app.domain.lifecycle import Act
from app.domain.permissions import Actor, Role
from app.models import Account
from app.queries.second_person import are_one_hand
from tests.actions.test_proofs import Case, photo
from tests.jobs.kit import NOW, POLICY
from tests.web.pages import make_account

NEW = NOW - timedelta(days=3)
KNOWN = NOW - POLICY.known_after - timedelta(days=1)


@pytest.fixture
def case(session: Session) -> Case:
    made = Case(session)
    made.act(Act.ACCEPT, Role.DISPATCHER, now=NOW)
    return made


def let_in(case: Case, by: Actor, name: str, *, joined=NEW, role: Role = Role.DISPATCHER) -> Actor:
    """Invited by `by` to the body, and joined then."""
    letters = Letters(b"secret", "ru")
    mail = f"{name}@example.kz"
    made = invite(case.session, by=by, email=mail, name=name, role=role, body_id=case.body, letters=letters, now=joined)
    made.joined_at = joined
    case.session.flush()
    return Actor(made.id, frozenset({role}), case.body)


def ends(case: Case, first: Actor, second: Actor) -> str:
    case.people |= {Role.CREW: first, Role.DISPATCHER: second}
    case.act(Act.FIX, Role.CREW, photos=[photo()])
    return case.act(Act.CONFIRM_FIX, Role.DISPATCHER).status


def test_a_manager_does_not_confirm_by_an_own_second_mailbox_nor_the_other_way_round(case: Case) -> None:
    manager = case.people[Role.MANAGER]
    second = let_in(case, manager, "second")
    for one, other in ((manager, second), (second, manager)):
        with pytest.raises(SameHand) as refused:
            ends(case, one, other)
        assert refused.value.values["days"] == 30
        assert refused.value.values["until"] == POLICY.day(NEW + POLICY.known_after).isoformat()
        case.act(Act.START, Role.CREW)
    case.act(Act.FIX, Role.CREW, photos=[photo(key="b")])
    assert case.act(Act.CONFIRM_FIX, Role.COORDINATOR).status == "fixed"


def test_nor_do_two_whom_one_has_let_in_nor_whom_they_let_in(case: Case) -> None:
    manager = case.people[Role.MANAGER]
    one, two = let_in(case, manager, "one"), let_in(case, manager, "two", role=Role.MANAGER)
    three = let_in(case, two, "three")
    with pytest.raises(SameHand):
        ends(case, one, three)


def test_in_a_new_body_it_is_said_until_when_the_coordinator_confirms(case: Case) -> None:
    """Of two whom one has let in the first to be known is enough; of a chain the link that ends first."""
    manager = case.people[Role.MANAGER]
    one, two = (
        let_in(case, manager, "one", role=Role.MANAGER),
        let_in(case, manager, "two", joined=NOW - timedelta(days=9)),
    )
    three = let_in(case, one, "three", joined=NOW - timedelta(days=1))
    for first, second, days in ((one, two, 9), (three, two, 9), (three, manager, 3), (three, one, 1)):
        with pytest.raises(SameHand) as refused, case.session.begin_nested():
            ends(case, first, second)
        known = POLICY.known_after - timedelta(days=days)
        assert refused.value.values["until"] == POLICY.day(NOW + known).isoformat()
    assert not are_one_hand(case.session, one.account_id, two.account_id, policy=POLICY, now=NOW + timedelta(days=21))


def test_after_thirty_days_they_are_known(case: Case) -> None:
    second = let_in(case, case.people[Role.MANAGER], "second", joined=KNOWN)
    assert ends(case, case.people[Role.MANAGER], second) == "fixed"


def test_another_colleague_confirms_for_either(case: Case) -> None:
    second = let_in(case, case.people[Role.MANAGER], "second")
    assert ends(case, second, case.people[Role.DISPATCHER]) == "fixed"


def test_an_administrator_vouches_for_whom_they_let_in(case: Case) -> None:
    made = make_account(case.session, Role.ADMINISTRATOR, email="administrator@example.kz")
    administrator = Actor(made.id, frozenset({Role.ADMINISTRATOR}))
    one, two = let_in(case, administrator, "one"), let_in(case, administrator, "two")
    assert ends(case, one, two) == "fixed"


def test_it_holds_for_not_found_too_and_another_role_makes_nobody_older(case: Case) -> None:
    manager = case.people[Role.MANAGER]
    second = let_in(case, manager, "second", role=Role.CREW)
    set_role(case.session, by=manager, account_id=second.account_id, role=Role.MANAGER, now=NOW)
    case.people |= {Role.CREW: manager, Role.DISPATCHER: Actor(second.account_id, frozenset({Role.MANAGER}), case.body)}
    case.act(Act.NOT_FOUND, photos=[photo()])
    with pytest.raises(SameHand):
        case.act(Act.CONFIRM_NOT_FOUND, Role.DISPATCHER)


def test_who_let_whom_in_is_kept(case: Case) -> None:
    second = let_in(case, case.people[Role.MANAGER], "second")
    assert case.session.get_one(Account, second.account_id).invited_by == case.people[Role.MANAGER].account_id
