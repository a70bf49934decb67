"""The call list: whom to ring, why, and what to say."""

from remindr.channels.base import Sender
from remindr.channels.sheet import Sheet
from remindr.channels.stage import Stage
from remindr.core.cleaning import one_line
from remindr.core.formatting import format_money, join_words, locale_of
from remindr.model.plan import Message
from remindr.model.terms import Level

HEADINGS = ("date", "customer", "who", "phone", "why", "what to say", "invoices", "total", "level", "key")


class CallList:
    """Writes `calls.csv`, a row a call. Amounts are written for the company's own people."""

    def __init__(self, stage: Stage, sender: Sender) -> None:
        company = sender.company
        self._sheet = Sheet(stage, "calls.csv", HEADINGS)
        self._locale = locale_of(company.language, company.country)

    def add(self, message: Message) -> None:
        """Writes the message's row."""
        notice = message.notice
        totals = [format_money(amount, currency, self._locale) for currency, amount in notice.total.items()]
        self._sheet.add(
            (
                notice.as_of.isoformat(),
                one_line(notice.customer.id),
                one_line(notice.customer.name),
                one_line(notice.customer.phone),
                "; ".join(notice.why),
                message.text,
                ", ".join(one_line(line.invoice.id) for line in notice.asked),
                join_words(totals, self._locale),
                Level(notice.level).word,
                notice.key,
            )
        )

    def close(self) -> None:
        """Writes out the last rows."""
        self._sheet.close()
