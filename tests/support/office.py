"""An office that uses remindr: an export a day, commands as people type them, and what the plan of a day says."""

import contextlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from projects import COMPANY, starter, write_files

from remindr.cli import run_app

SETTINGS = (
    COMPANY
    + """\
sources:
  invoices: exports/invoices*.csv
  max_age: 30 days
segments:
  - name: unreliable
    when: broken_promises >= 1
    sequence: firm
  - name: everybody
    default: true
    sequence: gentle
reminding:
  on: mon-fri
  holidays: GB-ENG
"""
)
_ASKING = """\
name: gentle
about: Two steps, the second only with a person's word.
tone: friendly
steps:
  - id: first
    at: 3 days after due
    by: email
    level: friendly
  - id: final
    at: 17 days after due
    by: email
    also: letter
    level: final
    approval: always
after_last: repeat final every 14 days, at most 1 times
"""
_OPEN = "Subject: Open\n\n{{ total }} is open. Payments are counted up to {{ counted_until }}."
_HEAD = "Invoice Number,Customer Number,Customer Name,Email,Phone,Invoice Date,Due Date,Amount,Balance,Currency\n"


@dataclass(frozen=True)
class Office:
    """A project whose customer Oak & Sons (007) owes what the newest export says."""

    root: Path

    def export(self, day: str, **balances: str) -> None:
        """The export of a day: what is open of each invoice of 1,000.00, all due on 2 November 2026."""
        rows = [
            f"{number},007,Oak & Sons,ap@oak.example,+442079460001,2026-10-03,2026-11-02,1000.00,{balance},GBP\n"
            for number, balance in balances.items()
        ]
        rows.append("Z9,008,Elm Ltd,ap@elm.example,,2026-10-03,2027-01-31,50.00,50.00,GBP\n")
        write_files(self.root, {f"exports/invoices-{day}.csv": _HEAD + "".join(rows)})

    def does(self, command: str, *more: str, on: str, code: int = 0) -> str:
        """What a command says on a day."""
        out, err = io.StringIO(), io.StringIO()
        arguments = [*command.split(), *more, "-C", str(self.root), "--as-of", on]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            assert run_app(arguments) == code, err.getvalue()
        return out.getvalue() + err.getvalue()

    def run(self, day: str, **balances: str) -> Mapping[str, int]:
        """The messages that the run of a day writes, by channel; on its own export if balances are given."""
        if balances:
            self.export(day, **balances)
        found: Mapping[str, int] = json.loads(self.does("run", "--json", on=day))["sent"]
        return found

    def plan(self, day: str) -> Any:
        """The plan of a day."""
        return json.loads(self.does("preview", "--json", on=day))

    def why_silent(self, day: str, invoice: str) -> str:
        """Why nothing is said about an invoice on a day, with the day on which that ends."""
        (skipped,) = [one for one in self.plan(day)["skipped"] if one["invoice_id"] == invoice]
        return "; ".join(f"{one['code']}: {one['detail']} (until {one['until']})" for one in skipped["blockers"])

    def flags(self, day: str) -> dict[str, str]:
        """The flags of a day with what they say."""
        return {flag["code"]: flag["detail"] for flag in self.plan(day)["flags"]}

    def metric(self, day: str, name: str) -> Any:
        """A figure of Oak & Sons on a day."""
        found = json.loads(self.does("segment 007 --json", on=day))["customers"]
        return found[0]["metrics"][name]


def open_office(root: Path, settings: str = SETTINGS) -> Office:
    """The project in a new folder."""
    return Office(write_files(root, starter() | {"remindr.yaml": settings}))


def open_asking_office(root: Path) -> Office:
    """Oak & Sons owe 1,000.00 each on two invoices of 2 November, and have had the first step.

    It went out on Monday, 9 November; the final one is due on the 23rd and waits for a person to approve it.
    """
    made = open_office(root)
    write_files(root, {"sequences/gentle.yaml": _ASKING, "templates/_any/any.email.j2": _OPEN})
    assert made.run("2026-11-09", A1="1000.00", A2="1000.00") == {"email": 1}
    made.export("2026-11-23", A1="1000.00", A2="1000.00")
    return made
