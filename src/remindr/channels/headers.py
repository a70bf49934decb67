"""Header lines of e-mails: cleaned, encoded and folded by rules that leave no way to smuggle in a line of one's own."""

import re
from binascii import b2a_base64
from urllib.parse import quote

LONGEST = 200  # characters of a value that somebody else wrote
_LINE = 76
_WORD_BYTES = 45  # of text in one encoded word: 60 letters of base64 and 12 around them
_UNWANTED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_UNFIT = re.compile(r'[/\\:*?"<>|]')  # a mail program would not keep a file under a name with these
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$&+^_`{}~. -]*")
_PIECE = 54  # letters of a parameter on one line
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~ -]*")


def cleaned(text: str) -> str:
    """The text on one line, without invisible characters, not overlong, and with nothing that looks encoded.

    Some readers decode `=?…?=` wherever it stands and take a line break inside for a real one.
    """
    text = text[: 4 * LONGEST].replace("\r", " ").replace("\n", " ").replace("\t", " ")
    if not text.isprintable():
        text = _UNWANTED.sub("", text)
    text = " ".join(text.replace("=?", "= ?").split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def header(name: str, text: str) -> str:
    """A whole header line with free text, folded where it is long, ending with a line break."""
    value = cleaned(text)
    if not value.isascii():
        return f"{name}: {encoded(value, len(name) + 2)}\r\n"
    if len(name) + 2 + len(value) <= _LINE:
        return f"{name}: {value}\r\n"
    return _folded(f"{name}:", value.split(" "))


def _folded(start: str, words: list[str]) -> str:
    """The words over several lines, each continued by a space."""
    if any(len(word) > _LINE for word in words):
        return f"{start} {encoded(' '.join(words), len(start) + 1)}\r\n"
    lines, line = [], start
    for word in words:
        if len(line) + 1 + len(word) > _LINE and line != start:
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line]) + "\r\n"


def encoded(text: str, used: int) -> str:
    """The text as encoded words, the first of them beginning after `used` characters of a line."""
    raw = text.encode()
    words, start = [], 0
    end = max(4, (_LINE - used - 12) // 4 * 3)
    while start < len(raw):
        while end < len(raw) and raw[end] & 0xC0 == 0x80:  # not inside a letter
            end -= 1
        words.append(f"=?utf-8?b?{b2a_base64(raw[start:end], newline=False).decode('ascii')}?=")
        start, end = end, end + _WORD_BYTES
    return "\r\n ".join(words)


def address_header(name: str, display: str, mailbox: str) -> str:
    """A header line with exactly one address and the name it belongs to."""
    value = cleaned(display)
    if not value:
        return f"{name}: {mailbox}\r\n"
    if not value.isascii():
        shown = encoded(value, len(name) + 2)
    elif _ATOMS.fullmatch(value):
        shown = value
    else:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        shown = f'"{escaped}"'
    line = f"{name}: {shown} <{mailbox}>"
    last = line.rpartition("\n")[2]
    return f"{line}\r\n" if len(last) <= _LINE else f"{name}: {shown}\r\n <{mailbox}>\r\n"


def shown_name(name: str) -> str:
    """A file's name as it can stand in an e-mail; too long a one keeps its end, which says what kind of file it is."""
    ends = name if len(name) <= LONGEST else f"{name[:_LONGEST_NAME]}…{name[-_ENDING:]}"
    fit = _UNFIT.sub("-", cleaned(ends)).strip(". ")
    return fit if len(fit) <= _LONGEST_NAME else f"{fit[: _LONGEST_NAME - _ENDING - 1]}…{fit[-_ENDING:]}"


_LONGEST_NAME = 100
_ENDING = 11


def parameter(name: str, value: str) -> str:
    """The lines of a parameter of a header, each indented; letters beyond ASCII and long values as RFC 2231 has it."""
    if len(value) <= _PIECE and _PLAIN_NAME.fullmatch(value):
        return f' {name}="{value}"\r\n'
    pieces, line = [], "utf-8''"
    for letter in (quote(one, safe="") for one in value):
        if len(line) + len(letter) > _PIECE:
            pieces.append(line)
            line = ""
        line += letter
    pieces.append(line)
    if len(pieces) == 1:
        return f" {name}*={line}\r\n"
    return ";\r\n".join(f" {name}*{number}*={piece}" for number, piece in enumerate(pieces)) + "\r\n"
