"""A project whose exports are full of hostile texts, and all that the commands write and print about it."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import time_machine
import xlsxwriter
from hostile import ADDRESSES, EVERY, KINDS
from mailserver import MailServer, hang_up
from projects import COMPANY, starter, write_files

from remindr.channels.gate import NotReleased
from remindr.cli import run_app

DAY = "2025-03-13"  # a Thursday, on which calls are made
AS_OF = ("--as-of", DAY)
_TODAY_ONLY = ("doctor", "forget")  # commands that know no other day
OTHERS = ("phone", "text", "letter")
HEADERS = [
    "From", "Reply-To", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "X-Unsent",
    "Content-Type",
]  # fmt: skip  # of a draft
_HUGE = 20_000  # beyond that one route is enough

SETTINGS = (
    COMPANY
    + """\
  pay_link: "https://pay.harbourfinch.example/{invoice_id}"
sources:
  invoices: exports/invoices*.csv
  customers: exports/customers*.csv
  max_age: 3000 days
segments:
  - name: everybody
    default: true
    sequence: plain
traits:
  known: industry is Trade
flags:
  odd: open_amount > 0
calls:
  on: mon-fri
"""
)
SEQUENCE = """\
name: plain
about: One step.
tone: plain
steps:
  - id: first
    at: 3 days after due
    by: preferred
    level: friendly
"""
# Says everything of a customer that a template can say.
WORDS = """\
Dear {{ customer.name }},

{{ customer.id }} / {{ customer.email }} / {{ customer.phone }} / {{ customer.address }} / {{ customer.country }} /
{{ customer.language }} / {{ greeting }} / {{ instead }} / {{ invoice.id }} / {{ invoice.pay_link }} /
{% for one in invoices %}{{ one.id }} {{ one.balance }}{% endfor %}

Pay here: {{ invoice.pay_link }}
"""
TEMPLATES = {
    "templates/plain/first.email.j2": "Subject: {{ customer.name }} {{ invoice.id }}\n\n"
    f"{WORDS}\n{{{{ invoice_table }}}}\n\nPayments are counted up to {{{{ counted_until }}}}.\n",
    "templates/plain/first.call.j2": WORDS,
    "templates/plain/first.sms.j2": WORDS,
}
CUSTOMERS = (
    "Customer Number", "Customer Name", "Email", "Phone", "Address", "Preferred Channel", "Industry", "Tags",
    "Account Owner",
)  # fmt: skip
INVOICES = (
    "Invoice Number", "Customer Number", "Customer Name", "Invoice Date", "Due Date", "Amount", "Balance", "Currency",
    "Tags", "Note",
)  # fmt: skip


@dataclass(frozen=True)
class Guest:
    """A customer by one text: it stands in every field but those that lead to the channel."""

    text: str
    number: int
    route: str
    email: str | None = None

    @property
    def id(self) -> str:
        return f"{self.text} {self.number}"

    @property
    def mailbox(self) -> str:
        return f"ap{self.number}@oak.example"

    def customer(self) -> tuple[str, ...]:
        email = {"email": self.mailbox, "letter": ""}.get(self.route, self.text) if self.email is None else self.email
        phone = f"+44 20 7946 {self.number:04}" if self.route == "text" else self.text
        wish = self.text if self.route == "email" else self.route
        address = f"{self.text}\n{self.number} Oak Lane" if self.route == "letter" else self.text
        return self.id, self.text, email, phone, address, wish, self.text, self.text, self.text

    def invoice(self) -> tuple[str, ...]:
        amounts = ("2025-01-20", "2025-02-19", "120.00", "120.00", "GBP")
        return f"{self.text} No{self.number}", self.id, self.text, *amounts, self.text, self.text


@dataclass
class Siege:
    """The project, its guests, and what was printed: by command line, stdout and stderr."""

    root: Path
    guests: Sequence[Guest]
    printed: dict[str, tuple[str, str]] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    @property
    def outbox(self) -> Path:
        return self.root / "outbox" / f"{DAY}-1"

    def run(self, *arguments: str) -> str:
        """What a command prints to stdout; everything is remembered."""
        name = " ".join(arguments)
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        with redirect_stdout(out), redirect_stderr(err):
            self.codes[name] = run_app([*arguments, "-C", str(self.root), *(AS_OF * (arguments[0] not in _TODAY_ONLY))])
        said = []
        for stream in (out, err):
            stream.flush()
            said.append(_all(stream))
        self.printed[name] = (said[0], said[1])
        return said[0]

    def documents(self) -> Mapping[str, Any]:
        """What `--json` printed, read."""
        return {name: json.loads(out) for name, (out, _) in self.printed.items() if "--json" in name}

    def files(self) -> Iterator[Path]:
        """Every file of the outbox."""
        yield from (path for path in self.outbox.rglob("*") if path.is_file())


def _all(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def guests(texts: Sequence[str] = EVERY, addresses: Sequence[str] = ADDRESSES) -> list[Guest]:
    """Two guests for every text, one of them by e-mail and one by another channel; one for every hostile address."""
    invited: list[tuple[str, str, str | None]] = [(text, "email", None) for text in texts]
    invited += [(text, OTHERS[number % 3], None) for number, text in enumerate(texts) if len(text) < _HUGE]
    invited += [("Oak", "email", address) for address in addresses]
    return [Guest(text, number, route, email) for number, (text, route, email) in enumerate(invited)]


def besiege(root: Path, invited: Sequence[Guest], *, settings: str = SETTINGS, ending: str = "csv") -> Siege:
    """A project with these guests, in exports of that kind."""
    files = {"remindr.yaml": settings, "sequences/plain.yaml": SEQUENCE, **TEMPLATES}
    write_files(root, starter("_parts", "_any") | files)
    (root / "exports").mkdir()
    write_table(root / f"exports/customers-{DAY}.{ending}", [CUSTOMERS, *(one.customer() for one in invited)])
    write_table(root / f"exports/invoices-{DAY}.{ending}", [INVOICES, *(one.invoice() for one in invited)])
    return Siege(root, invited)


def write_table(file: Path, rows: Sequence[Sequence[str]]) -> None:
    """A CSV file with every cell in quotation marks, or a workbook with nothing but texts, by the file's name."""
    if file.suffix == ".csv":
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
        return
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet()
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                page.write_string(at, column, cell)


