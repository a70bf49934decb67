"""The disk fails under a run that sends e-mails, at one call after another: nobody gets one twice.

With REMINDR_SMTP_BAD_CALLS=1000 every call that writes is tried with both errors, else an even spread.
"""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from deaths import After, calls_of, prepared, struck

CALLS = int(os.environ.get("REMINDR_SMTP_BAD_CALLS", "8"))
_WRITES = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "mkdir", "rename", "unlink")


def test_a_bad_disk_sends_nobody_anything_twice(
    processes: ProcessPoolExecutor, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    before = prepared(tmp_path / "before")
    whole, calls = processes.submit(calls_of, before, tmp_path / "whole").result()
    faults = [(call, error) for call in calls if call.name in _WRITES for error in ("EIO", "ENOSPC")]
    room = min(CALLS, len(faults))
    chosen = [faults[number * len(faults) // room] for number in range(room)]
    runs: list[Future[After]] = [
        processes.submit(struck, str(before), str(tmp_path / f"shop{number}"), call, f"error={error}")
        for number, (call, error) in enumerate(chosen)
    ]
    count = Counter[int]()
    for run in runs:
        after = run.result()
        assert after.first in (0, 1, 3), after  # a file that cannot be removed is no harm
        assert "Traceback" not in after.err, after
        assert "remindr has a bug" not in after.err, after
        assert after.duplicates == [], after
        assert after.lost(frozenset(whole.taken)) == frozenset(), after
        assert len(after.uncertain) <= 1, after
        assert after.written == whole.written, after
        assert after.then[-1] == 0, after
        if after.first == 1:
            assert after.early == 0, after
        if after.first == 3 and after.uncertain:
            assert "and one more was on its way" in after.err, after
        count[after.first] += 1
    record_property(
        "live runs with a bad disk",
        f"{room} of {len(faults)}, 0 duplicates, 0 silent losses; "
        + ", ".join(f"{times} ended with {code}" for code, times in sorted(count.items())),
    )
