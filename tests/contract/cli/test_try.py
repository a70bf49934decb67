"""`try`: a first look at exports without a project, that leaves one page and nothing else behind."""

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
    told = head(remindr("try", "open.csv", "--as-of", "2026-06-01", "--html", "-").out)["trial"]
    text = "\n".join(told["unknown"])
    assert "there is no date of payment" in text
    assert "The e-mail addresses of 1 of 1 customers who owe" in text
    assert "USD is taken for it" in text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nothing.csv", None, "there is no file 'nothing.csv'"),
        ("picture.csv", "\x89PNG\0\0", "this is a picture"),
        ("empty.csv", "", "the file is empty"),
        ("notes.csv", "Just some words\nand more of them\n", "no table was found"),
        ("list.csv", "Colour,Shape\nred,round\n", "no column for the invoice number"),
        ("lacking.csv", "Invoice Number,Customer,Total\n1,Oak,100.00\n", "no column for the due date"),
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
