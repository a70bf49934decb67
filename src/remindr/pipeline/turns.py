"""Between two e-mails: waiting for the next one's turn, and noticing that somebody wants the run to end."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Final


class Pace:
    """Waits so that no more than so many e-mails leave in a minute."""

    def __init__(self, per_minute: int | None) -> None:
        """Without a number nobody waits."""
        self._seconds = 60 / per_minute if per_minute else 0.0
        self._next = 0.0

    def wait(self, stopping: "Stopping") -> bool:
        """Waits for the next one's turn; False if we are told to stop meanwhile."""
        now = monotonic()
        if self._seconds:
            stopping.wait(self._next - now)
        self._next = max(now, self._next) + self._seconds
        return not stopping.told


class Stopping:
    """Whether we are told to stop. A signal may come at any moment, so this takes no lock, as an event would."""

    def __init__(self) -> None:
        self.told = False

    def tell(self, *_: object) -> None:
        """Takes notice of a signal."""
        self.told = True

    def wait(self, seconds: float) -> None:
        """Waits so long, or until told."""
        until = monotonic() + seconds
        while not self.told and (left := until - monotonic()) > 0:
            sleep(min(left, _A_WHILE))


_A_WHILE: Final = 0.2  # seconds until a signal is noticed
_STOPPING: Final = ("SIGTERM", "SIGINT", "SIGHUP")


@contextmanager
def told_to_stop() -> Iterator[Stopping]:
    """A while in which a signal to end waits until the e-mail in hand is done with."""
    stopping = Stopping()
    known = [getattr(signal, name) for name in _STOPPING if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        yield stopping
        return
    before = {number: signal.signal(number, stopping.tell) for number in known}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
