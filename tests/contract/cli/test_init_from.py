"""`init --from`: a project around the exports that a person has, ready for check and preview at once."""

import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from remindr.cli import app

SAMPLES = Path(__file__).parents[2] / "packages"
EXPORTS = Path(__file__).parents[3] / "examples" / "quickstart" / "exports"
NAMES = sorted(folder.name for folder in SAMPLES.iterdir() if (folder / "expected.json").exists())
EITHER = (
    "Invoice Number,Customer,Invoice Date,Due Date,Amount,Balance\n"
    "A-1,Oak,01/02/2026,03/04/2026,120.00,120.00\n"
    "A-2,Elm,02/02/2026,05/04/2026,80.00,0.00\n"
)
OAK = "Invoice Number,Customer,Invoice Date,Due Date,Amount,Balance\nA-{},Oak,2026-10-01,2026-10-31,{}.00,{}.00\n"
HOME = ("--country", "GB")  # whose currency amounts that name none are in
Remindr = Callable[..., Any]


@pytest.fixture
def drop(tmp_path: Path) -> Callable[..., Path]:
    """A file as a browser leaves it in the folder of downloads."""

    def make(name: str, text: str) -> Path:
        folder = tmp_path / "downloads"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        return folder / name

    return make


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """The folder of the new project, which is not there yet."""
    return tmp_path / "reminders"


def sources(project: Path) -> dict[str, Any]:
    """What stands under `sources:`."""
    written = yaml.safe_load((project / "remindr.yaml").read_text("utf-8"))["sources"]
    assert isinstance(written, dict)
    return written


def needed(name: str) -> list[str]:
    """The settings that a sample cannot do without, as options."""
    more = SAMPLES / name / "sources.yaml"
    said = yaml.safe_load(more.read_text("utf-8")) if more.exists() else {}
    return [f"--set={key}={value}" for key, value in said.items()]


@pytest.mark.parametrize("name", NAMES)
def test_project_around_a_sample_can_be_checked_and_previewed_at_once(
    remindr: Remindr, started: Path, name: str
) -> None:
    files = [path for path in sorted((SAMPLES / name).iterdir()) if path.suffix in (".csv", ".xlsx", ".txt")]
    begun = remindr("init", started, "--from", *files, *needed(name), *HOME)
    assert begun.code == 0, begun.err
    assert remindr("check", "-C", started).code == 0
    assert remindr("preview", "-C", started).code == 0
    told = remindr("check", "-C", started, "--json").json["files"]
    assert {file["role"] for file in told} == {path.stem for path in files}


@pytest.mark.parametrize("name", [name for name in NAMES if needed(name)])
def test_what_a_sample_leaves_open_is_named_with_its_setting(remindr: Remindr, started: Path, name: str) -> None:
    refused = remindr("init", started, "--from", SAMPLES / name / "invoices.csv")
    assert refused.code == 2
    assert all(option.split("=")[1] in refused.err for option in needed(name))
    assert not started.exists()


def test_exports_are_copied_and_remindr_yaml_is_written_around_them(
    remindr: Remindr, started: Path, drop: Callable[..., Path]
) -> None:
    text = (SAMPLES / "xero-invoices" / "invoices.csv").read_text("utf-8")
    told = remindr("init", started, "--from", drop("SalesInvoices-20261120.csv", text), "-v")
    assert "exports/SalesInvoices-20261120.csv: invoices, Xero, Sales Invoices, copied from " in told.out
    assert "7 invoices of 5 customers in GBP and EUR" in told.out
    assert "under company: name, e-mail, country, time zone.\n     Customers read it" in told.out
    written = sources(started)
    assert (written["invoices"], written["format"]) == ("exports/SalesInvoices-*.csv", "xero")
    assert not {"customers", "dates", "decimals", "columns"} & written.keys()
    assert (started / "exports" / "SalesInvoices-20261120.csv").read_text("utf-8") == text


def test_export_of_tomorrow_is_read_without_a_change(
    remindr: Remindr, started: Path, drop: Callable[..., Path]
) -> None:
    remindr("init", started, "--from", drop("open 2026-11-20.csv", EITHER.replace("05/04", "25/04")), *HOME)
    (started / "exports" / "open 2026-11-21.csv").write_text(EITHER.replace("05/04", "26/04"), encoding="utf-8")
    assert remindr("check", "-C", started, "--json").json["files"][0]["file"] == "exports/open 2026-11-21.csv"


