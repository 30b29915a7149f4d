"""`qauip check` says what is wrong, the silent worker too, and its exit status tells a monitor."""

from click.testing import CliRunner
from sqlalchemy import text

from app.actions.reference_data import load_escalation
from app.cli.check import check
from app.cli.seed import DATA
from app.models import Body
from tests.fixtures.web import server_env
from tests.jobs.kit import NOW, add_body, add_hazard, add_types


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


def test_hazards_left_with_a_body_that_is_off_are_counted(session, settings):
    add_types(session)
    off, on = add_body(session), add_body(session)
    session.get_one(Body, off).active = False
    for body_id in (off, off, on):
        add_hazard(session, body_id=body_id)
    add_hazard(session, body_id=off, status="not_found", closed_at=NOW)
    session.commit()
    said = CliRunner().invoke(check, [], env=server_env(settings, 8000)).output
    code = session.get_one(Body, off).code
    assert f"bodies: 2 open hazards lie with bodies that are switched off ({code}): pass them on" in said


def test_a_severity_of_which_nobody_is_told_is_named(session, settings):
    env = server_env(settings, 8000)
    assert (
        "nobody is told when a time runs out (low, medium, high, critical)"
        in CliRunner().invoke(check, [], env=env).output
    )
    load_escalation(session, DATA)
    session.commit()
    assert "ok     escalation: 14 steps" in CliRunner().invoke(check, [], env=env).output


def test_a_photo_is_written_and_read_where_photos_lie(settings, tmp_path):
    env = server_env(settings, 8000) | {"PHOTO_DIR": str(tmp_path)}
    assert f"photos: {tmp_path} can be written, read and emptied" in CliRunner().invoke(check, [], env=env).output
    assert list(tmp_path.rglob("*.jpg")) == []
    nobody = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "x"}
    away = {"PHOTO_STORE": "s3://qauip/p", "PHOTO_STORE_ENDPOINT": "http://127.0.0.1:9"}
    said = CliRunner(env=nobody).invoke(check, [], env=env | away).output
    assert "photos: s3://qauip/p does not take and give back a photo: Could not connect" in said
