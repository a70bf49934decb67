"""`remindr learn` reads old exports, all or none, and the same twice changes nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

AS_OF = ("--as-of", "2026-11-20")
Remindr = Callable[..., Any]
Small = Callable[[str], Path]

HEADER = "Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance\n"


def row(
    number: str, balance: str, *, customer: str = "007", issued: str = "2026-08-01", due: str = "2026-08-31"
) -> str:
    return f"{number},{customer},Oak & Sons,ap@oak.example,{issued},{due},120.00,{balance}\n"


def old_exports(folder: Path, **rows: str) -> Path:
    """Writes exports named by their day, like `d2026_09_07`."""
    folder.mkdir(exist_ok=True)
    for day, text in rows.items():
        name = f"invoices-{day.removeprefix('d').replace('_', '-')}.csv"
        (folder / name).write_text(HEADER + text, encoding="utf-8")
    return folder


@pytest.fixture
def shop(small: Small) -> Path:
    """A project whose export of 20 November shows one open and two settled invoices, without any date."""
    project = small("")
    settings = project / "remindr.yaml"
    settings.write_text(settings.read_text().replace("invoices.csv", "exports/invoices-*.csv"))
    (project / "invoices.csv").unlink()
    old_exports(project / "exports", d2026_11_20=row("1", "0.00") + row("2", "0.00") + row("3", "120.00"))
    return project


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Two older exports: the first invoice was settled between them, the second after both."""
    return old_exports(
        tmp_path / "old",
        d2026_09_01=row("1", "120.00") + row("2", "120.00"),
        d2026_09_05=row("1", "0.00") + row("2", "120.00"),
    )


def metrics(remindr: Remindr, project: Path, day: str = "2026-11-20") -> dict[str, Any]:
    (customer,) = remindr("segment", "-C", project, "--as-of", day, "--json").json["customers"]
    found: dict[str, Any] = customer["metrics"]
    return found


def test_settlements_are_observed_between_two_exports(remindr: Remindr, shop: Path, old: Path) -> None:
    assert metrics(remindr, shop)["paid_invoices"] == 0
    learned = remindr("learn", "-C", shop, old)
    assert learned.code == 0, learned.err
    assert learned.out == (
        "Learned 2 exports from 2026-09-01 to 2026-09-05.\n"
        "The journal knows 2 exports from 2026-09-01 to 2026-09-05: 2 invoices seen, 1 settlement observed.\n"
    )
    known = metrics(remindr, shop)
    # The first lies between 2 and 5 September, the second between 6 September and 20 November: the middle counts.
    assert (known["paid_invoices"], known["worst_days_late"]) == (2, 81)
    assert metrics(remindr, shop, "2026-09-10")["paid_invoices"] == 1


def test_what_was_written_off_was_not_paid(remindr: Remindr, shop: Path, old: Path) -> None:
    export = shop / "exports" / "invoices-2026-11-20.csv"
    lines = export.read_text().splitlines()
    export.write_text(
        "".join(f"{line},{word}\n" for line, word in zip(lines, ("Status", "Written off", "", ""), strict=True))
    )
    assert remindr("learn", "-C", shop, old).code == 0
    assert metrics(remindr, shop)["paid_invoices"] == 1


def test_a_look_back_knows_nothing_that_was_observed_later(remindr: Remindr, shop: Path, old: Path) -> None:
    remindr("learn", "-C", shop, old)
    back = metrics(remindr, shop, "2026-09-04")
    assert (back["paid_invoices"], back["open_invoices"], back["open_amount"]) == (0, 3, "360.00")


def test_the_document_validates(remindr: Remindr, shop: Path, old: Path) -> None:
    document = remindr("learn", "-C", shop, old, "--json").json
    jsonschema.validate(document, remindr("schema", "--output").json["remindr.learned/1"])
    assert document["settlements_observed"] == 1
    assert [one["open"] for one in document["exports"]] == [2, 1]


def test_learning_twice_changes_nothing(remindr: Remindr, shop: Path, old: Path) -> None:
    first = remindr("learn", "-C", shop, old, "--json").out
    before = metrics(remindr, shop)
    assert remindr("learn", "-C", shop, old, "--json").out == first
    assert metrics(remindr, shop) == before


def test_the_order_of_learning_does_not_matter(remindr: Remindr, shop: Path, old: Path) -> None:
    newer, older = sorted(old.iterdir(), reverse=True)
    assert remindr("run", "-C", shop, *AS_OF).code == 0
    assert remindr("learn", "-C", shop, newer).code == 0
    assert remindr("learn", "-C", shop, older).code == 0
    assert metrics(remindr, shop)["worst_days_late"] == 81


