"""SMS by HTTP: one plain contract, tried against a real server."""

import json
from collections.abc import Iterator

import pytest

from app.gateways.sms import ConsoleSms, HttpSms, OutgoingSms, SmsDelayed, SmsRefused, sms_sender
from tests.gateways.hook_server import Door, open_door

SMS = OutgoingSms(key="staff-7", to="+77010000001", text="Жаңа қауіп")


@pytest.fixture
def door() -> Iterator[Door]:
    with open_door() as opened:
        yield opened


def test_the_contract_is_what_the_docstring_says(door: Door) -> None:
    sms_sender(f"{door.root}/sms", "token").send(SMS)
    path, headers, body = door.seen[0]
    assert (path, json.loads(body)) == ("/sms", {"id": "staff-7", "to": "+77010000001", "text": "Жаңа қауіп"})
    assert (headers["authorization"], headers["idempotency-key"]) == ("Bearer token", "staff-7")


@pytest.mark.parametrize(
    ("status", "trouble"), [(302, SmsRefused), (400, SmsRefused), (429, SmsDelayed), (500, SmsDelayed)]
)
def test_an_answer_is_a_refusal_or_a_delay_and_never_holds_the_number(
    door: Door, status: int, trouble: type[Exception]
) -> None:
    door.answers.append(status)
    with pytest.raises(trouble) as caught:
        HttpSms(f"{door.root}/", "token").send(SMS)
    assert "7701" not in str(caught.value)


def test_nobody_there_is_a_delay(door: Door) -> None:
    with pytest.raises(SmsDelayed):
        HttpSms("http://127.0.0.1:9/", "token", timeout_s=1).send(SMS)


def test_without_an_address_the_log_is_the_telephone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    sender = sms_sender("", "")
    assert isinstance(sender, ConsoleSms)
    sender.send(SMS)
    assert "Жаңа қауіп" in caplog.text
    assert "7701" not in caplog.text
