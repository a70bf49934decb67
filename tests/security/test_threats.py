"""The page on security names a test for each threat, and each of them is there."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reference" / "security.md"
ROWS = [line.strip("|").split(" | ") for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")][1:]


@pytest.mark.parametrize("row", ROWS, ids=[row[0].strip() for row in ROWS])
def test_every_threat_has_a_defence_and_a_test_that_exists(row: list[str]) -> None:
    threat, defence, shown = (cell.strip() for cell in row)
    assert threat
    assert defence
    named = re.fullmatch(r"`((?:\w+/)*test_\w+\.py)::(test_\w+)`", shown)
    assert named, shown
    text = ((HERE.parent if "/" in named[1] else HERE) / named[1]).read_text("utf-8")
    assert re.search(rf"^def {named[2]}\(", text, re.MULTILINE), shown


def test_every_file_of_tests_here_is_named_on_the_page() -> None:
    named = {row[2].strip(" `").partition("::")[0] for row in ROWS}
    here = {file.name for file in HERE.glob("test_*.py")} - {Path(__file__).name}
    assert here == {one for one in named if "/" not in one}
