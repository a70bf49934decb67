"""Letters as files: one page of HTML each that prints on A4 and needs nothing beside it."""

from remindr.channels.names import file_name
from remindr.channels.stage import Stage
from remindr.model.plan import Message
from remindr.model.policy import Company


class Letters:
    """Writes `letters/<nn>-<slug>-<hash>.html`."""

    def __init__(self, stage: Stage, _company: Company) -> None:
        self._stage = stage
        self._count = 0

    def add(self, message: Message) -> None:
        """Writes the message's file."""
        if message.html is None:
            raise ValueError(f"the letter of notice {message.notice.key} has no page")
        self._count += 1
        name = file_name(self._count, message.notice, ".html")
        self._stage.write("letters", name, message.html.encode("utf-8"))

    def close(self) -> None:
        """Nothing is left open."""
