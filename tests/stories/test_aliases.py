"""Two customers turn out to be one: what was said to either counts on, and no step is said twice."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from weeks import SETTINGS

from remindr.cli import run_app
from remindr.project.starter import starter_files

pytestmark = pytest.mark.usefixtures("new_years_eve")

_WANTED = ("welcome", "welcome.yaml", "_any", "_parts")
DAY = date(2026, 11, 16)
HEAD = "Invoice Number,Customer Number,Customer Name,Email,Due Date,Balance"
OAK = "A-1,007,Oak & Sons,ap@oak.example,2026-09-12,{}"
OAKS = "A-2,7,OAK AND SONS LTD,other@oak.example,2026-09-12,{}"
OTHERS = [f"B-{at},{at},Elm {at},ap@elm.example,2026-12-31,60.00" for at in range(100, 108)]  # not due yet
ALIASES = "aliases:\n  007:\n    - 7\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path, text in starter_files():
        if path.parts[1] in _WANTED:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "remindr.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "exports").mkdir()
    return tmp_path


@pytest.fixture
def on(project: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """`on(days, rows, aliases=…)` writes the export of a day and gives what a preview says; a run does it."""

    def told(command: str, day: date) -> dict[str, Any]:
        capsys.readouterr()
        code = run_app([command, "-C", str(project), "--as-of", day.isoformat(), "--json"])
        said = capsys.readouterr()
        assert code == 0, said.err
        answer: dict[str, Any] = json.loads(said.out)
        return answer

    def run(days: int, *rows: str, aliases: str = "") -> dict[str, Any]:
        day = DAY + timedelta(days)
        text = "\n".join((HEAD, *rows, *OTHERS, ""))
        (project / f"exports/invoices-{day}.csv").write_text(text, encoding="utf-8")
        (project / "remindr.yaml").write_text(SETTINGS + aliases, encoding="utf-8")
        plan = told("preview", day)
        done = told("run", day)
        assert sum(done["sent"].values()) == len(plan["notices"])
        return plan

    return run


def spoken_to(plan: dict[str, Any]) -> list[tuple[str, int, list[str]]]:
    return [
        (one["customer_id"], one["level"], sorted(line["invoice_id"] for line in one["invoices"]))
        for one in plan["notices"]
    ]


def test_two_who_become_one_hear_no_step_again(on: Callable[..., dict[str, Any]]) -> None:
    """Even where the balance, all that the export knows of an amount, has changed in between."""
    before = spoken_to(on(0, OAK.format("120.00"), OAKS.format("80.00")))
    assert before == [("007", 1, ["A-1"]), ("7", 1, ["A-2"])]

    next_day = on(1, OAK.format("120.00"), OAKS.format("55.00"), aliases=ALIASES)
    assert spoken_to(next_day) == []
    assert [flag for flag in next_day["flags"] if flag["code"] == "identity_changed"] == []

    later = spoken_to(on(21, OAK.format("120.00"), OAKS.format("55.00"), aliases=ALIASES))
    assert [(customer, invoices) for customer, _, invoices in later] == [("007", ["A-1", "A-2"])]
    assert later[0][1] > 1


def test_contacts_of_either_count_for_both(on: Callable[..., dict[str, Any]]) -> None:
    """One was written to yesterday about what is paid now, so the other is not written to today."""
    on(0, OAK.format("120.00"), OAKS.format("80.00").replace("2026-09-12", "2026-11-14"))
    plan = on(1, OAKS.format("80.00").replace("2026-09-12", "2026-11-14"), aliases=ALIASES)
    assert plan["notices"] == []
    (oak,) = (one for one in plan["skipped"] if one["customer_id"] == "007")
    assert [reason["code"] for reason in oak["blockers"]] == ["waiting"]


def test_one_who_becomes_two_again_hears_no_step_again(on: Callable[..., dict[str, Any]]) -> None:
    rows = (OAK.format("120.00"), OAKS.format("80.00"))
    assert [customer for customer, *_ in spoken_to(on(0, *rows, aliases=ALIASES))] == ["007"]
    assert spoken_to(on(1, *rows)) == []
