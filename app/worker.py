"""The worker: takes jobs from the queue and runs them, four at a time, until it is asked to stop.

Decision: Procrastinate, since the queue then lives in PostgreSQL and a job commits with its cause. Turned down: Celery
and RQ, which want Redis beside it and lose that. A job that has failed for good raises an alarm: in a queue that nobody
looks at, notices die.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import procrastinate
from procrastinate.retry import RetryStrategy
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from app import i18n
from app.actions.alarms import raise_alarm
from app.actions.mail_again import TRIES
from app.actions.stalled import DEAD_AFTER_S
from app.config import Settings, SettingsError
from app.db import engine, transaction
from app.gateways.mail import BadMailAddress, MailDelayed, Mailer, mailer
from app.gateways.photo_store import photo_store_at
from app.gateways.push import WebPush, push_key
from app.gateways.sms import sms_sender
from app.gateways.vault import BadVaultKey, Keyring, read_keyring
from app.gateways.webhook import HttpWebhooks
from app.jobs import HANDLERS, PERIODIC, Jobs
from app.jobs.context import Vault
from app.logs import configure_logs
from app.outbox import JobName

CONCURRENCY = 4
SIGN_OF_LIFE_S = 5
PATIENCE_S = 25
"""How long running jobs may take to end after SIGTERM."""
RETRY = RetryStrategy(max_attempts=TRIES, exponential_wait=3, retry_exceptions={MailDelayed, OperationalError})
_log = logging.getLogger(__name__)


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT. Raises SettingsError before it starts."""
    configure_logs()
    i18n.load()
    source = engine(settings.database_url, pool_size=CONCURRENCY, application_name="qauip jobs")
    desk = engine(settings.desk_database_url, pool_size=2, application_name="qauip jobs desk")
    photos = photo_store_at(settings.photo_store, settings.photo_dir, endpoint=settings.photo_store_endpoint)
    keys = _keyring(settings)
    jobs = Jobs(
        transaction=lambda: transaction(source),
        mailer=_mailer(settings),
        photos=photos,
        now=lambda: datetime.now(UTC),
        base_url=settings.base_url,
        default_language=settings.default_language,
        secret=settings.require_secret().encode(),
        policy=settings.policy,
        vault=Vault(keys, lambda: transaction(desk)) if keys else None,
        desk=lambda: transaction(desk),
        desk_email=settings.desk_email,
        push=WebPush(push_key(settings.push_key_file), settings.mail_from, settings.push_hosts),
        sms=sms_sender(settings.sms_url, settings.sms_token),
        webhooks=HttpWebhooks(settings.webhook_test_hosts),
    )
    try:
        work(queue(settings.database_url, jobs))
    finally:
        photos.close()
        source.dispose()
        desk.dispose()


def queue(database_url: str, jobs: Jobs, *, periodic: bool = True, retry: RetryStrategy = RETRY) -> procrastinate.App:
    """Procrastinate's application with every handler; `periodic` off leaves out what runs by the clock."""
    app = procrastinate.App(connector=_connector(database_url))
    for name, handler in HANDLERS.items():
        _register(app, name, handler, jobs, retry, cron=PERIODIC.get(name) if periodic else None)
    return app


def work(app: procrastinate.App, **options: Any) -> None:
    """Run a worker in this thread. Finished jobs are deleted; failed ones stay for a week."""
    app.run_worker(
        concurrency=CONCURRENCY,
        delete_jobs="successful",
        update_heartbeat_interval=SIGN_OF_LIFE_S,
        stalled_worker_timeout=DEAD_AFTER_S,
        shutdown_graceful_timeout=PATIENCE_S,
        **options,
    )


def _register(
    app: procrastinate.App,
    name: JobName,
    handler: Callable[..., None],
    jobs: Jobs,
    retry: RetryStrategy,
    *,
    cron: str | None,
) -> None:
    def run_job(context: procrastinate.JobContext, /, **ids: int) -> None:
        ids.pop("timestamp", None)  # of a periodic job; ours ask the context's clock
        try:
            handler(jobs, **ids)
        except Exception as error:
            if retry.get_retry_decision(exception=error, job=context.job) is None:
                _alarm(jobs, name)
            raise

    lock = name.value if cron else None
    task: Any = app.task(name=name.value, pass_context=True, retry=retry, queueing_lock=lock)(run_job)
    if cron:
        app.periodic(cron=cron)(task)


def _alarm(jobs: Jobs, name: JobName) -> None:
    with jobs.transaction() as session:
        raise_alarm(session, key=f"job_failed:{name.value}", kind="job_failed", now=jobs.now(), job=name.value)


def _connector(database_url: str) -> procrastinate.PsycopgConnector:
    """By keywords, not by address: SQLAlchemy and libpq quote options differently."""
    url = make_url(database_url)
    given = {**url.translate_connect_args(username="user", database="dbname"), **url.query}
    return procrastinate.PsycopgConnector(kwargs={"application_name": "qauip queue", **given}, min_size=1, max_size=6)


def _mailer(settings: Settings) -> Mailer:
    try:
        return mailer(settings.smtp_url, settings.mail_from)
    except BadMailAddress as wrong:
        raise SettingsError(str(wrong)) from wrong


def _keyring(settings: Settings) -> Keyring | None:
    try:
        return read_keyring(settings.vault_key_file)
    except BadVaultKey as wrong:
        raise SettingsError(str(wrong)) from wrong


if __name__ == "__main__":
    try:
        run(Settings.from_env())
    except SettingsError as wrong:
        raise SystemExit(str(wrong)) from wrong
