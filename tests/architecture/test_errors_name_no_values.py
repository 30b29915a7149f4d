"""An error of the database stands in the log with its trace: without the values, which are words of children."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db import Databases, transaction


def test_an_error_of_a_statement_names_no_values(database: Databases) -> None:
    asked = text("SELECT CAST(:words AS text), 1 / CAST(:nothing AS int)")
    with pytest.raises(DBAPIError) as error, transaction(database.app) as session:
        session.execute(asked, {"words": "Kanareyka", "nothing": 0})
    assert "division by zero" in str(error.value)
    assert "Kanareyka" not in str(error.value)
