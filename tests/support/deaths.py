"""Live runs that die or meet a bad disk, in forked processes that have the libraries, and what becomes of e-mails.

Only the thread that runs is watched; strace takes hold of it before it begins.
"""

import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from random import Random
from time import monotonic, sleep

from live import LiveShop, live_settings, open_live
from rawserver import RawServer, React, raw_server
from shop import look
from strace import BARRIERS, Call, calls_in, changes, stand_still, take_hold, wanted

from remindr.channels.names import fingerprint

DOMAIN = "harbourfinch.example"
ARCHIVE = "archive@harbourfinch.example"
_TALK = ("connect", "sendto", "sendmsg", "recvfrom", "shutdown")
WATCHED = (*BARRIERS, *_TALK, "write", "writev", "pwrite64", "pwritev", "truncate", "ftruncate", "chmod", "fchmod")
_SECONDS = 120
_AGAIN = 4


@dataclass(frozen=True, slots=True)
class After:
    """What became of a live run that something happened to, and of the runs after it.

    `first` is the exit code of the one (below zero by a signal), `err` what it said, `then` the codes of the others.
    `taken` counts how often the server took each e-mail to a customer, `copies` those to the archive; it had `early` of
    both when the run ended. `uncertain` are those of which the journal is not sure, `sent` those that it has as sent.
    `written` counts letters and calls.
    """

    what: str
    first: int
    err: str
    then: tuple[int, ...]
    taken: Counter[str]
    copies: Counter[str]
    early: int
    uncertain: frozenset[str]
    sent: frozenset[str]
    written: Counter[str]

    @property
    def duplicates(self) -> list[str]:
        """The e-mails that were taken more than once."""
        return [name for by in (self.taken, self.copies) for name, times in by.items() if times > 1]

    def lost(self, every: frozenset[str]) -> frozenset[str]:
        """Those that nobody got and nobody is told of, or that the journal thinks were sent."""
        return (every - self.taken.keys() - self.uncertain) | (self.sent - self.taken.keys())


def prepared(root: Path) -> Path:
    """The shop with an approved plan, for a server that is not known yet."""
    return open_live(root, {"host": "127.0.0.1", "port": 1, "tls": "none"}, archive_to=ARCHIVE).root


def fallen(before: Path, root: Path, what: str, fall: Callable[[int, Path], None], react: React | None = None) -> After:
    """A run on a copy of the project that something happens to, and the runs after it until one has nothing to do."""
    _load(before, before.parent / f"loaded-{os.getpid()}")
    shutil.copytree(before, root)
    with raw_server(react or _as_ever) as server:
        settings = server.settings(answer_within="5 seconds")
        (root / "remindr.yaml").write_text(live_settings(settings, archive_to=ARCHIVE))
        log = root.with_suffix(".err")
        log.write_text("")
        pid = _forked(root, log, stopped=True)
        fall(pid, root)
        first = _end_of(pid)
        server.settle()
        early = len(server.accepted)
        then: list[int] = []
        while len(then) < _AGAIN and not (len(then) > 1 and then[-1] == 0):
            then.append(_end_of(_forked(root, root.with_suffix(".again"))))
            server.settle()
        found = _after(what, first, log.read_text(), then, early, server, root)
    shutil.rmtree(root)
    return found


def _after(what: str, first: int, err: str, then: Sequence[int], early: int, server: RawServer, root: Path) -> After:
    stand: dict[str, set[str]] = {"uncertain": set(), "sent": set()}
    for key, states in LiveShop(root).states().items():
        stand.setdefault(states[-1], set()).add(f"<{fingerprint(key)}@{DOMAIN}>")
    written = Counter({name: count for name, count in look(root).notices.items() if not name.startswith("<")})
    taken = Counter(one.message_id for one in server.accepted if one.recipient != ARCHIVE)
    copies = Counter(one.message_id for one in server.accepted if one.recipient == ARCHIVE)
    return After(
        what, first, err, tuple(then), taken, copies, early,
        frozenset(stand["uncertain"]), frozenset(stand["sent"]), written,
    )  # fmt: skip


