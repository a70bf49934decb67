"""What people write in remindr.yaml and sequences/*.yaml, as frozen values.

The texts behind `description=` go into the JSON Schemas and so into editors. Phrases such as
`3 days after due` are parsed on the way in; a mistake is a ValueError that the loader places.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationInfo,
    WithJsonSchema,
    model_serializer,
    model_validator,
)

from remindr.model.delivery import Delivery
from remindr.model.rule import Rule, parse_rule
from remindr.model.terms import Budget, Hours, Level, Miswritten, Quantity, Repeat, Span, StepTime, Weekdays
from remindr.model.written import (
    LATE_LEVELS,
    ChannelWord,
    Country,
    Currency,
    DateField,
    EmailAddress,
    Language,
    LateLevelField,
    LevelField,
    MoneyField,
    Name,
    RateNumber,
    RuleField,
    SpanField,
    StepTimeField,
    WebAddress,
    Written,
    parse_grace,
    parse_interest,
    parse_money,
    parse_rate,
    parse_step_time,
    parse_timezone,
    parse_window,
    phrase,
)


class Company(Written):
    """Who writes the reminders."""

    name: str = Field(min_length=1, description="Your company's name as customers know it.")
    email: EmailAddress = Field(description="The address reminders come from and replies go to.")
    phone: str | None = Field(None, description="The number customers can ring.")
    address: str | None = Field(None, description="Your postal address, for letters.")
    country: Country | None = Field(None, description="Two-letter country code.")
    language: Language = Field("en", description="Language of messages to customers whose own language is not known.")
    currency: Currency = Field(description="Currency of amounts that name none (ISO 4217).")
    timezone: Annotated[str, AfterValidator(parse_timezone)] = Field(
        description="IANA time zone that says which day it is.", examples=["Europe/London"]
    )
    pay_link: WebAddress | None = Field(
        None, description="Where to pay online; {invoice_id} and {customer_id} are filled in."
    )
    how_to_pay: str | None = Field(
        None, description="Bank details or other ways to pay, as customers should read them."
    )


class Sources(Written):
    """Where the exports are and how to read what they leave open."""

    invoices: str = Field(description="Invoice export; a pattern takes the newest.", examples=["exports/invoices*.csv"])
    customers: str | None = Field(None, description="Customer export, if the invoice file lacks names or addresses.")
    payments: str | None = Field(None, description="Payment export, for part payments and their dates.")
    notes: str | None = Field(
        None, description="Sheet with promises, disputes and holds as people keep them; read at every run."
    )
    format: str = Field("auto", description="Accounting package the files come from, or auto.")
    dates: Literal["day/month/year", "month/day/year"] | None = Field(
        None, description="Order of day and month, needed only where the files leave it open."
    )
    decimals: Literal["point", "comma"] | None = Field(
        None, description="Decimal mark of amounts, needed only where the files leave it open."
    )
    terms: SpanField | None = Field(
        None, description="From invoice date to due date, for invoices whose export names neither due date nor terms."
    )
    columns: Mapping[str, str] = Field(
        default_factory=dict, description="Field to column header, only for headers that could not be matched."
    )
    max_age: SpanField = Field(Span(2, working=True), description="An older export is refused.")


Every = Literal["month", "quarter"]


class Review(Written):
    """When segments are judged anew."""

    every: Every = Field("month", description="Reviews are on the first day of each month or quarter.")
    agree: Annotated[int, Field(strict=True, ge=1, le=6)] = Field(
        2, description="Reviews in a row that must give the same answer before a customer changes segment."
    )


class SequenceChoice(Written):
    """A sequence for some invoices of a segment."""

    condition: RuleField | None = Field(None, alias="if", description="Only for invoices this is true of.")
    sequence: Name = Field(description="The sequence in sequences/ that these invoices get.")


def _one_or_several_sequences(schema: dict[str, Any]) -> None:
    schema["required"].remove("sequence")
    schema["anyOf"] = [{"required": ["sequence"]}, {"required": ["sequences"]}]


class Segment(Written):
    """One group of customers and the sequence they get."""

    model_config = ConfigDict(json_schema_extra=_one_or_several_sequences)

    name: Name = Field(description="Name of the segment.")
    when: RuleField | None = Field(None, description="Who belongs here. The first segment that matches wins.")
    default: StrictBool = Field(False, description="Takes everybody no segment above took; the last one must.")
    provisional: StrictBool = Field(False, description="Leaving it takes one review, whatever review.agree says.")
    sequence: Name = Field(description="The sequence in sequences/ that these customers get.")
    sequences: tuple[SequenceChoice, ...] = Field(
        (),
        description="Instead of 'sequence', one for each kind of invoice; the first that fits; the last has no if.",
    )

    @property
    def sequence_names(self) -> frozenset[str]:
        """Every sequence that an invoice of the segment can follow."""
        return frozenset((self.sequence, *(one.sequence for one in self.sequences)))

    @model_validator(mode="before")
    @classmethod
    def _last_is_main(cls, written: Any) -> Any:
        """The last of several sequences is the segment's own, whose tone all of them keep."""
        if not isinstance(written, dict) or "sequence" in written or not written.get("sequences"):
            return written
        last = written["sequences"][-1] if isinstance(written["sequences"], list) else None
        main = last.get("sequence") if isinstance(last, dict) else None
        return {**written, "sequence": main or "missing"}  # what is wrong with the list is told where it stands


