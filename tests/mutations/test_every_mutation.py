"""Every mutation of every sample: what came of each, as a table, and that none was read wrongly. Takes long."""

import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import pytest
from reading import Outcome, judge_all, sample_files


def test_no_mutation_of_any_sample_is_read_wrongly(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints one row of counts for each file of each sample."""
    places = sample_files()
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        found = list(workers.map(judge_all, places))
    with capsys.disabled():
        sys.stdout.write(
            "\n" + table([f"{folder.name}/{name}" for folder, name in places], [counts for counts, _ in found]) + "\n"
        )
    assert [what for _, wrong in found for what in wrong] == []


def table(names: list[str], counts: list[Counter[Outcome]]) -> str:
    """The counts as a table for people."""
    width = max(map(len, names))
    rows = [" " * width + "".join(f"{outcome:>14}" for outcome in Outcome)]
    for name, count in [*zip(names, counts, strict=True), ("all", sum(counts, Counter[Outcome]()))]:
        rows.append(f"{name:<{width}}" + "".join(f"{count[outcome]:>14,}" for outcome in Outcome))
    return "\n".join(rows)
