"""The guide's page on who is who: its export is read, and its list and its aliases are what `check` says and wants."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from weeks import SETTINGS

from remindr.cli import run_app
from remindr.project.starter import starter_files

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "customers.md"
WANTED = ("welcome", "welcome.yaml", "_any", "_parts")


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n((?:.*\n)*?)```$", PAGE.read_text("utf-8"), re.MULTILINE)
    return str(found)


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """What `check` prints about the page's export, with more lines in remindr.yaml."""
    for path, text in starter_files():
        if path.parts[1] in WANTED:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "invoices-2026-11-20.csv").write_text(block("csv"), encoding="utf-8")

    def run(more: str) -> str:
        (tmp_path / "remindr.yaml").write_text(SETTINGS + more, encoding="utf-8")
        capsys.readouterr()
        assert run_app(["check", "-C", str(tmp_path), "--as-of", "2026-11-20"]) == 0
        return capsys.readouterr().out

    return run


def test_the_list_is_what_check_ends_with(check: Callable[[str], str], request: pytest.FixtureRequest) -> None:
    told = check("")
    listed = told[told.index("Who may be one customer") :]
    if request.config.getoption("--update-expected"):
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(page.replace(f"```text\n{block('text')}```", f"```text\n{listed}```"), encoding="utf-8")
    assert block("text") == listed


def test_the_aliases_leave_nothing_to_list(check: Callable[[str], str]) -> None:
    assert "Who may be one customer" not in check(block("yaml"))