class Override(Written):
    """A customer whose segment a person has decided."""

    segment: Name = Field(description="The segment this customer is in, whatever the rules say.")
    reason: str = Field(min_length=1, description="Why; shown wherever the segment is shown.")
    until: DateField | None = Field(None, description="Last day of the override.")


class RaisedWhen(Written):
    """What raises a flag, and whether reminders wait for a person then."""

    when: RuleField = Field(description="Which customers raise it.")
    hold: StrictBool = Field(False, description="true: their reminders wait until a person has approved them.")


def _rule_or_settings(written: Any) -> Any:
    """A rule alone raises a flag and holds nothing back."""
    if isinstance(written, RaisedWhen) or (isinstance(written, dict) and written.keys() & {"when", "hold"}):
        return written
    parse_rule(written)  # its mistakes stand where the flag is written, not below it
    return {"when": written}


_RAISED = {"oneOf": [{"x-remindr": "rule"}, RaisedWhen.model_json_schema()]}
RaisedField = Annotated[RaisedWhen, BeforeValidator(_rule_or_settings), WithJsonSchema(_RAISED)]


def _listed(written: Any) -> Any:
    """One alias need not be a list."""
    return [written] if isinstance(written, str | int) and not isinstance(written, bool) else written


_ALIAS = {"type": ["string", "number"], "examples": ["Acme Corporation", "00123"]}
Aliases = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_listed), Field(min_length=1),
    WithJsonSchema({"oneOf": [_ALIAS, {"type": "array", "minItems": 1, "items": _ALIAS}]}),
]  # fmt: skip


def _one_amount_or_several(written: Any) -> Any:
    if isinstance(written, str | int) and not isinstance(written, bool):
        return (parse_money(str(written)),)
    return written


Leasts = Annotated[tuple[MoneyField, ...], BeforeValidator(_one_amount_or_several)]
_AMOUNT = {"type": ["string", "number"], "examples": ["10 GBP"]}
_AMOUNTS_SCHEMA = {"oneOf": [_AMOUNT, {"type": "array", "minItems": 1, "items": _AMOUNT}]}


BudgetField = Annotated[Budget, *phrase(Budget.parse, "2 contacts in 7 days")]


