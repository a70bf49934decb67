"""Commands as people run them: in a folder, with exit codes, stdout and stderr."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import time_machine
from projects import COMPANY, QUICKSTART, copy_quickstart, starter, write_files

from remindr.cli import run_app

AS_OF = ("--as-of", "2026-11-20")


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Remindr = Callable[..., Result]


@pytest.fixture(autouse=True)
def _late_in_2026() -> Iterator[None]:
    """The stories play in November 2026, whenever the tests run: nothing in them is in the future."""
    with time_machine.travel("2026-12-31T12:00:00Z", tick=False):
        yield


@pytest.fixture
def remindr(capsys: pytest.CaptureFixture[str]) -> Remindr:
    """Runs a command line in this process."""

    def run(*arguments: str | Path) -> Result:
        capsys.readouterr()
        code = run_app([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run


@pytest.fixture
def quickstart(tmp_path: Path) -> Path:
    """A fresh copy of the example with the starter set."""
    project = tmp_path / "quickstart"
    return copy_quickstart(project)


SMALL = (
    COMPANY
    + """\
sources:
  invoices: invoices.csv
  max_age: 3000 days
segments:
  - name: everybody
    default: true
    sequence: plain
"""
)
PLAIN = """\
name: plain
about: Two steps.
tone: plain
steps:
  - id: first
    at: 3 days after due
    by: email
    level: friendly
  - id: second
    at: 10 days after due
    by: email
    level: firm
"""
WORDS = """\
Subject: {{ company.name }}: {{ count }} open

Dear {{ customer.name }},

{{ invoice_table }}

Payments are counted up to {{ counted_until }}.
"""


@pytest.fixture
def small(tmp_path: Path) -> Callable[[str], Path]:
    """A project of a few lines around an invoice export given as text."""

    def make(invoices: str) -> Path:
        files = {"remindr.yaml": SMALL, "sequences/plain.yaml": PLAIN, "invoices.csv": invoices}
        words = {f"templates/plain/{step}.email.j2": WORDS for step in ("first", "second")}
        return write_files(tmp_path / "small", starter("_parts", "_any") | files | words)

    return make


@pytest.fixture
def expected(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the example's golden file of that name, or writes it with --update-expected."""

    def compare(name: str, text: str) -> None:
        golden = QUICKSTART / "expected" / name
        if request.config.getoption("--update-expected"):
            golden.write_text(text, encoding="utf-8")
        assert text == golden.read_text(encoding="utf-8")

    return compare
