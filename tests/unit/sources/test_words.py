"""The words in cells."""

import pytest

from remindr.sources.words import (
    channel_of,
    currency_in,
    currency_of,
    days_of_terms,
    hold_reason,
    kind_of,
    language_of,
    says_yes,
    state_of,
)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Awaiting Payment", "open"), ("overdue", "open"), ("PartiallyPaid", "part"), ("Partly Paid", "part"),
        ("Unpaid", "open"), ("Not Paid", "open"), ("Paid", "paid"), ("In Payment", "paid"), ("bezahlt", "paid"),
        ("unbezahlt", "open"), ("teilbezahlt", "part"), ("Voided", "void"), ("Storniert", "void"),
        ("Cancelled on request", "void"), ("Uncollectible", "written_off"), ("Draft (2)", "draft"),
        ("in Litigation", "disputed"), ("Handed to collections", "hold"), ("Insolvency", "hold"), ("Gefaxt", None),
    ],
)  # fmt: skip
def test_status(word: str, state: str | None) -> None:
    assert state_of(word) == state


def test_words_of_a_package_come_first() -> None:
    assert state_of("Submitted", {"submitted": "draft"}) == "draft"
    assert kind_of("Bill", {"bill": "invoice"}) == "invoice"
    assert kind_of("Deposit", {"bill": "invoice", "": "other"}) == "other"


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Sales invoice", "invoice"), ("Standard Invoice", "invoice"), ("Credit Memo", "credit"),
        ("Gutschrift", "credit"), ("Sales overpayment", "payment"), ("Payment", "payment"), ("Estimate", "other"),
        ("Sales Receipt", "other"), ("Bill", "other"), ("Whatever", None),
    ],
)  # fmt: skip
def test_kind(word: str, kind: str | None) -> None:
    assert kind_of(word) == kind


def test_yes_no_and_neither() -> None:
    assert [says_yes(word) for word in ("Ja", "x", "1", "Nein", "", "0", "-", "wrong goods")] == [
        True, True, True, False, False, False, False, None,
    ]  # fmt: skip


def test_hold_has_a_reason_or_none() -> None:
    assert [hold_reason(word) for word in ("yes", "no", "waiting for PO")] == [
        "on hold in the export",
        "",
        "waiting for PO",
    ]


@pytest.mark.parametrize(
    ("text", "company", "code"),
    [
        ("eur", "GBP", "EUR"), ("€", "GBP", "EUR"), ("Swedish Krona - SEK", "EUR", "SEK"), ("$", "EUR", "USD"),
        ("$", "AUD", "AUD"), ("kr", "NOK", "NOK"), ("kr", "EUR", None), ("US$", "CAD", "USD"), ("Fr", "EUR", "CHF"),
        ("XXQ", "EUR", None), ("EU", "EUR", None), ("Pound (GBP)", "EUR", "GBP"),
    ],
)  # fmt: skip
def test_currency(text: str, company: str, code: str | None) -> None:
    assert currency_of(text, company) == code


def test_currency_in_a_header() -> None:
    headers = ("Amount (GBP)", "Betrag in CHF", "Total £", "Amount DUE", "OPEN BALANCE")
    assert [currency_in(header, "EUR") for header in headers] == ["GBP", "CHF", "GBP", None, None]


@pytest.mark.parametrize(
    ("terms", "days"),
    [
        ("Net 30", 30), ("net30", 30), ("30", 30), ("30 days", 30), ("14 Tage", 14), ("30 Tage netto", 30),
        ("2% 10, net 30", 30), ("2/10 net 30", 30), ("Due on receipt", 0), ("sofort fällig", 0),
        ("charge_automatically", 0), ("30 jours", 30),
        ("within 14 days", 14), ("end of month", None), ("30 days end of month", None), ("", None), ("2% 10", None),
    ],
)  # fmt: skip
def test_terms(terms: str, days: int | None) -> None:
    assert days_of_terms(terms) == days


def test_channel_and_language() -> None:
    assert [channel_of(word) for word in ("E-Mail", "Telephone", "Post", "SMS", "pigeon")] == [
        "email", "phone", "letter", "sms", None,
    ]  # fmt: skip
    assert [language_of(word) for word in ("DE", "de_at", "German", "Français", "Elvish")] == [
        "de", "de-AT", "de", "fr", None,
    ]  # fmt: skip