class Budgets(Written):
    """Most contacts about overdue money to one customer: over all channels, and on some of them."""

    total: BudgetField = Field(Budget(6, 30), alias="all", description="Over all channels.")
    email: BudgetField | None = Field(None, description="By e-mail.")
    call: BudgetField | None = Field(None, description="By telephone; calls that were announced count, too.")
    sms: BudgetField | None = Field(None, description="By text message.")
    letter: BudgetField | None = Field(None, description="By letter, also one beside an e-mail.")

    @model_serializer
    def _as_written(self) -> Any:
        channels = {channel: str(budget) for channel, budget in self.by_channel.items()}
        return {"all": str(self.total), **channels} if channels else str(self.total)

    @property
    def by_channel(self) -> Mapping[ChannelWord, Budget]:
        """Those of single channels."""
        written: tuple[tuple[ChannelWord, Budget | None], ...] = (
            ("email", self.email), ("call", self.call), ("sms", self.sms), ("letter", self.letter),
        )  # fmt: skip
        return {channel: budget for channel, budget in written if budget}

    @property
    def longest(self) -> int:
        """The days that the longest of them looks back."""
        return max(budget.days for budget in (self.total, *self.by_channel.values()))


def _total_alone(written: Any) -> Any:
    if isinstance(written, bool | list):
        raise Miswritten("this is written in words", hint="write it like '6 contacts in 30 days'")
    return Budgets(total=Budget.parse(str(written))) if isinstance(written, str | int) else written


_AT_MOST_SCHEMA = {
    "oneOf": [{"type": "string", "examples": ["6 contacts in 30 days"]}, Budgets.model_json_schema(by_alias=True)]
}


class Reminding(Written):
    """When and how often customers are contacted."""

    on: Annotated[Weekdays, *phrase(Weekdays.parse, "mon-fri")] = Field(
        Weekdays(frozenset(range(5))), description="Sending days."
    )
    holidays: str | None = Field(None, description="Country or region without sending.", examples=["GB-ENG", "DE-BY"])
    wait_between_contacts: SpanField = Field(Span(4), description="Least time between contacts about overdue money.")
    at_most: Annotated[Budgets, BeforeValidator(_total_alone), WithJsonSchema(_AT_MOST_SCHEMA)] = Field(
        Budgets(),
        description="Most contacts about overdue money to one customer; or a line for all and for each channel.",
    )
    ignore_below: Annotated[Leasts, WithJsonSchema(_AMOUNTS_SCHEMA)] = Field(
        (),
        description="Overdue totals below this are not chased. A list has one amount for each currency; others are "
        "held to the company's at their rate.",
    )
    start_from: DateField | None = Field(
        None, description="Invoices due before this day are left to a person, unless they were reminded of already."
    )
    one_message_per: Literal["customer", "invoice"] = Field(
        "customer",
        description="customer: one notice a day about all that is due. invoice: each invoice that is due has its own; "
        "calls stay one call, and every notice counts for at_most.",
    )


class MetricSettings(Written):
    """What counts in a customer's history."""

    window: Annotated[Span, *phrase(parse_window, "365 days")] = Field(
        Span(365), description="Paid invoices that fell due longer ago are left out of a customer's history."
    )
    grace: Annotated[Span, *phrase(parse_grace, "3 days")] = Field(
        Span(0), description="A payment up to this much after the due date is not late in late_rate."
    )


class Rate(Written):
    """What one unit of a currency is worth in the company's, from a day on."""

    since: DateField = Field(alias="from", description="First day of the rate.")
    rate: RateNumber = Field(description="What one unit of it is worth in the company's currency.")


def _one_rate_or_several(written: Any) -> Any:
    if isinstance(written, list | tuple):
        days = [item.get("from") for item in written if isinstance(item, dict)]
        for day in days:
            if day is not None and days.count(day) > 1:
                raise Miswritten(f"two rates begin on {day}", within=str(day), hint="keep one of them")
        return written
    if isinstance(written, str | int) and not isinstance(written, bool):
        return (Rate(since=date.min, rate=parse_rate(str(written))),)
    raise Miswritten("a currency takes a rate, or a list of them with 'from:' and 'rate:'", hint="write it like 0.79")


Rates = Annotated[tuple[Rate, ...], BeforeValidator(_one_rate_or_several), Field(min_length=1), WithJsonSchema(
    {"oneOf": [
        {"type": ["string", "number"], "examples": ["0.79"]},
        {"type": "array", "minItems": 1, "items": Rate.model_json_schema(by_alias=True)},
    ]}
)]  # fmt: skip


def _split_names(written: Any) -> Any:
    """`high_value, balance` as names; a list is one already."""
    return [name.strip() for name in written.split(",") if name.strip()] if isinstance(written, str) else written


