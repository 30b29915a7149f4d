"""Mail: one message at a time to a server, or to the log where none is set.

Decision: the standard library's smtplib and email. A refusal for good and a delay are two exceptions, since one raises
an alarm and the other only waits. A fault of our own side (sign-in, sender) is a delay: the address is not to blame.
"""

import logging
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT_S = 20
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_log = logging.getLogger(__name__)


class MailRefused(Exception):
    """For good: this address, or this message to it, will never be taken. Says what the server said."""


class MailDelayed(Exception):
    """For now: try again later."""


class BadMailAddress(ValueError):
    """SMTP_URL is not smtp://, smtps:// or smtp+starttls:// with a host."""


@dataclass(frozen=True)
class OutgoingMail:
    """`key` becomes the Message-ID, so that a bounce or a repeat can be told.

    `unsubscribe`: an address that stops such mail by one POST (RFC 8058). `private`: to a citizen, whose address no log
    may hold.
    """

    key: str
    to: str
    subject: str
    text: str
    html: str
    language: str
    unsubscribe: str | None = None
    private: bool = False


class Mailer(Protocol):
    """Hands a message to a provider. Raises MailRefused or MailDelayed."""

    def send(self, mail: OutgoingMail) -> None: ...


class ConsoleMailer:
    """Writes the message to the log instead of sending it: the default, for trying the product out."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    def send(self, mail: OutgoingMail) -> None:
        """Never raises for a message that SMTP would take."""
        built = build(mail, self._sender)
        to = "a private address" if mail.private else built["To"]
        _log.info("mail to %s: %s\n%s", to, built["Subject"], mail.text)


class SmtpMailer:
    """One connection for each message: a body gets a few a day, and no connection goes stale."""

    def __init__(self, url: str, sender: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._server = urlsplit(url)
        self._sender = sender
        self._timeout_s = timeout_s
        if self._server.scheme not in _PORTS or not self._server.hostname:
            raise BadMailAddress(
                "SMTP_URL must be like smtp://host:25, smtp+starttls://user:password@host or smtps://…"
            )

    def send(self, mail: OutgoingMail) -> None:
        """Raises MailRefused or MailDelayed."""
        message = build(mail, self._sender)
        try:
            with self._connected() as connection:
                connection.send_message(message, self._sender, [mail.to])
        except smtplib.SMTPRecipientsRefused as refusal:
            raise _told(*next(iter(refusal.recipients.values()))) from refusal
        except smtplib.SMTPDataError as refusal:
            raise _told(refusal.smtp_code, refusal.smtp_error) from refusal
        except (smtplib.SMTPNotSupportedError, UnicodeError) as refusal:
            raise MailRefused(f"the address cannot be written: {refusal}") from refusal
        except (smtplib.SMTPException, OSError) as trouble:
            raise MailDelayed(str(trouble)) from trouble

    def _connected(self) -> smtplib.SMTP:
        connection = _opened(self._server, self._timeout_s)
        try:
            if self._server.scheme == "smtp+starttls":
                connection.starttls(context=ssl.create_default_context())
            if self._server.username:
                connection.login(unquote(self._server.username), unquote(self._server.password or ""))
        except BaseException:
            connection.close()
            raise
        return connection


def mailer(url: str, sender: str) -> Mailer:
    """SMTP where a URL is given, else the console."""
    return SmtpMailer(url, sender) if url else ConsoleMailer(sender)


def build(mail: OutgoingMail, sender: str) -> EmailMessage:
    """The message, text and HTML. Raises MailRefused where `to` is no single address."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = _single_address(mail.to)
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = f"<{mail.key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    message["Content-Language"] = mail.language
    return message


def _single_address(to: str) -> Address:
    try:
        return Address(addr_spec=to)
    except (ValueError, IndexError) as wrong:
        raise MailRefused(f"not an address: {wrong}") from wrong


def _opened(server: SplitResult, timeout_s: float) -> smtplib.SMTP:
    host, port = server.hostname or "", server.port or _PORTS[server.scheme]
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=timeout_s, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, timeout=timeout_s)


def _told(code: int, words: bytes | str) -> Exception:
    said = f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
    kind: Callable[[str], Exception] = MailRefused if code >= 500 else MailDelayed
    return kind(said)
