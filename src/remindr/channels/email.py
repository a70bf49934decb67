"""E-mails as files: one `.eml` each, which mail programs open as a draft ready to be sent."""

from remindr.channels.mime import MimeWriter
from remindr.channels.names import file_name
from remindr.channels.stage import Stage
from remindr.model.plan import Message
from remindr.model.policy import Company


class EmailFiles:
    """Writes `email/<nn>-<slug>-<hash>.eml`."""

    def __init__(self, stage: Stage, company: Company) -> None:
        self._stage = stage
        self._mime = MimeWriter(company, draft=True)
        self._count = 0

    def add(self, message: Message) -> None:
        """Writes the message's file."""
        self._count += 1
        name = file_name(self._count, message.notice, ".eml")
        self._stage.write("email", name, self._mime.write(message))

    def close(self) -> None:
        """Nothing is left open."""
