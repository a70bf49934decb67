"""`remindr calls` from the outside."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

AS_OF = ("--as-of", "2026-11-20")
Remindr = Callable[..., Any]


def test_a_dash_is_stdout_and_nothing_else_is_said(remindr: Remindr, quickstart: Path) -> None:
    result = remindr("calls", "-C", quickstart, *AS_OF, "--csv", "-")
    rows = list(csv.DictReader(io.StringIO(result.out.removeprefix("\ufeff"))))
    assert [row["Customer"] for row in rows] == ["00105", "00309"]
    assert not Path("-").exists()
