"""`qauip db rebuild-map`: clusters that went astray are what the hazards say again."""

from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cli.db import db
from app.config import Settings
from tests.fixtures.web import server_env

ASTRAY = text(
    "INSERT INTO public_data.map_cell (z, cx, cy, hazard_type, state, n, sum_x, sum_y)"
    " VALUES (3, 1, 1, 'MANHOLE_OPEN', 'open', 99, 1, 1)"
)


def test_rebuild_map_draws_what_the_hazards_say(session: Session, settings: Settings) -> None:
    session.execute(ASTRAY)
    session.commit()
    answer = CliRunner().invoke(db, ["rebuild-map"], env=server_env(settings, 8000))
    assert answer.exit_code == 0, answer.output
    assert session.scalar(text("SELECT count(*) FROM public_data.map_cell")) == 0
