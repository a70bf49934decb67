"""What templates see: plain words and numbers made of a notice, in the customer's language."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from remindr.core.cleaning import lines, one_line
from remindr.core.correspondents import Owners
from remindr.core.formatting import format_date, format_weekday, join_words, locale_of, money_formatter
from remindr.model.book import Customer
from remindr.model.classification import History, MetricValue
from remindr.model.money import total_by_currency
from remindr.model.outcome import Contact, Progress, State
from remindr.model.plan import Line, Notice
from remindr.model.policy import Company, Owner
from remindr.model.terms import Level

Facts = dict[str, Any]


@dataclass(slots=True)
class Charged:
    """What is asked for on top of the totals, and all of it together, as one text a currency."""

    interest: list[str]
    earlier_fees: list[str]
    fee: list[str]
    to_pay: list[str]


@dataclass(slots=True)
class Context:
    """What templates see, and beside it the totals and credits as one text a currency."""

    facts: Facts
    totals: list[str]
    credits: list[str]
    charged: Charged | None = None  # None without interest and fees


_needs_no_quotes = re.compile(r"[A-Za-z0-9._~-]+").fullmatch
TABLE_MARK = "\x00"  # cleaned text cannot hold it, and no filter changes it

_NOBODY = {"name": "", "email": "", "phone": ""}
_NO_PROMISE = {"on": "", "amount": ""}
_LEVEL_WORDS = {int(level): level.word for level in Level} | {None: ""}


class FactBook:
    """Makes the context of templates. All that depends on the company alone is made once."""

    def __init__(self, company: Company, counted_until: date, owners: Mapping[str, Owner] | None = None) -> None:
        self._home = locale_of(company.language, company.country)
        self._counted_until = counted_until
        self._pay_link = company.pay_link or ""
        self._owners = Owners(owners) if owners else None
        self._company = {
            "name": one_line(company.name),
            "email": one_line(company.email),
            "phone": one_line(company.phone),
            "address": lines(company.address),
            "how_to_pay": lines(company.how_to_pay),
        }

    @property
    def company(self) -> dict[str, str]:
        """The company as templates see it."""
        return self._company

    @property
    def language(self) -> str:
        """The code of the language the templates are written in."""
        return self._home.partition("_")[0]

    def locale(self, customer: Customer) -> str:
        """The locale in which the customer reads money and dates."""
        return locale_of(customer.language, customer.country, self._home)

    def of(self, notice: Notice, history: History | None, progress: Progress) -> Context:
        """The context of all templates of a notice. Metrics are left out where `history` is None."""
        customer = notice.customer
        locale = self.locale(customer)
        links = self._links(customer)
        due, also_due, also_open, upcoming = (
            [_line(line, locale, links) for line in group] if group else []
            for group in (notice.invoices, notice.also_due, notice.also_open, notice.upcoming)
        )
        totals, credits_ = _amounts(notice.total, locale), _amounts(notice.credits, locale)
        total = join_words(totals, locale)
        reminders = _reminders(notice, progress)
        count = len(due) + len(also_due)
        facts: Facts = {
            "company": self._company,
            "owner": _NOBODY,
            "signed_by": "",
            "style": "",
            "greeting": "",
            "customer": _customer(customer),
            "invoices": due,
            "also_due": also_due,
            "also_open": also_open,
            "upcoming": upcoming,
            "count": count,
            "total": total,
            "credits": join_words(credits_, locale),
            "interest": "",
            "fees": "",
            "to_pay": total,
            "invoice_table": TABLE_MARK,
            "attached": [one_line(one.invoice_id) for one in notice.attachments],
            "not_attached": [one_line(one.invoice_id) for one in notice.left_out],
            "respond_by": format_date(notice.respond_by, locale) if notice.respond_by else "",
            "instead": one_line(notice.instead or ""),
            "call_on": _call_on(notice, progress, locale),
            "counted_until": format_date(self._counted_until, locale),
            "today": format_date(notice.as_of, locale),
            "pay_link": due[0]["pay_link"] if count == 1 and due else "",
            "segment": notice.segment,
            "tone": notice.tone,
            "traits": list(notice.traits),
            "sequence": notice.sequence,
            "step": notice.step,
            "level": _LEVEL_WORDS[notice.level],
            "purpose": notice.purpose,
            "reminded_before": len(reminders),
            "last_reminded_on": format_date(reminders[-1].on, locale) if reminders else "",
            "broken_promise": _broken_promise(notice, progress, locale),
        }
        if due:
            facts["invoice"] = due[0]
        if owner := self._owners.of(customer) if self._owners else None:
            self._speak_for(owner, facts)
        if history is not None:
            facts["metrics"] = {name: _metric(value, locale) for name, value in history.items()}
        if notice.charges:
            return Context(facts, totals, credits_, _charge(facts, notice, locale))
        return Context(facts, totals, credits_)

    def _speak_for(self, owner: Owner, facts: Facts) -> None:
        """Makes the owner known; one who sends takes questions, too, and signs."""
        reached = {"email": one_line(owner.email), "phone": one_line(owner.phone)}
        facts["owner"] = {"name": one_line(owner.name), **reached}
        if owner.sends:
            facts["signed_by"] = one_line(owner.name)
            facts["company"] = {**self._company, **{name: text for name, text in reached.items() if text}}

    def _links(self, customer: Customer) -> Callable[[str], str]:
        """A function from an invoice number to where it is paid online."""
        if not self._pay_link:
            return _no_link
        link = self._pay_link.replace("{customer_id}", _in_link(one_line(customer.id)))
        return lambda invoice_id: link.replace("{invoice_id}", _in_link(invoice_id))


def _no_link(_: str) -> str:
    return ""


def _in_link(text: str) -> str:
    return text if _needs_no_quotes(text) else quote(text, safe="")


def _amounts(totals: Mapping[str, Decimal], locale: str) -> list[str]:
    """Each currency's amount as text, without those that come to nothing."""
    return [money_formatter(locale, currency)(amount) for currency, amount in totals.items() if amount]


