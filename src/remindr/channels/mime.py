"""E-mails as bytes, by our own hand.

The standard library takes over a millisecond a message and lets encoded words carry headers of their own.
Here everything that only depends on the company and the day is made once, and what varies goes through
`headers` and the two body encoders. Tests parse every message back with the standard library and compare.
"""

from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterable
from datetime import date, datetime, time
from email.utils import format_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from remindr.channels.base import Sender
from remindr.channels.gate import looked_through
from remindr.channels.headers import address_header, header, parameter, shown_name
from remindr.channels.names import fingerprint
from remindr.core.addresses import mailbox, recipient
from remindr.model.plan import PLAIN, Correspondent, Envelope, File, Message, Notice

_SHORT = 78
_LONGEST_LINE = 998
_HOUR = time(9)
_KINDS = {"pdf": "application/pdf", "xml": "application/xml", "zip": "application/zip"}


class MimeWriter:
    """Turns messages of one company into e-mails."""

    def __init__(self, writer: Sender) -> None:
        """Drafts open ready to be sent in mail programs that know `X-Unsent`."""
        company = writer.company
        sender = mailbox(company.email)
        self._zone = ZoneInfo(company.timezone)
        self._domain = sender.rpartition("@")[2]
        self._head = _from(Correspondent(company.name, sender))
        self._tail = "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n" + (
            "X-Unsent: 1\r\n" if writer.drafts else ""
        )
        self._dates: dict[date, str] = {}
        self._at = writer.at
        self._sees_blind = writer.sees_blind
        self._redirect_to = writer.redirect_to

    def write(self, message: Message) -> bytes:
        """The e-mail with CRLF line ends, ready for a file or a mail server; NotReleased if it is not as meant."""
        notice = message.notice
        mark = fingerprint(notice.key)
        envelope = message.envelope
        head = (
            f"{_from(envelope.sender) if envelope.sender else self._head}"
            f"{self._recipients(notice, envelope)}{header('Subject', message.subject)}"
            f"{self._date(notice.as_of)}Message-ID: <{mark}@{self._domain}>\r\n{self._thread(message)}{self._tail}"
        )
        body = _words(message, mark[:24])
        if message.files:
            body = _with_files(body, message.files, mark[:24])
        return looked_through(head.encode("ascii") + body, self._redirect_to or mailbox(recipient(notice)))

    def _recipients(self, notice: Notice, envelope: Envelope) -> str:
        to = mailbox(recipient(notice))
        if self._redirect_to:
            return f"{address_header('To', notice.customer.name, self._redirect_to)}X-Original-To: {to}\r\n"
        copies = _copies(envelope, blind=self._sees_blind) if envelope is not PLAIN else ""
        return f"{address_header('To', notice.customer.name, to)}{copies}"

    def _date(self, day: date) -> str:
        if day not in self._dates:
            at = self._at.astimezone(self._zone) if self._at else datetime.combine(day, _HOUR, self._zone)
            self._dates[day] = f"Date: {format_datetime(at)}\r\n"
        return self._dates[day]

    def _thread(self, message: Message) -> str:
        first = message.in_reply_to
        if first is None or first == message.notice.key:
            return ""
        name = f"<{fingerprint(first)}@{self._domain}>"
        return f"In-Reply-To: {name}\r\nReferences: {name}\r\n"


@lru_cache(maxsize=64)
def _from(sender: Correspondent) -> str:
    """The lines that say who writes, and who is answered."""
    return "".join(address_header(name, sender.name, sender.email) for name in ("From", "Reply-To"))


def _copies(envelope: Envelope, *, blind: bool) -> str:
    """The lines with those who get a copy; blind ones only for whoever takes them out on the way."""
    unseen = [Correspondent("", address) for address in envelope.bcc if blind]
    return _addresses("Cc", envelope.cc) + _addresses("Bcc", unseen)


def _addresses(name: str, people: Iterable[Correspondent]) -> str:
    """A header line with all of these, each on a line of its own; empty for nobody."""
    each = [address_header(name, one.name, one.email).removesuffix("\r\n").removeprefix(f"{name}:") for one in people]
    lines = ",\r\n".join(each)
    return f"{name}:{lines}\r\n" if each else ""


def _words(message: Message, mark: str) -> bytes:
    """Headers and content of the words: text and HTML, or text alone. `mark` is in every boundary."""
    text = _text_part(message.text, mark)
    if message.html is None:
        return text
    start = f'Content-Type: multipart/alternative;\r\n boundary="=_{mark}"\r\n\r\n'.encode("ascii")
    edge = f"--=_{mark}".encode("ascii")
    html = _html_part(message.html, mark)
    return b"%b%b\r\n%b\r\n%b\r\n%b\r\n%b--\r\n" % (start, edge, text, edge, html, edge)


def _with_files(words: bytes, files: Iterable[File], mark: str) -> bytes:
    """Headers and content of the words with the files after them."""
    start = f'Content-Type: multipart/mixed;\r\n boundary="=_f{mark}"\r\n\r\n'.encode("ascii")
    edge = f"--=_f{mark}".encode("ascii")
    parts = b"".join([b"%b\r\n%b\r\n" % (edge, part) for part in (words, *map(_attached, files))])
    return b"%b%b%b--\r\n" % (start, parts, edge)


def _attached(file: File) -> bytes:
    """Headers and content of a file."""
    name = shown_name(file.name)
    kind = _KINDS.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    head = (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n{parameter('filename', name)}\r\n"
    )
    return head.encode("ascii") + encodebytes(file.content).replace(b"\n", b"\r\n")


def _text_part(text: str, mark: str) -> bytes:
    """Headers and content of the plain part: as it is when short and plain, else quoted-printable."""
    if text.isascii() and mark not in text:
        content = text.encode("ascii").replace(b"\n", b"\r\n")
        if not _has_longer_line(content, _SHORT):
            return _part("plain", "7bit", content)
    return _part("plain", "quoted-printable", b"\r\n".join(map(_quoted, text.split("\n"))))


@lru_cache(maxsize=8192)
def _quoted(line: str) -> bytes:
    """One line in quoted-printable. Most lines of a template are the same in every message."""
    if line.isascii() and len(line) <= 76 and "=" not in line and line.rstrip() == line and line != ".":
        return line.encode("ascii")
    return b2a_qp(line.encode(), istext=True).replace(b"\n", b"\r\n")


def _html_part(html: str, mark: str) -> bytes:
    """Headers and content of the HTML part: as it is when plain and without overlong lines."""
    if html.isascii() and mark not in html:
        content = html.encode("ascii").replace(b"\n", b"\r\n")
        if not _has_longer_line(content, _LONGEST_LINE):
            return _part("html", "7bit", content)
    return _part("html", "quoted-printable", b2a_qp(html.encode(), istext=True).replace(b"\n", b"\r\n"))


def _has_longer_line(content: bytes, longest: int) -> bool:
    """Whether any line, without its CRLF, is longer than that. It jumps, and so looks at few of the bytes."""
    start = 0
    while len(content) - start > longest:
        end = content.rfind(b"\r\n", start, start + longest + 2)
        if end < 0:
            return True
        start = end + 2
    return False


def _part(kind: str, way: str, content: bytes) -> bytes:
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {way}\r\n\r\n"
    return head.encode("ascii") + content
