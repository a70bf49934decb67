"""The exports of the example are what its script writes, on every machine and every day."""

import csv
import subprocess
import sys
from pathlib import Path
from shutil import copytree

EXAMPLE = Path(__file__).parents[2] / "examples" / "quickstart"


def rows(name: str) -> list[dict[str, str]]:
    with (EXAMPLE / f"exports/{name}-2026-11-20.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_script_writes_the_exports_again_byte_by_byte(tmp_path: Path) -> None:
    copy = copytree(EXAMPLE, tmp_path / "quickstart")
    for export in (copy / "exports").iterdir():
        export.unlink()
    subprocess.run([sys.executable, "make_data.py"], cwd=copy, check=True)
    for export in (EXAMPLE / "exports").iterdir():
        assert (copy / "exports" / export.name).read_bytes() == export.read_bytes()


def test_the_example_is_as_large_and_varied_as_its_readme_says() -> None:
    invoices, customers = rows("invoices"), rows("customers")
    owed = [row for row in invoices if row["Type"] == "Invoice" and row["Status"] not in ("Void", "Draft")]
    assert len(owed) == 300
    assert sum(row["Type"] == "Credit Note" for row in invoices) == 4
    assert len(customers) == 40
    assert {row["Country"] for row in customers} == {"GB", "DE", "IE"}
    assert {row["Currency"] for row in invoices} == {"GBP", "EUR"}


def test_nobody_in_the_example_can_be_reached() -> None:
    addresses = [row["E-mail"] for row in rows("customers") if row["E-mail"]]
    assert all(address.endswith(".example") for address in addresses)
