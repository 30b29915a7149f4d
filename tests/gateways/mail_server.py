"""A real SMTP server on loopback that answers as it is told."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller

from tests.fixtures.web import free_port


class Post:
    """`answers`: for RCPT, by turn; "250 OK" when none is left. `hold_next` lets the next sender wait for its end."""

    def __init__(self) -> None:
        self.port = 0
        self.answers: list[str] = []
        self.data_answers: list[str] = []
        self.letters: list[EmailMessage] = []
        self.senders: list[str] = []
        self.holding = threading.Event()
        self.hold_next = False

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: object, session: object, envelope: object, address: str, options: object
    ) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802  as above
        if self.hold_next:
            self.hold_next = False
            self.holding.set()
            await asyncio.sleep(60)
        answer = self.data_answers.pop(0) if self.data_answers else "250 OK"
        if answer.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
            self.senders.append(envelope.mail_from)
        return answer


@contextmanager
def open_post(post: Post | None = None) -> Iterator[Post]:
    """Listens on a free port for the length of the block; `post`: one that answers in its own way."""
    post = post or Post()
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        post.port = controller.port
        yield post
    finally:
        controller.stop()
