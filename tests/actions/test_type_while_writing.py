"""A type is edited while hazards come in: one waits for the other, and both get through."""

import time
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from app.actions.administration.types import edit_type
from app.db import Databases, transaction
from app.domain.permissions import Role
from app.models import HazardType
from tests.actions.administration_kit import account, type_facts
from tests.jobs.kit import NOW, add_body, add_hazard, add_types

_WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


def wait_for_a_lock(database: Databases) -> None:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        with transaction(database.app) as session:
            if session.scalar(_WAITING):
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_a_rule_of_publishing_is_edited_while_an_import_runs(database: Databases) -> None:
    with transaction(database.app) as session:
        add_types(session)
        add_body(session)
        by = account(session, Role.ADMINISTRATOR)

    def edit() -> None:
        with transaction(database.app) as session:
            facts = type_facts(session.get_one(HazardType, "ROPE"), publish="pin_at_once")
            edit_type(session, by=by, code="ROPE", facts=facts, now=NOW)

    with ThreadPoolExecutor(1) as pool:
        with transaction(database.app) as importing:
            add_hazard(importing)
            edited = pool.submit(edit)
            wait_for_a_lock(database)
            add_hazard(importing, hazard_type="ROPE", moderation="cleared")
        edited.result(timeout=10)
    with transaction(database.app) as session:
        assert session.get_one(HazardType, "ROPE").publish == "pin_at_once"
