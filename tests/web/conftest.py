"""What several tests of pages begin with."""

import pytest
from flask.testing import FlaskClient

from app.actions import demo_city
from app.actions.reference_data import load_reference_data
from app.cli.seed import DATA
from app.domain.permissions import Role
from tests.web.pages import make_account, sign_in


@pytest.fixture
def admin(client, database, session) -> FlaskClient:
    """The demo city without hazards, and its administrator, signed in."""
    load_reference_data(session, DATA)
    demo_city.make_city(session, DATA)
    make_account(session, Role.ADMINISTRATOR)
    sign_in(client)
    return client
