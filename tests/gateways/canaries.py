"""Pictures of every format with one kind of metadata each, all of it one word that must not come out."""

import io
import struct
import zlib
from collections.abc import Callable

import pillow_heif
from PIL import PngImagePlugin

from tests.gateways.pictures import CANARY, exif, plain, saved

WORD = CANARY.decode()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><v>' + CANARY + b"</v></x:xmpmeta>"
ICC = CANARY * 20
THUMB = saved(plain((64, 48)), "JPEG", comment=CANARY)


def _jpeg_segment(marker: int, body: bytes) -> bytes:
    data = saved(plain(), "JPEG")
    return data[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body + data[2:]


def _exif_with_thumbnail() -> bytes:
    """A TIFF block whose second directory is a small picture with the word in it."""
    entries = struct.pack("<HHII", 0x0201, 4, 1, 44) + struct.pack("<HHII", 0x0202, 4, 1, len(THUMB))
    first = struct.pack("<H", 0) + struct.pack("<I", 14)
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + first + struct.pack("<H", 2) + entries + b"\0\0\0\0" + THUMB


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    data = saved(plain(), "PNG")
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return data[:33] + chunk + data[33:]


def _png_text(*, zipped: bool) -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", WORD, zip=zipped)
    return saved(plain(), "PNG", pnginfo=words)


def _png_itxt() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return saved(plain(), "PNG", pnginfo=words)


def _heif(**info: bytes) -> bytes:
    out = io.BytesIO()
    file = pillow_heif.from_pillow(plain())
    file.info.update(info)
    file.save(out)
    return out.getvalue()


def _mpo(**how: object) -> bytes:
    return saved(plain(), "MPO", save_all=True, append_images=[plain((320, 240))], **how)


def _webp(**how: object) -> bytes:
    return saved(plain(), "WEBP", **how)


def _avif(**how: object) -> bytes:
    return saved(plain(), "AVIF", **how)


def _tiff(**how: object) -> bytes:
    return saved(plain(), "TIFF", **how)


IPTC = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", 5 + len(CANARY)) + b"\x1c\x02\x78\0" + bytes(
    [len(CANARY)]
) + CANARY  # fmt: skip

CELLS: dict[str, dict[str, Callable[[], bytes]]] = {
    "jpeg": {
        "exif+gps": lambda: saved(plain(), "JPEG", exif=exif()),
        "thumbnail": lambda: _jpeg_segment(0xE1, _exif_with_thumbnail()),
        "xmp": lambda: saved(plain(), "JPEG", xmp=XMP),
        "iptc": lambda: _jpeg_segment(0xED, IPTC),
        "icc": lambda: saved(plain(), "JPEG", icc_profile=ICC),
        "comment": lambda: saved(plain(), "JPEG", comment=CANARY),
        "trailer": lambda: saved(plain(), "JPEG") + CANARY,
    },
    "mpo": {
        "exif+gps": lambda: _mpo(exif=exif()),
        "comment": lambda: _mpo(comment=CANARY),
        "mpf": lambda: _mpo() + THUMB,
        "trailer": lambda: _mpo() + CANARY,
    },
    "png": {
        "exif+gps": lambda: saved(plain(), "PNG", exif=exif()),
        "tEXt": lambda: _png_text(zipped=False),
        "zTXt": lambda: _png_text(zipped=True),
        "iTXt/xmp": _png_itxt,
        "icc": lambda: saved(plain(), "PNG", icc_profile=ICC),
        "own chunk": lambda: _png_chunk(b"caNy", CANARY),
        "trailer": lambda: saved(plain(), "PNG") + CANARY,
    },
    "webp": {
        "exif+gps": lambda: _webp(exif=exif()),
        "xmp": lambda: _webp(xmp=XMP),
        "icc": lambda: _webp(icc_profile=ICC),
        "trailer": lambda: _webp() + CANARY,
    },
    "heic": {
        "exif+gps": lambda: _heif(exif=exif()),
        "xmp": lambda: _heif(xmp=XMP),
        "icc": lambda: saved(plain(), "HEIF", icc_profile=ICC),
        "trailer": lambda: _heif() + CANARY,
    },
    "avif": {
        "exif+gps": lambda: _avif(exif=exif()),
        "xmp": lambda: _avif(xmp=XMP),
        "icc": lambda: _avif(icc_profile=ICC),
        "trailer": lambda: _avif() + CANARY,
    },
    "tiff": {
        "exif+gps": lambda: _tiff(exif=exif()),
        "icc": lambda: _tiff(icc_profile=ICC),
        "trailer": lambda: _tiff() + CANARY,
    },
}
REFUSED = frozenset({"tiff"})


def whole(kind: str) -> bytes:
    """The format with its EXIF block and a trailer: what the ways in are tried with."""
    return CELLS[kind]["exif+gps"]() + CANARY