class Calls(Written):
    """When somebody rings, how many customers a day, and whom first."""

    on: Annotated[Weekdays, *phrase(Weekdays.parse, "tue, thu")] = Field(
        Weekdays(frozenset(range(5))), description="Days on which calls are made."
    )
    capacity: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        None, description="Most calls on one day; those for which there is no room move to the next."
    )
    hours: Annotated[Hours, *phrase(Hours.parse, "09:00-17:00")] | None = Field(
        None, description="When customers may be rung, by the clock of their country; told with each call."
    )
    first: Annotated[tuple[str, ...], BeforeValidator(_split_names), WithJsonSchema({"type": "string"})] = Field(
        ("broken_promise", "risk_score", "balance"),
        description="Whom to ring first: traits, metrics, broken_promise and balance, the most important first.",
    )


class InterestRate(Written):
    """What late payment costs a year, from a day on."""

    since: DateField = Field(alias="from", description="First day of the rate.")
    rate: Annotated[Quantity, *phrase(parse_interest, "9.5 %")] = Field(description="Interest a year: 9.5 %.")


def _one_interest_or_several(written: Any) -> Any:
    if isinstance(written, str | int) and not isinstance(written, bool):
        return (InterestRate(since=date.min, rate=parse_interest(str(written))),)
    return written


InterestRates = Annotated[
    tuple[InterestRate, ...], BeforeValidator(_one_interest_or_several), Field(min_length=1), WithJsonSchema(
        {"oneOf": [
            {"type": "string", "examples": ["9.5 %"]},
            {"type": "array", "minItems": 1, "items": InterestRate.model_json_schema(by_alias=True)},
        ]}
    ),
]  # fmt: skip


class LateFee(Written):
    """What a message of a level costs, for debts from a size on."""

    size: MoneyField = Field(alias="from", description="The fee is for debts of this size and larger: 1,000 GBP.")
    fee: MoneyField = Field(description="The fee, in the currency of the debt: 70 GBP.")


def _for_any_debt(written: Any) -> Any:
    """An amount alone is the fee for debts of any size."""
    if isinstance(written, str | int) and not isinstance(written, bool):
        fee = parse_money(str(written))
        return LateFee(size=Quantity(Decimal(0), fee.unit), fee=fee)
    return written


def _one_fee_or_several(written: Any) -> Any:
    return (_for_any_debt(written),) if isinstance(written, str | int) else written


_FEE = {"type": ["string", "number"], "examples": ["15 GBP"]}
_FEE_OF_SIZE = {"oneOf": [_FEE, LateFee.model_json_schema(by_alias=True)]}
_FEE_SCHEMA = {"oneOf": [_FEE, {"type": "array", "minItems": 1, "items": _FEE_OF_SIZE}]}
LateFees = Annotated[
    tuple[Annotated[LateFee, BeforeValidator(_for_any_debt)], ...],
    BeforeValidator(_one_fee_or_several),
    Field(min_length=1),
]
_FEES_SCHEMA = {
    "type": "object",
    "properties": dict.fromkeys(LATE_LEVELS, _FEE_SCHEMA),
    "additionalProperties": False,
}


CONSUMER = "consumer"  # the trait of customers who buy for themselves and not for a business


class LateTerms(Written):
    """What a late payment costs a customer beside the balance."""

    interest: InterestRates | None = Field(
        None,
        description="Simple interest a year on what is open, by the day, from the day after the due date: a rate, or "
        "a list of them with the first day of each, oldest first.",
    )
    rate_of: Literal["each day", "first day"] = Field(
        "each day",
        description="each day: a day bears the rate in force on it. first day: all days bear the rate in force on the "
        "day after the due date.",
    )
    days_in_year: Literal[365, 360] = Field(365, description="What a year's interest is divided by: 365 or 360.")
    starts_at: LateLevelField = Field(
        Level.FIRM, description="The level from which a notice asks for interest on an invoice."
    )
    fees: Annotated[Mapping[LateLevelField, LateFees], WithJsonSchema(_FEES_SCHEMA)] = Field(
        default_factory=dict,
        description="Level to fee, asked for once per invoice and level. A list has one amount for each currency, and "
        "'from:' with 'fee:' for debts from a size on.",
    )


