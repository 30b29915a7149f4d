"""`qauip reroute`: a preview says from whom to whom, start hands it to the worker, stop and show say how far it is."""

from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cli.reroute import reroute
from app.config import Settings
from tests.actions.town import Town
from tests.fixtures.web import server_env


def run(settings: Settings, *args: str) -> str:
    return CliRunner().invoke(reroute, args, env=server_env(settings, 8000)).output


def test_preview_start_stop_and_show(session: Session, settings: Settings) -> None:
    town = Town(session)
    for _ in range(2):
        town.hazard(body="telecom")
    town.hazard(town.hazard().label, body="telecom", basis="confirmed_by_body")
    session.commit()
    said = run(settings, "preview", "--reason", "New borders")
    assert "(preview)" in said
    assert "3 of 3 would move." in said
    assert "        2  telecom -> roads  (0 moved, 0 passed)" in said
    assert "        1  (nobody) -> roads" in said
    forced = run(settings, "preview", "--forced", "--as-of", "2026-12-01", "--reason", "x")
    assert "as of 2026-12-01, forced: 4 of 4 would move." in forced
    (number,) = session.scalars(text("SELECT min(id) FROM reroute_run"))
    assert f"Run {number} (running)" in run(settings, "start", str(number))
    assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'reroute'")) == 1
    assert f"Run {number} (stopped)" in run(settings, "stop", str(number))
    assert f"Run {number} (stopped)" in run(settings, "show", str(number))


def test_what_cannot_be_done_is_refused_in_one_line(session: Session, settings: Settings) -> None:
    assert "Error: there is no such run" in run(settings, "show", "77")
    assert "Error: there is no such run" in run(settings, "start", "77")
    assert "Error: give the reason" in run(settings, "preview", "--reason", " ")
