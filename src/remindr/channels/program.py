"""E-mails through a program that takes them, such as `msmtp -t` or `sendmail -t`.

It gets the whole file as its input, never a pipe: were we to die on the way, a pipe would end, and the program might
send what it has.
"""

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from remindr.channels.transport import Answer, Fate, quoted
from remindr.errors import DataError

_MUCH: Final = 10_000  # bytes of what it says
# What programs mean by their exit codes, after sysexits.h.
_NO_SUCH_ADDRESS: Final = frozenset({67, 68})
_BAD_DATA: Final = 65
_NOT_SET_UP: Final = frozenset({64, 72, 77, 78, 126, 127})


class ProgramTransport:
    """A program that sends an e-mail to those whom its head names."""

    def __init__(self, command: str, root: Path, seconds: int) -> None:
        """It is started in the project's folder `root`, and given up as unknown after so many `seconds`."""
        self._words = shlex.split(command)
        self._root = root
        self._seconds = seconds

    def open(self) -> None:
        """Sees that the program is there."""
        name = self._words[0]
        own = self._root / name
        if shutil.which(own if os.path.dirname(name) else name) is not None:  # noqa: PTH120  # './x' has one
            return
        if not own.is_file():
            hint = "nothing was sent; install it, or write its whole path under delivery: email: command"
            raise DataError(f"the program '{name}' is not to be found", hint=hint)
        if os.access(own, os.X_OK):
            hint = f"nothing was sent; write command: ./{name} under delivery: email"
            raise DataError(f"the program '{name}' is looked for among the machine's, not in the project", hint=hint)
        hint = f"nothing was sent; let it be run: chmod +x {name}"
        raise DataError(f"the program '{name}' is a file that nobody may run", hint=hint)

    def send(self, file: Path, _sender: str, _recipient: str, commit: Callable[[], None]) -> Answer:
        """Starts the program with the e-mail; it takes the addresses from there."""
        with file.open("rb") as content, TemporaryFile() as said:
            commit()
            try:
                program = subprocess.Popen(  # noqa: S603  # what the project's owner wrote, and without a shell
                    self._words, cwd=self._root, stdin=content, stdout=subprocess.DEVNULL, stderr=said,
                    start_new_session=os.name == "posix",
                )  # fmt: skip
            except OSError as error:
                return Answer(Fate.UNTRIED, f"{self._words[0]} cannot be started: {error.strerror}", stop=True)
            try:
                code = program.wait(self._seconds)
            except subprocess.TimeoutExpired:
                return Answer(Fate.UNKNOWN, f"{self._words[0]} did not end within {self._seconds} seconds", "no answer")
            finally:
                _end(program)
            said.seek(0)
            return _answer(code, quoted(said.read(_MUCH).decode("utf-8", "replace")))

    def close(self) -> None:
        """Nothing is left open."""


def _end(program: "subprocess.Popen[bytes]") -> None:
    """Ends a program that is still at work, with all that it has started."""
    if program.poll() is not None:
        return
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(program.pid, signal.SIGKILL)
        else:
            program.kill()
    program.wait()


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