def _none_at_all(written: Any) -> Any:
    return {} if written == "none" else written


_CONSUMERS_SCHEMA = {"oneOf": [{"const": "none"}, LateTerms.model_json_schema(by_alias=True)]}


class LatePayment(LateTerms):
    """What a late payment costs the customer beside the balance, and what it costs consumers."""

    consumers: Annotated[LateTerms | None, BeforeValidator(_none_at_all), WithJsonSchema(_CONSUMERS_SCHEMA)] = Field(
        None,
        description="What it costs customers with the trait 'consumer' instead: none, or terms of their own.",
    )


def _as_column(text: str) -> str:
    """What rules call a column: the words of its header in small letters, joined by `_`."""
    name = "_".join(re.findall(r"\w+", text.lower()))
    if not name:
        raise Miswritten(f"'{text}' is no column", hint="write the words of its header")
    return name


ColumnName = Annotated[str, AfterValidator(_as_column)]


def folded_role(text: str) -> str:
    """A role without capitals and extra blanks, in which spellings of one role are equal."""
    return " ".join(text.lower().split())


def _column_or_roles(words: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    if "role" not in info.data:  # it cannot be read, so nobody knows what these are
        return words
    if info.data["role"]:
        return tuple(dict.fromkeys(map(folded_role, words)))
    if len(words) > 1:
        raise Miswritten("this is one column", hint="several words are roles: name their column as 'role:'")
    return (_as_column(words[0]),)


_PERSON = {"type": ["string", "number"], "examples": ["AP email", "accounts payable"]}
PeopleField = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_listed), Field(min_length=1),
    AfterValidator(_column_or_roles),
    WithJsonSchema({"oneOf": [_PERSON, {"type": "array", "minItems": 1, "items": _PERSON}]}),
]  # fmt: skip
_ABOVE = "escalation_email"  # the field of customers for an address that a role has told


class Contacts(Written):
    """Which people of a customer get e-mails: by columns that have their addresses, or by a column of their roles."""

    role: ColumnName | None = Field(
        None,
        description="The column that says who somebody is, in a customers' export with one row for each person.",
        examples=["Role"],
    )
    accounts_payable: PeopleField = Field(
        (), description="The column whose address comes before the usual one; with role: roles, one or a list."
    )
    escalation: PeopleField = Field(
        (), description="The column of those who get a copy once it is serious; with role: roles, one or a list."
    )
    escalate_from: LateLevelField = Field(Level.FINAL, description="The level from which they get it.")

    @property
    def payable(self) -> str | None:
        """The column that has the address of accounts payable; None if there is none, or roles tell."""
        return self.accounts_payable[0] if self.accounts_payable and not self.role else None

    @property
    def above(self) -> str | None:
        """The field of customers that has the address of those who get a copy; None if nobody does."""
        if not self.escalation:
            return None
        return _ABOVE if self.role else self.escalation[0]

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields of customers that are looked at, as rules call them."""
        return tuple(filter(None, (self.role, self.payable, self.above)))


Style = Literal["casual", "brief", "formal"]
STYLES: tuple[Style, ...] = ("casual", "brief", "formal")


class Styles(Written):
    """How customers are spoken to; whoever is not named is spoken to as the templates are written."""

    industries: Mapping[str, Style] = Field(
        default_factory=dict, description="Industry, as in the customers' export, to style."
    )
    customers: Mapping[str, Style] = Field(
        default_factory=dict, description="Customer id to style, whatever the export and the industry say."
    )
    column: ColumnName | None = Field(
        None, description="A column of the customers' export that says casual, brief or formal.", examples=["Style"]
    )
    first_name: ColumnName = Field("first_name", description="The column of the contact's first name.")
    last_name: ColumnName = Field("last_name", description="The column of the contact's last name.")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are looked at, as rules call them."""
        return tuple(filter(None, (self.column, self.first_name, self.last_name)))


