"""Sweepers take what nobody needs and nothing else; a dead worker's jobs run again, a living one's do not."""

from datetime import timedelta

from sqlalchemy import select, text

from app.actions.stalled import retry_stalled_jobs
from app.db import Databases, transaction
from app.jobs.purge import purge_old
from app.jobs.sweep_photos import sweep_photos
from app.models import Account, Photo, SignInTry, StaffSession
from app.outbox import JobName, enqueue
from tests.jobs import kit
from tests.jobs.kit import NOW, Shelf

DAY = timedelta(days=1)


def test_only_photos_that_no_row_mentions_are_deleted(database: Databases) -> None:
    keys = [f"{number:064x}" for number in range(1200)]
    with transaction(database.app) as session:
        kit.add_types(session)
        hazard = kit.add_hazard(session)
        for number in (0, 600, 1199):
            session.add(
                Photo(
                    public_id=str(number),
                    hazard_id=hazard.id,
                    kind="report",
                    content_key=keys[number],
                    width=1,
                    height=1,
                    added_at=NOW,
                )
            )
    shelf = Shelf(old=keys)
    sweep_photos(kit.jobs(database, photos=shelf))
    assert len(shelf.deleted) == 1197
    assert not set(shelf.deleted) & {keys[0], keys[600], keys[1199]}


def test_purge_forgets_what_has_had_its_time(database: Databases) -> None:
    with transaction(database.app) as session:
        session.add(Account(email="a@x.example", name="a", password_hash="x", roles=["crew"]))
        session.flush()
        account = session.scalars(select(Account.id)).one()
        for word, until in ((b"old", NOW - DAY), (b"new", NOW + DAY)):
            session.add(
                StaffSession(token_hash=word, account_id=account, created_at=NOW, last_seen_at=NOW, expires_at=until)
            )
        session.add_all([SignInTry(key=b"old", at=NOW - 2 * DAY), SignInTry(key=b"new", at=NOW)])
        for age, status in ((8, "failed"), (6, "failed"), (8, "todo")):
            _job(session, age_days=age, status=status)
        session.execute(
            text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (:old), (:new)"),
            {"old": NOW - 2 * DAY, "new": NOW},
        )
    purge_old(kit.jobs(database))
    with transaction(database.app) as session:
        assert session.scalars(select(StaffSession.token_hash)).all() == [b"new"]
        assert session.scalars(select(SignInTry.key)).all() == [b"new"]
        assert session.scalars(text("SELECT status FROM procrastinate_jobs ORDER BY id")).all() == ["failed", "todo"]
        assert session.scalar(text("SELECT count(*) FROM procrastinate_workers")) == 1


def test_jobs_of_the_dead_run_again_and_of_the_living_do_not(database: Databases) -> None:
    with transaction(database.app) as session:
        dead, alive = (_worker(session, seconds) for seconds in (60, 5))
        ids = [enqueue(session, JobName.PURGE) for _ in range(4)]
        for job, worker in zip(ids, (dead, alive, dead, None), strict=True):
            session.execute(
                text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker WHERE id = :job"),
                {"job": job, "worker": worker},
            )
        session.execute(text("UPDATE procrastinate_jobs SET queueing_lock = 'purge' WHERE id = :job"), {"job": ids[2]})
        session.execute(text("UPDATE procrastinate_jobs SET queueing_lock = 'purge' WHERE id = :job"), {"job": ids[3]})
    with transaction(database.app) as session:
        assert retry_stalled_jobs(session) == 3
        rows = session.execute(text("SELECT id, status FROM procrastinate_jobs ORDER BY id")).all()
        assert [tuple(row) for row in rows] == [(ids[0], "todo"), (ids[1], "doing")]


def _worker(session: object, seconds: int) -> int:
    return session.scalar(
        text(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => :seconds)) RETURNING id"
        ),
        {"seconds": seconds},
    )


def _job(session: object, *, age_days: int, status: str) -> None:
    job = enqueue(session, JobName.PURGE)
    session.execute(
        text("UPDATE procrastinate_jobs SET status = CAST(:status AS procrastinate_job_status) WHERE id = :job"),
        {"job": job, "status": status},
    )
    session.execute(
        text("UPDATE procrastinate_events SET at = :at WHERE job_id = :job"),
        {"job": job, "at": NOW - timedelta(days=age_days)},
    )
