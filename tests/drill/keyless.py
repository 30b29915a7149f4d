"""A worker that sends each letter to staff under a new key each time: the control of the drill of notices."""

import secrets

from app.config import Settings
from app.jobs import staff_notices
from app.jobs.mail_keys import staff_key
from app.worker import run

if __name__ == "__main__":
    staff_notices.staff_key = lambda notice_id: f"{staff_key(notice_id)}-{secrets.token_hex(6)}"
    run(Settings.from_env())
