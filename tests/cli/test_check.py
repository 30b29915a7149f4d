"""`qauip check` says what is wrong, the silent worker too, and its exit status tells a monitor."""

from click.testing import CliRunner
from sqlalchemy import text

from app.cli.check import check
from tests.fixtures.web import server_env


def test_a_silent_worker_is_named_and_a_living_one_is_well(session, settings, tmp_path):
    env = server_env(settings, 8000)
    answer = CliRunner().invoke(check, [], env=env)
    assert answer.exit_code == 1
    assert "worker: last seen never" in answer.output
    session.execute(text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())"))
    session.commit()
    answer = CliRunner().invoke(check, [], env=env)
    assert "ok     worker: last seen" in answer.output
    assert "ok     schema: at" in answer.output
