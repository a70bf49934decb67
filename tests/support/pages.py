"""Preview pages for tests: customers who hear something, as many as wanted, with messages as they really are."""

from collections.abc import Iterator
from decimal import Decimal

from messages import COUNTED_UNTIL, EMAIL, STARTER, customer, line, notice, policy

from remindr.core.compose import Composer
from remindr.model.outcome import Progress
from remindr.pages.document import Case, Head, Row, Shown
from remindr.pages.preview import PreviewPage

TRADES = ("Joinery", "Bakeries", "Logistics", "Opticians", "Print", "Dental Supplies", "Timber", "Catering")
SEQUENCES = ("gentle", "steady", "firm", "welcome")


def head(**changed: object) -> Head:
    """What stands over the list."""
    told: Head = {
        "company": "Harbour & Finch Ltd",
        "sender": "Harbour & Finch Ltd <accounts@harbour.example>",
        "as_of": "2026-11-20",
        "day": "Friday, 20 November 2026",
        "counted_until": "20 November 2026",
        "asked": "1,200.00 GBP",
        "notes": [],
        "unreadable": [],
    }
    return {**told, **changed}  # type: ignore[typeddict-item]


def row(number: int = 1, **changed: object) -> Row:
    """A customer who is reminded by e-mail."""
    told: Row = {
        "id": f"C{number:05}",
        "name": f"{TRADES[number % 8]} {number} Ltd",
        "state": "goes out",
        "segment": "slow",
        "step": f"{SEQUENCES[number % 4]} / first",
        "channels": ["email"],
        "to": f"accounts@customer{number}.example",
        "total": f"{1000 + number:,}.00 GBP",
        "amount": 1000.0 + number,
        "overdue": number % 90,
        "invoices": f"INV-{number:06} INV-{number + 700_000:06}",
        "flags": [],
        "reasons": [],
        "next": "",
    }
    return {**told, **changed}  # type: ignore[typeddict-item]


def case(number: int = 1, *messages: Shown, **changed: object) -> Case:
    """What is known of that customer, about as long as it really is."""
    told: Case = {
        "messages": list(messages),
        "level": "friendly",
        "why": [f"INV-{number:06} is {number % 90} days past due: 'first', 5 days after due"],
        "instead": "",
        "held": "",
        "sentences": [
            f"They owe {1000 + number:,}.00 GBP on 2 invoices, all of it overdue, the oldest since 14 November 2026.",
            f"They have paid {number % 30} invoices so far; on average they are {number % 17}.3 days late.",
            f"The review of 1 November 2026 found them 'slow' (remindr.yaml:52): pays {number % 17}.3 days late.",
            "They have been that since 1 May 2026; the next review is on 1 December 2026.",
            "Such customers get the sequence 'steady' (sequences/steady.yaml:5): Pays late. Plain and polite.",
            "Nothing was said about what is open yet.",
            f"Today an e-mail goes out: step 'first' (sequences/steady.yaml:16), because INV-{number:06} is past due.",
            "If nothing is paid, the next contact is on Monday, 30 November 2026: step 'second'.",
        ],
        "invoices": [
            {
                "id": f"INV-{number + more:06}",
                "due": f"2026-11-{1 + number % 20:02}",
                "days": number % 20,
                "open": f"{500 + number:,}.00 GBP",
                "part": "asked for",
                "step": "first",
                "reasons": [],
                "next": "2026-11-30",
            }
            for more in (0, 700_000)
        ],
        "figures": [
            {"label": "Days late, on average", "value": f"{number % 17}.3 days"},
            {"label": "Invoices late", "value": f"{number % 100}%"},
            {"label": "Invoices paid", "value": str(number % 30)},
            {"label": "Invoiced ever", "value": f"{7 * number:,}.31 GBP"},
        ],
        "settled": [
            {
                "id": f"INV-{number * 7 + past:06}",
                "on": f"2026-{past:02}-{1 + number * past % 28:02}",
                "late": number % 9,
            }
            for past in range(1, 9)
        ],
        "said": [],
        "flags": [],
    }
    return {**told, **changed}  # type: ignore[typeddict-item]


def reminders(count: int) -> Iterator[tuple[Row, Case]]:
    """So many customers, each with an e-mail of the starter set about two invoices."""
    text = (STARTER / "steady/first.email.j2").read_text(encoding="utf-8")
    composer = Composer(policy({EMAIL: text}, pay_link="https://pay.harbour.example/{invoice_id}"), COUNTED_UNTIL)
    for number in range(count):
        listed = row(number)
        lines = [
            line(invoice, str(Decimal(500 + number)), days=1 + number % 80) for invoice in listed["invoices"].split()
        ]
        to = notice(*lines, who=customer(id=listed["id"], name=listed["name"], email=listed["to"]))
        (message,) = composer.compose(to, {}, Progress())
        shown: Shown = {
            "channel": "email", "subject": message.subject, "text": message.text, "html": message.html,
        }  # fmt: skip
        yield listed, case(number, shown)


def page_of(entries: Iterator[tuple[Row, Case]], **changed: object) -> str:
    """The page with these customers."""
    page = PreviewPage()
    for listed, known in entries:
        page.add(listed, known)
    return page.html(head(**changed))
