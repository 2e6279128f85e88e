"""From bytes to text: gzip, encodings, and what is no text at all."""

from __future__ import annotations

import codecs
import gzip
import io
import logging
import re
import zlib
from typing import BinaryIO, cast

from records.errors import InputError

__all__ = ["SURROGATE", "broken_gzip", "decoded", "unpacked"]

log = logging.getLogger(__name__)

SURROGATE = re.compile("[\ud800-\udfff]")
"""What stands in decoded text for a byte that is not valid in the file's encoding."""

_SAMPLE_BYTES = 1 << 18
_BUFFER_BYTES = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"PK\x03\x04", "a zip or Excel file; save it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file; save it as CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"%PDF", "a PDF"),
    (b"\x28\xb5\x2f\xfd", "a zstd file; unpack it"),
    (b"BZh", "a bzip2 file; unpack it"),
    (b"\xfd7zXZ", "an xz file; unpack it"),
    (b"PAR1", 'a Parquet file; set format = "parquet"'),
    (b"SQLite format 3", "a SQLite database"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_MAX_CONTROL_SHARE = 0.05
_MIN_CONTROLS = 8
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_MIN_LINES_TO_GUESS = 2


def unpacked(stream: BinaryIO) -> io.BufferedReader:
    """Return the stream with gzip, if it is that, taken off."""
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", stream))
    if buffered.peek(2)[:2] != b"\x1f\x8b":
        return buffered
    return io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=buffered)), _BUFFER_BYTES)


broken_gzip = (EOFError, zlib.error, gzip.BadGzipFile)
"""What reading a damaged gzip file raises."""


def decoded(stream: io.BufferedReader, name: str, encoding: str | None) -> io.TextIOWrapper | None:
    """Return the stream as text, None if it is empty; bytes that don't fit the encoding become surrogates.

    Args:
        stream: unpacked.
        name: of the file, for messages.
        encoding: as declared; if None, a byte-order mark decides, then UTF-8, then a guess from the bytes.

    Raises:
        InputError: it holds no text.
    """
    sample = _sample(stream)
    if not sample:
        return None
    chosen = encoding or _by_mark(sample)
    if chosen is None:
        _refuse_binary(sample, name)
        chosen = "utf-8" if _is_mostly_utf8(sample) else _guess(sample, name)
    elif codecs.lookup(chosen).name == "utf-8":
        chosen = "utf-8-sig"
    errors = "surrogateescape" if codecs.lookup(chosen).name.startswith(("utf-8", "cp", "iso", "latin")) else "replace"
    return io.TextIOWrapper(stream, encoding=chosen, errors=errors, newline="")


def _sample(stream: io.BufferedReader) -> bytes:
    sample = stream.peek(_SAMPLE_BYTES)[:_SAMPLE_BYTES]
    return bytes(sample)


def _by_mark(sample: bytes) -> str | None:
    return next((name for mark, name in _BOMS if sample.startswith(mark)), None)


def _refuse_binary(sample: bytes, name: str) -> None:
    for magic, what in _MAGIC:
        if sample.startswith(magic):
            raise InputError(f"{name} is not text but {what}")
    controls = len(_CONTROL.findall(sample))
    is_header_odd = _CONTROL.search(sample.split(b"\n", 1)[0]) is not None
    if is_header_odd or controls > max(_MIN_CONTROLS, _MAX_CONTROL_SHARE * len(sample)):
        raise InputError(f"{name} is not a text file, or in an encoding that has to be named; set encoding")


def _is_mostly_utf8(sample: bytes) -> bool:
    """Whether lines outside ASCII are UTF-8, save for some damaged ones; those are rejected one by one."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        lines = sample.splitlines()
        if len(sample) == _SAMPLE_BYTES:
            lines = lines[:-1]  # the last one may be cut inside a character
        lines = [line for line in lines if _NOT_ASCII.search(line)]
        damaged = sum(not _is_utf8(line) for line in lines)
        return damaged < _MIN_LINES_TO_GUESS or damaged * 2 <= len(lines)
    return True


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(sample: bytes, name: str) -> str:
    from charset_normalizer import from_bytes

    matches = from_bytes(sample)
    best = matches.best()
    if best is None:
        raise InputError(f"{name} is in an encoding that cannot be guessed; set encoding")
    chosen = best.encoding
    for match in matches:
        # Where the bytes speak for several, the commonest encoding of Western files is the likeliest.
        is_as_good = match.chaos <= best.chaos and match.coherence >= best.coherence
        if is_as_good and "cp1252" in (match.encoding, *match.could_be_from_charset):
            chosen = "cp1252"
    log.info("%s is not UTF-8 and is read as %s; set encoding if that is wrong", name, chosen)
    return chosen
