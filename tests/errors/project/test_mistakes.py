"""Every mistake a person can make in a project's files, with the exact message it gets.

A folder here holds what differs from the small project in `_base` (`x.removed`: the base's x is taken away)
and the message that is expected. `REMINDR_ACCEPT=1 pytest tests/errors/project` rewrites the expectations.
"""

import os
import shutil
from pathlib import Path

import pytest

from remindr.errors import ProjectError
from remindr.project.load import load_policy

HERE = Path(__file__).parent
MISTAKES = sorted(folder.name for folder in HERE.iterdir() if (folder / "expected.txt").exists())


def project_with(mistake: str, target: Path) -> Path:
    shutil.copytree(HERE / "_base", target)
    shutil.copytree(HERE / mistake, target, dirs_exist_ok=True)
    for mark in target.rglob("*.removed"):
        mark.with_suffix("").unlink()
    return target


def test_the_project_without_mistakes_loads(tmp_path: Path) -> None:
    loaded = load_policy(shutil.copytree(HERE / "_base", tmp_path / "project"))
    assert list(loaded.policy.sequences) == ["gentle", "steady"]
    assert loaded.warnings == ()


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_told_with_place_fact_and_hint(mistake: str, tmp_path: Path) -> None:
    with pytest.raises(ProjectError) as caught:
        load_policy(project_with(mistake, tmp_path / "project"))
    expected = HERE / mistake / "expected.txt"
    told = f"{caught.value}\n"
    if os.environ.get("REMINDR_ACCEPT"):
        expected.write_text(told, encoding="utf-8")
    assert told == expected.read_text(encoding="utf-8")
