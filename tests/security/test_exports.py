"""No export fills the disk or the memory, and none is a program."""

import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hostile import EVERY, KINDS
from siege import INVOICES, Siege

from remindr.errors import RemindrError
from remindr.model.policy import Project
from remindr.sources.book import Book, load_book

HEAD = "Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance,Note\n"
GOOD = "INV-1,C1,Oak,ap@oak.example,2026-01-10,2026-02-09,120.00,120.00,\n"
Load = Callable[..., Book]


def row(note: str) -> str:
    return GOOD.replace(",\n", f",{note}\n").replace("INV-1", "INV-2")


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """The book of one file of that text, or of one that is there."""
    with ExitStack() as books:

        def read(content: str | None, name: str = "invoices.csv", **sources: Any) -> Book:
            if content is not None:
                (tmp_path / name).write_bytes(content.encode())
            written = {
                "version": 1,
                "company": {"name": "Quay", "email": "a@quay.example", "currency": "EUR", "timezone": "Europe/Berlin"},
                "sources": {"invoices": name, **sources},
                "segments": [{"name": "all", "default": True, "sequence": "gentle"}],
            }
            return books.enter_context(load_book(tmp_path, Project.model_validate(written), today=date(2026, 11, 20)))

        yield read


def count(book: Book) -> int:
    return int(book.connection.execute("SELECT count(*) FROM invoices").fetchall()[0][0])


def test_a_file_without_end_is_refused_by_its_size(tmp_path: Path, load: Load) -> None:
    """Five gigabytes of which the disk holds nothing: whoever read them would take minutes and fill a disk."""
    with (tmp_path / "invoices.csv").open("wb") as file:
        file.write((HEAD + GOOD).encode())
        file.truncate(5 * 1024**3)
    with pytest.raises(RemindrError, match="the file has 5120 MB; an export may have 512"):
        load(None)


def workbook(path: Path, *, sheet: bytes = b"", parts: int = 1) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        for number in range(parts):
            book.writestr(f"xl/worksheets/sheet{number}.xml", sheet)


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked(tmp_path: Path, load: Load) -> None:
    workbook(tmp_path / "invoices.xlsx", sheet=b" " * 80_000_000)
    assert (tmp_path / "invoices.xlsx").stat().st_size < 200_000
    with pytest.raises(RemindrError, match="the workbook unpacks to 76 MB in 2 parts"):
        load(None, "invoices.xlsx")


def test_a_workbook_of_ten_thousand_sheets_is_refused(tmp_path: Path, load: Load) -> None:
    workbook(tmp_path / "invoices.xlsx", parts=10_001)
    with pytest.raises(RemindrError, match="in 10,002 parts"):
        load(None, "invoices.xlsx")


