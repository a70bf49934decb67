"""Letters as files: one page of HTML each that prints on A4 and needs nothing beside it."""

from remindr.channels.base import Sender
from remindr.channels.names import file_name
from remindr.channels.stage import Stage
from remindr.model.plan import Message


class Letters:
    """Writes `letters/<nn>-<slug>-<hash>.html`."""

    def __init__(self, stage: Stage, _sender: Sender) -> None:
        self._stage = stage
        self._count = 0

    def add(self, message: Message) -> str:
        """Writes the message's file, and returns where."""
        if message.html is None:
            raise ValueError(f"the letter of notice {message.notice.key} has no page")
        self._count += 1
        name = file_name(self._count, message.notice, ".html")
        return self._stage.write("letters", name, message.html.encode("utf-8"))

    def close(self) -> None:
        """Nothing is left open."""
