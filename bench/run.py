"""Measures whole processes against the yardstick, on the same files in the same run.

    python bench/run.py --baseline-python .venv-bench/bin/python 10k 100k

Programs take turns, medians are shown. CPU seconds are user and system time of the process and its children. The
table goes to the screen, every single figure to build/bench.json.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

from make_book import INVOICES_EACH, make_book

ROOT = Path(__file__).parents[1]
SCRATCH = ROOT / "build" / "bench"
PLACES = SCRATCH / "places"  # emptied at the very end: some file systems are slow to make files after deleting many
AS_OF = date(2026, 11, 20)
SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}
ALONGSIDE = ("remindr", "duckdb", "sqlalchemy", "jinja2", "pydantic")


@dataclass(frozen=True)
class Cost:
    """What one process cost, and how many notices it wrote."""

    cpu: float
    wall: float
    peak_mb: float
    notices: int = 0


@dataclass
class Program:
    """Something to measure. `prepare` makes a workplace ready and says the command, `notices` counts what it wrote."""

    name: str
    prepare: Callable[[Path], list[str]]
    notices: Callable[[Path], int] = lambda _: 0
    costs: list[Cost] = field(default_factory=list)

    def run(self) -> None:
        place = Path(tempfile.mkdtemp(prefix=f"{self.name}-", dir=PLACES))
        cost = measure(self.prepare(place))
        self.costs.append(replace(cost, notices=self.notices(place)))

    def median(self, of: str) -> float:
        return float(statistics.median(getattr(cost, of) for cost in self.costs))


def measure(command: list[str]) -> Cost:
    """Runs a command to its end, silently; a failure ends the benchmark with what it said."""
    log = SCRATCH / "log.txt"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    to_log = [(os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o644), (os.POSIX_SPAWN_DUP2, 1, 2)]
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=to_log)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - started
    if status:
        sys.exit(f"{' '.join(command)}\nended with {os.waitstatus_to_exitcode(status)}:\n{log.read_text()[-2000:]}")
    bytes_of_maxrss = 1 if sys.platform == "darwin" else 1024
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * bytes_of_maxrss / 1e6)


def book_of(size: str) -> Path:
    """The folder with the book of that size, made when it is missing."""
    folder = SCRATCH / f"book-{size}"
    if not (folder / "made").exists():
        make_book(SIZES[size] // INVOICES_EACH, AS_OF, folder)
        (folder / "made").touch()
    return folder


def baseline(python: Path, book: Path) -> Program:
    script = ROOT / "bench" / "baseline.py"
    start = [str(python), str(script), str(book / "invoices.csv"), str(book / "customers.csv")]
    return Program(
        "script",
        lambda place: [*start, str(place), AS_OF.isoformat()],
        lambda place: sum(1 for _ in place.glob("*.eml")),
    )


def remindr(program: Path, book: Path) -> Program:
    def prepare(project: Path) -> list[str]:
        start_project(program, project, book)
        return [str(program), "run", "-C", str(project), "--as-of", AS_OF.isoformat()]

    return Program("remindr", prepare, lambda project: notices_in(project / "outbox"))


def start_project(program: Path, project: Path, book: Path) -> None:
    """What `remindr init` makes, on the exports of a book; their names tell the day they were made."""
    company = ["--name", "Harbour & Finch Ltd", "--email", "accounts@harbourfinch.example", "--currency", "EUR"]
    subprocess.run([program, "init", project, *company], check=True, stdout=subprocess.DEVNULL)
    exports = project / "exports"
    exports.mkdir(exist_ok=True)
    for name in ("invoices", "customers"):
        (exports / f"{name}-{AS_OF}.csv").symlink_to(book / f"{name}.csv")


def notices_in(outbox: Path) -> int:
    """E-mails and calls; the project has no other channel."""
    emails = sum(1 for _ in outbox.glob("*/email/*.eml"))
    calls = sum(path.read_text().count("\n") - 1 for path in outbox.glob("*/calls.csv"))
    return emails + calls


def take_turns(programs: list[Program], repeats: int) -> None:
    for _ in range(repeats):
        for program in programs:
            program.run()


def usual_repeats(invoices: int) -> int:
    """Fewer for large books, whose figures vary less and take minutes."""
    return 5 if invoices <= SIZES["10k"] else 3 if invoices <= SIZES["100k"] else 1


def rows_of(size: str, programs: list[Program]) -> list[tuple[str, ...]]:
    yardstick = next((program.median("cpu") for program in programs if program.name == "script"), None)
    rows: list[tuple[str, ...]] = []
    for program in programs:
        cpu, notices = program.median("cpu"), program.median("notices")
        rows.append(
            (
                size,
                program.name,
                f"{notices:,.0f}" if notices else "",
                f"{cpu:.2f}",
                f"{program.median('wall'):.2f}",
                f"{program.median('peak_mb'):,.0f}",
                f"{1e6 * cpu / notices:,.0f}" if notices else "",
                f"{cpu / yardstick:.3f}" if yardstick else "",
            )
        )
    return rows


def print_table(rows: list[tuple[str, ...]]) -> None:
    header = ("invoices", "program", "notices", "CPU s", "wall s", "peak MB", "CPU µs/notice", "of script")
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    for row in [header, *rows]:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))


def write_figures(measured: dict[str, list[Program]]) -> Path:
    path = ROOT / "build" / "bench.json"
    figures = {
        "as_of": AS_OF.isoformat(),
        "python": platform.python_version(),
        "machine": platform.platform(),
        "cpus": os.cpu_count(),
        "versions": {name: version(name) for name in ALONGSIDE},
        "runs": [
            {"invoices": size, "program": program.name, **asdict(cost)}
            for size, programs in measured.items()
            for program in programs
            for cost in program.costs
        ],
    }
    path.write_text(json.dumps(figures, indent=2) + "\n")
    return path


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure remindr against the yardstick.")
    parser.add_argument("sizes", nargs="*", default=["10k", "100k"], help=f"any of {', '.join(SIZES)}")
    parser.add_argument("--repeats", type=int, help="default: 5 up to 10k invoices, 3 up to 100k, 1 beyond")
    parser.add_argument("--book", type=Path, help="measure on this folder's customers.csv and invoices.csv instead")
    parser.add_argument("--remindr", type=Path, default=Path(sys.executable).with_name("remindr"))
    parser.add_argument("--baseline-python", type=Path, help="a Python with pandas and Jinja; without it no yardstick")
    given = parser.parse_args()
    if unknown := set(given.sizes) - set(SIZES):
        parser.error(f"unknown size {', '.join(unknown)}; known: {', '.join(SIZES)}")
    return given


def measure_all(given: argparse.Namespace) -> dict[str, list[Program]]:
    """The programs with their costs, by size of book."""
    books = {given.book.name: given.book.resolve()} if given.book else {size: book_of(size) for size in given.sizes}
    helped = Program("--help", lambda _: [str(given.remindr), "--help"])
    take_turns([helped], 5)
    measured = {"": [helped]}
    for size, book in books.items():
        programs = [baseline(given.baseline_python, book)] if given.baseline_python else []
        programs.append(remindr(given.remindr, book))
        take_turns(programs, given.repeats or usual_repeats(SIZES.get(size, 0)))
        measured[size] = programs
    return measured


def main() -> None:
    given = arguments()
    PLACES.mkdir(parents=True, exist_ok=True)
    try:
        measured = measure_all(given)
    finally:
        shutil.rmtree(PLACES)
    print_table([row for size, programs in measured.items() for row in rows_of(size, programs)])
    print(f"every figure: {write_figures(measured).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
