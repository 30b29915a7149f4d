"""Somebody who may get a link by mail, and what the worker sends of all links."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.db import Databases
from app.domain.permissions import Role
from app.jobs.send_link import send_link
from app.models import Account, AccountLink
from app.web.context import now
from tests.jobs.kit import Outbox, jobs
from tests.web.pages import make_account, token

NEW = "four other words here"


@pytest.fixture
def aigul(session: Session) -> Account:
    return make_account(session, Role.MODERATOR)


def post(client: FlaskClient, address: str, page: str = "/forgot", **data: str) -> TestResponse:
    return client.post(address, data=data | {"csrf_token": token(client, page)})


Letters = Callable[..., Outbox]


@pytest.fixture
def letters(database: Databases, settings, session: Session) -> Letters:
    """What the worker sends of all links; `trouble` is raised by the mail server first."""

    def send(*trouble: Exception) -> Outbox:
        outbox = Outbox(troubles=list(trouble))
        worker = replace(jobs(database, mailer=outbox, now=now), secret=settings.secret_key.encode())
        session.rollback()
        for link_id in session.scalars(select(AccountLink.id).order_by(AccountLink.id)).all():
            send_link(worker, link_id=link_id)
        return outbox

    return send


def link_in(outbox: Outbox) -> str:
    found = re.search(r"https://qauip\.example(/\S+)", outbox.sent[-1].text)
    assert found
    assert found[1] in outbox.sent[-1].html
    return found[1]


def account(session: Session, email: str = "aidos@example.kz") -> Account:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Account).where(Account.email == email)).one()
