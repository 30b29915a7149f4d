"""All a job may use, built by the worker: jobs open no database and read no settings themselves."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.policy import Policy
from app.gateways.mail import Mailer
from app.gateways.photo_store import PhotoStore


@dataclass(frozen=True)
class Jobs:
    """`transaction` opens one that commits at its end; `base_url` has no slash at its end; `secret` signs mail keys;

    `policy` is what rules need of the settings.
    """

    transaction: Callable[[], AbstractContextManager[Session]]
    mailer: Mailer
    photos: PhotoStore
    now: Callable[[], datetime]
    base_url: str
    default_language: str
    secret: bytes
    policy: Policy
