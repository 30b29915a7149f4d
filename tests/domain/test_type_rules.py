"""What a type's targets may be."""

import pytest

from app.domain.errors import BadTarget
from app.domain.type_rules import TARGET_MAX, check_target


@pytest.mark.parametrize(
    "target",
    [(4, 0, "wd"), (4, 0, "h"), (0, 3, "wd"), (4, -1, "wd"), (4, 3, None), (4, None, "wd"), (4, 3, "weeks"),
     (TARGET_MAX + 1, 3, "wd")],
)  # fmt: skip
def test_a_target_of_nothing_or_without_its_unit_is_refused(target: tuple[int, int | None, str | None]) -> None:
    with pytest.raises(BadTarget):
        check_target(*target)


@pytest.mark.parametrize("target", [(4, 1, "wd"), (None, 1, "h"), (4, None, None), (None, None, None)])
def test_a_target_may_be_one_or_none(target: tuple[int | None, int | None, str | None]) -> None:
    check_target(*target)
