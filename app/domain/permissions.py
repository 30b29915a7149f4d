"""Who may do what: a role is a set of permissions; a permission on a hazard may be bound to the actor's body.

Checked in the actions; a door's decorator only hides the page.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.errors import NotPermitted


class Role(StrEnum):
    CREW = "crew"
    DISPATCHER = "dispatcher"
    MANAGER = "manager"
    COORDINATOR = "coordinator"
    MODERATOR = "moderator"
    OPERATOR = "operator"
    COUNCIL_VIEWER = "council_viewer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Permission(StrEnum):
    SEE_BODY_HAZARDS = "see_body_hazards"
    SEE_ALL_HAZARDS = "see_all_hazards"
    WORK = "work"
    DISPATCH = "dispatch"
    ACCEPT = "accept"
    CONFIRM = "confirm"
    MODERATE = "moderate"
    LOG_PHONE_REPORT = "log_phone_report"
    LOG_PATROL_REPORT = "log_patrol_report"
    ADMINISTER = "administer"
    ARBITRATE = "arbitrate"
    DISPUTE = "dispute"
    SEE_HELD = "see_held"
    MANAGE = "manage"
    AUDIT = "audit"


_CREW = {Permission.SEE_BODY_HAZARDS, Permission.WORK, Permission.LOG_PATROL_REPORT}
_DISPATCHER = _CREW | {Permission.DISPATCH, Permission.ACCEPT}
_MANAGER = _DISPATCHER | {Permission.CONFIRM, Permission.MANAGE}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CREW: frozenset(_CREW),
    Role.DISPATCHER: frozenset(_DISPATCHER | {Permission.CONFIRM}),
    Role.MANAGER: frozenset(_MANAGER),
    Role.COORDINATOR: frozenset(
        {Permission.SEE_ALL_HAZARDS, Permission.ARBITRATE, Permission.DISPATCH, Permission.CONFIRM}
    ),
    Role.MODERATOR: frozenset({Permission.MODERATE, Permission.SEE_ALL_HAZARDS}),
    Role.OPERATOR: frozenset({Permission.LOG_PHONE_REPORT, Permission.SEE_HELD}),
    Role.COUNCIL_VIEWER: frozenset(),
    Role.ADMINISTRATOR: frozenset(
        {Permission.ADMINISTER, Permission.AUDIT, Permission.ARBITRATE, Permission.SEE_ALL_HAZARDS, Permission.DISPATCH}
    ),
    Role.AUDITOR: frozenset({Permission.SEE_ALL_HAZARDS, Permission.AUDIT}),
}

BODY_ROLES = frozenset({Role.CREW, Role.DISPATCHER, Role.MANAGER})


@dataclass(frozen=True)
class Actor:
    """Who acts: an account, a reporter without one, or the system itself (`account_id` None).

    `linked`: whoever holds a receipt of the hazard in question; no role gives that. `link_id`: a contractor, by
    the link that the body `body_id` gave them; what they may do with it stands in `actions/contractor.py`. `given_by`:
    who gave it and so knows its address; what comes by it counts as theirs where a second person is asked for.
    """

    account_id: int | None
    roles: frozenset[Role]
    body_id: int | None = None
    name: str = ""
    linked: bool = False
    link_id: int | None = None
    given_by: int | None = None

    @property
    def proposer_id(self) -> int | None:
        """The account that may not confirm what this actor proposes."""
        return self.account_id if self.account_id is not None else self.given_by

    @property
    def permissions(self) -> frozenset[Permission]:
        return frozenset().union(*(ROLE_PERMISSIONS[role] for role in self.roles))

    @property
    def is_system(self) -> bool:
        return self is SYSTEM

    def may(self, permission: Permission, *, body_id: int | None = None, anywhere: bool = False) -> bool:
        """Whether the actor holds `permission` for a subject of body `body_id`.

        Each role counts by itself: an auditor who is also a crew member sees everything and works for one body only.
        """
        if self.is_system:
            return True
        if permission is Permission.DISPUTE:
            return self.linked
        if self.link_id is not None:
            return permission is Permission.WORK and not anywhere and self.body_id == body_id
        granting = {role for role in self.roles if permission in ROLE_PERMISSIONS[role]}
        if granting - BODY_ROLES:
            return True
        return bool(granting) and (anywhere or (self.body_id is not None and self.body_id == body_id))


SYSTEM = Actor(account_id=None, roles=frozenset(), name="system")
ANONYMOUS = Actor(account_id=None, roles=frozenset(), name="")
LINKED_REPORTER = Actor(account_id=None, roles=frozenset(), linked=True)


def ensure(by: Actor, permission: Permission, *, body_id: int | None = None, anywhere: bool = False) -> None:
    """Raise NotPermitted unless `by` holds `permission` for a subject of `body_id` (`anywhere`: for any subject)."""
    if not by.may(permission, body_id=body_id, anywhere=anywhere):
        raise NotPermitted(permission=permission.value)
