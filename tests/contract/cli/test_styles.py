"""Styles, from the columns of an export to the first line of a message."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from projects import starter, write_files

AS_OF = ("--as-of", "2026-11-20")
Remindr = Callable[..., Any]

INVOICES = """\
Invoice Number,Customer Number,Customer Name,Email,Industry,First Name,Last Name,Invoice Date,Due Date,Amount,Balance
INV-1,007,Oak & Sons,ap@oak.example,Design,Ann,Finch,2026-10-01,2026-10-31,120.00,120.00
INV-2,008,Elm Ltd,ap@elm.example,public,Bob,Quay,2026-10-05,2026-11-04,50.00,50.00
INV-3,009,Ash Ltd,ap@ash.example,,Cem,Lake,2026-10-05,2026-11-04,50.00,50.00
"""
STYLES = """\
styles:
  industries:
    design: casual
    public: formal
"""


@pytest.fixture
def project(small: Callable[[str], Path]) -> Callable[[str], Path]:
    def make(settings: str) -> Path:
        made = write_files(small(INVOICES), starter("gentle"))
        text = (made / "remindr.yaml").read_text(encoding="utf-8").replace("sequence: plain", "sequence: gentle")
        (made / "remindr.yaml").write_text(text + settings, encoding="utf-8")
        return made

    return make


def greetings(remindr: Remindr, project: Path) -> list[str]:
    plan = remindr("preview", "-C", project, *AS_OF, "--json").json
    return [one["body"].partition("\n")[0] for one in plan["notices"]]


def test_names_and_industries_of_the_export_make_the_greeting(remindr: Remindr, project: Callable[[str], Path]) -> None:
    assert greetings(remindr, project("")) == ["Hello Oak & Sons,", "Hello Elm Ltd,", "Hello Ash Ltd,"]
    assert greetings(remindr, project(STYLES)) == ["Hi Ann,", "Dear Bob Quay,", "Hello Ash Ltd,"]
    swapped = STYLES + "  first_name: Last name\n  customers:\n    009: casual\n"
    assert greetings(remindr, project(swapped)) == ["Hi Finch,", "Dear Quay Quay,", "Hi Lake,"]


def test_a_column_that_is_not_there_is_told_if_it_was_named(remindr: Remindr, project: Callable[[str], Path]) -> None:
    result = remindr("preview", "-C", project(STYLES + "  column: Stile\n"), *AS_OF)
    assert result.code == 2
    assert "the customers' export has no column 'stile'" in result.err
