"""All a job may use, built by the worker: jobs open no database and read no settings themselves."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.policy import Policy
from app.gateways.mail import Mailer
from app.gateways.photo_store import PhotoStore
from app.gateways.push import PushSender
from app.gateways.sms import SmsSender
from app.gateways.vault import Keyring
from app.gateways.webhook import WebhookSender


@dataclass(frozen=True)
class Vault:
    """`transaction` is of the desk's role, which reads what `keyring` opens."""

    keyring: Keyring
    transaction: Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Jobs:
    """`transaction` opens one that commits at its end; `base_url` has no slash at its end; `secret` signs mail keys;

    `policy` is what rules need of the settings. `vault`: None where the worker holds no private key.
    `desk`: opens a transaction of the desk's role. `desk_email`: who is told of held reports; "" for nobody.
    `push`, `sms`, `webhooks`: None where there are none.
    """

    transaction: Callable[[], AbstractContextManager[Session]]
    mailer: Mailer
    photos: PhotoStore
    now: Callable[[], datetime]
    base_url: str
    default_language: str
    secret: bytes
    policy: Policy
    vault: Vault | None = None
    desk: Callable[[], AbstractContextManager[Session]] | None = None
    desk_email: str = ""
    push: PushSender | None = None
    sms: SmsSender | None = None
    webhooks: WebhookSender | None = None
