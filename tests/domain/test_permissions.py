"""Who may do what: each role by itself, and for nobody else's body."""

from itertools import combinations, product

import pytest

from app.domain.errors import NotPermitted
from app.domain.permissions import ANONYMOUS, BODY_ROLES, ROLE_PERMISSIONS, SYSTEM, Actor, Permission, Role, ensure

OWN, FOREIGN = 1, 2

# Written from the decisions, not from the table under test: what a role does, for its own body or everywhere.
CREW = {Permission.SEE_BODY_HAZARDS, Permission.WORK, Permission.LOG_PATROL_REPORT}
HEADS = CREW | {Permission.DISPATCH, Permission.ACCEPT, Permission.CONFIRM}
AT_OWN_BODY = {Role.CREW: CREW, Role.DISPATCHER: HEADS, Role.MANAGER: HEADS | {Permission.MANAGE}}
EVERYWHERE = {
    Role.COORDINATOR: {Permission.SEE_ALL_HAZARDS, Permission.ARBITRATE, Permission.DISPATCH, Permission.CONFIRM},
    Role.MODERATOR: {Permission.MODERATE, Permission.SEE_ALL_HAZARDS},
    Role.OPERATOR: {Permission.LOG_PHONE_REPORT, Permission.SEE_HELD},
    Role.COUNCIL_VIEWER: set(),
    Role.ADMINISTRATOR: {
        Permission.ADMINISTER,
        Permission.AUDIT,
        Permission.ARBITRATE,
        Permission.SEE_ALL_HAZARDS,
        Permission.DISPATCH,
    },
    Role.AUDITOR: {Permission.SEE_ALL_HAZARDS, Permission.AUDIT},
}
EVERY_PAIR = list(product(Role, Permission))


def actor(*roles: Role, body_id: int | None = OWN) -> Actor:
    return Actor(account_id=7, roles=frozenset(roles), body_id=body_id, name="Aigerim")


def expected(role: Role, permission: Permission, *, own: bool) -> bool:
    return permission in EVERYWHERE.get(role, set()) or (own and permission in AT_OWN_BODY.get(role, set()))


def test_every_role_has_an_expectation_and_a_line():
    assert set(AT_OWN_BODY) | set(EVERYWHERE) == set(Role) == set(ROLE_PERMISSIONS)
    assert set(AT_OWN_BODY) == BODY_ROLES


@pytest.mark.parametrize(("role", "permission"), EVERY_PAIR)
def test_a_role_may_what_it_is_for_at_its_own_body(role, permission):
    assert actor(role).may(permission, body_id=OWN) == expected(role, permission, own=True)


@pytest.mark.parametrize(("role", "permission"), EVERY_PAIR)
def test_a_foreign_body_is_closed_to_the_roles_of_a_body(role, permission):
    assert actor(role).may(permission, body_id=FOREIGN) == expected(role, permission, own=False)
    assert actor(role).may(permission, body_id=None) == expected(role, permission, own=False)


@pytest.mark.parametrize(("role", "permission"), EVERY_PAIR)
def test_without_a_body_of_ones_own_a_hazard_without_one_is_no_match(role, permission):
    homeless = actor(role, body_id=None)
    assert homeless.may(permission, body_id=None) == expected(role, permission, own=False)
    assert homeless.may(permission, body_id=OWN) == expected(role, permission, own=False)


@pytest.mark.parametrize(("role", "permission"), EVERY_PAIR)
def test_a_subject_that_belongs_to_no_body_asks_for_the_permission_only(role, permission):
    assert actor(role).may(permission, anywhere=True) == expected(role, permission, own=True)


@pytest.mark.parametrize(("one", "other"), list(combinations(Role, 2)))
def test_two_roles_may_together_what_each_may_alone_and_no_more(one, other):
    both = actor(one, other)
    for permission, body_id in product(Permission, (OWN, FOREIGN, None)):
        alone = [actor(role).may(permission, body_id=body_id) for role in (one, other)]
        assert both.may(permission, body_id=body_id) == any(alone), (permission, body_id)


def test_no_role_of_a_body_moderates_administers_or_arbitrates():
    for role in BODY_ROLES:
        assert not ROLE_PERMISSIONS[role] & {Permission.MODERATE, Permission.ADMINISTER, Permission.ARBITRATE}


def test_the_council_watches_and_does_nothing():
    assert ROLE_PERMISSIONS[Role.COUNCIL_VIEWER] == frozenset()


@pytest.mark.parametrize("permission", Permission)
def test_the_system_may_everything_and_a_stranger_nothing(permission):
    for body_id in (None, OWN):
        assert SYSTEM.may(permission, body_id=body_id)
        assert not ANONYMOUS.may(permission, body_id=body_id)
        assert not ANONYMOUS.may(permission, body_id=body_id, anywhere=True)


def test_nobody_becomes_the_system_by_its_name():
    twin = Actor(account_id=None, roles=frozenset(), name="system")
    assert twin == SYSTEM
    assert not twin.is_system
    assert not twin.may(Permission.WORK, anywhere=True)


def test_ensure_names_the_permission_that_is_missing():
    ensure(actor(Role.CREW), Permission.WORK, body_id=OWN)
    with pytest.raises(NotPermitted) as refused:
        ensure(actor(Role.CREW), Permission.WORK, body_id=FOREIGN)
    assert refused.value.values == {"permission": "work"}
    with pytest.raises(NotPermitted):
        ensure(ANONYMOUS, Permission.WORK, anywhere=True)
