"""`check` looks at the segments with the book in hand."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema

SAMPLES = Path(__file__).parents[2] / "packages"
AS_OF = ("--as-of", "2026-11-20")
Remindr = Callable[..., Any]


def test_the_example_gives_nothing_to_doubt(remindr: Remindr, quickstart: Path) -> None:
    assert "warning" not in remindr("check", "-C", quickstart, *AS_OF).err


def test_segments_that_tell_nobody_apart_are_warned_about(remindr: Remindr, quickstart: Path) -> None:
    """Limits that nobody comes near leave one segment empty and another one crowded."""
    settings = quickstart / "remindr.yaml"
    text = settings.read_text()
    settings.write_text(
        text.replace("avg_days_late > 3\n", "avg_days_late > 80\n").replace("late > 10\n", "late > 80\n")
    )
    lines = settings.read_text().splitlines()
    told = remindr("check", "-C", quickstart, *AS_OF)
    assert told.code == 0
    slow, reliable = (lines.index(f"  - name: {name}") + 1 for name in ("slow", "reliable"))
    assert f"warning: remindr.yaml:{slow}: no customer is in the segment 'slow' now" in told.err
    assert f"warning: remindr.yaml:{reliable}: segment 'reliable' holds 25 of 28 overdue customers (89%)" in told.err
    assert "half at most" in told.err
    assert len(remindr("check", "-C", quickstart, *AS_OF, "--json").json["warnings"]) >= 3


def test_a_young_book_is_not_doubted(remindr: Remindr, small: Callable[[str], Path]) -> None:
    project = small(
        "Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance\n"
        "0012,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00\n"
    )
    assert "warning" not in remindr("check", "-C", project, *AS_OF).err


def test_each_file_tells_what_it_looks_like_and_how_its_rows_were_read(
    remindr: Remindr, small: Callable[[str], Path]
) -> None:
    project = small((SAMPLES / "xero-invoices" / "invoices.csv").read_text("utf-8"))
    told = remindr("check", "-C", project, *AS_OF)
    assert "  looks like Xero, Sales Invoices (36 of 36 columns)\n  Xero does not export the day of payment" in told.out
    assert "  14 rows read, 2 further rows of an invoice, 3 left out as no invoices\n" in told.out
    assert "  columns that the package always names so: customer_name ← ContactName, email ← EmailAddress" in told.out
    file = remindr("check", "-C", project, *AS_OF, "--json").json["files"][0]
    assert (file["format"], file["rows_read"], file["rows_folded"], file["rows_left_out"]) == (
        "xero-invoices",
        14,
        2,
        3,
    )
    assert set(file["columns_by"].values()) == {"profile"}


def test_file_of_no_known_package_says_so(remindr: Remindr, quickstart: Path) -> None:
    told = remindr("check", "-C", quickstart, *AS_OF)
    assert "  no known package's export; its columns are told by their headers" in told.out


def test_columns_that_nobody_reads_are_told_by_check_and_v_alone(
    remindr: Remindr, small: Callable[[str], Path]
) -> None:
    head = "Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance,Weather\n"
    project = small(head + "0012,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00,fair\n")
    note = "not used: Weather"
    assert note in remindr("check", "-C", project, *AS_OF).out
    for command in ("preview", "run"):
        assert note not in remindr(command, "-C", project, *AS_OF).err
        assert note in remindr(command, "-C", project, *AS_OF, "-v").err


def test_currency_in_which_no_sum_is_small_is_warned_about(remindr: Remindr, quickstart: Path) -> None:
    settings = quickstart / "remindr.yaml"
    text = settings.read_text("utf-8")
    for written, warned in (("10 GBP", True), ("[10 GBP, 12 EUR]", False)):
        settings.write_text(re.sub(r"ignore_below:.*", f"ignore_below: {written}", text), "utf-8")
        told = remindr("check", "-C", quickstart, *AS_OF).err
        assert ("invoices in EUR are chased however small they are" in told) is warned


TWICE = """\
Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance
0012,007,Oak & Sons,ap@oak.example,2026-10-01,2026-10-31,120.00,120.00
0013,7,"Oak and Sons, Ltd.",ap@oak.example,2026-10-01,2026-10-31,80.00,80.00
0014,8,Elm Ltd,ap@elm.example,2026-10-01,2026-10-31,60.00,60.00
"""


def test_who_may_be_one_customer_is_listed_with_the_lines_that_say_so(
    remindr: Remindr, small: Callable[[str], Path]
) -> None:
    project = small(TWICE)
    told = remindr("check", "-C", project, *AS_OF)
    assert (
        "customer numbers 007, 7 differ only in leading zeros; they count as 2 customers\n  007:\n    - 7\n" in told.out
    )
    (found,) = remindr("check", "-C", project, *AS_OF, "--json").json["look_alikes"]
    assert found["aliases"] == {"007": ["7"]}
    assert [one["customer_id"] for one in found["customers"]] == ["007", "7"]

    settings = project / "remindr.yaml"
    settings.write_text(settings.read_text() + "aliases:\n  007:\n    - 7\n")
    assert "leading zeros" not in remindr("check", "-C", project, *AS_OF).out
    assert remindr("check", "-C", project, *AS_OF, "--json").json["look_alikes"] == []


def test_alias_that_nobody_bears_is_warned_about_at_its_place(remindr: Remindr, small: Callable[[str], Path]) -> None:
    project = small(TWICE)
    settings = project / "remindr.yaml"
    settings.write_text(settings.read_text() + "aliases:\n  007:\n    - Oak Sons Limited\n  Elms:\n    - 8\n")
    told = remindr("check", "-C", project, *AS_OF)
    line = len(settings.read_text().splitlines())
    assert f"warning: remindr.yaml:{line - 2}:7: nobody in the exports is called 'Oak Sons Limited'" in told.err
    assert "did you mean 'Oak & Sons'?" in told.err
    assert f"warning: remindr.yaml:{line - 1}:3: nobody in the exports is called 'Elms'" in told.err
    assert "did you mean 'Elms'?" not in told.err


def test_customer_is_found_by_an_alias(remindr: Remindr, small: Callable[[str], Path]) -> None:
    project = small(TWICE)
    settings = project / "remindr.yaml"
    settings.write_text(settings.read_text() + "aliases:\n  007:\n    - Oak and Sons, Ltd.\n")
    for word in ("7", "oak and sons, ltd."):
        told = remindr("segment", word, "-C", project, *AS_OF)
        assert told.code == 0, told.err
        assert "007" in told.out


def test_page_on_the_example(remindr: Remindr, quickstart: Path, expected: Callable[[str, str], None]) -> None:
    expected("check.txt", remindr("check", "-C", quickstart, *AS_OF).out)


def test_json_has_the_facts_of_the_page(remindr: Remindr, quickstart: Path, small: Callable[[str], Path]) -> None:
    shape = remindr("schema", "--output").json["remindr.check/1"]
    told = remindr("check", "-C", quickstart, *AS_OF, "--json").json
    jsonschema.validate(told, shape)
    jsonschema.validate(remindr("check", "-C", small(TWICE), *AS_OF, "--json").json, shape)
    assert [one["currency"] for one in told["sums"]] == ["GBP", "EUR"]
    assert told["days"]["issued"] == ["2025-12-11", "2026-11-15"]
    assert (told["customers"]["all"], told["customers"]["without_address"]) == (40, [])


def test_total_of_the_file_itself_proves_that_every_row_was_read(
    remindr: Remindr, small: Callable[[str], Path]
) -> None:
    with_total = f"{TWICE}Total,,,,,,260.00,260.00\n"
    assert "  it has no row with a total that could be compared\n" in remindr("check", "-C", small(TWICE), *AS_OF).out
    told = remindr("check", "-C", small(with_total), *AS_OF)
    assert "  its own total agrees with its rows: 'Balance' 260.00, 'Amount' 260.00\n" in told.out


def test_what_the_files_cannot_tell_is_said_once(remindr: Remindr, small: Callable[[str], Path]) -> None:
    project = small(
        "Invoice Number,Customer,Terms,Invoice Date,Amount,Paid\n"
        "A-1,Oak,30 days,2026-09-01,120.00,120.00\nA-2,Elm,30 days,2026-09-02,80.00,0.00\n"
    )
    told = remindr("check", "-C", project, *AS_OF)
    page = told.out.partition("What these files cannot tell\n")[2]
    assert "no dates of payment, so how late customers pay is unknown" in page
    assert told.out.count("no dates of payment") == 1
    assert "  due dates: they are worked out from the terms of each invoice\n" in page
    assert "  what is open: there is no such column; it is the amount less what is paid\n" in page
    assert "  no address at all, neither e-mail nor telephone nor post: 1 (Elm)\n" in told.out
