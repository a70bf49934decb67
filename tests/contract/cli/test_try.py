"""`try`: a first look at exports without a project, that leaves one page and nothing else behind."""

import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from remindr.pipeline.replay import contacts_since
from remindr.pipeline.trial import trial

Remindr = Callable[..., Any]
EXPORTS = Path(__file__).parents[3] / "examples" / "quickstart" / "exports"
HEADERS = "Invoice Number,Customer,Email,Invoice Date,Due Date,Amount,Balance,Currency,Paid Date"
PAGE = "remindr-try.html"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that people stand in, with a folder of its own for what is temporary."""
    folder, temporary = tmp_path / "here", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return folder


@pytest.fixture
def left_over(tmp_path: Path) -> Callable[[], list[Path]]:
    """Whatever is in the temporary folder."""
    return lambda: list((tmp_path / "temporary").iterdir())


def head(page: str) -> dict[str, Any]:
    """What stands over everything on the page."""
    found = re.search(r'id="data">(.*?)</script>', page)
    assert found
    told: dict[str, Any] = json.loads(found[1])["head"]
    return told


def export(*rows: str, headers: str = HEADERS) -> str:
    return "\n".join((headers, *rows, ""))


def test_one_page_is_written_and_nothing_else_changes(
    remindr: Remindr, here: Path, left_over: Callable[[], list[Path]]
) -> None:
    for file in EXPORTS.iterdir():
        (here / file.name).write_bytes(file.read_bytes())
    before = {path: path.read_bytes() for path in here.iterdir()}
    result = remindr("try", *sorted(path.name for path in before))
    assert result.code == 0, result.err
    assert 5 <= len(result.out.splitlines()) <= 8
    assert "as of Friday, 20 November 2026, the day of the export" in result.out
    assert set(here.iterdir()) - before.keys() == {here / PAGE}
    assert {path: path.read_bytes() for path in before} == before
    assert left_over() == []


def test_which_file_is_which_is_told_from_the_headers(remindr: Remindr, here: Path) -> None:
    (here / "a.csv").write_text("Payment Date,Customer,Invoice Number,Amount\n2026-05-20,Oak,1,100.00\n")
    (here / "b.csv").write_text("Customer,Email,Phone\nOak,ap@oak.example,\n")
    (here / "c.csv").write_text(
        export("1,Oak,2026-04-20,2026-05-20,100.00,0.00,GBP", headers=HEADERS.replace("Email,", "")[:-10])
    )
    result = remindr("try", "a.csv", "b.csv", "c.csv", "--as-of", "2026-06-01", "--html", "-")
    assert result.code == 0, result.err
    told = head(result.out)["trial"]
    assert told["read"][0].startswith("1 invoice in GBP, as of Monday, 1 June 2026")
    assert not any("date of payment" in line for line in told["unknown"])


def test_every_customer_has_a_segment_with_its_reason(remindr: Remindr, here: Path) -> None:
    result = remindr("try", EXPORTS, "--html", "-")
    told = head(result.out)["trial"]
    assert sum(one["customers"] for one in told["segments"]) == len(told["people"]) == 40
    assert all(one["because"] and "remindr.yaml" not in one["because"] for one in told["people"])


def test_an_export_is_looked_at_as_of_its_own_day(remindr: Remindr, here: Path) -> None:
    (here / "invoices-2025-03-15.csv").write_text(
        export("1,Oak,ap@oak.example,2025-02-01,2025-03-03,100.00,100.00,EUR,")
    )
    told = head(remindr("try", "invoices-2025-03-15.csv", "--html", "-").out)
    assert told["as_of"] == "2025-03-17"  # the first day of sending after a Saturday
    assert "(the export is of 15 March 2025)" in told["trial"]["read"][0]
    assert "old: who has paid since then is not known here" in told["trial"]["read"][1]
    assert told["asked"] == "100.00 EUR"
    assert not told["notes"]


def test_what_the_files_do_not_say_is_said(remindr: Remindr, here: Path) -> None:
    (here / "open.csv").write_text("Invoice Number,Customer,Due Date,Balance\n1,Oak,2026-05-20,100.00\n")
    page = remindr("try", "open.csv", "--as-of", "2026-06-01", "--html", "-").out
    told = head(page)["trial"]
    assert told["people"][0]["open"] == "100.00"
    assert "XXX" not in page
    text = "\n".join(told["unknown"])
    assert "there is no date of payment" in text
    assert "The e-mail addresses of 1 of 1 customers who owe" in text
    assert "The currency: no file names one, so amounts are shown without." in text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nothing.csv", None, "there is no file 'nothing.csv'"),
        ("picture.csv", "\x89PNG\0\0", "this is a picture"),
        ("empty.csv", "", "the file is empty"),
        ("notes.csv", "Just some words\nand more of them\n", "no table was found"),
        ("list.csv", "Colour,Shape\nred,round\n", "no column for the invoice number"),
        ("lacking.csv", "Invoice Number,Customer,Total\n1,Oak,100.00\n", "no column for the due date"),
        ("serial.csv", "Invoice Number,Customer,Due Date,Amount\n1,Oak,46296,100.00\n", "not one row can be read"),
        ("people.csv", "Customer,Email\nOak,ap@oak.example\n", "no invoice export: people.csv is one of customers"),
    ],
)
def test_a_mistake_is_one_clear_message(
    remindr: Remindr, here: Path, left_over: Callable[[], list[Path]], name: str, content: str | None, said: str
) -> None:
    if content is not None:
        (here / name).write_text(content, encoding="latin-1")
    result = remindr("try", name)
    assert (result.code, result.out) == (1, "")
    assert said in result.err
    assert "hint: " in result.err
    assert not (here / PAGE).exists()
    assert left_over() == []


def test_a_place_that_cannot_be_written_is_told_before_anything_is_read(remindr: Remindr, here: Path) -> None:
    result = remindr("try", EXPORTS, "--html", "nowhere/page.html")
    assert result.code == 1
    assert "there is no folder nowhere" in result.err
    assert remindr("try", EXPORTS, "--html", "-", "--open").code == 2
    assert remindr("try").code == 2


def test_older_exports_are_left_out_and_named(remindr: Remindr, here: Path) -> None:
    for day in ("2026-03-02", "2026-03-09"):
        (here / f"invoices-{day}.csv").write_text(export("1,Oak,,2026-02-01,2026-03-03,100.00,100.00,EUR,"))
    result = remindr("try", ".", "--html", "-")
    assert head(result.out)["as_of"] == "2026-03-09"
    assert "invoices-2026-03-02.csv: left out" in result.err
    assert remindr("try", ".", "-q").err == ""


# New customers are told 7 days before the due date, 3 days after it and, firmly, 10 days after it.
PAST = export(
    "A1,Oak,ap@oak.example,2026-04-05,2026-05-05,100.00,0.00,GBP,2026-05-10",
    "B1,Elm,ap@elm.example,2026-03-08,2026-04-07,200.00,0.00,GBP,2026-04-18",
    "C1,Fir,ap@fir.example,2026-03-01,2026-03-31,300.00,300.00,GBP,",
    "C2,Fir,ap@fir.example,2026-04-13,2026-05-13,400.00,400.00,GBP,",
    "D1,Ash,ap@ash.example,2026-04-20,2026-05-20,500.00,0.00,GBP,2026-05-19",
)


def with_disputes(text: str, *disputed: str) -> str:
    lines = text.splitlines()
    return "\n".join(
        [f"{lines[0]},Disputed", *(f"{one},{'yes' if one[:2] in disputed else ''}" for one in lines[1:]), ""]
    )


def test_the_days_before_are_replayed_with_what_came_of_them(remindr: Remindr, here: Path) -> None:
    """Oak hears on 28 April and 8 May, Elm on 31 March, 10 and 17 April, Fir on 6, 18 and 25 May, Ash on 13 May."""
    (here / "invoices.csv").write_text(with_disputes(PAST, "C1"))
    result = remindr("try", "invoices.csv", "--as-of", "2026-06-01")
    told = head((here / PAGE).read_text(encoding="utf-8"))["trial"]
    assert told["replay"][0] == (
        "From 3 March 2026 to 31 May 2026 the starter set would have sent 9 notices (9 e-mails) to 4 customers."
    )
    assert [(one["on"], one["name"], one["what"], one["because"]) for one in told["regretted"]] == [
        ("2026-04-17", "Elm", "firm e-mail, 200.00 GBP", "B1 was paid the next day"),
        ("2026-05-25", "Fir", "firm e-mail, 400.00 GBP", "they dispute C1 now"),
        ("2026-05-18", "Fir", "friendly e-mail, 400.00 GBP", "they dispute C1 now"),
        ("2026-05-08", "Oak", "friendly e-mail, 100.00 GBP", "A1 was paid 2 days later"),
    ]
    assert (
        "The 90 days before, replayed: 9 notices; 4 you might have regretted: 1 spoke firmly to somebody who paid by "
        "the next day, 2 went to customers with a dispute now, 1 crossed with a payment of the 3 days after."
    ) in result.out


def test_without_dates_of_payment_nothing_is_replayed(remindr: Remindr, here: Path) -> None:
    rows = [line.rsplit(",", 1)[0] for line in PAST.splitlines()]
    (here / "invoices.csv").write_text("\n".join([*rows, ""]))
    result = remindr("try", "invoices.csv", "--as-of", "2026-06-01")
    assert "cannot be replayed: without dates of payment" in result.out
    assert head((here / PAGE).read_text(encoding="utf-8"))["trial"]["regretted"] == []


@pytest.mark.parametrize("cut", ["2026-04-12", "2026-04-17", "2026-05-08"])
def test_a_replayed_day_knows_nothing_that_came_later(here: Path, cut: str) -> None:
    """What is paid or issued after a day changes nothing of what went out up to it."""
    (here / "now.csv").write_text(PAST)
    (here / "then.csv").write_text(as_it_was(PAST, cut))
    assert sent_until(cut, "now.csv") == sent_until(cut, "then.csv")
    assert sent_until(cut, "now.csv")


def as_it_was(text: str, cut: str) -> str:
    """What the same export would have said on an earlier day."""
    out = io.StringIO()
    rows = list(csv.DictReader(io.StringIO(text)))
    writer = csv.DictWriter(out, rows[0], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        if row["Paid Date"] > cut:
            row |= {"Paid Date": "", "Balance": row["Amount"]}
        if row["Invoice Date"] <= cut:
            writer.writerow(row)
    return out.getvalue()


def sent_until(cut: str, name: str) -> list[tuple[date, str, str]]:
    until = date.fromisoformat(cut)
    with trial([name], date(2026, 6, 1), "UTC") as tried:
        notices = list(contacts_since(tried.at, date(2026, 3, 3)))
    return [(one.as_of, one.customer.id, one.step) for one in notices if one.as_of <= until]


def test_folder_without_exports_is_told(remindr: Remindr, here: Path) -> None:
    (here / "invoices.csv").mkdir()
    refused = remindr("try", ".")
    assert refused.code == 1
    assert "the folder '.' has no CSV or XLSX file in it" in refused.err


def test_parts_of_one_list_are_looked_at_together(remindr: Remindr, here: Path) -> None:
    (here / "open.csv").write_text(export("1,Oak,,2026-02-01,2026-03-03,100.00,100.00,EUR,"))
    (here / "paid.csv").write_text(export("2,Oak,,2026-02-01,2026-03-03,100.00,0.00,EUR,"))
    (here / "people.csv").write_text("Customer,Email\nOak,ap@oak.example\n")
    for name in ("open.csv", "paid.csv"):
        os.utime(here / name, (1_795_000_000, 1_795_000_000))
    result = remindr("try", ".")
    assert result.code == 0, result.err
    assert "Read 2 invoices in EUR" in result.out
    assert "left out" not in result.err
    (here / "paid.csv").write_text((here / "paid.csv").read_text() + "1,Oak,,2026-02-01,2026-03-03,100.00,0.00,EUR,\n")
    os.utime(here / "paid.csv", (1_795_000_000, 1_795_000_000))
    refused = remindr("try", ".")
    assert refused.code == 1
    assert "nothing tells which is newer" in refused.err
