"""A reminded customer pays: thanks come once, on the next working day, and only when nothing reminded of is open."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from cases import FRIDAY, contact, customer, invoice, progress
from cases import policy as rules
from projects import COMPANY, starter, write_files

from remindr.core.calendar import Calendars
from remindr.core.thanks import PaidInvoice, thanks
from remindr.model.classification import Classification
from remindr.model.policy import Sequence
from remindr.model.terms import Level
from remindr.pipeline.everybody import all_told
from remindr.pipeline.run import RunOrder, run
from remindr.pipeline.station import station
from remindr.project.load import load_policy

SETTINGS = (
    COMPANY
    + """\
sources:
  invoices: exports/invoices*.csv
segments:
  - name: everybody
    default: true
    sequence: gentle
"""
)
HEAD = "Invoice,Customer,Email,Invoice Date,Due Date,Paid Date,Amount,Balance"
# Both are due on Tuesday, 3 March 2026; the first reminder goes on Monday, 9 March.
FIRST = "A-1,Oak,ap@oak.example,2026-02-03,2026-03-03,{},120.00,{}"
SECOND = "A-2,Oak,ap@oak.example,2026-02-03,2026-03-03,{},80.00,{}"
OTHER = "B-1,Elm,ap@elm.example,2026-02-03,2026-06-30,,10.00,10.00"  # keeps the export from being empty

Day = Callable[..., list[str]]


@pytest.fixture
def on(tmp_path: Path) -> Day:
    """Runs a day on what the export shows then; gives the subjects of the e-mails it wrote."""
    write_files(tmp_path, starter() | {"remindr.yaml": SETTINGS})
    (tmp_path / "exports").mkdir()

    def day(text: str, first_paid: str = "", second_paid: str = "", *also: str) -> list[str]:
        today = date.fromisoformat(text)
        rows = [FIRST.format(first_paid, "0.00" if first_paid else "120.00")]
        rows += [SECOND.format(second_paid, "0.00" if second_paid else "80.00"), OTHER, *also]
        (tmp_path / "exports" / f"invoices-{text}.csv").write_text("\n".join([HEAD, *rows]) + "\n")
        now = datetime(today.year, today.month, today.day, 8, tzinfo=UTC)
        outbox = run(tmp_path, load_policy(tmp_path).policy, today, RunOrder(now, "0")).summary.outbox
        files = sorted((tmp_path / outbox / "email").glob("*.eml")) if outbox else []
        return [str(message_from_bytes(file.read_bytes(), policy=policy.default)["Subject"]) for file in files]

    return day


def test_thanks_come_once_on_the_next_working_day(on: Day) -> None:
    assert on("2026-03-09") == ["A reminder about 2 invoices whose due dates have passed"]
    assert on("2026-03-13", "2026-03-13", "2026-03-12") == []
    assert on("2026-03-16", "2026-03-13", "2026-03-12") == ["Thank you: 2 invoices are settled"]
    assert on("2026-03-17", "2026-03-13", "2026-03-12") == []


def test_the_page_shows_thanks_to_somebody_who_owes_nothing(on: Day, tmp_path: Path) -> None:
    assert len(on("2026-03-09")) == 1
    assert on("2026-03-13", "2026-03-13", "2026-03-12") == []
    with station(tmp_path, load_policy(tmp_path).policy, date(2026, 3, 16), thorough=True) as at:
        told = {one.case.customer.id: one.case.notice for one in all_told(at)}
    assert told["Elm"] is None
    assert told["Oak"] is not None
    assert told["Oak"].purpose == "thank_you"


def test_no_thanks_while_something_reminded_of_is_open(on: Day) -> None:
    assert len(on("2026-03-09")) == 1
    assert on("2026-03-16", "2026-03-13") == []


def test_no_thanks_for_what_nobody_was_reminded_of(on: Day) -> None:
    assert on("2026-03-04", "2026-03-03", "2026-03-03") == []


def test_thanks_that_would_come_a_week_late_do_not_come(on: Day) -> None:
    assert len(on("2026-03-09")) == 1
    assert on("2026-03-23", "2026-03-13", "2026-03-12") == []


def test_thanks_do_not_come_beside_a_reminder(on: Day) -> None:
    """Everything that was reminded of is paid, but on the day of the thanks another invoice is due for its first."""
    third = "A-3,Oak,ap@oak.example,2026-02-06,2026-03-06,,40.00,40.00"
    assert len(on("2026-03-09", "", "", third)) == 1
    (subject,) = on("2026-03-13", "2026-03-12", "2026-03-12", third)
    assert "thank" not in subject.casefold()


@pytest.mark.parametrize(
    ("reachable", "words", "channel"),
    [
        ({}, ("email", "sms"), "email"),
        ({"email": None, "phone": "+44 7700 900123"}, ("email", "sms"), "sms"),
        ({"email": None, "address": "1 Oak Lane, Leeds"}, ("email",), "letter"),
        ({"email": None, "phone": "+44 7700 900123"}, ("email",), None),
    ],
)
def test_who_has_no_e_mail_is_thanked_in_writing_or_not_at_all(
    reachable: dict[str, str | None], words: tuple[str, ...], channel: str | None
) -> None:
    """Nobody is rung to be thanked."""
    templates = tuple(f"steady/thank-you.{one}" for one in words)
    rule = rules(templates=templates)
    thankful = {**rule.sequences["steady"].model_dump(), "thank_you": {"at": "1 working day after payment"}}
    rule = replace(rule, sequences={"steady": Sequence.model_validate(thankful)})
    monday, paid = date(2026, 11, 23), PaidInvoice(invoice(due=date(2026, 11, 2)), FRIDAY)
    reminded = progress(contact("first", Level.FRIENDLY, date(2026, 11, 5)))
    everybody = Classification("C1", "steady", (), monday)
    notice = thanks(rule, customer(**reachable), everybody, [paid], reminded, monday, Calendars(rule.project).home)
    assert (notice.channels if notice else None) == (channel and (channel,))
