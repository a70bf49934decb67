"""A run that sends e-mails is killed at one call after another: nobody gets one twice, and none is lost in silence.

Calls are those that change the project and those that talk to the mail server, which lives on. After each death runs
follow until one has nothing to do. With REMINDR_SMTP_POINTS=1000 every call is tried, else an even spread.
"""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from deaths import After, calls_of, prepared, struck
from live import MAILS
from strace import Call

POINTS = int(os.environ.get("REMINDR_SMTP_POINTS", "12"))


@dataclass(frozen=True)
class Live:
    """The shop before its live run, and what becomes of that undisturbed."""

    before: Path
    after: After
    calls: list[Call]

    @property
    def every(self) -> frozenset[str]:
        """The e-mails to customers, by their Message-IDs."""
        return frozenset(self.after.taken)


@pytest.fixture(scope="module")
def live(processes: ProcessPoolExecutor, tmp_path_factory: pytest.TempPathFactory) -> Live:
    folder = tmp_path_factory.mktemp("live")
    before = prepared(folder / "before")
    return Live(before, *processes.submit(calls_of, before, folder / "shop").result())


@pytest.fixture(scope="module")
def killed(
    live: Live, processes: ProcessPoolExecutor, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[Call, Future[After]]]:
    """What became of runs that were killed; they come while the tests wait for one after the other."""
    folder = tmp_path_factory.mktemp("killed")
    room = min(POINTS, len(live.calls))
    chosen = [live.calls[number * len(live.calls) // room] for number in range(room)]
    return [
        (call, processes.submit(struck, str(live.before), str(folder / f"shop{number}"), call, "signal=KILL"))
        for number, call in enumerate(chosen)
    ]


def assert_made_good(after: After, live: Live) -> None:
    assert after.duplicates == [], after
    assert after.lost(live.every) == frozenset(), after
    assert len(after.uncertain) <= 1, after
    assert after.taken.keys() <= after.sent | after.uncertain, after
    assert after.written == live.after.written, after
    assert set(after.then) <= {0, 3}, after
    assert (3 in after.then) == bool(after.uncertain), after
    assert after.then[-1] == 0, after


def test_an_undisturbed_run_sends_everything_once(live: Live) -> None:
    assert (live.after.first, list(live.after.taken.values())) == (0, [1] * MAILS)
    assert live.after.copies == live.after.taken
    assert len(live.calls) >= 220


def test_a_killed_live_run_is_made_good(
    live: Live, killed: list[tuple[Call, Future[After]]], record_property: Callable[[str, object], None]
) -> None:
    count = Counter[str]()
    for _, future in killed:
        after = future.result()
        assert_made_good(after, live)
        count["points"] += 1
        count["in doubt"] += bool(after.uncertain)
        count["in doubt and taken"] += bool(after.uncertain & after.taken.keys())
        count["taken when killed"] += after.early
    record_property(
        "live runs killed at a call",
        f"{count['points']} of {len(live.calls)}, 0 duplicates, 0 silent losses, {count['in doubt']} e-mails in doubt, "
        f"{count['in doubt and taken']} of these had been taken; {count['taken when killed']} were taken before deaths",
    )
