"""What comes out of the redrawer: pixels, upright, and not a byte more; and what it does not let in."""

import io
import os
import random
import signal
import time
from collections.abc import Iterator

import pytest
from PIL import Image

from app.domain.errors import PhotoUnreadable
from app.gateways.images import Redrawer
from tests.gateways import pictures


@pytest.fixture(scope="module")
def redrawer() -> Iterator[Redrawer]:
    made = Redrawer()
    made.redraw(pictures.saved(pictures.plain(), "JPEG"))
    yield made
    made.close()


@pytest.mark.parametrize("kind", pictures.DIRTY)
def test_nothing_but_pixels_survives(redrawer: Redrawer, kind: str) -> None:
    dirty = pictures.DIRTY[kind]()
    assert pictures.CANARY in dirty
    for jpeg in redrawer.redraw(dirty).jpegs.values():
        assert pictures.CANARY not in jpeg
        assert b"Exif" not in jpeg
        assert b"ICC_PROFILE" not in jpeg
        assert b"adobe" not in jpeg
        assert jpeg.endswith(b"\xff\xd9")
        with Image.open(io.BytesIO(jpeg)) as image:
            assert image.format == "JPEG"
            assert set(image.info) <= {
                "jfif",
                "jfif_version",
                "jfif_unit",
                "jfif_density",
                "progressive",
                "progression",
            }


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_picture_is_turned_as_the_camera_noted(redrawer: Redrawer, orientation: int) -> None:
    drawn = redrawer.redraw(pictures.dirty_jpeg(orientation))
    with Image.open(io.BytesIO(drawn.jpegs["full"])) as image:
        assert image.size == ((480, 640) if orientation in {6, 8} else (640, 480)) == (drawn.width, drawn.height)
        red = {1: (320, 20), 3: (320, 460), 6: (460, 320), 8: (20, 320)}[orientation]
        assert image.getpixel(red)[0] > 200


def test_sizes_shrink_and_never_grow(redrawer: Redrawer) -> None:
    large = redrawer.redraw(pictures.saved(pictures.plain((4000, 3000)), "JPEG"))
    small = redrawer.redraw(pictures.saved(pictures.plain((200, 100)), "PNG"))
    assert _sizes(large.jpegs) == [(2048, 1536), (1024, 768), (320, 240)]
    assert _sizes(small.jpegs) == [(200, 100)] * 3


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_mode_of_pixels_is_drawn(redrawer: Redrawer, mode: str) -> None:
    image = pictures.plain((60, 40))
    image = Image.new("I;16", (60, 40), 65_535) if mode == "I;16" else image.convert(mode)
    drawn = redrawer.redraw(pictures.saved(image, "JPEG" if mode == "CMYK" else "PNG"))
    with Image.open(io.BytesIO(drawn.jpegs["full"])) as seen:
        assert seen.mode == "RGB"
        assert seen.size == (60, 40)
        assert mode != "I;16" or seen.getpixel((30, 20))[0] > 250


@pytest.mark.parametrize("name", pictures.BOMBS)
def test_bomb_is_refused_within_a_second(redrawer: Redrawer, name: str) -> None:
    bomb = pictures.BOMBS[name]()
    began = time.monotonic()
    with pytest.raises(PhotoUnreadable):
        redrawer.redraw(bomb)
    assert time.monotonic() - began < 1.0


def test_noise_and_broken_pictures_are_refused_or_drawn(redrawer: Redrawer) -> None:
    chance = random.Random(7)
    whole = [make() for make in pictures.DIRTY.values()]
    for _ in range(25):
        data = bytearray(chance.choice(whole))
        for _ in range(chance.randrange(1, 30)):
            data[chance.randrange(min(len(data), 2000))] = chance.randrange(256)
        try:
            drawn = redrawer.redraw(bytes(data))
        except PhotoUnreadable:
            continue
        assert pictures.CANARY not in b"".join(drawn.jpegs.values())


def test_killed_helper_is_started_again(redrawer: Redrawer) -> None:
    assert redrawer._helper is not None
    os.kill(redrawer._helper.pid, signal.SIGKILL)
    assert redrawer.redraw(pictures.dirty_png()).width == 640


def test_helper_sees_no_secret_of_ours(redrawer: Redrawer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "canary")
    redrawer.close()
    redrawer.redraw(pictures.dirty_png())
    assert redrawer._helper is not None
    with open(f"/proc/{redrawer._helper.pid}/environ", "rb") as environment:  # noqa: PTH123
        assert b"canary" not in environment.read()


def _sizes(jpegs: dict[str, bytes]) -> list[tuple[int, int]]:
    return [Image.open(io.BytesIO(jpegs[name])).size for name in ("full", "medium", "thumb")]