class Owner(Written):
    """Somebody of yours who looks after customers."""

    name: str = Field(min_length=1, description="The name as customers should read it.")
    email: EmailAddress = Field(description="The address of the owner.")
    phone: str | None = Field(None, description="The number on which customers reach the owner.")
    stands: Literal["from", "cc"] = Field(
        "from",
        alias="as",
        description="from: e-mails to their customers come from the owner, and replies go there. cc: the owner gets a "
        "copy.",
    )

    @property
    def sends(self) -> bool:
        """Whether e-mails come from the owner."""
        return self.stands == "from"


REHEARSED = ".remindr/rehearsal.db"  # the journal of rehearsals


class Project(Written):
    """remindr.yaml: company, sources, segments, traits, flags, reminding, delivery."""

    version: Literal[1] = Field(description="Version of this file's format.")
    company: Company
    sources: Sources
    review: Review = Field(default_factory=Review)
    segments: tuple[Segment, ...] = Field(min_length=1, description="Read from the top; the first match wins.")
    overrides: Mapping[str, Override] = Field(default_factory=dict, description="Customer id to a segment set by hand.")
    aliases: Mapping[str, Aliases] = Field(
        default_factory=dict,
        description="Customer, by number or name, to other numbers and names that mean the same: one customer with one "
        "history, one balance and one notice.",
    )
    traits: Mapping[Name, RuleField] = Field(default_factory=dict, description="Names for what else matters.")
    flags: Mapping[Name, RaisedField] = Field(
        default_factory=dict,
        description="What a person should look at: a rule, or when: with a rule and hold: true, which lets reminders "
        "wait for an approval.",
    )
    reminding: Reminding = Field(default_factory=Reminding)
    calls: Calls = Field(default_factory=Calls)
    metrics: MetricSettings = Field(default_factory=MetricSettings, description="What counts in a customer's history.")
    currencies: Mapping[Currency, Rates] = Field(
        default_factory=dict, description="What other currencies are worth in the company's: code to rate."
    )
    late_payment: LatePayment | None = Field(
        None, description="Interest and fees that notices ask for beside what is open; without it there are none."
    )
    owners: Mapping[str, Owner] = Field(
        default_factory=dict, description="Account owners, by the word in the export's column of that name."
    )
    contacts: Contacts | None = Field(None, description="Which people of a customer get e-mails.")
    styles: Styles | None = Field(None, description="Who is spoken to casually, briefly or formally.")
    delivery: Delivery = Field(default_factory=Delivery)
    journal: str = Field(
        ".remindr/journal.db", description="Where remindr keeps what it did: a file, or postgresql://…"
    )

    @property
    def journal_in_use(self) -> str:
        """Where it keeps it now: a rehearsal has a journal of its own."""
        return REHEARSED if self.delivery.email.redirect_all_to else self.journal

    @property
    def people_columns(self) -> frozenset[str]:
        """Columns of the customers' export that settings other than rules look at, as rules call them."""
        settings = (self.contacts, self.styles)
        return frozenset(column for one in settings if one for column in one.columns)


THANK_YOU = "thank-you"


def _parse_thanks(text: str) -> StepTime:
    time = StepTime.parse(text)
    if time.anchor != "payment":
        raise Miswritten(f"'{text}': thanks come after payment", hint="write it like '1 working day after payment'")
    return time


class ThankYou(Written):
    """A word of thanks once everything that was reminded of is paid."""

    at: Annotated[StepTime, *phrase(_parse_thanks, "1 working day after payment")] = Field(
        StepTime("payment", 1, working=True), description="How long after the payment; never later than 7 days."
    )


def _parse_sooner(text: str) -> "Sooner":
    at, found, condition = text.partition(" if ")
    if not found:
        raise Miswritten(f"'{text}' is not complete", hint="write it like '4 days after due if balance >= 5000'")
    return Sooner(parse_step_time(at), parse_rule(condition), text)


@dataclass(frozen=True, slots=True)
class Sooner:
    """An earlier time for a step, for invoices that a rule picks."""

    at: StepTime
    condition: Rule
    text: str

    def __str__(self) -> str:
        return self.text