def test_several_files_as_a_shell_puts_them_behind_from(
    remindr: Remindr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`init reminders --from *.csv`; of two exports of a kind the newer one is taken."""
    shutil.copytree(EXPORTS, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    Path("invoices-2026-10-01.csv").write_bytes(Path("invoices-2026-11-20.csv").read_bytes())
    files = sorted(path.name for path in Path().iterdir())
    told = remindr("init", "--from", *files, "../reminders", "--currency", "GBP")
    assert told.code == 0, told.err
    assert (
        "note: invoices-2026-10-01.csv: left out, for invoices-2026-11-20.csv is the newer invoice export" in told.err
    )
    written = sources(tmp_path / "reminders")
    assert (written["invoices"], written["customers"]) == ("exports/invoices-*.csv", "exports/customers-*.csv")
    assert remindr("preview", "-C", "../reminders").code == 0


def test_export_that_is_in_the_folder_already_stays_where_it_is(
    remindr: Remindr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "20261120.csv").write_text(EITHER.replace("05/04", "25/04"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    told = remindr("init", "--from", "books/20261120.csv", *HOME, "--json").json
    assert told["files"] == [
        {"role": "invoices", "file": "books/20261120.csv", "pattern": "books/[0-9]*.csv", "copied_from": None,
         "format": None}
    ]  # fmt: skip
    assert list((tmp_path / "exports").iterdir()) == []
    assert remindr("check").code == 0


def test_json_tells_what_was_found_and_what_is_still_to_write(
    remindr: Remindr, started: Path, drop: Callable[..., Path]
) -> None:
    given = ("--name", "Quay", "--country", "IE", "--language", "en", "--set", "dates=day/month/year")
    told = remindr("init", started, "--from", drop("list.csv", EITHER), *given, "--json").json
    jsonschema.validate(told, remindr("schema", "--output").json["remindr.init/1"])
    assert told["settings"] == {"dates": "day/month/year"}
    assert (told["currency"], told["to_write"]) == ("EUR", ["email"])
    assert told["files"][0]["copied_from"].endswith("downloads/list.csv")


def test_dates_that_can_be_read_in_two_ways_are_refused_with_both_settings(
    remindr: Remindr, started: Path, drop: Callable[..., Path]
) -> None:
    refused = remindr("init", started, "--from", drop("list.csv", EITHER))
    assert refused.code == 2
    assert "can be read in two ways" in refused.err
    assert "add --set dates=day/month/year or --set dates=month/day/year" in refused.err
    assert not started.exists()


def ask(typed: str, *arguments: str | Path) -> Any:
    """A person at a terminal, without a terminal."""
    return CliRunner().invoke(app, ["init", *map(str, arguments), "--ask"], input=typed)


def test_order_of_day_and_month_is_asked_with_what_it_means(started: Path, drop: Callable[..., Path]) -> None:
    asked = ask("3\n2\n", started, "--from", drop("list.csv", EITHER), *HOME)
    assert asked.exit_code == 0
    assert "under 'Invoice Date': 01/02/2026, 02/02/2026" in asked.stderr
    assert "1  day/month/year  (01/02/2026 is 1 February 2026)" in asked.stderr
    assert "write a number from 1 to 2" in asked.stderr
    assert sources(started)["dates"] == "month/day/year"


def test_decimal_mark_is_asked(started: Path, drop: Callable[..., Path]) -> None:
    text = "Invoice Number;Customer;Due Date;Amount;Balance\nA-1;Oak;2026-04-03;1.154;1.154\n"
    asked = ask("2\n", started, "--from", drop("list.csv", text), *HOME)
    assert "2  comma  (1.154 is 1154)" in asked.stderr
    assert sources(started)["decimals"] == "comma"


def test_column_that_has_no_known_name_is_asked_with_two_of_its_cells(
    remindr: Remindr, started: Path, drop: Callable[..., Path]
) -> None:
    text = EITHER.replace("Due Date", "Settle Before").replace("Invoice Date", "Written up").replace("05/04", "25/04")
    asked = ask("1\n", started, "--from", drop("list.csv", text), *HOME)
    assert "no column for the due date" in asked.stderr
    assert "1  Settle Before: 03/04/2026, 25/04/2026\n" in asked.stderr
    assert sources(started)["columns"] == {"due_date": "Settle Before"}
    assert remindr("check", "-C", started).code == 0


def test_terms_are_asked_where_an_export_has_no_due_dates(remindr: Remindr, started: Path) -> None:
    asked = ask("soon\n14\n", started, "--from", SAMPLES / "harvest-invoices" / "invoices.csv")
    assert "From the invoice's date to its due date" in asked.stderr
    assert sources(started)["terms"] == "14 days"
    assert remindr("preview", "-C", started).code == 0


def test_nobody_answers_and_nothing_is_written(
    remindr: Remindr, started: Path, drop: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    refused = remindr("init", started, "--from", drop("list.csv", EITHER), "--ask")
    assert refused.code == 2
    assert "the input ended before the question was answered; nothing was written" in refused.err
    assert not started.exists()


def test_header_with_a_slip_is_written_down(remindr: Remindr, started: Path, drop: Callable[..., Path]) -> None:
    """It is read by its likeness today; tomorrow it shall be the same column or a mistake that is told."""
    text = EITHER.replace("Balance", "Outstanding Balanse").replace("05/04", "25/04")
    told = remindr("init", started, "--from", drop("list.csv", text), *HOME)
    assert sources(started)["columns"] == {"balance": "Outstanding Balanse"}
    assert "  in remindr.yaml: balance: Outstanding Balanse\n" in told.out


def test_project_that_is_there_is_never_overwritten(remindr: Remindr, quickstart: Path) -> None:
    before = {path: path.read_bytes() for path in quickstart.rglob("*") if path.is_file()}
    refused = remindr("init", quickstart, "--from", SAMPLES / "lago-invoices" / "invoices.csv")
    assert refused.code == 2
    assert "there is a project here already" in refused.err
    assert {path: path.read_bytes() for path in quickstart.rglob("*") if path.is_file()} == before


def test_another_file_of_the_same_name_is_never_overwritten(remindr: Remindr, started: Path) -> None:
    (started / "exports").mkdir(parents=True)
    (started / "exports" / "invoices.csv").write_text("mine", encoding="utf-8")
    refused = remindr("init", started, "--from", SAMPLES / "lago-invoices" / "invoices.csv")
    assert refused.code == 2
    assert "exports/invoices.csv: is there already, and init overwrites nothing" in refused.err
    assert [path.name for path in started.rglob("*")] == ["exports", "invoices.csv"]


def test_file_that_is_no_export_stops_with_nothing_written(
    remindr: Remindr, started: Path, drop: Callable[..., Path]
) -> None:
    refused = remindr("init", started, "--from", drop("birds.csv", "bird,colour\nrobin,red\nwren,brown\n"))
    assert refused.code == 1
    assert "birds.csv:1: no column for the invoice number" in refused.err
    assert not started.exists()


@pytest.mark.parametrize(
    ("option", "what"),
    [("date=day/month/year", "there is no field 'date'"), ("dates", "there is no value"), ("dates=dmy", "dates")],
)
def test_setting_that_means_nothing_is_told(
    remindr: Remindr, started: Path, drop: Callable[..., Path], option: str, what: str
) -> None:
    refused = remindr("init", started, "--from", drop("list.csv", EITHER), "--set", option)
    assert refused.code == 2
    assert what in refused.err
    assert not started.exists()


def test_customers_alone_are_no_project(remindr: Remindr, started: Path) -> None:
    refused = remindr("init", started, "--from", EXPORTS / "customers-2026-11-20.csv")
    assert refused.code == 1
    assert "name your list of invoices, too" in refused.err
    assert not started.exists()


def company(project: Path) -> dict[str, Any]:
    """What stands under `company:`."""
    written = yaml.safe_load((project / "remindr.yaml").read_text("utf-8"))["company"]
    assert isinstance(written, dict)
    return written


def at_once(*files: Path) -> tuple[Path, ...]:
    """Files that were copied or unpacked together: the clock does not tell which is newer."""
    for file in files:
        os.utime(file, (1_795_000_000, 1_795_000_000))
    return files


def test_currency_and_time_zone_are_those_of_the_country(
    remindr: Remindr, started: Path, drop: Callable[..., Path]
) -> None:
    told = remindr("init", started, "--from", drop("list.csv", OAK.format(1, 80, 80)), "--country", "DE")
    assert "As in DE: currency EUR, time zone Europe/Berlin\n" in told.out
    assert "1 invoice of 1 customer; no file names a currency, so their amounts count as EUR" in told.out
    assert (company(started)["currency"], company(started)["timezone"]) == ("EUR", "Europe/Berlin")
    assert "ignore_below: 10 EUR" in (started / "remindr.yaml").read_text("utf-8")


def test_bare_project_takes_them_from_the_country_too(remindr: Remindr, started: Path) -> None:
    told = remindr("init", started, "--country", "US", "--timezone", "America/Chicago")
    assert "As in US: currency USD\n" in told.out
    assert (company(started)["currency"], company(started)["timezone"]) == ("USD", "America/Chicago")


def test_no_currency_is_invented(remindr: Remindr, started: Path, drop: Callable[..., Path]) -> None:
    refused = remindr("init", started, "--from", drop("list.csv", OAK.format(1, 80, 80)))
    assert refused.code == 2
    assert "no file names a currency\n  hint: run it on a terminal and answer, or add --currency EUR" in refused.err
    assert not started.exists()


def test_one_of_several_currencies_of_a_country_is_asked_for(started: Path, drop: Callable[..., Path]) -> None:
    asked = ask("2\n", started, "--from", drop("list.csv", OAK.format(1, 80, 80)), "--country", "PA")
    assert "2  USD  (the currency of PA)" in asked.stderr
    assert company(started)["currency"] == "USD"


def test_currency_is_asked_for_on_a_terminal(started: Path, drop: Callable[..., Path]) -> None:
    asked = ask("money\neur\n", started, "--from", drop("list.csv", OAK.format(1, 80, 80)))
    assert "write its code of three letters" in asked.stderr
    assert company(started)["currency"] == "EUR"


def test_currency_of_the_files_is_told_beside_another_one_of_the_company(
    remindr: Remindr, started: Path, drop: Callable[..., Path]
) -> None:
    text = OAK.format(1, 80, 80).replace("Balance\n", "Balance,Currency\n").replace("80.00\n", "80.00,ZAR\n")
    told = remindr("init", started, "--from", drop("list.csv", text), "--currency", "GBP")
    assert "1 invoice of 1 customer in ZAR; your own currency is GBP\n" in told.out
    assert company(started)["currency"] == "GBP"


def test_dollars_are_those_of_the_country(remindr: Remindr, started: Path, drop: Callable[..., Path]) -> None:
    text = OAK.format(1, 80, 80).replace("Balance\n", "Balance,Currency\n").replace("80.00\n", "80.00,$\n")
    told = remindr("init", started, "--from", drop("list.csv", text), "--country", "CA")
    assert "1 invoice of 1 customer in CAD\n" in told.out


def test_parts_of_one_list_are_read_together(remindr: Remindr, started: Path, drop: Callable[..., Path]) -> None:
    files = at_once(drop("open.csv", OAK.format(1, 80, 80)), drop("paid.csv", OAK.format(2, 70, 0)))
    told = remindr("init", started, "--from", *files, *HOME)
    assert told.code == 0, told.err
    assert "invoices: one list in 2 files\n  from now on the newest exports/invoices/*.csv" in told.out
    assert "2 invoices of 1 customer" in told.out
    assert [path.name for path in sorted((started / "exports" / "invoices").iterdir())] == ["open.csv", "paid.csv"]
    assert [file["rows_read"] for file in remindr("check", "-C", started, "--json").json["files"]] == [1, 1]


def test_parts_that_are_in_the_folder_already_stay_there(
    remindr: Remindr, tmp_path: Path, drop: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once(drop("page (1).csv", OAK.format(1, 80, 80)), drop("page (2).csv", OAK.format(2, 70, 0)))
    monkeypatch.chdir(tmp_path)
    told = remindr("init", "--from", "downloads", *HOME)
    assert told.code == 0, told.err
    assert sources(tmp_path)["invoices"] == "downloads/page*.csv"


def test_two_files_of_which_nothing_tells_the_newer_are_asked_about(
    remindr: Remindr, started: Path, drop: Callable[..., Path]
) -> None:
    more = OAK.format(1, 80, 80) + "A-2,Elm,2026-10-01,2026-10-31,70.00,70.00\n"
    files = at_once(drop("a.csv", OAK.format(1, 80, 80)), drop("b.csv", more))
    refused = remindr("init", started, "--from", *files, *HOME)
    assert refused.code == 2
    assert "nothing tells which is newer" in refused.err
    assert "'A-1' is in both" in refused.err
    assert f"add --set invoices={files[1]} or --set invoices={files[0]}" in refused.err
    assert not started.exists()
    told = remindr("init", started, "--from", *files, *HOME, "--set", "invoices=b.csv")
    assert "2 invoices of 2 customers" in told.out
    assert "a.csv: left out, for" in told.err


def test_same_file_twice_is_read_once(remindr: Remindr, started: Path, drop: Callable[..., Path]) -> None:
    files = at_once(drop("list.csv", OAK.format(1, 80, 80)), drop("list (1).csv", OAK.format(1, 80, 80)))
    told = remindr("init", started, "--from", *files, *HOME)
    assert "list (1).csv: left out, for it is the same file as" in told.err
    assert sources(started)["invoices"] == "exports/list*.csv"


def test_folder_or_dead_link_with_the_name_of_an_export_is_named(
    remindr: Remindr, started: Path, drop: Callable[..., Path]
) -> None:
    folder = drop("list.csv", OAK.format(1, 80, 80)).parent
    (folder / "invoices.csv").mkdir()
    (folder / "b.csv").symlink_to(folder / "nowhere.csv")
    told = remindr("init", started, "--from", folder, *HOME)
    assert told.code == 0, told.err
    assert "invoices.csv: left out, for it is a folder" in told.err
    assert "b.csv: left out, for it is a link to a file that is not there" in told.err


def test_file_of_which_no_row_can_be_read_starts_nothing(
    remindr: Remindr, started: Path, drop: Callable[..., Path]
) -> None:
    text = OAK.format(1, 80, 80).replace("2026-10-01", "46266").replace("2026-10-31", "46296")
    refused = remindr("init", started, "--from", drop("list.csv", text), *HOME)
    assert refused.code == 1
    assert "list.csv: not one row can be read" in refused.err
    assert "list.csv:2: '46266' under 'Invoice Date': not a date, but the number a spreadsheet counts" in refused.err
    assert not started.exists()


def test_header_that_no_file_has_is_told_with_the_near_one(
    remindr: Remindr, started: Path, drop: Callable[..., Path]
) -> None:
    file = drop("list.csv", OAK.format(1, 80, 80))
    refused = remindr("init", started, "--from", file, *HOME, "--set", "invoice_id=Invoice Numbr")
    assert refused.code == 2
    assert "there is no header 'Invoice Numbr'\n  hint: did you mean 'Invoice Number'?" in refused.err


def test_language_without_templates_is_told(remindr: Remindr, started: Path) -> None:
    assert "the templates are in English" in remindr("init", started, "--language", "de").err
    assert "dates and amounts as in German" in remindr("init", started.parent / "two", "--language", "de-AT").err
    assert "English" not in remindr("init", started.parent / "three", "--language", "en-IE").err


def test_words_that_leave_out_every_row_are_told_with_the_setting(
    remindr: Remindr, started: Path, drop: Callable[..., Path]
) -> None:
    text = OAK.format(1, 80, 80).replace("Balance\n", "Balance,Status\n").replace("80.00\n", "80.00,Draft\n")
    file = drop("list.csv", text)
    assert "--set status=)" in remindr("init", started, "--from", file, *HOME).err
    told = remindr("init", started, "--from", file, *HOME, "--set", "status=")
    assert 'in remindr.yaml: status: ""\n' in told.out