def _line(line: Line, locale: str, links: Callable[[str], str]) -> Facts:
    invoice = line.invoice
    money = money_formatter(locale, invoice.currency)
    balance = money(invoice.balance)
    number = one_line(invoice.id)
    return {
        "id": number,
        "issue_date": format_date(invoice.issue_date, locale) if invoice.issue_date else "",
        "due_date": format_date(invoice.due_date, locale),
        "days_past_due": line.days_past_due,
        "amount": balance if invoice.amount == invoice.balance else money(invoice.amount),
        "balance": balance,
        "currency": invoice.currency,
        "level": _LEVEL_WORDS[line.level],
        "pay_link": links(number),
        "interest": "",
        "fees": "",
    }


def _charge(facts: Facts, notice: Notice, locale: str) -> Charged:
    """Puts interest and fees into the context, and says what stands below the totals."""
    charges = notice.charges
    kinds: dict[str, list[str]] = {
        name: _amounts(total_by_currency((one.currency, getattr(one, name)) for one in charges), locale)
        for name in ("interest", "earlier_fees", "fee")
    }
    fees = total_by_currency((one.currency, one.fee + one.earlier_fees) for one in charges)
    all_of_it = (*notice.total.items(), *((one.currency, one.total) for one in charges))
    charged = Charged(**kinds, to_pay=_amounts(total_by_currency(all_of_it), locale))
    facts["interest"] = join_words(charged.interest, locale)
    facts["fees"] = join_words(_amounts(fees, locale), locale)
    facts["to_pay"] = join_words(charged.to_pay, locale)
    _charge_lines(facts, notice, locale)
    return charged


def _charge_lines(facts: Facts, notice: Notice, locale: str) -> None:
    by_number = {one.invoice_id: one for one in notice.charges}
    lines = (
        *zip(notice.invoices, facts["invoices"], strict=True),
        *zip(notice.also_due, facts["also_due"], strict=True),
    )
    for line, said in lines:
        if charge := by_number.get(line.invoice.id):
            money = money_formatter(locale, charge.currency)
            fees = charge.fee + charge.earlier_fees
            said["interest"] = money(charge.interest) if charge.interest else ""
            said["fees"] = money(fees) if fees else ""


def _customer(customer: Customer) -> dict[str, str]:
    facts = {
        "id": customer.id,
        "name": customer.name,
        "email": customer.email or "",
        "phone": customer.phone or "",
        "address": customer.address or "",
        "country": customer.country or "",
        "language": customer.language or "",
    }
    if "".join(facts.values()).isprintable():
        return facts
    address = lines(facts["address"])
    return {name: address if name == "address" else one_line(text) for name, text in facts.items()}


def _reminders(notice: Notice, progress: Progress) -> Sequence[Contact]:
    """Earlier overdue contacts about the leading invoice that are known to have gone out."""
    if not notice.invoices:
        return ()
    contacts = progress.contacts.get(notice.invoices[0].invoice.id, ())
    return [contact for contact in contacts if contact.level > Level.HEADS_UP and contact.state is State.SENT]


def _broken_promise(notice: Notice, progress: Progress, locale: str) -> dict[str, str]:
    """The newest promise for what is to be paid now that was not kept."""
    if not progress.noted.unkept:
        return _NO_PROMISE
    asked = {line.invoice.id for line in notice.asked}
    about = (one for one in progress.noted.unkept if asked & one.note.covers.keys())
    missing = [(one.missing, one.note.currency) for one in about if one.missing]
    if not missing:
        return _NO_PROMISE
    part, currency = missing[-1]
    amount = "" if part.amount is None else money_formatter(locale, currency)(part.amount)
    return {"on": format_date(part.on, locale), "amount": amount}


def _call_on(notice: Notice, progress: Progress, locale: str) -> str:
    """The day for which a notice announces a call, or was told as the day of this one; empty without any."""
    days = [one.on for one in notice.follow_ups] or [one.on for one in progress.announced if one.key == notice.key]
    return format_weekday(days[0], locale) if days else ""


def _metric(value: MetricValue, locale: str) -> Any:
    """A metric as people like to read it: whole numbers whole, others rounded, dates in words, unknown ones empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, date):
        return format_date(value, locale)
    if value == int(value):
        return int(value)
    return round(value, 2 if isinstance(value, Decimal) or abs(value) < 1 else 1)
