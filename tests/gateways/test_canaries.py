"""The table: 7 formats and containers x kinds of metadata, 0 canary bytes in all sizes. It is printed with `-s`."""

from collections.abc import Iterator

import pillow_heif
import pytest

from app.domain.errors import PhotoUnreadable
from app.gateways.images import Redrawer
from tests.gateways import canaries
from tests.gateways.pictures import CANARY


@pytest.fixture(scope="module")
def redrawer() -> Iterator[Redrawer]:
    pillow_heif.register_heif_opener()
    made = Redrawer()
    yield made
    made.close()


@pytest.mark.parametrize("kind", canaries.CELLS)
def test_no_canary_of_any_kind_survives(redrawer: Redrawer, kind: str) -> None:
    found = {name: _bytes_left(redrawer, make()) for name, make in canaries.CELLS[kind].items()}
    print(f"{kind:5} " + "  ".join(f"{name}: {'refused' if n is None else n}" for name, n in found.items()))
    assert set(found.values()) == ({None} if kind in canaries.REFUSED else {0})


def test_place_of_the_camera_comes_back_and_no_other_word(redrawer: Redrawer) -> None:
    for kind in ("jpeg", "mpo", "png", "webp", "heic", "avif"):
        drawn = redrawer.redraw(canaries.CELLS[kind]["exif+gps"]())
        assert drawn.camera_place == pytest.approx((43.253333, 76.934722), abs=1e-5), kind
        assert "43.2" not in repr(drawn)
    assert redrawer.redraw(canaries.CELLS["jpeg"]["comment"]()).camera_place is None


def _bytes_left(redrawer: Redrawer, data: bytes) -> int | None:
    """How often the word is in what comes out; None for a picture that is refused. It must be in what goes in."""
    assert CANARY in data or b"zTXt" in data or b"iCCP" in data
    try:
        return sum(jpeg.count(CANARY) for jpeg in redrawer.redraw(data).jpegs.values())
    except PhotoUnreadable:
        return None
