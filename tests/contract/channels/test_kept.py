"""The words of messages, read back from what the outbox has: as they were written, or not at all."""

from pathlib import Path

import pytest
from messages import message
from projects import COMPANY

from remindr.channels.base import Sender
from remindr.channels.kept import kept
from remindr.channels.outbox import Outbox
from remindr.model.plan import ChannelName
from remindr.project.init import project_of

RUN = "2026-11-20-1"
KEY = "2026-11-20 C1"
SETTINGS = COMPANY + "sources:\n  invoices: i.csv\nsegments:\n  - name: all\n    default: true\n    sequence: steady\n"


def written(base: Path, channel: ChannelName, text: str) -> Path:
    """An outbox with one message in it."""
    outbox = Outbox(base / "outbox", RUN, Sender(project_of(SETTINGS).company))
    with outbox.stage():
        outbox.add(message(text, channel=channel))
        outbox.finish()
        outbox.publish()
    return base / "outbox"


@pytest.mark.parametrize("channel", ["email", "sms", "call", "letter"])
@pytest.mark.parametrize(
    "text", ["Hello", "=1+1 is two; Größe, 你好", "two\n\nparagraphs of words " + "and more " * 30]
)
def test_words_come_back_as_they_were_written(tmp_path: Path, channel: ChannelName, text: str) -> None:
    found = kept(written(tmp_path, channel, text), RUN, KEY, channel)
    assert found is not None
    assert " ".join(found.text.split()) == " ".join(text.split())


@pytest.mark.parametrize("channel", ["email", "sms", "call", "letter"])
def test_what_is_gone_or_another_message_is_not_found(tmp_path: Path, channel: ChannelName) -> None:
    outbox = written(tmp_path, channel, "Hello")
    assert kept(outbox, RUN, "another key", channel) is None
    assert kept(outbox, "2026-11-21-1", KEY, channel) is None
    assert kept(tmp_path / "nowhere", RUN, KEY, channel) is None


@pytest.mark.parametrize("channel", ["email", "sms", "call", "letter"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"Content-Type: text/plain; charset=no\n\nx", b'key\n"x'])
def test_a_file_that_was_changed_stops_nothing(tmp_path: Path, channel: ChannelName, content: bytes) -> None:
    outbox = written(tmp_path, channel, "Hello")
    for file in outbox.rglob("*.*"):
        if file.is_file():
            file.write_bytes(content)
    found = kept(outbox, RUN, KEY, channel)
    assert found is None or "Hello" not in found.text
