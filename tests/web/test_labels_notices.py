"""Every kind of notice, channel, source and reason has words of its own, in every language."""

import pytest

from app import i18n
from app.domain.dead_letters import Source, Why, why
from app.domain.staff_notices import URGENT, Channel, StaffKind
from app.jobs.staff_text import HAPPENED
from app.web import labels_notices as words


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_code_has_words_of_its_own(language: str) -> None:
    with i18n.speaking(language):
        for label, codes in (
            (words.staff_kind, [URGENT, *StaffKind]), (words.channel, list(Channel)), (words.source, list(Source)),
            (words.why, list(Why)), (words.delivery, ["queued", "sent", "refused", "dropped", "discarded"]),
            (lambda kind: str(HAPPENED[kind]), list(StaffKind)),
        ):  # fmt: skip
            said = [label(code) for code in codes]
            assert all(said)
            assert len(set(said)) == len(said)


@pytest.mark.parametrize(("source", "state", "error", "code"), [
    (Source.STAFF, "bounced", "5.1.1", Why.CAME_BACK),
    (Source.STAFF, "refused", "gave up after 10 tries: the provider says 503", Why.GAVE_UP),
    (Source.MESSAGE, "queued", "", Why.GAVE_UP),
    (Source.MESSAGE, "refused", "550 no such user", Why.REFUSED),
    (Source.STAFF, "refused", "no browser is subscribed any longer", Why.NO_BROWSER),
    (Source.WEBHOOK, "refused", "the name leads to an address inside", Why.NOT_ALLOWED),
    (Source.STAFF, "refused", "not an address: x", Why.NO_ADDRESS),
    (Source.JOB, "failed", "{}", Why.FAULT),
])  # fmt: skip
def test_a_reason_is_told_from_what_was_written_down(source: Source, state: str, error: str, code: Why) -> None:
    assert why(source, state, error) is code
