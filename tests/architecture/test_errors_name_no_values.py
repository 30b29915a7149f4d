"""An error of the database stands in the log with its trace: without the values, which are words of children."""

import logging

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db import Databases, transaction
from app.logs import configure_logs
from tests.jobs import kit


def test_an_error_of_a_statement_names_no_values(database: Databases) -> None:
    asked = text("SELECT CAST(:words AS text), 1 / CAST(:nothing AS int)")
    with pytest.raises(DBAPIError) as error, transaction(database.app) as session:
        session.execute(asked, {"words": "Kanareyka", "nothing": 0})
    assert "division by zero" in str(error.value)
    assert "Kanareyka" not in str(error.value)


def test_the_log_of_a_failed_check_holds_no_row(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    kit.add_types(session)
    hazard = kit.add_hazard(session)
    words = "Kanareyka\n\nsecond line"
    root = logging.getLogger()
    before = root.handlers[:]
    try:
        configure_logs()
        try:
            kit.add_report(session, hazard, words, kind="wrong")
        except DBAPIError:
            logging.getLogger("app").exception("it failed")
    finally:
        root.handlers[:] = before
        structlog.reset_defaults()
    said = capsys.readouterr().err
    assert "ck_report_kind" in said
    assert "Kanareyka" not in said
    assert "second line" not in said
