"""A mail server with bad days: greylisting, hang-ups, silence, refused sign-ins, missing or untrusted encryption."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from certificates import certified
from rawserver import DROP, HANG, RawServer

_FAULTS: dict[str, tuple[str, ...]] = {
    "connect": ("421 4.3.2 busy", "554 5.3.2 closed", DROP),
    "ehlo": (DROP,),
    "auth": ("535 5.7.8 not now", "454 4.7.0 not now", DROP),
    "mail": ("450 4.7.1 later", "421 4.3.2 closing", DROP),
    "rcpt": ("451 4.3.0 later", "421 4.3.2 closing", DROP),
    "data": ("451 4.3.0 later", "554 5.5.1 no", DROP),
    "content": ("421 4.3.2 closing", DROP),
    "dot": ("451 4.3.0 later", "554 5.7.1 no", "421 4.3.2 closing", "nonsense", DROP, HANG),
    "taken": ("nonsense", "421 4.3.2 closing", DROP, HANG),
}
_AT_MOST = {"connect": 0.3, "ehlo": 0.3, "auth": 0.3}  # a run that is not begun shows little


@dataclass
class Weather:
    """What happens at a server, by chance and the same for the same seed. `bad` counts what did."""

    seed: int
    server: RawServer
    folder: Path
    good: tuple[ssl.SSLContext, Path]
    greylisted: set[str] = field(default_factory=set)
    bad: int = 0

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311 - the same each time
        self._greylists = self._random.random() < 0.3
        _, self._others = self.good
        self._share = 0.0

    def day(self) -> None:
        """The weather of the next run."""
        self._share = self._random.choice((0.02, 0.1, 0.3))
        encryption = self._random.choice(("good",) * 6 + ("none", "untrusted"))
        self.server.tls = "none" if encryption == "none" else "starttls"
        self.server.context = certified(self.folder)[0] if encryption == "untrusted" else self.good[0]
        self.server.react = self._react

    def clear(self) -> None:
        """From now on everything is well."""
        self.server.tls, self.server.context = "starttls", self.good[0]
        self.server.react = lambda _stage, _said: None

    def _react(self, stage: str, said: str) -> str | None:
        if stage == "rcpt" and self._greylists and said not in self.greylisted:
            self.greylisted.add(said)
            self.bad += 1
            return "450 4.7.1 greylisted"
        share = min(self._share, _AT_MOST.get(stage, 1))
        if stage not in _FAULTS or self._random.random() >= share / 3:
            return None
        self.bad += 1
        return self._random.choice(_FAULTS[stage])
