"""Mail, against a real server: what arrives, and how a refusal differs from a delay."""

import logging
from collections.abc import Iterator

import pytest

from app.gateways.mail import BadMailAddress, ConsoleMailer, MailDelayed, MailRefused, OutgoingMail, SmtpMailer
from tests.fixtures.web import free_port
from tests.gateways.mail_server import Post, open_post

SENDER = "hazards@qauip.example"


@pytest.fixture
def post() -> Iterator[Post]:
    with open_post() as opened:
        yield opened


def _mail(**changed: str) -> OutgoingMail:
    words = {
        "key": "1-2-assigned.ab",
        "to": "duty@x.example",
        "subject": "Ашық люк",
        "text": "Қауіп\n",
        "html": "<p>Қауіп</p>",
    }
    return OutgoingMail(language="kk", **(words | changed))


def test_letter_arrives_whole(post: Post) -> None:
    SmtpMailer(post.url, SENDER).send(_mail())
    (letter,) = post.letters
    assert letter["Subject"] == "Ашық люк"
    assert letter["Message-ID"] == "<1-2-assigned.ab@qauip.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "kk"
    assert letter.get_body(("plain",)).get_content().strip() == "Қауіп"
    assert letter.get_body(("html",)).get_content().strip() == "<p>Қауіп</p>"
    assert post.senders == [SENDER]


@pytest.mark.parametrize(
    ("rcpt", "data", "kind"),
    [
        ("550 5.1.1 no such user", "", MailRefused),
        ("450 4.2.1 busy", "", MailDelayed),
        ("", "554 5.7.1 rejected", MailRefused),
        ("", "451 4.3.0 later", MailDelayed),
    ],
)
def test_refusal_is_not_delay(post: Post, rcpt: str, data: str, kind: type[Exception]) -> None:
    post.answers, post.data_answers = [rcpt] if rcpt else [], [data] if data else []
    with pytest.raises(kind, match=(rcpt or data)[:3]):
        SmtpMailer(post.url, SENDER).send(_mail())
    assert post.letters == []


def test_server_that_is_away_is_a_delay() -> None:
    with pytest.raises(MailDelayed):
        SmtpMailer(f"smtp://127.0.0.1:{free_port()}", SENDER, timeout_s=2).send(_mail())


def test_line_breaks_add_no_header_and_no_recipient(post: Post) -> None:
    SmtpMailer(post.url, SENDER).send(_mail(subject="Люк\r\nBcc: all@x.example"))
    assert post.letters[0]["Bcc"] is None
    for to in ("a@x.example\r\nBcc: b@x.example", "a@x.example, b@x.example", "", "nobody", "a b@x.example"):
        with pytest.raises(MailRefused):
            SmtpMailer(post.url, SENDER).send(_mail(to=to))
    assert len(post.letters) == 1


@pytest.mark.parametrize("url", ["localhost:25", "http://x", "smtp://", "mailto:x@y"])
def test_wrong_url_is_told_at_once(url: str) -> None:
    with pytest.raises(BadMailAddress):
        SmtpMailer(url, SENDER)


def test_console_writes_the_text(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        ConsoleMailer(SENDER).send(_mail())
    assert "Қауіп" in caplog.text
