"""`remindr preview`: what a run would do, and what it would leave alone and why."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.options import AsJson, AsOf, Directory, Quiet, Verbose
from remindr.cli.terminal import plural, say, tell, tell_json, tell_table, tell_unreadable
from remindr.errors import Exit

if TYPE_CHECKING:
    from remindr.core.calendar import Calendar
    from remindr.model.plan import Message, Notice, Plan, Skipped
    from remindr.pipeline.plan import Outcome

Html = Annotated[
    str | None,
    typer.Option(
        "--html",
        metavar="FILE",
        help="Write a page for the browser with every message and its reasons; - is stdout.",
        show_default=False,
    ),
]
Open = Annotated[bool, typer.Option("--open", help="With --html: show the page in the browser.")]
Customer = Annotated[
    str | None,
    typer.Argument(metavar="[CUSTOMER]", help="Only this one, with the messages in full: number, name or part of it."),
]


def main(
    customer: Customer = None,
    directory: Directory = Path(),
    as_of: AsOf = None,
    html: Html = None,
    open_page: Open = False,
    json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Show who would be reminded today and why.

    Changes nothing. With -v, or for one customer, the messages in full; with --html all of them on one page.
    """
    from remindr.cli.session import all_mistakes_told, open_session, tell_warnings
    from remindr.cli.views import plan_document
    from remindr.core.calendar import Calendars
    from remindr.pipeline.find import customer_meant
    from remindr.pipeline.guarded import refused_by
    from remindr.pipeline.plan import make_plan
    from remindr.pipeline.station import station

    if html is not None or open_page:
        from remindr.cli.preview_page import write_page

        return write_page(html, customer, directory, as_of, show=open_page, json=json, quiet=quiet)
    session = open_session(directory, as_of)
    with all_mistakes_told(session), station(session.root, session.policy, session.today) as at:
        customer = None if customer is None else customer_meant(at, customer)
        outcome = make_plan(at)
        refused = refused_by(at)
        tell_warnings(at.told(verbose=verbose), quiet=quiet or json)
        calendar = Calendars(session.policy.project).home
    for problem in refused if not quiet else ():
        say(f"note: a run would be refused: {problem}")
    leading = {key: messages[0] for key, messages in outcome.messages.items()}
    if json:
        tell_json(plan_document(outcome.plan, leading, len(outcome.held)))
    else:
        for note in rest_day(calendar, session.today):
            tell(note)
        _tell(outcome, leading, customer, in_full=verbose or customer is not None)
    return Exit.PARTIAL if outcome.held else Exit.DONE


def rest_day(calendar: "Calendar", today: date) -> Iterator[str]:
    """A sentence on a day on which nothing is sent."""
    if not calendar.is_sending_day(today):
        later = calendar.next_sending_day(today)
        what = "a holiday" if calendar.is_holiday(today) else f"a {today:%A}"
        yield f"{today} is {what}, when nothing is sent; next is {later}."


def _tell(outcome: "Outcome", leading: dict[str, "Message"], customer: str | None, *, in_full: bool) -> None:
    plan = outcome.plan
    notices = [notice for notice in plan.notices if customer in (None, notice.customer.id)]
    tell(f"As of {plan.as_of}, payments counted up to {plan.counted_until}: {plural(len(notices), 'notice')}")
    if in_full:
        for notice in notices:
            tell_message(notice, leading[notice.key])
    elif notices:
        tell()
        tell_table(
            ("customer", "", "segment", "step", "by", "to", "invoices", "total"),
            [_row(notice) for notice in notices],
            right=("invoices", "total"),
        )
    elsewhere = Counter(notice.instead for notice in notices if notice.instead)
    for why, count in elsewhere.most_common() if not in_full else ():
        tell(f"{plural(count, 'notice')}: {why}")
    if not in_full:
        _tell_files(notices)
    for held in outcome.held:
        say(f"held: {held.notice.customer.name} ({held.notice.customer.id})")
        say(str(held.problem))
    _tell_rest(plan, customer, in_full=in_full)


def _tell_files(notices: list["Notice"]) -> None:
    from remindr.core.attaching import told_of_all

    for told in told_of_all(notices):
        tell(told)


def _place(entry: "Skipped") -> tuple[str, str, str]:
    return entry.customer_id, entry.invoice_id, str(entry.next_contact or "a person's")


def _row(notice: "Notice") -> tuple[str, ...]:
    from remindr.core.told import money_words

    then = "".join(f", {one.channel} on {one.on}" for one in notice.follow_ups)
    return (
        notice.customer.id,
        notice.customer.name if notice.customer.name != notice.customer.id else "",
        notice.segment,
        notice.step,
        "+".join(notice.channels) + then,
        notice.to.replace("\n", ", "),
        str(len(notice.invoices) + len(notice.also_due)),
        " + ".join(money_words(value, currency) for currency, value in notice.total.items()),
    )


def tell_message(notice: "Notice", message: "Message") -> None:
    """A message in full, with the reasons for it."""
    from remindr.cli.views import head_lines

    tell()
    tell(f"── {notice.customer.name} ({notice.customer.id}), {notice.segment}: {' and '.join(notice.channels)}")
    for reason in notice.why:
        tell(f"   {reason}")
    for one in notice.follow_ups:
        tell(f"   then a {one.channel} on {one.on:%A}, {one.on}")
    tell(f"To: {notice.to}" if notice.to else "To: (no address on file)")
    for name, text in head_lines(message):
        tell(f"{name}: {text}")
    if message.subject:
        tell(f"Subject: {message.subject}")
    tell()
    tell(message.text)


def _tell_rest(plan: "Plan", customer: str | None, *, in_full: bool) -> None:
    skipped = [entry for entry in plan.skipped if customer in (None, entry.customer_id)]
    if skipped:
        tell()
        tell(f"{plural(len(skipped), 'open invoice')} without a notice today")
        if in_full:
            rows = [(*_place(entry), "; ".join(f"{r.code}: {r.detail}" for r in entry.reasons)) for entry in skipped]
            tell_table(("customer", "invoice", "next contact", "why"), rows)
        else:
            counts = Counter(reason.code.value for entry in skipped for reason in entry.reasons)
            tell_table(("reason", "invoices"), counts.most_common(), right=("invoices",))
            if counts.total() > len(skipped):
                tell("(an invoice can have several reasons)")
            tell("remindr preview -v lists them one by one, with the next contact; so does remindr preview CUSTOMER.")
    flags = [flag for flag in plan.flags if customer in (None, flag.customer_id)]
    if flags:
        tell()
        tell(f"{plural(len(flags), 'flag')} for a person to look at")
        told = [(flag.code, flag.customer_id, flag.invoice_id or "", flag.detail) for flag in flags]
        tell_table(("flag", "customer", "invoice", "because"), told)
    if plan.quarantined and customer is None:
        tell()
        tell(f"{plural(len(plan.quarantined), 'cell')} could not be read; the customers named there get no notice")
        tell_unreadable(plan.quarantined)
