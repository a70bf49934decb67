"""A year of exports without dates of payment tells how customers pay; changed ids let no invoice start over."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from projects import starter, write_files
from weeks import LAST, SETTINGS, Bill, make_bills, write_export

from remindr.cli import run_app

pytestmark = pytest.mark.usefixtures("new_years_eve")


@pytest.fixture
def remindr(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a command prints; it has to end well."""

    def run(*arguments: str | Path) -> str:
        capsys.readouterr()
        code = run_app([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert code == 0, said.err
        return said.out

    return run


def project(root: Path) -> Path:
    return write_files(root, starter("welcome", "_any", "_parts") | {"remindr.yaml": SETTINGS})


def segments(remindr: Callable[..., str], root: Path) -> dict[str, str]:
    told: dict[str, Any] = json.loads(remindr("segment", "-C", root, "--as-of", LAST.isoformat(), "--json"))
    return {customer["customer_id"]: customer["segment"] for customer in told["customers"]}


def old_exports(folder: Path, bills: list[Bill], weeks: range, *, only_open: bool = False) -> Path:
    for week in weeks:
        day = LAST - timedelta(weeks=week)
        write_export(folder / f"invoices-{day}.csv", bills, day, only_open=only_open)
    return folder


def test_weekly_exports_of_a_year_give_the_segments_that_dates_would(
    remindr: Callable[..., str], tmp_path: Path
) -> None:
    """For 95 customers in 100."""
    bills, now = make_bills(60, seed=8), f"exports/invoices-{LAST}.csv"
    dated, undated = project(tmp_path / "dated"), project(tmp_path / "undated")
    write_export(dated / now, bills, LAST, dates=True)
    write_export(undated / now, bills, LAST)
    truth = segments(remindr, dated)
    assert len(set(truth.values())) == 3
    assert set(segments(remindr, undated).values()) == {"new"}
    remindr("learn", "-C", undated, old_exports(tmp_path / "old", bills, range(1, 53)))
    learned = segments(remindr, undated)
    same = sum(learned[customer] == segment for customer, segment in truth.items())
    assert same >= 0.95 * len(truth)


def test_exports_of_open_invoices_alone_teach_the_same(remindr: Callable[..., str], tmp_path: Path) -> None:
    bills, now = make_bills(40), f"exports/invoices-{LAST}.csv"
    names = sorted({bill.customer for bill in bills})
    found = []
    for only_open in (False, True):
        root = project(tmp_path / f"project{only_open}")
        (root / "customers.csv").write_text("Customer Name,Phone\n" + "".join(f"{name},\n" for name in names))
        (root / "remindr.yaml").write_text(SETTINGS.replace("segments:", "  customers: customers.csv\nsegments:"))
        write_export(root / now, bills, LAST, only_open=only_open)
        old = old_exports(tmp_path / f"old{only_open}", bills, range(4, 53, 4), only_open=only_open)
        remindr("learn", "-C", root, old)
        found.append(segments(remindr, root))
    assert set(found[0]) == set(found[1])
    same = sum(found[1][customer] == segment for customer, segment in found[0].items())
    assert same >= 0.9 * len(names)


INVOICES = """\
Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance
{first},{oak},Oak & Sons,ap@oak.example,{issued},{due},120.00,120.00
{second},{oak},Oak & Sons,ap@oak.example,{issued},{due},80.00,80.00
B-{first},{elm},Elm Ltd,ap@elm.example,{issued},{due},60.00,60.00
"""
WITH_ZEROS = {"first": "0000611", "second": "0000612", "oak": "007", "elm": "0100"}
WITHOUT = {"first": "611", "second": "612", "oak": "7", "elm": "100"}
BY_DAY = {"issued": "13/08/2026", "due": "12/09/2026"}
BY_MONTH = {"issued": "8/13/2026", "due": "9/12/2026"}


def export(root: Path, day: date, ids: dict[str, str], dates: dict[str, str]) -> None:
    (root / "exports").mkdir(exist_ok=True)
    path = root / f"exports/invoices-{day}.csv"
    path.write_text(INVOICES.format(**ids, **dates).replace(f"B-{ids['first']}", "B-0001"), encoding="utf-8")


def run(remindr: Callable[..., str], root: Path, day: date) -> dict[str, Any]:
    """What a preview of the day says and a run then does."""
    plan: dict[str, Any] = json.loads(remindr("preview", "-C", root, "--as-of", day.isoformat(), "--json"))
    done = json.loads(remindr("run", "-C", root, "--as-of", day.isoformat(), "--json"))
    assert sum(done["sent"].values()) == len(plan["notices"])
    return plan


def test_invoices_that_lose_their_zeros_go_on_where_they_were(remindr: Callable[..., str], tmp_path: Path) -> None:
    """Over three exports, two of them under other ids, with day and month the other way round."""
    root, day = project(tmp_path), date(2026, 11, 16)
    export(root, day, WITH_ZEROS, BY_DAY)
    first = run(remindr, root, day)
    assert {notice["customer_id"] for notice in first["notices"]} == {"007", "0100"}

    export(root, day + timedelta(1), WITHOUT, BY_MONTH)
    second = run(remindr, root, day + timedelta(1))
    assert second["notices"] == []
    assert {reason["code"] for one in second["skipped"] for reason in one["blockers"]} == {"next_step_later"}
    renamed = [flag for flag in second["flags"] if flag["code"] == "identity_changed"]
    assert sorted((flag["customer_id"], flag["invoice_id"]) for flag in renamed) == [
        ("100", "B-0001"),
        ("7", "611"),
        ("7", "612"),
    ]
    assert renamed[1]["detail"] == "was 0000611 of 007 until 2026-11-17; what was said about it counts on"

    export(root, day + timedelta(2), WITHOUT, BY_MONTH)
    still = run(remindr, root, day + timedelta(2))
    assert [flag for flag in still["flags"] if flag["code"] == "identity_changed"] == renamed

    export(root, day + timedelta(3), WITH_ZEROS, BY_DAY)
    third = run(remindr, root, day + timedelta(3))
    assert third["notices"] == []
    assert [flag for flag in third["flags"] if flag["code"] == "identity_changed"] == []


def test_steps_go_up_across_a_change_of_ids(remindr: Callable[..., str], tmp_path: Path) -> None:
    root, day = project(tmp_path), date(2026, 11, 2)
    export(root, day, WITH_ZEROS, BY_DAY)
    before = run(remindr, root, day)["notices"]
    later = day + timedelta(21)
    export(root, later, WITHOUT, BY_MONTH)
    after = run(remindr, root, later)["notices"]
    assert len(before) == len(after) == 2
    assert {notice["level"] for notice in after}.isdisjoint({notice["level"] for notice in before})


def test_two_candidates_are_not_merged(remindr: Callable[..., str], tmp_path: Path) -> None:
    root, day = project(tmp_path), date(2026, 11, 16)
    export(root, day, {**WITH_ZEROS, "second": "000611"}, BY_DAY)
    (file,) = (root / "exports").iterdir()
    file.write_text(file.read_text(encoding="utf-8").replace("80.00", "120.00"), encoding="utf-8")
    run(remindr, root, day)
    export(root, day + timedelta(1), WITHOUT, BY_MONTH)
    plan = run(remindr, root, day + timedelta(1))
    renamed = [flag["invoice_id"] for flag in plan["flags"] if flag["code"] == "identity_changed"]
    assert renamed == ["B-0001"]
