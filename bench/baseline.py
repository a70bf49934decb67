"""The yardstick: what a good analyst would write in an afternoon with pandas, Jinja and EmailMessage.

    python bench/baseline.py invoices.csv customers.csv OUTBOX 2026-11-20

One e-mail per customer with something overdue, in words that fit how the customer pays. It keeps no journal, so it
reminds everybody again each time it runs.
"""

import sys
from email.message import EmailMessage
from pathlib import Path

import jinja2
import pandas as pd

DAYS_OF_STEPS = {"new": (3, 12, 24), "reliable": (7, 20, 40), "slow": (3, 14, 28), "problem": (1, 7, 18)}
SUBJECTS = ("Reminder", "Second reminder", "Last reminder")
OPENINGS = {
    "new": "thank you for choosing us. May we point you to what is open on your account?",
    "reliable": "you usually pay on the dot, so this has probably just slipped through.",
    "slow": "some of our invoices to you are past their due date. When may we expect your payment?",
    "problem": "the invoices below are still unpaid. Please settle them within five days, or ring us today.",
}
LETTER = """Dear {{ name }},

{{ opening }}

{% for line in lines -%}
{{ '%-12s' | format(line.invoice_id) }} due {{ line.due_date.strftime('%d %B %Y') }}, {{ line.days }} days ago:
    {{- ' {:,.2f}'.format(line.balance) }} {{ line.currency }}
{% endfor %}
To pay: {{ '{:,.2f}'.format(total) }} {{ lines[0].currency }}

With kind regards
Accounts
"""


def read(invoices: str, customers: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The invoices with their dates and balances, and the customers."""
    book = pd.read_csv(invoices, parse_dates=["issue_date", "due_date", "paid_date"])
    book["balance"] = book["amount"] - book["amount_paid"]
    return book, pd.read_csv(customers, index_col="customer_id")


def segments(book: pd.DataFrame) -> pd.Series:
    """Each customer's segment, from the mean days late of what they have paid."""
    paid = book[book["status"] == "paid"]
    late = (paid["paid_date"] - paid["due_date"]).dt.days.groupby(paid["customer_id"]).agg(["mean", "count"])
    named = pd.cut(late["mean"], [-float("inf"), 5, 20, float("inf")], labels=["reliable", "slow", "problem"])
    return named.astype(object).where(late["count"] >= 3, "new")


def overdue(book: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """What is open and past its due date, with the days since."""
    late = book[(book["status"] != "paid") & (book["balance"] > 0) & (book["due_date"] < today)].copy()
    late["days"] = (today - late["due_date"]).dt.days
    return late


def main(invoices: str, customers: str, outbox: Path, today: pd.Timestamp) -> int:
    book, people = read(invoices, customers)
    people["segment"] = segments(book).reindex(people.index).fillna("new")
    people_by_id = people[["name", "email", "segment"]].to_dict("index")
    letter = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(LETTER)  # noqa: S701 - plain text
    outbox.mkdir(parents=True, exist_ok=True)
    written = 0
    for customer_id, lines in overdue(book, today).groupby("customer_id", sort=False):
        person = people_by_id[customer_id]
        step = sum(days <= lines["days"].max() for days in DAYS_OF_STEPS[person["segment"]])
        if step == 0:
            continue
        message = EmailMessage()
        message["From"] = "accounts@seller.example"
        message["To"] = person["email"]
        message["Subject"] = f"{SUBJECTS[step - 1]}: {len(lines)} of our invoices"
        message.set_content(
            letter.render(
                name=person["name"],
                opening=OPENINGS[person["segment"]],
                lines=list(lines.itertuples(index=False)),
                total=lines["balance"].sum(),
            )
        )
        (outbox / f"{customer_id}.eml").write_bytes(message.as_bytes())
        written += 1
    return written


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), pd.Timestamp(sys.argv[4])))
