"""E-mails as files, one `.eml` each: drafts that mail programs open ready to be sent, or what a mail server gets."""

from remindr.channels.base import Sender
from remindr.channels.mime import MimeWriter
from remindr.channels.names import file_name
from remindr.channels.stage import Stage
from remindr.model.plan import Message


class EmailFiles:
    """Writes `email/<nn>-<slug>-<hash>.eml`."""

    def __init__(self, stage: Stage, sender: Sender) -> None:
        self._stage = stage
        self._mime = MimeWriter(sender)
        self._count = 0

    def add(self, message: Message) -> str:
        """Writes the message's file, and returns where."""
        self._count += 1
        name = file_name(self._count, message.notice, ".eml")
        return self._stage.write("email", name, self._mime.write(message))

    def close(self) -> None:
        """Nothing is left open."""
