"""What `remindr try` says of exports that it sees for the first time: segments, the past days, what nobody can know."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from remindr.cli.page_views import sums_text
from remindr.cli.terminal import plural
from remindr.core.audit import Audit, Balances, Totals, urgency
from remindr.core.explain import decision_words
from remindr.core.replay import DAYS, Regret, Replay, cause_words, causes_words
from remindr.core.told import day_words
from remindr.model.terms import Level
from remindr.pages.document import Person, Regretted, Trial, TriedSegment
from remindr.pipeline.audit import Auditor

if TYPE_CHECKING:
    from remindr.pipeline.audit import Audited
    from remindr.pipeline.trial import Trial as Tried

CHANNELS = {
    "email": ("e-mail", "e-mails"),
    "call": ("call", "calls"),
    "sms": ("text message", "text messages"),
    "letter": ("letter", "letters"),
}
NO_REPLAY = "The days before cannot be replayed: without dates of payment nobody knows what was open on them"
_LISTED = 100  # customers of each segment, those to look at first
_COUNTS = """
SELECT count(*) FILTER (kind = 'invoice'),
    count(*) FILTER (kind = 'invoice' AND balance = 0 AND (cleared_on IS NULL OR observed) AND NOT EXISTS (
        FROM payments p WHERE p.customer_id = i.customer_id AND p.invoice_id = i.invoice_id)),
    count(*) FILTER (kind = 'invoice' AND balance = 0)
FROM invoices i
"""
_ADDRESSES = """
SELECT count(*), count(email), count(coalesce(email, phone, address)) FROM customers
WHERE customer_id IN (SELECT customer_id FROM standing WHERE kind = 'invoice' AND open_balance > 0)
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is in the files: invoices, settled ones, settled ones without a day, and how people are reached."""

    invoices: int
    undated: int
    settled: int
    owing: int
    with_email: int
    with_address: int

    @property
    def has_paid_dates(self) -> bool:
        """Whether the files say of any invoice when it was paid."""
        return self.settled > self.undated


def counts_of(tried: "Tried") -> Counts:
    """Counted while the view at T is laid down."""
    connection = tried.at.book.connection
    first, second = connection.execute(_COUNTS).fetchone(), connection.execute(_ADDRESSES).fetchone()
    return Counts(*(first or (0, 0, 0)), *(second or (0, 0, 0)))


def trial_of(tried: "Tried", counts: Counts, today: date) -> tuple[Trial, Audit]:
    """The page's own part, and the book added up. The replay is filled in later."""
    auditor = Auditor(tried.at)
    audit = Audit(segment.name for segment in tried.at.policy.project.segments)
    everybody = list(_counted(auditor, audit))
    shown = list(_first_of_each(sorted(everybody, key=_urgency)))
    told: Trial = {
        "lead": f"{plural(audit.all.customers, 'customer')}: {segments_text(audit)}",
        "read": [read_text(tried, counts), *_age(tried, today)],
        "segments": [_segment(tried, name, totals) for name, totals in audit.segments.items()],
        "people": [_person(auditor, one) for one in shown],
        "more": len(everybody) - len(shown),
        "replay": [],
        "regretted": [],
        "unknown": [*unknown(tried, counts)],
    }
    return told, audit


def _counted(auditor: Auditor, audit: Audit) -> Iterator["Audited"]:
    for one in auditor.customers():
        audit.add(one.classification, one.facts, one.balances)
        yield one


def _urgency(one: "Audited") -> tuple[object, ...]:
    return urgency(one.classification, one.flags, one.balances)


def _first_of_each(people: Iterable["Audited"]) -> Iterator["Audited"]:
    seen: dict[str, int] = {}
    for one in people:
        segment = one.classification.segment
        seen[segment] = seen.get(segment, 0) + 1
        if seen[segment] <= _LISTED:
            yield one


def segments_text(audit: Audit) -> str:
    """`12 reliable, 5 slow`, without those that nobody is in."""
    return ", ".join(f"{totals.customers:,} {name}" for name, totals in audit.segments.items() if totals.customers)


def overdue_text(balances: Balances) -> str:
    """What is overdue in each currency; empty if nothing is."""
    return sums_text((currency, one.overdue) for currency, one in balances.items() if one.overdue)


def _open_text(balances: Balances) -> str:
    return sums_text((currency, one.open) for currency, one in balances.items() if one.open)


def _segment(tried: "Tried", name: str, totals: Totals) -> TriedSegment:
    policy = tried.at.policy
    return {
        "name": name,
        "about": policy.sequence_of(name).about,
        "customers": totals.customers,
        "open": _open_text(totals.balances),
        "overdue": overdue_text(totals.balances),
    }


def _person(auditor: Auditor, one: "Audited") -> Person:
    segment, currency = one.classification.segment, auditor.at.policy.project.company.currency
    return {
        "id": one.customer.id,
        "name": one.customer.name,
        "segment": segment,
        "open": _open_text(one.balances),
        "because": decision_words(segment, auditor.decisive(one), auditor.judged(one), currency, most=2),
    }