def _as_ever(_stage: str, _said: str) -> None:
    return None


def _forked(root: Path, log: Path, *, stopped: bool = False) -> int:
    """The number of a process that runs the shop's day; it waits for a signal first if `stopped`."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 99
    try:
        os.environ["XDG_STATE_HOME"] = str(root / "state")
        if stopped:
            stand_still()
        said = LiveShop(root).run()
        log.write_text(said.err)
        code = said.code
    finally:
        os._exit(code)


@cache
def _load(before: Path, root: Path) -> None:
    """Has this process import what a run imports, so that none of those forked from it has to.

    A run is made elsewhere to tell what that is: one here would leave its threads and open files to them.
    """
    names = root.with_suffix(".modules")
    pid = os.fork()
    if pid == 0:
        try:
            shutil.copytree(before, root)
            with raw_server(_as_ever) as server:
                (root / "remindr.yaml").write_text(live_settings(server.settings(), archive_to=ARCHIVE))
                LiveShop(root).run()
            names.write_text("\n".join(name for name in sys.modules if name != "__main__"))
        finally:
            os._exit(0)
    _end_of(pid)
    for name in names.read_text().splitlines():
        with suppress(ImportError):
            import_module(name)


def _end_of(pid: int) -> int:
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def kill_after(seconds: float) -> Callable[[int, Path], None]:
    """Kills a run after so long."""

    def fall(pid: int, _root: Path) -> None:
        os.waitpid(pid, os.WUNTRACED)
        os.kill(pid, signal.SIGCONT)
        sleep(seconds)
        os.kill(pid, signal.SIGKILL)

    return fall


def watch_it(*faults: str) -> Callable[[int, Path], None]:
    """Has strace watch a run, or do something to it at a call."""

    def fall(pid: int, root: Path) -> None:
        names = [fault.partition(":")[0] for fault in faults] or WATCHED
        take_hold(pid, root.with_suffix(".log"), *wanted(names, faults)).wait(_SECONDS)

    return fall


def calls_of(before: Path, root: Path) -> tuple[After, list[Call]]:
    """A run that nothing happens to, and the calls at which something could: about the project, or the server."""
    after = fallen(before, root, "nothing", watch_it())
    calls = list(calls_in(root.with_suffix(".log").read_text(errors="replace")))
    about = {(call.name, call.number) for call in changes(calls, root)}
    return after, [one for one in calls if (one.name, one.number) in about or one.name in _TALK]


def struck(before: str, root: str, call: Call, how: str) -> After:
    """A run that something happens to at a call; ValueError if it came to another."""
    where = Path(root)
    after = fallen(Path(before), where, f"{how} at {call}", watch_it(call.fails(how)))
    if how == "signal=KILL":
        last = [one for one in calls_in(where.with_suffix(".log").read_text(errors="replace")) if one.name == call.name]
        if after.first != -signal.SIGKILL or len(last) != call.number:
            raise ValueError(f"{after.what}: ended with {after.first} after {len(last)} of {call.number}\n{after.err}")
    return after


def killed_by_chance(before: str, root: str, seed: int, longest: float) -> After:
    """A run that is killed after a random time, with a server that takes its time."""
    random = Random(seed)  # noqa: S311 - the same each time
    seconds = random.uniform(0, longest)
    pauses = Random(seed + 1)  # noqa: S311

    def slow(_stage: str, _said: str) -> None:
        sleep(pauses.uniform(0, 0.01))

    return fallen(Path(before), Path(root), f"killed after {seconds:.3f} s", kill_after(seconds), slow)


def how_long(before: Path, root: Path) -> float:
    """How many seconds a run with the slow server takes here and now, the time of the runs after it left out."""
    began, ended = monotonic(), []

    def fall(pid: int, _root: Path) -> None:
        os.waitpid(pid, os.WUNTRACED)
        os.kill(pid, signal.SIGCONT)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        ended.append(monotonic())

    fallen(before, root, "nothing", fall, lambda _stage, _said: sleep(0.005))
    return ended[0] - began
