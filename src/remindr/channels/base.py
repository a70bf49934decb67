"""What every channel does: it takes messages and puts them where somebody passes them on."""

from typing import Protocol

from remindr.model.plan import Message


class Channel(Protocol):
    """One way out, for the length of one run. It is made with the stage it writes to and the company it speaks for."""

    def add(self, message: Message) -> None:
        """Writes the message."""
        ...

    def close(self) -> None:
        """Everything that was added is written out; nothing more will come."""
        ...