def read_text(tried: "Tried", counts: Counts) -> str:
    """What was read, as of which day."""
    currencies = f" in {' and '.join(tried.currencies[:3])}" if tried.currencies else ""
    invoices = f"{plural(counts.invoices, 'invoice')}{currencies}"
    aside = len(tried.at.book.quarantined)
    unreadable = f"; {plural(aside, 'cell')} could not be read" if aside else ""
    return f"{invoices}, as of {day_words(tried.at.today, weekday=True)}{_why_that_day(tried)}{unreadable}"


def _why_that_day(tried: "Tried") -> str:
    today = tried.at.today
    if tried.is_archive:
        return " (everything is settled now, so this is the day of the newest invoice)"
    if today == tried.exported_on:
        return ", the day of the export"
    return f" (the export is of {day_words(tried.exported_on)})"


def _age(tried: "Tried", today: date) -> Iterator[str]:
    days = (today - tried.exported_on).days
    if days > 0 and not tried.is_archive:
        yield f"The export is {plural(days, 'day')} old: who has paid since then is not known here."


def add_replay(told: Trial, replay: Replay | None) -> None:
    """Puts the past days onto the page, or why they are not there."""
    if replay is None:
        told["replay"] = [f"{NO_REPLAY}."]
        return
    days = f"From {day_words(replay.since)} to {day_words(replay.until)}"
    notices = f"{plural(replay.notices, 'notice')}{channels_text(replay.channels)}"
    people = plural(len(replay.customers), "customer")
    told["replay"] = [
        f"{days} the starter set would have sent {notices} to {people}.",
        "Each day was decided with what was known on it, as if nobody had been reminded before.",
        _regretted_text(replay),
    ]
    told["regretted"] = [_regretted(one) for one in replay.worst]


def _regretted_text(replay: Replay) -> str:
    if not replay.regretted:
        return "As far as the files say there is none among them that you would have regretted."
    shown = f" The {len(replay.worst)} to look at first:" if len(replay.worst) < replay.regretted else ""
    return f"{replay.regretted:,} of them you might have regretted: {causes_words(replay.causes)}.{shown}"


def _regretted(one: Regret) -> Regretted:
    notice = one.notice
    by = CHANNELS[notice.channels[0]][0]
    return {
        "on": notice.as_of.isoformat(),
        "customer": notice.customer.id,
        "name": notice.customer.name,
        "what": f"{Level(notice.level).word} {by}, {sums_text(notice.total.items())}",
        "because": cause_words(one),
    }


def channels_text(channels: Mapping[str, int]) -> str:
    """` (12 e-mails, 3 calls)`, the most frequent first; empty for none."""
    most = sorted(channels.items(), key=lambda pair: -pair[1])
    told = ", ".join(plural(count, *CHANNELS[channel]) for channel, count in most)
    return f" ({told})" if told else ""


def replay_line(replay: Replay | None) -> str:
    """The past days in a sentence."""
    if replay is None:
        return f"{NO_REPLAY}."
    calls = replay.channels["call"]
    called = f", {calls:,} of them calls" if calls else ""
    regretted = causes_words(replay.causes) or "none that you would have regretted, as far as the files say"
    might = f"{replay.regretted:,} you might have regretted: " if replay.regretted else ""
    return f"The {DAYS} days before, replayed: {plural(replay.notices, 'notice')}{called}; {might}{regretted}."


def unknown(tried: "Tried", counts: Counts) -> Iterator[str]:
    """What the files do not say, and what that means."""
    columns = {field for file in tried.at.book.files for field in file.columns}
    if not counts.has_paid_dates:
        yield (
            "When invoices were paid: there is no date of payment, so how late customers pay is not known and they "
            "count as new. In a project, remindr learn finds it out from older exports."
        )
    elif counts.undated:
        yield f"When {plural(counts.undated, 'settled invoice')} of {counts.settled:,} were paid; they are left out."
    if counts.with_email < counts.owing:
        lacking = counts.owing - counts.with_email
        reached = "text message, letter or call" if counts.with_address else "call, with the number to be looked up"
        who = f"{lacking:,} of {counts.owing:,} customers who owe"
        yield f"The e-mail addresses of {who}: they are reached by {reached}."
    if not tried.currencies:
        yield "The currency: no file names one, so amounts are shown without. A project has a line for it."
    elif not tried.names_currency:
        yield f"The currency of amounts that stand there without one: {tried.currency} is taken for it."
    disputes = "disputes, holds" if "disputed" in columns or "hold" in columns else "whether they dispute anything"
    yield f"How customers stood on past days: {disputes} and customers' details count as they are now."
    yield "Who you are: company, bank details and holidays are left open; a project has a place for them."
