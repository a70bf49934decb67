"""An e-mail says on which day we will ring: the room is kept, the call is made once, and payment cancels it."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes
from email import policy as email_policy
from pathlib import Path
from typing import Any

import pytest
from cases import FRIDAY, contact, customer, decide, invoice, policy, progress, said
from projects import COMPANY, starter, write_files

from remindr.cli import run_app
from remindr.core.announced import CallDays
from remindr.core.calendar import Calendars
from remindr.core.schedule import Scheduler
from remindr.model.book import Account, Invoice
from remindr.model.classification import Classification
from remindr.model.outcome import AnnouncedCall, Progress
from remindr.model.plan import Notice
from remindr.model.policy import TemplateSource
from remindr.model.terms import Level
from remindr.pipeline.replay import contacts_since
from remindr.pipeline.run import RunOrder, run
from remindr.pipeline.station import station
from remindr.project.load import load_policy

MONDAY, TUESDAY = FRIDAY + timedelta(3), FRIDAY + timedelta(4)
STEPS: list[dict[str, Any]] = [
    {"id": "first", "at": "3 days after due", "by": "email", "then": "call", "level": "friendly"},
    {"id": "formal", "at": "6 days after due", "by": "email", "level": "formal"},
]
RULES = policy(STEPS, calls={"on": "tue, thu", "capacity": 1}, reminding={"ignore_below": "5 GBP"})
PHONE = "+44 20 7946 0018"


def announced(on: date, *numbers: str, said_on: date = FRIDAY - timedelta(4), key: str = "k") -> AnnouncedCall:
    return AnnouncedCall(key, on, said_on, "steady", "first", numbers or ("INV-1",))


def rung(
    *invoices: Invoice,
    told: AnnouncedCall,
    today: date,
    credit: str = "",
    rules: Any = RULES,
    **who: Any,
) -> Notice | None:
    """The announced call of a day about what is open then."""
    contacts = [contact("first", Level.FRIENDLY, told.said_on, number=number) for number in told.invoices]
    known = progress(*contacts)
    after = Progress(known.contacts, known.overdue_contact_days, announced=(told,))
    account = Account(customer(phone=PHONE, **who), invoices, {"GBP": Decimal(credit)} if credit else {})
    return Scheduler(rules, today).announced(account, Classification("C1", "steady", (), today), {}, after)


# The day that is told


def test_the_call_is_announced_for_the_next_calling_day() -> None:
    notice = decide(invoice(due=FRIDAY - timedelta(4)), policy=RULES, who=customer(phone=PHONE)).notice
    assert notice is not None
    assert notice.channels == ("email",)
    assert [(one.channel, one.on, one.step) for one in notice.follow_ups] == [("call", TUESDAY, "first")]
    assert notice.follow_ups[0].key != notice.key


def test_never_for_the_same_day() -> None:
    notice = decide(
        invoice(due=TUESDAY - timedelta(4)), policy=RULES, who=customer(phone=PHONE), today=TUESDAY
    ).notice  # fmt: skip
    assert notice is not None
    assert [one.on for one in notice.follow_ups] == [TUESDAY + timedelta(2)]


def test_without_a_phone_number_nothing_is_announced_and_the_reasons_say_so() -> None:
    notice = decide(invoice(due=FRIDAY - timedelta(4)), policy=RULES).notice
    assert notice is not None
    assert notice.follow_ups == ()
    assert notice.why[-1] == "no phone number on file, so no call is announced"


def test_whose_message_does_not_say_when_is_not_rung_and_the_reasons_say_so() -> None:
    text = TemplateSource("_any/any.sms", "templates/_any/any.sms.j2", "{{ total }} is open.")
    rules = replace(RULES, templates={**RULES.templates, "_any/any.sms": text})
    notice = decide(invoice(due=FRIDAY - timedelta(4)), policy=rules, who=customer(phone=PHONE, email=None)).notice
    assert notice is not None
    assert (notice.channels, notice.follow_ups) == (("sms",), ())
    assert notice.why[-1] == "the sms of 'first' does not say when we ring, so no call follows"


def test_only_the_leading_step_announces() -> None:
    formal, first = invoice(due=FRIDAY - timedelta(9)), invoice("INV-2", due=FRIDAY - timedelta(4))
    after = progress(contact("first", Level.FRIENDLY, FRIDAY - timedelta(6)))
    decision = decide(formal, first, policy=RULES, who=customer(phone=PHONE), after=after)
    assert said(decision) == ("formal", ["INV-1"])
    assert decision.notice is not None
    assert decision.notice.follow_ups == ()


def test_a_step_that_has_to_be_a_call_already_announces_none() -> None:
    only_a_phone = customer(phone=PHONE, email=None)
    rules = policy(STEPS, templates=("_any/any.email", "_any/any.call"))
    notice = decide(invoice(due=FRIDAY - timedelta(4)), policy=rules, who=only_a_phone).notice
    assert notice is not None
    assert notice.channels == ("call",)
    assert notice.follow_ups == ()


def test_a_day_that_is_full_of_announced_calls_is_told_to_nobody_else() -> None:
    notice = decide(invoice(due=FRIDAY - timedelta(4)), policy=RULES, who=customer(phone=PHONE)).notice
    assert notice is not None
    calendar = Calendars(RULES.project).home
    days = CallDays(RULES.project.calls, [announced(TUESDAY), announced(TUESDAY + timedelta(2))])
    told = [days.promise(notice, calendar).follow_ups[0].on for _ in range(2)]
    assert told == [TUESDAY + timedelta(7), TUESDAY + timedelta(9)]
    without_limit = CallDays(policy(STEPS).project.calls, [announced(TUESDAY)] * 9)
    assert without_limit.promise(notice, calendar).follow_ups[0].on == TUESDAY


# The day itself


def test_what_is_still_open_is_rung_about_and_takes_no_step() -> None:
    told = announced(TUESDAY, "INV-1", "INV-2", "PAID", said_on=FRIDAY)
    open_ = [invoice("INV-2", due=FRIDAY - timedelta(4)), invoice(due=FRIDAY - timedelta(4)), invoice("X", due=FRIDAY)]
    notice = rung(*open_, told=told, today=TUESDAY)
    assert notice is not None
    assert (notice.purpose, notice.key, notice.channels, notice.to) == ("announced_call", "k", ("call",), PHONE)
    assert [(line.invoice.id, line.step, line.level) for line in notice.invoices] == [
        ("INV-1", "first", 1),
        ("INV-2", "first", 1),
    ]
    assert notice.why[0] == "we said on 2026-11-20 that we would ring on 2026-11-24"


@pytest.mark.parametrize(
    "resting",
    [
        invoice(due=FRIDAY - timedelta(4), disputed=True),
        invoice(due=FRIDAY - timedelta(4), hold="talks"),
        invoice(due=FRIDAY - timedelta(4), balance="4"),
        invoice("ANOTHER", due=FRIDAY - timedelta(4)),
    ],
)
def test_nobody_is_rung_about_what_rests_or_is_paid(resting: Invoice) -> None:
    assert rung(resting, told=announced(TUESDAY), today=TUESDAY) is None


def test_nobody_is_rung_about_what_credit_covers_or_while_on_hold() -> None:
    open_ = invoice(due=FRIDAY - timedelta(4))
    assert rung(open_, told=announced(TUESDAY), today=TUESDAY, credit="100") is None
    assert rung(open_, told=announced(TUESDAY), today=TUESDAY, hold="flood") is None
    assert rung(open_, told=announced(TUESDAY), today=TUESDAY, do_not_contact=True) is None


def test_a_missed_call_is_made_on_the_next_calling_day_for_five_working_days() -> None:
    open_ = invoice(due=FRIDAY - timedelta(30))
    days = [TUESDAY + timedelta(number) for number in range(-1, 12)]
    made = [day for day in days if rung(open_, told=announced(TUESDAY), today=day)]
    assert made == [TUESDAY, TUESDAY + timedelta(2), TUESDAY + timedelta(7)]


def test_the_call_of_a_step_that_is_no_more_is_not_made() -> None:
    open_ = invoice(due=FRIDAY - timedelta(4))
    renamed = [{**STEPS[0], "id": "hello", "renamed_from": "first"}, STEPS[1]]
    notice = rung(open_, told=announced(TUESDAY), today=TUESDAY, rules=policy(renamed))
    assert notice is not None
    assert notice.step == "hello"
    assert rung(open_, told=announced(TUESDAY), today=TUESDAY, rules=policy(STEPS[1:])) is None


def test_the_sequence_goes_on_as_if_nothing_were_announced() -> None:
    known = progress(contact("first", Level.FRIENDLY, MONDAY - timedelta(6)))
    open_ = invoice(due=MONDAY - timedelta(9))
    waiting = Progress(known.contacts, known.overdue_contact_days, announced=(announced(TUESDAY),))
    for today in (MONDAY, TUESDAY, TUESDAY + timedelta(1)):
        assert decide(open_, policy=RULES, today=today, after=waiting) == decide(
            open_, policy=RULES, today=today, after=known
        )


# A project over several days

SETTINGS = (
    COMPANY
    + """\
