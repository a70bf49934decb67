"""What every channel does: it takes messages and puts them where somebody passes them on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from remindr.model.plan import Message
from remindr.model.policy import Company


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, and how the e-mails leave.

    `drafts` are opened and sent by a person. Whoever passes an e-mail on with its blind copies in the head, and takes
    them out, `sees_blind`. `redirect_to` gets every e-mail in a rehearsal. `at` is the moment that they are dated with;
    drafts have the day of their notice.
    """

    company: Company
    drafts: bool = True
    sees_blind: bool = True
    redirect_to: str | None = None
    at: datetime | None = None


class Channel(Protocol):
    """One way out, for the length of one run. It is made with the stage it writes to and whom it speaks for."""

    def add(self, message: Message) -> str | None:
        """Writes the message; its file, seen from the run's folder, if it has one to itself."""
        ...

    def close(self) -> None:
        """Everything that was added is written out; nothing more will come."""
        ...
