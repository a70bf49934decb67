"""Some mutations of every sample, always the same ones; `make mutations` tries them all."""

from pathlib import Path
from random import Random

import pytest
from reading import Outcome, Sample, sample_files

EACH = 3


@pytest.mark.parametrize(("folder", "name"), sample_files(), ids=lambda part: getattr(part, "name", part))
def test_mutated_sample_is_not_read_wrongly(folder: Path, name: str) -> None:
    sample = Sample(folder, name)
    picked = Random(f"{folder.name}/{name}").sample(list(sample.mutations()), EACH)  # noqa: S311  # which, not a secret
    verdicts = {f"{one.kind} {one.what}": sample.judge(one) for one in picked}
    assert {what: verdict.why for what, verdict in verdicts.items() if verdict.outcome == Outcome.WRONG} == {}
