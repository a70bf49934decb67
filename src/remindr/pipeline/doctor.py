"""Trying out everything that a run stands on, without running: one finding for each thing, whatever the others are."""

import platform
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from zoneinfo import ZoneInfo

from remindr.channels.outbox import try_outbox
from remindr.channels.transport import Fate
from remindr.core.addresses import mailbox
from remindr.errors import DataError, Problem, RemindrError
from remindr.journal.database import open_journal
from remindr.model.policy import Policy
from remindr.pipeline.guarded import invoice_rows, refused_by
from remindr.pipeline.sending import transport_of
from remindr.pipeline.station import station
from remindr.sources.book import load_book

MAILS = "e-mails"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing: in words if it is as it should be, and as problems if it is not."""

    name: str
    told: str
    problems: tuple[Problem, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether a run would not stumble over it."""
        return not self.problems


def examine(root: Path, policy: Policy, today: date, now: datetime) -> Iterator[Finding]:
    """Tries out one thing after the other; nothing is sent and nothing is recorded."""
    yield _tried("machine", lambda: _machine(policy, now))
    exports = _tried("exports", lambda: _exports(root, policy, today))
    journal = _tried("journal", lambda: _journal(root, policy))
    guards = _tried("guards", lambda: _guards(root, policy, today))
    yield exports
    yield _tried("outbox", lambda: _outbox(root, policy))
    yield journal
    if guards.is_well or guards.problems not in (exports.problems, journal.problems):
        yield guards
    yield _tried(MAILS, lambda: _mails(root, policy))


def send_test(root: Path, policy: Policy, address: str, now: datetime) -> str:
    """Sends a short e-mail to an address the way that reminders leave; what the server said. DataError if it cannot."""
    email, company = policy.project.delivery.email, policy.project.company
    if email.via == "files":
        what = "with via: files a person sends the e-mails, so there is nothing to try out"
        raise DataError(what, hint="write via: smtp under delivery: email")
    try:
        recipient = mailbox(address)
    except ValueError as error:
        raise DataError(str(error), hint="write the address alone: me@example.com") from None
    sender = mailbox(company.email)
    with tempfile.TemporaryDirectory(prefix="remindr-") as folder:
        file = Path(folder) / "test.eml"
        file.write_bytes(_test_mail(company.name, sender, recipient, now))
        transport = transport_of(email, company, root)
        transport.open()
        try:
            answer = transport.send(file, sender, recipient, lambda: None)
        finally:
            transport.close()
    if answer.fate is not Fate.ACCEPTED:
        hint = "the words are the mail server's; it may be asked what they mean"
        raise DataError(f"the test e-mail to {recipient} was not taken: {answer.told}", hint=hint)
    return answer.told


def _tried(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, look())
    except RemindrError as error:
        return Finding(name, "", error.problems)


def _machine(policy: Policy, now: datetime) -> str:
    zone = policy.project.company.timezone
    here = now.astimezone(ZoneInfo(zone))
    return f"Python {platform.python_version()} on {platform.system()}; in {zone} it is {here:%A, %Y-%m-%d %H:%M}"


def _exports(root: Path, policy: Policy, today: date) -> str:
    with load_book(root, policy.project, today=today, own=policy.columns) as book:
        rows = invoice_rows(book)
        return f"of {book.exported_on}, {rows:,} row{'' if rows == 1 else 's'} of invoices"


def _guards(root: Path, policy: Policy, today: date) -> str:
    with station(root, policy, today) as here:
        if refused := refused_by(here):
            raise RemindrError(refused)
        first = "; the first run that sends waits for an approval of its whole plan: remindr approve"
        return f"none refuses a run{first if here.first_live else ''}"


def _outbox(root: Path, policy: Policy) -> str:
    folder = policy.project.delivery.email.outbox
    try_outbox(root / folder)
    return f"{folder} can be written to"


def _journal(root: Path, policy: Policy) -> str:
    place = policy.project.journal_in_use
    with open_journal(place, root, create=False) as journal:
        last, in_doubt = journal.last_run(), len(journal.in_doubt())
    if in_doubt:
        what = "1 message is in doubt" if in_doubt == 1 else f"{in_doubt:,} messages are in doubt"
        raise RemindrError(Problem(what, hint="remindr uncertain lists them, and settles them"))
    return f"the last run was {last.run_id}" if last else "nothing was run yet"


def _mails(root: Path, policy: Policy) -> str:
    email = policy.project.delivery.email
    if email.via == "files":
        return "are written as drafts, which a person sends"
    transport = transport_of(email, policy.project.company, root)
    transport.open()
    transport.close()
    redirected = f"; all go to {email.redirect_all_to}" if email.redirect_all_to else ""
    if email.via == "command" or email.smtp is None:
        return f"leave through {email.command}, which is there{redirected}"
    host, port = email.smtp.address
    how = {"starttls": "encrypted (STARTTLS)", "implicit": "encrypted (TLS)", "none": "not encrypted"}[email.smtp.tls]
    signed_in = f", signed in as {email.smtp.user}" if email.smtp.user else ""
    return f"leave through {host}:{port}, {how}{signed_in}{redirected}"


def _test_mail(name: str, sender: str, recipient: str, now: datetime) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, recipient
    mail["Subject"] = "A test e-mail from remindr"
    mail["Date"], mail["Message-ID"] = format_datetime(now), make_msgid(domain=sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"Reminders of {' '.join(name.split())} leave the way this e-mail came.\n")
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
