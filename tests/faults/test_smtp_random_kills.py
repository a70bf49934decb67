"""Runs that send e-mails to a slow server are killed at random moments: none is sent twice, none lost in silence.

With REMINDR_SMTP_KILLS=500 so many; a few otherwise.
"""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from deaths import After, calls_of, how_long, killed_by_chance, prepared

KILLS = int(os.environ.get("REMINDR_SMTP_KILLS", "6"))


def test_a_live_run_killed_at_any_moment_is_made_good(
    processes: ProcessPoolExecutor, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    before = prepared(tmp_path / "before")
    whole, _ = processes.submit(calls_of, before, tmp_path / "whole").result()
    longest = processes.submit(how_long, before, tmp_path / "timed").result()
    runs: list[Future[After]] = [
        processes.submit(killed_by_chance, str(before), str(tmp_path / f"shop{seed}"), seed, longest)
        for seed in range(KILLS)
    ]
    count = Counter[str]()
    for run in runs:
        after = run.result()
        assert after.duplicates == [], after
        assert after.lost(frozenset(whole.taken)) == frozenset(), after
        assert len(after.uncertain) <= 1, after
        assert after.written == whole.written, after
        assert after.then[-1] == 0, after
        count["doubt"] += len(after.uncertain)
        count["midway"] += 0 < after.early < sum((whole.taken + whole.copies).values())
        count["before"] += after.early == 0
    record_property(
        "live runs killed at random",
        f"{KILLS}, 0 duplicates, 0 silent losses, {count['doubt']} e-mails in doubt; "
        f"{count['before']} died before the first e-mail, {count['midway']} between the first and the last",
    )
