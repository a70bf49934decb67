"""Processes that run a project at the same moment, again and again: each is started once and waits behind a barrier."""

import io
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from shop import run_arguments

_SECONDS = 120

Race = Callable[[list[Path]], "list[Ended]"]


@dataclass(frozen=True)
class Ended:
    """How a run ended, and what it said. Below zero it broke off, with its traceback."""

    code: int
    said: str


@contextmanager
def racers(count: int) -> Iterator[Race]:
    """So many processes; called with a folder for each, they run the projects there at once, and it says how that went.

    The folders of the first call had better differ: it takes as long as it takes to load everything.
    """
    context = get_context("spawn")
    barrier = context.Barrier(count)
    pipes = [context.Pipe() for _ in range(count)]
    processes = [context.Process(target=_run_again_and_again, args=(there, barrier.wait)) for _, there in pipes]

    def race(roots: list[Path]) -> list[Ended]:
        for (here, _), root in zip(pipes, roots, strict=True):
            here.send(root)
        return [_answer(here) for here, _ in pipes]

    try:
        for process in processes:
            process.start()
        yield race
    finally:
        for process in processes:
            process.kill()
            process.join()
            process.close()
        for pair in pipes:
            for end in pair:
                end.close()


def _answer(pipe: Connection) -> Ended:
    assert pipe.poll(_SECONDS)
    ended: Ended = pipe.recv()
    return ended


def _run_again_and_again(pipe: Connection, wait_for_all: Callable[[], int]) -> None:
    while True:
        root: Path = pipe.recv()
        wait_for_all()
        pipe.send(_run(root))


def _run(root: Path) -> Ended:
    from remindr.cli import run_app

    said = io.StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(said):
            code = run_app(run_arguments(root))
    except BaseException:  # noqa: BLE001  # whatever it is, the test is to see it
        return Ended(-1, traceback.format_exc())
    return Ended(code, said.getvalue())