def test_a_workbook_that_lies_about_its_size_is_no_workbook(tmp_path: Path, load: Load) -> None:
    workbook(tmp_path / "invoices.xlsx", sheet=b"<worksheet>" + b" " * 1_000_000 + b"</worksheet>")
    content = (tmp_path / "invoices.xlsx").read_bytes()
    lie = content.replace((1_000_023).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lie != content
    (tmp_path / "invoices.xlsx").write_bytes(lie)
    with pytest.raises(RemindrError):
        load(None, "invoices.xlsx")


ODD = {
    "a cell of 70 kB": (HEAD + GOOD + row("x" * 70_000).replace("C1", "x" * 70_000), 1),
    "a cell of 70 kB that nobody reads": (HEAD + row("x" * 70_000), 1),
    "a row of 3 MB": (HEAD + GOOD + row("x" * 3_000_000), 1),
    "a row of 9 MB": (HEAD + GOOD + row("x" * 9_000_000), 1),
    "a quotation mark that is never closed": (HEAD + GOOD + row('"x') + GOOD.replace("INV-1", "INV-3"), 2),
    "a quotation mark in a name": (HEAD + GOOD.replace("Oak", 'O"ak'), 1),
    "very many quotation marks": (HEAD + '"' * 1_000_000, None),
    "a NUL": (HEAD + row("a\0b"), None),
    "a million columns without names": (HEAD.replace("\n", "," * 10**6 + "\n") + GOOD, None),
    "a million columns": (",".join(f"c{n}" for n in range(10**6)) + "\n" + "1," * 10**6 + "\n", None),
    "nothing but line ends": ("\n" * 10**6, None),
    "one line": ("x" * 5_000_000, None),
    "one line of commas": ("," * 5_000_000, None),
    "an archive": ("PK\x05\x06" + "\0" * 18, None),
    "a compressed file": ("\x1f", None),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_read_in_part_or_refused_in_words(load: Load, name: str) -> None:
    text, rows = ODD[name]
    if rows is None:
        with pytest.raises(RemindrError):
            load(text)
        return
    book = load(text)
    assert count(book) == rows
    assert len(book.quarantined) <= 2
    for cell in book.quarantined:
        assert len(cell.value) < 1_000, "a cell that is told is cut"


def test_what_is_too_long_is_told(load: Load) -> None:
    assert [cell.reason for cell in load(ODD["a row of 9 MB"][0]).quarantined] == ["a row of more than 1 MB"]
    assert [cell.reason for cell in load(ODD["a cell of 70 kB"][0]).quarantined] == ["a cell of more than 64 kB"]


@pytest.mark.parametrize("ending", ["zip", "gz", "bz2", "xz", "tar"])
def test_no_archive_is_opened(tmp_path: Path, load: Load, ending: str) -> None:
    import bz2
    import gzip
    import io
    import lzma
    import tarfile

    text = (HEAD + GOOD).encode()
    packed: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
    if ending == "tar":
        held = io.BytesIO()
        with tarfile.open(fileobj=held, mode="w") as archive:
            entry = tarfile.TarInfo("invoices.csv")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
        content = held.getvalue()
    elif ending == "zip":
        with zipfile.ZipFile(tmp_path / "x", "w") as archive_:
            archive_.writestr("invoices.csv", text)
        content = (tmp_path / "x").read_bytes()
    else:
        content = packed[ending](text)
    (tmp_path / "invoices.csv").write_bytes(content)
    with pytest.raises(RemindrError):
        load(None)


# SQL

IDENTIFIERS = (
    """a"; COPY (SELECT 1) TO 'owned.csv' --""", "a'; ATTACH 'owned.db'; --", "x) AS y; DROP TABLE invoices; --",
    '"', "'", "select", 'a\\"; --', "/* x */", "$1", "?", "{x}", "%s",
)  # fmt: skip


@pytest.mark.parametrize("name", IDENTIFIERS)
def test_a_column_that_is_called_like_sql_is_only_a_column(tmp_path: Path, load: Load, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    text = HEAD.replace("Email", "Ref").replace("Note", quoted) + GOOD
    assert count(load(text)) == 1
    assert count(load(HEAD.replace("Invoice Number", quoted) + GOOD, columns={"invoice_id": name})) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["invoices.csv"]


@pytest.mark.parametrize(
    "name",
    ["x'),read_csv('other", "a'; DROP TABLE invoices; --", 'a"b', "a;b", "a$1", "a`id`", "--help", "a b", "a%s{0}"],
)
def test_a_file_that_is_called_like_sql_is_only_a_file(load: Load, name: str) -> None:
    assert count(load(HEAD + GOOD, f"{name}.csv")) == 1


REACHING = (
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM '{file}'",
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM glob('/etc/*')",
    "COPY (SELECT 1) TO '{file}.out'",
    "ATTACH '{file}.db'",
    "EXPORT DATABASE '{file}.d'",
    "IMPORT DATABASE '{file}.d'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SELECT * FROM read_csv('https://evil.example/x.csv')",
    "SET enable_external_access = true",
    "SET autoload_known_extensions = true",
    "SET lock_configuration = false",
    "RESET enable_external_access",
    "CREATE SECRET s (TYPE s3)",
)


@pytest.mark.parametrize("statement", REACHING)
def test_once_the_exports_are_read_no_query_reaches_any_file(tmp_path: Path, load: Load, statement: str) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    book = load(HEAD + GOOD)
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(duckdb.Error):
        book.connection.execute(statement.format(file=tmp_path / "other.csv")).fetchall()
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_the_tables_stand_after_every_text_that_is_sql(siege: Siege) -> None:
    document = siege.documents()["segment --json"]
    assert len(document["customers"]) == len({one.id for one in siege.guests}) > len(EVERY)
    assert len(INVOICES) == 10
    assert set(KINDS["sql"]) <= {one["customer_name"] for one in document["customers"]}


CHILD = """
import resource, sys
from datetime import date
from pathlib import Path
from remindr.model.policy import Project
from remindr.sources.book import load_book
written = {"version": 1, "company": {"name": "Q", "email": "a@q.example", "currency": "EUR",
    "timezone": "Europe/Berlin"}, "sources": {"invoices": "invoices.csv"}, "segments": [
    {"name": "all", "default": True, "sequence": "gentle"}]}
try:
    load_book(Path(sys.argv[1]), Project.model_validate(written), today=date(2026, 11, 20)).close()
except Exception as error:
    print(type(error).__name__)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_a_line_of_sixty_megabytes_is_not_held_in_memory(tmp_path: Path) -> None:
    text = HEAD + GOOD + row("x" * 60_000_000)
    (tmp_path / "invoices.csv").write_bytes(text.encode())
    done = subprocess.run([sys.executable, "-c", CHILD, str(tmp_path)], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 700, done.stdout  # of which DuckDB may take 400
