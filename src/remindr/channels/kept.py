"""The words of messages as the outbox still has them: the journal keeps none."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path

from remindr.channels.names import fingerprint
from remindr.channels.sheet import harmless
from remindr.model.plan import ChannelName

_FOLDERS = {"email": ("email", ".eml"), "letter": ("letters", ".html")}
_LISTS = {"sms": ("sms.csv", "text"), "call": ("calls.csv", "what to say")}
_HIDDEN = ("head", "style", "script", "title")
_BREAKS = ("p", "div", "tr", "br", "h1", "h2", "h3", "li", "table", "footer", "header", "section", "address")
_BLANK_LINES = re.compile(r"\n\s*\n+")


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as its file has it: where, to whom, and the words. Only an e-mail has a subject and a Message-ID."""

    file: str
    to: str
    subject: str
    text: str
    message_id: str = ""


def kept(outbox: Path, target: str, key: str, channel: ChannelName) -> Kept | None:
    """The message of a notice in a folder of the outbox; None if it is gone, or is not as it was left."""
    try:
        if channel in _FOLDERS:
            return _file(outbox, target, key, channel)
        return _row(outbox, target, key, channel)
    except (OSError, LookupError, ValueError, AttributeError, csv.Error):
        return None


def _file(outbox: Path, target: str, key: str, channel: str) -> Kept | None:
    folder, ending = _FOLDERS[channel]
    name = f"{fingerprint(key)[:12]}{ending}"
    file = next((file for file in (outbox / target / folder).iterdir() if file.name.endswith(f"-{name}")), None)
    if file is None or file.is_symlink():
        return None
    shown = f"{target}/{folder}/{file.name}"
    if channel == "letter":
        return Kept(shown, "", "", _text_of(file.read_text("utf-8")))
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    to, subject, message_id = (str(message[name] or "") for name in ("To", "Subject", "Message-ID"))
    return Kept(shown, to, subject, text.replace("\r\n", "\n").strip(), message_id)


def _row(outbox: Path, target: str, key: str, channel: str) -> Kept | None:
    name, column = _LISTS[channel]
    with (outbox / target / name).open(encoding="utf-8-sig", newline="") as file:
        row = next((row for row in csv.DictReader(file) if row.get("key") == key), None)
    return None if row is None else Kept(f"{target}/{name}", _plain(row["phone"]), "", _plain(row[column]).strip())


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from running it."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell


class _Words(HTMLParser):
    """Gathers what a page says, a line for each paragraph and row."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        """Notes where hidden parts begin, and breaks lines."""
        self._hidden += tag in _HIDDEN
        self.found += ["\n"] if tag in _BREAKS else ["  "] if tag in ("td", "th") else []

    def handle_endtag(self, tag: str) -> None:
        """Notes where hidden parts end."""
        self._hidden -= tag in _HIDDEN
        self.found += ["\n"] if tag in _BREAKS else []

    def handle_data(self, data: str) -> None:
        """Takes the words."""
        if not self._hidden:
            self.found.append(" ".join(data.split()) + (" " if data[-1:].isspace() else ""))


def _text_of(html: str) -> str:
    words = _Words()
    words.feed(html)
    return _BLANK_LINES.sub("\n\n", "\n".join(_lines("".join(words.found)))).strip()


def _lines(text: str) -> Iterator[str]:
    yield from (line.strip() for line in text.split("\n"))
