"""Pictures that carry what must not get out, and pictures that must not be opened."""

import io
import struct
import zlib
from collections.abc import Callable

import pillow_heif
from PIL import Image, PngImagePlugin

CANARY = b"CANARY-7f3a91"
_WORD = CANARY.decode()
_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><v>' + CANARY + b"</v></x:xmpmeta>"
_GPS = {1: "N", 2: (43.0, 15.0, 12.0), 3: "E", 4: (76.0, 56.0, 5.0), 29: _WORD}


def plain(size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Red above, blue below: one sees which way is up."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, size[1] // 2, *size))
    return image


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def exif(orientation: int = 1) -> bytes:
    """Position, camera, a maker's note, and a thumbnail in the second directory."""
    block = Image.Exif()
    block[0x0112], block[0x010F], block[0x9286] = orientation, _WORD, _WORD
    block.get_ifd(0x8825).update(_GPS)
    return block.tobytes() + CANARY


def dirty_jpeg(orientation: int = 1) -> bytes:
    return (
        saved(plain(), "JPEG", exif=exif(orientation), comment=CANARY, icc_profile=CANARY * 20, xmp=_XMP)
        + CANARY
        + saved(plain((64, 48)), "JPEG", comment=CANARY)
    )


def dirty_mpo() -> bytes:
    return saved(plain(), "MPO", exif=exif(), comment=CANARY, save_all=True, append_images=[plain((320, 240))])


def dirty_png() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", _WORD, zip=False)
    words.add_itxt("XML:com.adobe.xmp", _XMP.decode())
    return saved(plain(), "PNG", pnginfo=words, exif=exif(), icc_profile=CANARY * 20) + CANARY


def dirty_webp() -> bytes:
    return saved(plain(), "WEBP", exif=exif(), xmp=_XMP, icc_profile=CANARY * 20) + CANARY


def dirty_heif() -> bytes:
    out = io.BytesIO()
    file = pillow_heif.from_pillow(plain())
    file.info.update(exif=exif(), xmp=_XMP)
    file.save(out)
    return out.getvalue() + CANARY


DIRTY: dict[str, Callable[[], bytes]] = {
    "jpeg": dirty_jpeg,
    "mpo": dirty_mpo,
    "png": dirty_png,
    "webp": dirty_webp,
    "heif": dirty_heif,
}


def png_bomb(side: int = 30_000) -> bytes:
    """A PNG whose header promises side x side pixels; its data would inflate to gigabytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    row = zlib.compress(bytes(1_000_000), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0))
        + chunk(b"IDAT", row)
        + chunk(b"IEND", b"")
    )


def webp_bomb(side: int = 6_000) -> bytes:
    """36 million pixels in a few hundred bytes; the decoder would take four times four bytes for each."""
    return saved(Image.new("RGB", (side, side), "white"), "WEBP", quality=1, method=0)


def png_text_bomb() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("bomb", "0" * 60_000_000, zip=True)
    return saved(plain(), "PNG", pnginfo=words)


def jpeg_bomb() -> bytes:
    data = bytearray(saved(plain((64, 64)), "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65_000, 65_000)
    return bytes(data)


def avif_bomb() -> bytes:
    """A small AVIF whose boxes promise 60,000 x 60,000 pixels."""
    data = bytearray(saved(plain((64, 64)), "AVIF"))
    at = data.index(b"ispe") + 8
    data[at : at + 8] = struct.pack(">II", 60_000, 60_000)
    return bytes(data)


BOMBS: dict[str, Callable[[], bytes]] = {
    "png 900 MP": png_bomb,
    "webp 36 MP": webp_bomb,
    "png text of 60 MB": png_text_bomb,
    "jpeg that promises 4,225 MP": jpeg_bomb,
    "avif that promises 3,600 MP": avif_bomb,
    "gif": lambda: saved(plain(), "GIF"),
    "tiff": lambda: saved(plain(), "TIFF"),
    "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    "half a jpeg": lambda: dirty_jpeg()[:3000],
    "nothing": lambda: b"",
    "11 MB": lambda: dirty_jpeg() + bytes(11 * 1024 * 1024),
}
