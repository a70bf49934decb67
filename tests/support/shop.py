"""A small shop: a project with seven notices over e-mail, calls and letters, and what runs leave behind in it."""

import csv
import io
import re
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

from projects import COMPANY, starter, write_files
from strace import Call, changes, watch

from remindr.cli import run_app

# A Thursday, on which calls are made, and in the past wherever the clock stands.
DAY = "2025-03-13"

SETTINGS = (
    COMPANY
    + """\
sources:
  invoices: exports/invoices*.csv
  customers: exports/customers*.csv
segments:
  - name: everybody
    default: true
    sequence: welcome
calls:
  on: tue, thu
"""
)
CUSTOMERS = """\
Customer Number,Customer Name,Email,Phone,Address,Preferred Channel
01,Oak & Sons,ap@oak.example,+44 20 7946 0001,"1 Oak Lane, Leeds",
02,Zoë's Books,zoe@books.example,,"2 Elm Lane, Leeds",
03,Ring Ltd,ap@ring.example,+44 20 7946 0003,"3 Ash Lane, Leeds",phone
04,Paper Ltd,,,"4 Fir Lane, Leeds",letter
05,Late & Co,pay@late.example,+44 20 7946 0005,"5 Yew Lane, Leeds",
06,Soon Ltd,ap@soon.example,,"6 Bay Lane, Leeds",
07,Bell Ltd,ap@bell.example,+44 20 7946 0007,"7 Box Lane, Leeds",phone
"""
INVOICES = """\
Invoice Number,Customer Number,Customer Name,Invoice Date,Due Date,Amount,Balance,Currency
0001,01,Oak & Sons,2025-01-20,2025-02-19,120.00,120.00,GBP
0002,01,Oak & Sons,2025-02-01,2025-03-03,80.00,80.00,GBP
0003,01,Oak & Sons,2025-02-17,2025-03-19,60.00,60.00,GBP
0004,02,Zoë's Books,2025-01-20,2025-02-28,"1,120.00","1,120.00",GBP
0005,02,Zoë's Books,2025-01-21,2025-03-01,20.00,20.00,EUR
0006,03,Ring Ltd,2025-01-20,2025-02-24,220.00,220.00,GBP
0007,04,Paper Ltd,2025-01-20,2025-02-24,320.00,320.00,GBP
0008,05,Late & Co,2024-12-20,2025-01-20,420.00,420.00,GBP
0009,06,Soon Ltd,2025-02-17,2025-03-18,60.00,60.00,GBP
0010,07,Bell Ltd,2025-01-17,2025-02-02,60.00,60.00,GBP
"""
NOTICES = 7
LATER = "2025-03-20"  # a calling day, too: more is due to most of them, and the journal is there already

# What a run writes into its journal's log, in order. Each ends with a call that brings it to disk.
TRANSACTIONS = ("head", "export", "claim", "committing", "sent", "end of run")

_RUN = re.compile(r"^outbox/\d{4}-\d\d-\d\d-\d+")

# SQLite takes the other columns from the row that has the greatest ordinal.
_STANDS = "WITH stands AS (SELECT delivery_id, state, max(ordinal) FROM delivery_states GROUP BY delivery_id) "


def open_shop(root: Path, *, customers: str = CUSTOMERS, invoices: str = INVOICES, journal: str = "") -> Path:
    """Makes the project in a new folder, with the starter set's words; its journal in the usual place or at a URL."""
    settings = SETTINGS + (f"journal: {journal}\n" if journal else "")
    write_files(root, starter("welcome", "_any", "_parts") | {"remindr.yaml": settings})
    return export_to(root, DAY, customers=customers, invoices=invoices)


def export_to(root: Path, day: str, *, customers: str = CUSTOMERS, invoices: str = INVOICES) -> Path:
    """The project with the exports of a day, too."""
    return write_files(root, {f"exports/customers-{day}.csv": customers, f"exports/invoices-{day}.csv": invoices})


def open_later(root: Path) -> Path:
    """Makes the project in a new folder as it is before the later day's run."""
    assert run_app(run_arguments(open_shop(root))) == 0
    return export_to(root, LATER)


