"""What passes e-mails on: one e-mail to one address at a time, and an honest word on what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from remindr.core.cleaning import one_line


class Fate(StrEnum):
    """What became of an e-mail."""

    ACCEPTED = "accepted"
    LATER = "later"  # not taken now; to be tried again
    REFUSED = "refused"  # not taken, and it would not be another time
    UNKNOWN = "unknown"  # passed on in full, and no answer came
    UNTRIED = "untried"  # provably not passed on, for a reason that is not its own


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an e-mail. `code` is the server's number for it, `told` its words or ours.

    `bad_address` says that nothing can ever reach the address, `stop` that no other e-mail would fare better.
    """

    fate: Fate
    told: str = ""
    code: str = ""
    bad_address: bool = False
    stop: bool = False


def quoted(text: str) -> str:
    """What a server or a program said, on one line for people: without control characters, and no longer than 200."""
    plain = one_line(text)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"


_LONGEST: Final = 200


class Transport(Protocol):
    """A way for e-mails to leave."""

    def open(self) -> None:
        """Gets ready; DataError if nothing can be sent this way."""
        ...

    def send(self, file: Path, sender: str, recipient: str, commit: Callable[[], None]) -> Answer:
        """Passes an e-mail on to one address. `commit` is called once, right before it can no longer be taken back."""
        ...

    def close(self) -> None:
        """Says good-bye; nothing that goes wrong matters any more."""
        ...