def endure(siege: Siege) -> Siege:
    """Every command that reads or writes, and those about one customer for one guest of each kind that matters."""
    page = siege.root.parent / "page.html"
    with time_machine.travel("2025-03-13T08:00:00Z", tick=False):
        siege.run("check", "-v")
        for command in ("segment", "preview"):
            siege.run(command)
            siege.run(command, "--json")
        siege.run("segment", "--csv")
        siege.run("preview", "--html", str(page))
        siege.run("run", "--json")
        siege.run("status", "--json")
        siege.run("status", "-v")
        siege.run("calls")
        siege.run("calls", "--csv", str(page.with_name("calls.csv")))
        siege.run("calls", "--xlsx", str(page.with_name("calls.xlsx")))
        for command, kind in (
            ("explain", "terminal"),
            ("preview", "markup"),
            ("segment", "terminal"),
            ("history", "markup"),
        ):
            guest = next((one for one in siege.guests if one.text == KINDS[kind][1]), siege.guests[0])
            siege.run(command, guest.id)
    return siege


def endure_the_rest(siege: Siege, server: MailServer) -> Siege:
    """What the others leave out: e-mails that leave, some of them into the unknown, notes, and what is taken back."""
    text = KINDS["terminal"][1]
    guest = next(one for one in siege.guests if one.text == text)
    word = ("--text", text, "--by", text)
    notes = [(DAY, one.id, "hold", "2025-04-13", one.text, one.text) for one in siege.guests]
    for name, kind in (("holds.xlsx", "hold"), ("seen.csv", "ack")):
        head = ("Date", "Customer", "Kind", "Until", "Text", "By")
        write_table(siege.root.parent / name, [head, *((day, who, kind, *rest) for day, who, _, *rest in notes)])
    server.after_data = lambda told, smtp: hang_up(told, smtp) if len(told.accepted) % 40 == 0 else "250 taken"
    with time_machine.travel("2025-03-13T08:00:00Z", tick=False):
        siege.run("run")
        siege.run("approve", "--all", "--by", text)
        siege.run("run", "--json")
        siege.run("uncertain")
        siege.run("uncertain", "--sent", "all", "--by", text)
        siege.run("notes", "import", str(siege.root.parent / "holds.xlsx"))
        siege.run("notes", "import", str(siege.root.parent / "seen.csv"))
        siege.run("note", guest.id, "hold", "--until", "2025-04-20", *word)
        siege.run("preview", "--json")
        siege.run("segment", "--json")
        siege.run("status", "-v")
        siege.run("doctor")
        siege.run("discard", str(next((siege.outbox / "letters").iterdir())), "--yes", *word)
        for command in ("segment", "explain", "history"):
            siege.run(command, guest.id, *("-v",) * (command != "segment"))
        siege.run("forget", guest.id, "--yes")
    return siege


class Careless:
    """A channel whose e-mails the gate does not release."""

    def __init__(self, *_: object) -> None: ...

    def add(self, _message: object) -> None:
        raise NotReleased("the head of the e-mail has lines that remindr does not write")

    def close(self) -> None: ...
