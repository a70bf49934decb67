"""What the guide shows is what remindr prints on the example; --update-expected writes it anew."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from projects import copy_quickstart

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "guide").glob("*.md"))
_SHOWN = re.compile(r"^```console\n\$ (.+)\n((?:.*\n)*?)```$", re.MULTILINE)
SHOWN = [(page, command) for page in PAGES for command, _ in _SHOWN.findall(page.read_text("utf-8"))]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with the starter set, as its README says."""
    return copy_quickstart(tmp_path_factory.mktemp("guide") / "quickstart")


@pytest.mark.parametrize(("page", "command"), SHOWN, ids=lambda value: getattr(value, "name", value))
def test_shown_output_is_what_is_printed(
    example: Path, page: Path, command: str, request: pytest.FixtureRequest
) -> None:
    program, *arguments = shlex.split(command)
    assert program == "remindr"
    done = subprocess.run(
        [sys.executable, "-m", "remindr", *arguments],
        check=False, cwd=example, capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL,
    )  # fmt: skip
    text = page.read_text(encoding="utf-8")
    shown = dict(_SHOWN.findall(text))[command]
    if request.config.getoption("--update-expected"):
        page.write_text(text.replace(f"$ {command}\n{shown}", f"$ {command}\n{done.stdout}"), encoding="utf-8")
    else:
        assert done.stdout == shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_the_guide_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