sources:
  invoices: exports/invoices*.csv
segments:
  - name: large
    when: open_amount > 500
    sequence: rung
  - name: everybody
    default: true
    sequence: hybrid
calls:
  on: tue, thu
  capacity: 2
"""
)
HYBRID = """\
name: hybrid
about: We write and say when we will ring.
tone: plain
steps:
  - id: first
    at: 3 days after due
    by: email
    then: call
    level: friendly
  - id: ring
    at: 14 days after due
    by: call
    level: firm
"""
RUNG = """\
name: rung
about: We ring at once.
tone: plain
steps:
  - id: call
    at: 3 days after due
    by: call
    level: firm
"""
WORDS = """\
Subject: Invoice {{ invoice.id }}

{{ total }} is open.{% if call_on %} We will ring you on {{ call_on }}.{% endif %}

Payments are counted up to {{ counted_until }}.
"""
HEAD = "Invoice,Customer,Email,Phone,Invoice Date,Due Date,Paid Date,Amount,Balance"
DUE = date(2026, 3, 3)  # a Tuesday; the e-mails go on Friday the 6th, and calls are made on the 10th, 12th and 17th


@dataclass(frozen=True)
class Said:
    """What one run wrote: the e-mails' texts and the rows of the list of calls, by customer."""

    emails: dict[str, str]
    calls: dict[str, dict[str, str]]


