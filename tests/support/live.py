"""The small shop with e-mails that leave by themselves: on its day, to a mail server of tests."""

import io
import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from mailserver import as_yaml
from shop import CUSTOMERS, DAY, INVOICES, SETTINGS, ask, export_to, open_shop

from remindr.cli import run_app

MAILS = 4  # of the shop's seven notices
OAK, ZOE, LATE, SOON = "ap@oak.example", "zoe@books.example", "pay@late.example", "ap@soon.example"

_STANDS = (
    "SELECT d.target, s.state, max(s.ordinal) FROM deliveries d JOIN delivery_states s ON s.delivery_id = d.id "
    "WHERE d.kind = 'email' GROUP BY d.id ORDER BY d.id"
)


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        """Everything."""
        return self.out + self.err


class LiveShop:
    """A project whose e-mails leave. Every command is one of its day, which can go on."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.today = date.fromisoformat(DAY)

    def remindr(self, *words: str) -> Said:
        """A command, on the shop's day."""
        moment = datetime(self.today.year, self.today.month, self.today.day, 8, tzinfo=UTC)
        with (
            time_machine.travel(moment, tick=True),
            redirect_stdout(io.StringIO()) as out,
            redirect_stderr(io.StringIO()) as err,
        ):
            code = run_app([words[0], "-C", str(self.root), *words[1:]])
        return Said(code, out.getvalue(), err.getvalue())

    def run(self, *words: str) -> Said:
        """A run."""
        return self.remindr("run", *words)

    def uncertain(self) -> list[dict[str, Any]]:
        """What is in doubt."""
        found: list[dict[str, Any]] = json.loads(self.remindr("uncertain", "--json").out)["notices"]
        return found

    def wait(self, days: int, *, invoices: str = INVOICES, customers: str = CUSTOMERS) -> None:
        """Lets days go by, with new exports at their end."""
        self.today += timedelta(days=days)
        export_to(self.root, self.today.isoformat(), invoices=invoices, customers=customers)

    def states(self) -> dict[str, list[str]]:
        """Where the e-mails of each notice stand by the journal, one for each time it was tried."""
        found: dict[str, list[str]] = {}
        for key, state, _ in ask(self.root, _STANDS):
            found.setdefault(key, []).append(state)
        return found


def live_settings(smtp: Mapping[str, Any], **email: Any) -> str:
    """remindr.yaml of the shop, for a mail server; `email` are other settings beside it."""
    return SETTINGS + as_yaml({"delivery": {"email": {"via": "smtp", "smtp": smtp, **email}}})


def open_live(root: Path, smtp: Mapping[str, Any], *, approved: bool = True, **email: Any) -> LiveShop:
    """Makes the project in a new folder; its first plan is approved."""
    shop = LiveShop(open_shop(root))
    (root / "remindr.yaml").write_text(live_settings(smtp, **email))
    if approved:
        assert shop.remindr("approve", "--all").code == 0
    return shop


def counted(message_ids: list[str]) -> Counter[str]:
    """How often each e-mail was taken."""
    return Counter(message_ids)


def to_address(address: str, *answers: str | None) -> Callable[[str, str], str | None]:
    """One answer after the other when this address is named."""
    left = list(answers)
    return lambda stage, said: left.pop(0) if stage == "rcpt" and address in said and left else None