def test_what_vanished_is_settled_once_two_exports_agree(remindr: Remindr, shop: Path, tmp_path: Path) -> None:
    old = old_exports(tmp_path / "gone", d2026_09_01=row("9", "120.00"), d2026_09_05=row("3", "120.00"))
    said = remindr("learn", "-C", shop, old).out
    assert "1 invoice gone from the newest export: settled if the next one is without it, too." in said
    assert metrics(remindr, shop, "2026-09-05")["paid_invoices"] == 0
    assert metrics(remindr, shop)["paid_invoices"] == 1


def test_what_comes_back_was_not_settled(remindr: Remindr, shop: Path, tmp_path: Path) -> None:
    days = {"d2026_09_01": row("3", "120.00"), "d2026_09_05": row("9", "120.00"), "d2026_09_12": row("3", "120.00")}
    remindr("learn", "-C", shop, old_exports(tmp_path / "gone", **days))
    known = metrics(remindr, shop)
    assert (known["open_invoices"], known["paid_invoices"]) == (1, 1)


def test_a_bad_file_stops_everything_and_all_mistakes_are_told(
    remindr: Remindr, shop: Path, old: Path, tmp_path: Path
) -> None:
    (old / "invoices-2026-09-08.csv").write_text("nothing of use\n", encoding="utf-8")
    (old / "invoices-2026-09-09.csv").write_text("", encoding="utf-8")
    result = remindr("learn", "-C", shop, old, tmp_path / "nowhere")
    assert (result.code, "no file matches" in result.err) == (1, True)
    result = remindr("learn", "-C", shop, old)
    assert result.code == 1
    assert "invoices-2026-09-08.csv" in result.err
    assert "invoices-2026-09-09.csv" in result.err
    assert "Traceback" not in result.err
    for file in ("invoices-2026-09-08.csv", "invoices-2026-09-09.csv"):
        (old / file).unlink()
    assert "2 exports from" in remindr("learn", "-C", shop, old).out


def test_two_different_exports_of_one_day_are_refused(remindr: Remindr, shop: Path, old: Path) -> None:
    (old / "invoices-2026-09-05-again.csv").write_text(HEADER + row("1", "120.00"), encoding="utf-8")
    result = remindr("learn", "-C", shop, old)
    assert result.code == 1
    assert "invoices-2026-09-05-again.csv" in result.err
    assert "invoices-2026-09-05.csv" in result.err
    assert "put the day of the export into its name" in result.err


def test_copies_of_an_export_are_read_once(remindr: Remindr, shop: Path, old: Path) -> None:
    (old / "invoices-2026-09-05-copy.csv").write_bytes((old / "invoices-2026-09-05.csv").read_bytes())
    result = remindr("learn", "-C", shop, f"{old}/*.csv")
    assert result.code == 0
    assert "the same file as" in result.err
    assert "Learned 2 exports" in result.out


def test_an_export_of_days_to_come_is_refused(remindr: Remindr, shop: Path, old: Path) -> None:
    (old / "invoices-2099-01-05.csv").write_text(HEADER + row("1", "120.00"), encoding="utf-8")
    result = remindr("learn", "-C", shop, old)
    assert result.code == 1
    assert "is of 2099-01-05, which is after" in result.err


def test_only_learn_and_run_write(remindr: Remindr, shop: Path) -> None:
    for command in ("check", "segment", "preview"):
        assert remindr(command, "-C", shop, *AS_OF).code == 0
    assert not (shop / ".remindr").exists()


@pytest.mark.parametrize("command", [["check"], ["segment"], ["run", "-v"]])
def test_lateness_that_nobody_can_know_is_said_aloud(remindr: Remindr, shop: Path, command: list[str]) -> None:
    result = remindr(*command, "-C", shop, *AS_OF)
    said = result.out + result.err
    assert "no dates of payment, so how late customers pay is unknown" in said
    assert "remindr learn old-exports/*.csv" in said


def test_it_is_said_no_more_once_it_is_known(remindr: Remindr, shop: Path, tmp_path: Path) -> None:
    remindr("learn", "-C", shop, old_exports(tmp_path / "year", d2026_02_01=row("0", "120.00")))
    assert "no dates of payment" not in remindr("segment", "-C", shop, *AS_OF).err
    assert json.loads(remindr("check", "-C", shop, *AS_OF, "--json").out)["warnings"] == []


def test_one_settled_invoice_without_a_date_among_dated_ones_is_no_lack_of_dates(
    remindr: Remindr, small: Callable[[str], Path]
) -> None:
    rows = [
        f"A-{at},7,Oak,,2026-08-01,2026-08-31,9.00,0.00,{day}" for at, day in enumerate(("2026-09-01",) * 2 + ("",))
    ]
    head = "Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance,Paid On\n"
    assert "no dates of payment" not in remindr("segment", "-C", small(head + "\n".join(rows) + "\n"), *AS_OF).err