Day = Callable[..., Said]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {"remindr.yaml": SETTINGS, "sequences/hybrid.yaml": HYBRID, "sequences/rung.yaml": RUNG}
    write_files(tmp_path, starter("_any", "_parts") | files | {"templates/hybrid/first.email.j2": WORDS})
    (tmp_path / "exports").mkdir()
    return tmp_path


def export(
    project: Path, today: str, owing: tuple[str, ...] = ("Oak",), paid: tuple[str, ...] = (), more: str = ""
) -> None:
    """What the accounting package shows that day: one invoice of each customer, a large one if the name says so."""
    rows = [HEAD, "Z-1,Zebra,ap@zebra.example,,2026-02-01,2026-06-30,,10.00,10.00"]
    for who in (*owing, *paid):
        amount = "900.00" if who.startswith("Big") else "120.00"
        on, balance = (today, "0.00") if who in paid else ("", amount)
        mail = f"ap@{who.lower()}.example"
        rows.append(f"{who}-1,{who},{mail},+44 20 7946 {ord(who[0]):04d},2026-02-03,{DUE},{on},{amount},{balance}")
    (project / "exports" / f"invoices-{today}.csv").write_text("\n".join([*rows, more]) + "\n")


@pytest.fixture
def on(project: Path) -> Day:
    """Runs a day on what the export shows then."""

    def day(text: str, owing: tuple[str, ...] = ("Oak",), paid: tuple[str, ...] = (), more: str = "") -> Said:
        export(project, text, owing, paid, more)
        today = date.fromisoformat(text)
        now = datetime(today.year, today.month, today.day, 8, tzinfo=UTC)
        outbox = run(project, load_policy(project).policy, today, RunOrder(now, "0")).summary.outbox
        if outbox is None:
            return Said({}, {})
        folder = project / outbox
        mails = [message_from_bytes(file.read_bytes(), policy=email_policy.default) for file in folder.glob("email/*")]
        emails = {
            str(mail["To"]).partition("@")[2].partition(".")[0]: str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
            for mail in mails
        }
        listed = folder / "calls.csv"
        rows = csv.DictReader(listed.read_text("utf-8-sig").splitlines()) if listed.exists() else ()
        return Said(emails, {row["who"]: row for row in rows})

    return day


