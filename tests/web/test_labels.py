"""Every code has words, in every language."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app import i18n
from app.domain import coverage, errors, hazard, hints, lifecycle, permissions, routing
from app.web import labels, times

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 14:00 in Almaty
HISTORY = ["reported", "assigned", "report_joined", "overdue", "made_safe_expired"]
MODERATION = ["text_cleared", "text_refused", "photo_cleared", "photo_refused"]
KINDS: list[tuple[Callable[..., str], list[str]]] = [
    (labels.status, list(hazard.Status)),
    (labels.severity, list(hazard.Severity)),
    (
        labels.severity_reason,
        ["type", "someone_hurt", "hidden", "water", "near_children", "in_season", "out_of_season"],
    ),
    (labels.geometry_kind, list(hazard.GeometryKind)),
    (labels.measure, list(hazard.Measure)),
    (labels.reject_reason, list(hazard.RejectReason)),
    (labels.hold_reason, list(hazard.HoldReason)),
    (labels.clock, list(hazard.Clock)),
    (labels.clock_overdue, list(hazard.Clock)),
    (labels.photo_kind, list(hazard.PhotoKind)),
    (labels.moderation, list(hazard.Moderation)),
    (labels.channel, list(hazard.Channel)),
    (labels.basis, list(hazard.Basis)),
    (labels.basis_for_staff, list(hazard.Basis)),
    (labels.role, list(permissions.Role)),
    (labels.act, list(lifecycle.Act)),
    (labels.event, [*lifecycle.Act, *HISTORY, *MODERATION]),
    (labels.state, ["open", "safe", "closed"]),
    (labels.hint, list(hints.Hint)),
    (labels.hint_question, list(hints.Hint)),
    (labels.dead, list(coverage.Dead)),
    (labels.basis_short, list(hazard.Basis)),
    (labels.area_kind, list(routing.AREA_RANK)),
]


def refusals(of: type[errors.DomainError] = errors.DomainError) -> Iterator[type[errors.DomainError]]:
    for each in of.__subclasses__():
        yield each
        yield from refusals(each)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize(("label", "codes"), KINDS)
def test_every_code_has_words(label: Callable[..., str], codes: list[str], language: str) -> None:
    with i18n.speaking(language):
        words = [label(str(code)) for code in codes]
    assert all(words)
    assert len(set(words)) >= len(words) - 2, "two codes read alike"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_refusal_has_a_sentence(language: str) -> None:
    with i18n.speaking(language):
        for refusal in refusals():
            sentence = labels.error(refusal())
            assert sentence[0].isupper(), refusal
            assert "%(" not in sentence, refusal


def test_exchanged_axes_are_named() -> None:
    with i18n.speaking("en"):
        assert "exchanged" in labels.error(errors.OutOfBounds(swapped=True))


@pytest.mark.parametrize("why", list(routing.Why))
def test_every_step_of_the_trace_names_the_body(why: routing.Why) -> None:
    with i18n.speaking("en"):
        said = labels.trace_step({"why": why, "body": "water", "area": "750000000"}, bodies={"water": "Water utility"})
    assert "Water utility" in said or why is routing.Why.NO_BODY


@pytest.mark.parametrize(
    ("due", "staff"),
    [
        (NOW + timedelta(hours=3), "in 3 hours"),
        (NOW + timedelta(hours=20), "in 20 hours"),
        (NOW + timedelta(days=3, hours=2), "in 3 days"),
        (NOW - timedelta(minutes=1), "1 minute overdue"),
        (NOW - timedelta(days=2), "2 days overdue"),
    ],
)
def test_due_times_in_words(due: datetime, staff: str) -> None:
    with i18n.speaking("en"):
        assert times.staff_due(due, now=NOW) == staff


def test_public_times_are_days() -> None:
    with i18n.speaking("ru"):
        assert times.public_since(NOW.date(), today=NOW.date()) == "сегодня"
        assert times.public_since(NOW.date() - timedelta(days=1), today=NOW.date()) == "вчера"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_answer_about_what_was_seen_has_words(language: str) -> None:
    with i18n.speaking(language):
        for hint, values in hints.VALUES.items():
            for value in values:
                assert labels.hint_value(hint, value) != value


def test_a_refusal_says_which_rule_refused_and_to_whom_the_act_is_open() -> None:
    with i18n.speaking("en"):
        wrong_time = labels.error(errors.ActNotAllowedNow(act="fix", status="assigned"))
        assert wrong_time == "“Close as fixed” is not possible while the status is “Assigned”."
        not_mine = labels.error(errors.NotPermitted(permission="confirm"))
        assert not_mine == "You may not do this. It is for: Dispatcher, Manager, Coordinator."
        assert labels.error(errors.NotPermitted(permission="dispute")) == "You may not do this."
        assert labels.error(errors.NotPermitted(permission="no such thing")) == "You may not do this."
