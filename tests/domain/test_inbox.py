"""A filter of the inbox: one spelling, and nothing unknown gets through."""

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.domain.hazard import Severity, Status
from app.domain.inbox import Age, Mark, Wanted, Who

NAMES = ("state", "q", "type", "group", "status", "severity", "area", "age", "overdue", "mark", "whom", "body")
KNOWN = [*Status, *Severity, *Age, *Mark, *Who, "closed", "any", "fix", "crew:7", "person:12", "MANHOLE_OPEN", "none"]
VALUES = st.one_of(st.sampled_from([str(each) for each in KNOWN]), st.text(max_size=130))
ADDRESSES = st.dictionaries(st.sampled_from(NAMES), st.lists(VALUES, max_size=4))


@given(ADDRESSES)
def test_what_is_read_is_written_in_one_spelling_that_reads_as_the_same(given_address: dict[str, list[str]]) -> None:
    wanted = Wanted.parse(given_address)
    assert Wanted.parse(wanted.query()) == wanted
    assert Wanted.parse(MultiDict(given_address)) == wanted


@given(ADDRESSES)
def test_only_known_values_are_kept(given_address: dict[str, list[str]]) -> None:
    wanted = Wanted.parse(given_address)
    assert set(wanted.statuses) <= set(Status)
    assert wanted.overdue in {"", "any", "make_safe", "fix"}
    assert wanted.whom == "" or wanted.whom in set(Who) or wanted.named


def test_an_empty_address_wants_all_that_is_open() -> None:
    assert Wanted.parse({}) == Wanted()
    assert Wanted().query() == {}


def test_a_crew_is_named_by_its_number() -> None:
    assert Wanted.parse({"whom": "crew:7"}).named == ("crew", 7)
    assert Wanted.parse({"whom": "crew:x"}).whom == ""