def run_arguments(root: Path, day: str = DAY) -> list[str]:
    """What comes after `remindr` to run the shop's day."""
    return ["run", "-C", str(root), "--as-of", day]


def run_command(root: Path, day: str = DAY) -> list[str]:
    """The shop's day as a process of its own."""
    return [sys.executable, "-m", "remindr", *run_arguments(root, day)]


@dataclass(frozen=True)
class Left:
    """What runs have left in the project.

    `delivered` is every file that people see in the outbox, by its place in its run's folder. `places` is everything
    there is, hidden or not, with the runs' folders named alike. `claims` is what the journal says of every notice
    that is not given up: its key, and where it stands.
    """

    delivered: list[tuple[str, bytes]]
    places: list[str]
    claims: list[tuple[str, str]]

    @property
    def notices(self) -> Counter[str]:
        """How often each notice was delivered: Message-IDs, keys in the list of calls, hashes of letters."""
        return notices_of(self.delivered)


@dataclass(frozen=True)
class Undisturbed:
    """A run that nothing happened to: its day, the project before it, the calls that changed that, what they left."""

    day: str
    before: Path
    calls: list[Call]
    left: Left

    def again(self, root: Path) -> Path:
        """The project before the run, in a new folder."""
        return Path(shutil.copytree(self.before, root))


def undisturbed_run(before: Path, day: str) -> Undisturbed:
    """The run of a day on a copy of the project."""
    root = Path(shutil.copytree(before, before.with_name("undisturbed")))
    ended = watch(run_arguments(root, day), root.with_suffix(".log"))
    assert (ended.code, ended.err) == (0, "")
    return Undisturbed(day, before, changes(ended.calls, root), look(root))


def transaction(calls: list[Call], name: str) -> list[Call]:
    """Those of a run's calls that bring a transaction of the journal to disk."""
    log = [call for call in calls if "journal.db-wal" in call.told and call.name in ("pwrite64", "fdatasync")]
    ends = [number for number, call in enumerate(log, 1) if call.name == "fdatasync"]
    which = TRANSACTIONS.index(name)
    return log[ends[which - 1] : ends[which]]


def delivered(root: Path) -> list[tuple[str, bytes]]:
    """Every file that people see in the outbox, by its place in its run's folder."""
    files = [(file, file.relative_to(root / "outbox" / run)) for run in visible(root) for file in _below(root, run)]
    return sorted((place.as_posix(), file.read_bytes()) for file, place in files)


def notices_of(delivered: Iterable[tuple[str, bytes]]) -> Counter[str]:
    """How often each notice is in these files: Message-IDs, keys in the list of calls, hashes of letters."""
    found = Counter[str]()
    for place, content in delivered:
        if place.endswith(".eml"):
            found[message_from_bytes(content)["Message-ID"]] += 1
        elif place.endswith(".csv"):
            found.update(row["key"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        else:
            found[place.rpartition("-")[2]] += 1
    return found


def look(root: Path) -> Left:
    """What is there. It opens the journal, and so changes what a killed run has left."""
    claimed = _STANDS + "SELECT key, state, voided FROM notices NATURAL JOIN stands"
    return Left(
        delivered(root),
        sorted(_RUN.sub("outbox/RUN", str(path.relative_to(root))) for path in root.rglob("*")),
        sorted((key, state) for key, state, voided in ask(root, claimed) if not (voided and state == "abandoned")),
    )


def _below(root: Path, run: str) -> list[Path]:
    return [path for path in (root / "outbox" / run).rglob("*") if path.is_file()]


def visible(root: Path) -> list[str]:
    """The names of the folders that people see in the outbox."""
    return [path.name for path in (root / "outbox").glob("*") if not path.name.startswith(".")]


def states(root: Path) -> dict[str, str]:
    """Where each run stands by the journal; empty if nothing was claimed yet, or there is no journal."""
    return dict(ask(root, _STANDS + "SELECT run_id, state FROM deliveries JOIN stands ON id = delivery_id"))


def ask(root: Path, question: str) -> list[Any]:
    """The rows with which the journal answers; none without a journal."""
    journal = root / ".remindr" / "journal.db"
    if not journal.exists():
        return []
    with closing(sqlite3.connect(journal, isolation_level=None)) as connection:
        return connection.execute(question).fetchall()
