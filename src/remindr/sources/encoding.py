"""Which encoding a text file is in: a byte order mark or strict UTF-8 where possible, else the likeliest legacy one."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from remindr.errors import DataError, Problem

CHUNK: Final = 1024 * 1024
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY: Final = ("cp1252", "cp850", "mac_roman")
_ACCENTED: Final = frozenset("äöüßÄÖÜéèêëÉÈàâáÁçÇñÑíìîïóòôõúùûæøåÆØÅœšž€£§°º")
_ASCII: Final = bytes(range(128))
_MULTIBYTE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


class Utf8Check:
    """Strict UTF-8 over a stream of chunks."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._between = True  # characters, not within one
        self.valid = True

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        """Takes the next chunk; `valid` is False from the first wrong byte on."""
        if self._between and chunk.isascii():
            return
        if self.valid:
            try:
                self._decoder.decode(chunk, final)
            except UnicodeDecodeError:
                self.valid = False
            self._between = not self._decoder.getstate()[0]


def marked_encoding(head: bytes) -> str | None:
    """The encoding that a byte order mark names, or the zero bytes of UTF-16 without one."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    half = max(1, len(head) // 2)
    if head[1::2].count(0) > 0.9 * half and not head[0::2].count(0):
        return "utf-16-le"
    if head[0::2].count(0) > 0.9 * half and not head[1::2].count(0):
        return "utf-16-be"
    return None


def legacy_encoding(path: Path, shown: str) -> str:
    """The encoding whose reading of the non-ASCII bytes has most accented letters.

    Text that is mostly UTF-8 is damaged UTF-8 and no legacy text: a DataError names the line.
    """
    content = path.read_bytes()
    high = Counter(content.translate(None, _ASCII))
    multibyte = _MULTIBYTE.findall(content)
    if multibyte and 2 * sum(map(len, multibyte)) > high.total():
        raise _damaged(content, shown)
    return max(_LEGACY, key=lambda encoding: _likeness(high, encoding))


def _likeness(high: Counter[int], encoding: str) -> int:
    return sum(
        count if (read := bytes([byte]).decode(encoding, "replace")) in _ACCENTED else -count if read == "\ufffd" else 0
        for byte, count in high.items()
    )


def _damaged(content: bytes, shown: str) -> DataError:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"the text is damaged: the file is UTF-8, but byte 0x{content[error.start]:02x} on this line is not"
    return DataError(Problem(what, shown, line, hint="export it again; a copy or an edit has broken this line"))


def unix_text(path: Path, encoding: str) -> Iterator[str]:
    """The text of a file in pieces, with Unix line ends and without a byte order mark.

    A byte that the encoding does not know becomes the replacement character.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    held = ""  # a carriage return at the end of a piece may belong to the line feed of the next
    with path.open("rb") as stream:
        for chunk in iter(lambda: stream.read(CHUNK), b""):
            text = held + decoder.decode(chunk)
            held = "\r" if text.endswith("\r") else ""
            yield text.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n")
    yield held.replace("\r", "\n") + decoder.decode(b"", final=True)
