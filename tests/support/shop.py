"""A small shop: a project with seven notices over e-mail, calls and letters, and what runs leave behind in it."""

import csv
import io
import re
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

from remindr.project.starter import starter_files

# A Thursday, on which calls are made, and in the past wherever the clock stands.
DAY = "2025-03-13"

SETTINGS = """\
version: 1
company:
  name: Harbour & Finch Ltd
  email: accounts@harbourfinch.example
  currency: GBP
  timezone: Europe/London
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
_WANTED = ("welcome", "welcome.yaml", "_any", "_parts")


def open_shop(root: Path, *, customers: str = CUSTOMERS, invoices: str = INVOICES) -> Path:
    """Makes the project in a new folder, with the starter set's words."""
    files = {path: text for path, text in starter_files() if path.parts[1] in _WANTED}
    exports = {f"exports/customers-{DAY}.csv": customers, f"exports/invoices-{DAY}.csv": invoices}
    for path, text in {**files, **exports, "remindr.yaml": SETTINGS}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def run_arguments(root: Path) -> list[str]:
    """What comes after `remindr` to run the shop's day."""
    return ["run", "-C", str(root), "--as-of", DAY]


def run_command(root: Path) -> list[str]:
    """The shop's day as a process of its own."""
    return [sys.executable, "-m", "remindr", *run_arguments(root)]


def delivered(root: Path) -> list[tuple[str, bytes]]:
    """Every file that people see in the outbox: its place in its run's folder, and what is in it."""
    folders = [path for path in (root / "outbox").glob("*") if not path.name.startswith(".")]
    files = [(file.relative_to(folder), file) for folder in folders for file in folder.rglob("*") if file.is_file()]
    return sorted((place.as_posix(), file.read_bytes()) for place, file in files)


def notices(root: Path) -> Counter[str]:
    """How often each notice is in the outbox: Message-IDs, keys of calls, names of letters."""
    found = Counter[str]()
    for place, content in delivered(root):
        if place.endswith(".eml"):
            found.update(re.findall(rb"(?m)^Message-ID: .*$", content)[0].decode().split()[1:])
        elif place.endswith(".csv"):
            rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
            found.update(row["key"] for row in rows)
        else:
            found[place.rpartition("-")[2]] += 1
    return found


def places(root: Path) -> list[str]:
    """Everything there is in the project, with each run's folder named alike; hidden things, too."""
    below = (path.relative_to(root).as_posix() for path in root.rglob("*"))
    return sorted(re.sub(rf"^outbox/{DAY}-\d+", "outbox/RUN", place) for place in below)


def states(root: Path) -> dict[str, str]:
    """Where each run's delivery stands by the journal; empty without a journal or a delivery in it."""
    return dict(_ask(root, f"SELECT target, {_NEWEST} FROM deliveries AS of_which"))


def sent(root: Path) -> list[str]:
    """The keys of all notices in force; each is asserted to be in a delivery that is `sent`, the others abandoned."""
    rows = _ask(root, f"SELECT key, voided, {_NEWEST} FROM notices JOIN deliveries AS of_which ON of_which.id = delivery_id")
    assert {state for _, voided, state in rows if not voided} <= {"sent"}
    assert {state for _, voided, state in rows if voided} <= {"abandoned"}
    return sorted(key for key, voided, _ in rows if not voided)


_NEWEST = "(SELECT state FROM delivery_states WHERE delivery_id = of_which.id ORDER BY ordinal DESC LIMIT 1)"


def _ask(root: Path, question: str) -> list[tuple[str, ...]]:
    journal = root / ".remindr" / "journal.db"
    if not journal.exists():
        return []
    with closing(sqlite3.connect(journal)) as connection:
        return connection.execute(question).fetchall()