AfterLast = Annotated[Repeat, *phrase(Repeat.parse, "ask", "repeat final every 14 days, at most 2 times")]


class Step(Written):
    """One contact of a sequence."""

    id: Name = Field(description="Name of the step; sent steps are remembered by it.")
    renamed_from: Name | None = Field(
        None, description="What the step was called before, so that it is not sent again."
    )
    at: StepTimeField = Field(description="When it is reached, from an invoice's due or issue date.")
    sooner: Annotated[Sooner, *phrase(_parse_sooner, "4 days after due if balance >= 5000")] | None = Field(
        None, description="An earlier time for some invoices."
    )
    condition: RuleField | None = Field(None, alias="if", description="Only for invoices this is true of.")
    by: Literal["email", "call", "sms", "letter", "preferred"] = Field(description="How the customer is contacted.")
    also: Literal["letter"] | None = Field(None, description="A letter that goes with it.")
    then: Literal["call"] | None = Field(
        None, description="A call some days later, on the next calling day with room; the message says when."
    )
    level: LevelField = Field(description="How firmly it speaks.")
    respond_within: SpanField | None = Field(None, description="Gives the customer a date to respond by.")
    approval: Literal["always"] | None = Field(
        None, description="always: goes out only after a person has approved it, invoice by invoice."
    )


class Sequence(Written):
    """sequences/<name>.yaml: the steps for one kind of payer, in order."""

    name: Name = Field(description="Name of the sequence; the file is called after it.")
    renamed_from: Name | None = Field(None, description="What the sequence was called before; its steps stay taken.")
    about: str = Field(description="Who it is for and how it speaks, in a sentence or two.")
    tone: Name = Field(description="How it speaks, in a word that templates can ask for: friendly, formal.")
    steps: tuple[Step, ...] = Field(min_length=1, description="In the order in which they come.")
    entry: Literal["first", "by_age"] = Field(
        "first",
        description="first: an old debt begins with the first step, too. by_age: with the last it is old enough for.",
    )
    after_last: AfterLast = Field(
        Repeat(), description="ask: after the last step the invoice is a person's. Or the last step again, for a while."
    )
    thank_you: ThankYou | None = Field(
        None, description="Thanks when everything that was reminded of is paid, in the words of thank-you.email.j2."
    )


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """One template file: `path` is what messages about it name."""

    name: str  # "steady/first.email", "_parts/invoice_table"
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a project says: its settings, its sequences by name, its templates by name."""

    project: Project
    sequences: Mapping[str, Sequence]
    templates: Mapping[str, TemplateSource] = field(default_factory=dict)
    fingerprint: str = ""  # of all files, recorded with each run
    places: Mapping[tuple[str | int, ...], str] = field(default_factory=dict)  # "file:line" by path
    columns: tuple[str, ...] = ()  # of the exports, that rules ask for beside the metrics

    def segment(self, name: str) -> Segment:
        """The segment of that name; KeyError if there is none."""
        for segment in self.project.segments:
            if segment.name == name:
                return segment
        raise KeyError(name)

    def place(self, *path: str | int) -> str:
        """`file:line` of a rule or step: `place("segments", 1)`; empty where it is not written in a file."""
        return self.places.get(path, "")

    def sequence_of(self, segment: str) -> Sequence:
        """The sequence that a segment names, whose tone all of its messages have; KeyError if there is none."""
        return self.sequences[self.segment(segment).sequence]

    def template_for(self, sequence: str, step: str, channel: str) -> str | None:
        """The name of the template a step uses on a channel, None if it cannot speak there."""
        return template_for(self.templates, sequence, step, channel)


def template_for(templates: Container[str], sequence: str, step: str, channel: str) -> str | None:
    """The name of the template a step uses on a channel, of those there are; None if none fits.

    The step's own comes first, then the sequence's `any`, then the project's `_any`; a letter may borrow
    the words of the e-mail.
    """
    for name in (f"{sequence}/{step}.{channel}", f"{sequence}/any.{channel}", f"_any/any.{channel}"):
        if name in templates:
            return name
    return template_for(templates, sequence, step, "email") if channel == "letter" else None