def test_the_e_mail_says_when_and_the_call_is_made_then_and_once(on: Day) -> None:
    assert "We will ring you on Tuesday, 10 March 2026." in on("2026-03-06").emails["oak"]
    assert on("2026-03-09") == Said({}, {})
    call = on("2026-03-10").calls["Oak"]
    assert call["why"].startswith("we said on 2026-03-06 that we would ring on 2026-03-10")
    assert "We said on 6 March 2026 that we would ring on Tuesday, 10 March 2026." in call["what to say"]
    assert on("2026-03-10") == Said({}, {})
    assert on("2026-03-11") == Said({}, {})


def test_payment_in_between_cancels_the_call(on: Day) -> None:
    assert set(on("2026-03-06", ("Oak", "Elm")).emails) == {"oak", "elm"}
    assert set(on("2026-03-10", ("Oak",), ("Elm",)).calls) == {"Oak"}


def test_the_call_of_a_missed_day_is_made_on_the_next_calling_day(on: Day) -> None:
    on("2026-03-06")
    call = on("2026-03-12").calls["Oak"]
    assert "that we would ring on Tuesday, 10 March 2026" in call["what to say"]
    assert on("2026-03-12") == Said({}, {})


def test_no_more_are_told_than_can_be_rung(on: Day) -> None:
    mails = on("2026-03-06", ("Ash", "Bay", "Elm", "Fir", "Oak")).emails
    days = {who: text.partition("ring you on ")[2].partition(" 2026")[0] for who, text in mails.items()}
    assert days == {
        "ash": "Tuesday, 10 March",
        "bay": "Tuesday, 10 March",
        "elm": "Thursday, 12 March",
        "fir": "Thursday, 12 March",
        "oak": "Tuesday, 17 March",
    }


def test_days_that_an_earlier_run_told_count_as_taken_until_they_are_paid(on: Day) -> None:
    on("2026-03-06", ("Ash", "Bay", "Elm"))
    later = on("2026-03-09", ("Ash", "Bay", "Elm", "Fir"))
    assert "Thursday, 12 March" in later.emails["fir"]


def test_a_slot_that_payment_frees_is_given_to_somebody_else(on: Day) -> None:
    on("2026-03-06", ("Ash", "Bay"))
    assert "Tuesday, 10 March" in on("2026-03-09", ("Ash", "Fir"), ("Bay",)).emails["fir"]


def test_who_was_told_is_rung_before_everybody_else(on: Day) -> None:
    on("2026-03-06")
    assert set(on("2026-03-10", ("Big A", "Big B", "Oak")).calls) == {"Big A", "Oak"}


def test_a_reminder_by_phone_on_the_day_is_the_call_that_was_announced(on: Day, project: Path) -> None:
    sooner = HYBRID.replace("14 days after due", "7 days after due")
    (project / "sequences" / "hybrid.yaml").write_text(sooner)
    on("2026-03-06")
    listed = on("2026-03-10", ("Big A", "Big B", "Oak")).calls
    assert set(listed) == {"Big A", "Oak"}
    assert listed["Oak"]["why"] == (
        "Oak-1 is 7 days past due: 'ring', 7 days after due; we said on 2026-03-06 that we would ring on 2026-03-10"
    )
    assert set(on("2026-03-12", ("Big A", "Big B", "Oak")).calls) == {"Big B"}


def test_the_next_step_comes_as_if_there_had_been_no_call(on: Day) -> None:
    on("2026-03-06")
    assert set(on("2026-03-12").calls) == {"Oak"}
    assert on("2026-03-17").calls["Oak"]["why"] == "Oak-1 is 14 days past due: 'ring', 14 days after due"


def test_a_call_that_comes_too_late_is_left_alone(on: Day) -> None:
    on("2026-03-06")
    assert on("2026-03-18") == Said({}, {})


