"""A few cells of a file, to show what is meant when a person is asked about its columns."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from remindr.sources.dialect import find_dialect
from remindr.sources.private import PrivateFolder
from remindr.sources.snapshot import take_snapshot

SHOWN: Final = 2
_LOOKED_AT: Final = 500


def cells_under(file: Path, headers: Sequence[str], timezone: str) -> Mapping[str, tuple[str, ...]]:
    """The first two different cells under each of the headers; fewer where a column has no more."""
    found: dict[str, list[str]] = {header: [] for header in headers}
    with PrivateFolder() as folder:
        snapshot = take_snapshot(file, file.name, Path(folder), timezone)
        dialect = find_dialect(snapshot, "invoices", {})
        with snapshot.path.open(encoding="utf-8", newline="") as lines:
            reader = csv.reader(lines, delimiter=dialect.delimiter, skipinitialspace=True)
            for number, cells in enumerate(reader):
                if number >= dialect.header_row + _LOOKED_AT:
                    break
                if number >= dialect.header_row:
                    _note(found, dict(zip(dialect.headers, cells, strict=False)))
    return {header: tuple(cells) for header, cells in found.items()}


def _note(found: Mapping[str, list[str]], row: Mapping[str, str]) -> None:
    for header, seen in found.items():
        cell = row.get(header, "").strip()
        if cell and cell not in seen and len(seen) < SHOWN:
            seen.append(cell)
