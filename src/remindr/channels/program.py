"""E-mails through a program that takes them, such as `msmtp -t` or `sendmail -t`.

It gets the whole file as its input, never a pipe: were we to die on the way, a pipe would end, and the program might
send what it has.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from remindr.channels.transport import Answer, Fate
from remindr.core.cleaning import one_line
from remindr.errors import DataError

_LONGEST: Final = 200
# What programs mean by their exit codes, after sysexits.h.
_NO_SUCH_ADDRESS: Final = frozenset({67, 68})
_BAD_DATA: Final = 65
_NOT_SET_UP: Final = frozenset({64, 72, 77, 78, 126, 127})


class ProgramTransport:
    """A program that sends an e-mail to those whom its head names."""

    def __init__(self, command: str, seconds: int) -> None:
        """It is given up as unknown after so many `seconds`."""
        self._words = shlex.split(command)
        self._seconds = seconds

    def open(self) -> None:
        """Sees that the program is there."""
        if shutil.which(self._words[0]) is None:
            raise DataError(
                f"the program '{self._words[0]}' is not to be found",
                hint="nothing was sent; install it, or write its whole path under delivery: email: command",
            )

    def send(self, file: Path, _sender: str, _recipient: str, commit: Callable[[], None]) -> Answer:
        """Starts the program with the e-mail; it takes the addresses from there."""
        with file.open("rb") as content:
            commit()
            try:
                done = subprocess.run(  # noqa: S603  # what the project's owner wrote, and without a shell
                    self._words, stdin=content, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                    timeout=self._seconds, check=False, start_new_session=os.name == "posix",
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                return Answer(Fate.UNKNOWN, f"{self._words[0]} did not end within {self._seconds} seconds", "no answer")
            except OSError as error:
                return Answer(Fate.UNTRIED, f"{self._words[0]} cannot be started: {error.strerror}", stop=True)
        return _answer(done.returncode, one_line(done.stderr.decode("utf-8", "replace"))[:_LONGEST])

    def close(self) -> None:
        """Nothing is left open."""


def _answer(code: int, said: str) -> Answer:
    number, told = f"exit {code}", said or f"it ended with code {code}"
    if code == 0:
        return Answer(Fate.ACCEPTED)
    if code < 0:
        return Answer(Fate.UNKNOWN, f"it was killed by signal {-code}", "no answer")
    if code in _NO_SUCH_ADDRESS:
        return Answer(Fate.REFUSED, told, number, bad_address=True)
    if code == _BAD_DATA:
        return Answer(Fate.REFUSED, told, number)
    if code in _NOT_SET_UP:
        return Answer(Fate.UNTRIED, told, number, stop=True)
    return Answer(Fate.LATER, told, number)