MORE = "Oak-2,Oak,ap@oak.example,+44 20 7946 0079,2026-02-07,2026-03-07,,80.00,80.00"


def test_an_e_mail_about_another_invoice_does_not_wait_for_the_call(
    on: Day, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on("2026-03-06", more=MORE)
    export(project, "2026-03-10", more=MORE)
    page = project / "page.html"
    remindr(capsys, project, "preview", "--as-of", "2026-03-10", "--html", str(page))
    assert page.exists()
    told = on("2026-03-10", more=MORE)
    assert (set(told.emails), told.calls["Oak"]["invoices"]) == ({"oak"}, "Oak-1")
    assert "Thursday, 12 March" in told.emails["oak"]
    assert on("2026-03-12", more=MORE).calls["Oak"]["invoices"] == "Oak-2"


def test_several_calls_that_were_announced_for_a_day_are_one(on: Day, project: Path) -> None:
    (project / "remindr.yaml").write_text(SETTINGS + "reminding:\n  wait_between_contacts: 1 day\n")
    more = MORE.replace("2026-03-07", "2026-03-06")
    on("2026-03-06", more=more)
    assert "Tuesday, 10 March" in on("2026-03-09", more=more).emails["oak"]
    assert on("2026-03-10", more=more).calls["Oak"]["invoices"] == "Oak-1, Oak-2"
    assert on("2026-03-12", more=more) == Said({}, {})


def remindr(capsys: pytest.CaptureFixture[str], project: Path, *arguments: str) -> str:
    capsys.readouterr()
    assert run_app([arguments[0], "-C", str(project), *arguments[1:]]) == 0
    return capsys.readouterr().out


def test_preview_and_explain_tell_of_the_call(on: Day, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export(project, "2026-03-06")
    shown = json.loads(remindr(capsys, project, "preview", "--as-of", "2026-03-06", "--json"))
    (notice,) = shown["notices"]
    assert notice["follow_ups"] == [{"channel": "call", "on": "2026-03-10"}]
    table = remindr(capsys, project, "preview", "--as-of", "2026-03-06")
    assert "email, call on 2026-03-10" in table
    said_today = remindr(capsys, project, "explain", "Oak", "--as-of", "2026-03-06")
    assert "it says that we will ring on Tuesday, 10 March 2026." in said_today
    next_call = "If nothing is paid, the next contact is the call on Tuesday, 10 March 2026 that was announced."
    assert next_call in said_today
    on("2026-03-06")
    export(project, "2026-03-09")
    waiting = remindr(capsys, project, "explain", "Oak", "--as-of", "2026-03-09")
    assert next_call in waiting
    told = json.loads(remindr(capsys, project, "explain", "Oak", "--as-of", "2026-03-09", "--json"))
    assert told["next_contact"] == told["invoices"][0]["next_contact"] == "2026-03-10"
    assert "we said we would ring on Tuesday, 10 March 2026." in waiting
    export(project, "2026-03-10")
    today = remindr(capsys, project, "explain", "Oak", "--as-of", "2026-03-10")
    assert "as announced: we said on 6 March 2026 that we would ring on 10 March 2026; about Oak-1." in today
    (call,) = json.loads(remindr(capsys, project, "preview", "--as-of", "2026-03-10", "--json"))["notices"]
    assert (call["purpose"], call["channels"], call["step"]) == ("announced_call", ["call"], "first")


def test_a_replay_makes_the_announced_calls_on_their_days_unless_they_were_paid_before(project: Path) -> None:
    """Elm paid on the day before the call; Oak's own step by phone comes on the 17th."""
    paid = f"Elm-1,Elm,ap@elm.example,{PHONE},2026-02-03,{DUE},2026-03-09,80.00,0.00"
    export(project, "2026-04-01", more=paid)
    with station(project, load_policy(project).policy, date(2026, 4, 1)) as at:
        contacts = [(str(one.as_of), one.customer.name, one.purpose) for one in contacts_since(at, date(2026, 3, 1))]
    assert contacts == [
        ("2026-03-06", "Elm", "reminder"),
        ("2026-03-06", "Oak", "reminder"),
        ("2026-03-10", "Oak", "announced_call"),
        ("2026-03-17", "Oak", "reminder"),
    ]
