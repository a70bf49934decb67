"""Power cuts in the shop: what one may leave on the disk, and whether the next run makes it good."""

import io
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from random import Random

from disk import EVERYTHING, Cut, Disk, Tree
from recording import Recorded
from shop import DAY, LATER, look, run_arguments, states, visible

Files = list[tuple[str, bytes]]

DAYS = (DAY, LATER)


@dataclass(frozen=True, slots=True)
class Session:
    """One day's run of the shop: what was newly there before it, what it did, and what it left."""

    new: Tree
    recorded: Recorded
    left: Tree


@dataclass(frozen=True, slots=True)
class Expected:
    """What has to be there in the end of a day: what was delivered on each day so far, and what the journal says."""

    delivered: dict[str, Files]
    claims: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class State:
    """A disk after a power cut, and the day of the next run. `reported` are the days whose runs had ended well."""

    step: int
    tree: Tree
    day: str
    reported: tuple[str, ...]
    expected: Expected


def tree_of(root: Path) -> Tree:
    """Everything below a folder."""
    return {path.relative_to(root).as_posix(): None if path.is_dir() else path.read_bytes()
            for path in sorted(root.rglob("*"))}  # fmt: skip


def expected_of(root: Path) -> Expected:
    """What is there, which is as it has to be."""
    return Expected(_by_day(_folders(root)), look(root).claims)


def replayed(sessions: Sequence[Session]) -> Iterator[tuple[Tree, Tree]]:
    """What each session left, by the model and in truth."""
    disk = Disk()
    for session in sessions:
        _start(disk, session)
        for step in session.recorded.steps:
            step(disk)
        yield disk.after(EVERYTHING), session.left


def possible(sessions: Sequence[Session], expected: Sequence[Expected], count: int, seed: int = 1) -> list[State]:
    """As many different states as are asked for, from everywhere in the sessions, the same ones each time."""
    random = Random(seed)  # noqa: S311 - the same cuts each time
    found: dict[bytes, State] = {}
    for cut in _cuts(random):
        for state in _states(sessions, expected, cut):
            found.setdefault(_digest(state), state)
        if len(found) >= count:
            break
    return random.sample(list(found.values()), min(count, len(found)))


def _cuts(random: Random) -> Iterator[tuple[float, float, bool]]:
    """Shares of names and data that come to the disk unasked, and whether writes are torn: plain cases, then chance."""
    yield from ((1, 1, False), (0, 0, False), (1, 0, False), (0, 1, False), (1, 0, True), (0, 0, True))
    shares = (0.1, 0.5, 0.9)
    for _ in range(200):
        yield random.choice(shares), random.choice(shares), random.random() < 0.5


def _states(
    sessions: Sequence[Session], expected: Sequence[Expected], shares: tuple[float, float, bool]
) -> Iterator[State]:
    """One state after each step."""
    names, data, torn = shares
    random = Random(repr(shares))  # noqa: S311 - the same cuts each time
    disk = Disk()
    starts = accumulate((len(session.recorded.steps) for session in sessions), initial=0)
    for number, (session, start) in enumerate(zip(sessions, starts, strict=False)):
        _start(disk, session)
        for at, step in enumerate(session.recorded.steps, 1):
            step(disk)
            ended = number + (at == len(session.recorded.steps))
            tree = disk.after(Cut(random, names=names, data=data, torn=torn))
            yield State(start + at, tree, DAYS[number], DAYS[:ended], expected[number])


def _start(disk: Disk, session: Session) -> None:
    for path, content in session.new.items():
        disk.has(path, content)


def _digest(state: State) -> bytes:
    digest = sha256(repr((state.day, state.reported)).encode())
    for path, content in sorted(state.tree.items()):
        digest.update(path.encode() + b"\0" + sha256(content or b"").digest())
    return digest.digest()


def violations(state: State, root: Path) -> list[str]:
    """What is wrong in a state, or after the next run in it; that is made in this process, in a new folder."""
    _build(state.tree, root)
    try:
        return [
            f"step {state.step}, {state.day}: {wrong}" for wrong in (*_before(state, root), *_next_run(state, root))
        ]
    finally:
        shutil.rmtree(root)


def _build(tree: Tree, root: Path) -> None:
    root.mkdir(mode=0o700, parents=True)
    for path, content in sorted(tree.items()):
        if content is None:
            (root / path).mkdir(mode=0o700)
        else:
            (root / path).write_bytes(content)


def _before(state: State, root: Path) -> Iterator[str]:
    """What people would see, and what the journal says, before anybody mends it."""
    seen = _folders(root)
    for run, files in seen.items():
        if files != state.expected.delivered[run[: len(DAY)]]:
            yield f"{run} is there, but not whole"
    copy = root.with_name(f"{root.name}-copy")
    shutil.copytree(root / ".remindr", copy / ".remindr") if (root / ".remindr").exists() else copy.mkdir()
    try:
        known = states(copy)
    except sqlite3.DatabaseError as error:
        yield f"the journal cannot be read: {error}"
        known = {}
    finally:
        shutil.rmtree(copy)
    for run in seen:
        if known.get(run) not in ("committing", "sent"):
            yield f"{run} is there, and the journal does not know of it"
    for run in (run for run, stands in known.items() if stands == "sent" and run not in seen):
        yield f"{run} is lost, and the journal has it as sent"
    for run in (f"{day}-1" for day in state.reported):
        if known.get(run) != "sent":
            yield f"{run} was reported as done, and the journal has lost it"


def _next_run(state: State, root: Path) -> Iterator[str]:
    from remindr.cli import run_app

    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as said:
        code = run_app(run_arguments(root, state.day))
    if code:
        yield f"the next run ended with {code}: {said.getvalue()}"
        return
    delivered = _by_day(_folders(root))
    if delivered != state.expected.delivered:
        count = {day: len(files) for day, files in delivered.items()}
        yield f"in the end, this many files were delivered: {count}"
    if look(root).claims != state.expected.claims:
        yield f"in the end, the journal says {look(root).claims}"
    for day in state.reported:
        if [run for run in visible(root) if run.startswith(day)] != [f"{day}-1"]:
            yield f"the run of {day} was reported as done, and done again"


def _folders(root: Path) -> dict[str, Files]:
    """Everything that people see in the outbox, by its run."""
    return {run: sorted((path.relative_to(root / "outbox" / run).as_posix(), path.read_bytes())
                        for path in (root / "outbox" / run).rglob("*") if path.is_file())
            for run in sorted(visible(root))}  # fmt: skip


def _by_day(folders: dict[str, Files]) -> dict[str, Files]:
    """The files of all runs of a day: whatever is delivered twice stands there twice."""
    found: dict[str, Files] = {}
    for run, files in folders.items():
        found[run[: len(DAY)]] = sorted(found.get(run[: len(DAY)], []) + files)
    return found
